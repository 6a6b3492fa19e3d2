"""`baton keys`: made, listed and revoked in the database, also while a server has it open; shown to it with --key."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys

import httpx
import pytest
from click.testing import CliRunner

from api.cli import main
from engine import Engine, StoreLocked, open_api_keys
from tests.support.diagrams import process

from .serving import READY, baton_serve


@pytest.fixture
def baton(tmp_path):
    """Call `baton` with this test's database."""
    environment = {"BATON_DATABASE": str(tmp_path / "baton.db")}
    return lambda *words: CliRunner().invoke(main, [*words], env=environment)


def made(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_key_is_printed_once_and_listed_without_its_secret(baton, tmp_path):
    # When a key is made, then standard output is the key alone,
    result = baton("keys", "create", "--name", "shop", "--role", "starter", "--role", "viewer", "--expires", "90d")
    token = result.stdout.strip()
    prefix, id, secret = token.split("_", 2)
    assert (prefix, len(id), len(secret)) == ("baton", 12, 43)
    assert "shop (starter, viewer)" in result.stderr
    # its secret is in no file of the database,
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert id.encode() in stored
    assert secret.encode() not in stored
    # and the list shows whose it is, and not more of it than its beginning.
    listed = baton("keys", "list").stdout
    for text in ("shop", "starter, viewer", "good", f"baton_{id}_..."):
        assert text in listed
    assert secret not in listed


def test_a_restricted_key_is_shown_with_its_processes_and_groups(baton):
    words = ("--role", "operator", "--process", "order", "--process", "billing-*", "--group", "clerks")
    result = baton("keys", "create", "--name", "lea", *words)
    assert "lea (operator, group clerks for billing-*, order)" in result.stderr
    (listed,) = made(baton("keys", "list", "--json"))["items"]
    assert (listed["processes"], listed["groups"]) == (["billing-*", "order"], ["clerks"])


def test_a_revoked_key_is_shown_as_such_and_its_name_is_free(baton):
    key = made(baton("keys", "create", "--name", "shop", "--role", "starter", "--json"))
    assert baton("keys", "revoke", key["id"]).exit_code == 0
    (listed,) = made(baton("keys", "list", "--json"))["items"]
    assert (listed["id"], listed["state"]) == (key["id"], "revoked")
    assert "key" not in listed
    assert made(baton("keys", "create", "--name", "shop", "--role", "starter", "--json"))["id"] != key["id"]


REFUSED = [
    (("create", "--name", "a"), 1, "at least one role or group"),
    (("create", "--name", "a", "--role", "admin", "--process", "a*b"), 1, "at the end"),
    (("create", "--name", "a", "--role", "admin", "--process", ""), 1, "at least one character"),
    (("create", "--name", "a", "--group", "a\nb"), 1, "printable"),
    (("create", "--name", "a", "--role", "king"), 2, "king"),
    (("create", "--name", "", "--role", "admin"), 1, "at least one character"),
    (("create", "--name", "a\nb", "--role", "admin"), 1, "printable"),
    (("create", "--name", "a", "--role", "admin", "--expires", "soon"), 2, "90d"),
    (("create", "--name", "taken", "--role", "admin"), 1, "'taken'"),
    (("revoke", "0123456789ab"), 1, "baton keys list"),
    (("list", "--database", "no/such/file.db"), 1, "no such file"),
    (("create", "--name", "a", "--role", "admin", "--database", ":memory:"), 1, "in memory"),
    (("create", "--name", "a", "--role", "admin", "--database", "oracle://x"), 1, "oracle"),
]


@pytest.mark.parametrize(
    "words, code, sentence", REFUSED, ids=[" ".join(words).replace("\n", "") for words, _, _ in REFUSED]
)
def test_a_refusal_is_a_sentence(baton, words, code, sentence):
    assert baton("keys", "create", "--name", "taken", "--role", "viewer").exit_code == 0
    result = baton("keys", *words)
    assert result.exit_code == code
    assert sentence in result.stderr
    assert "Traceback" not in result.output


def test_an_old_server_is_told_apart(baton, tmp_path):
    # Given a database that another process holds and that has no table for keys yet
    from engine.store.lock import LockFile

    lock = LockFile(tmp_path / "baton.db")
    sqlite3.connect(tmp_path / "baton.db").close()
    result = baton("keys", "create", "--name", "shop", "--role", "starter")
    lock.release()
    assert result.exit_code == 1
    assert "older" in result.stderr


def test_keys_are_made_and_revoked_while_the_server_runs(baton, tmp_path):
    with baton_serve(tmp_path) as (_, address):
        # Given a server that asks nobody
        assert httpx.get(f"{address}/api/instances").status_code == 200
        # When a key is made beside it, then the server soon wants one,
        key = made(baton("keys", "create", "--name", "lea", "--role", "admin", "--json"))
        until(lambda: httpx.get(f"{address}/api/instances").status_code == 401)
        # and the command line shows it from the option or the environment.
        (tmp_path / "p.bpmn").write_bytes(process("p").start().user("ask").end().xml())
        shown = ("--server", address, "--key", key["key"])
        assert baton(*shown, "deploy", str(tmp_path / "p.bpmn")).exit_code == 0
        started = CliRunner().invoke(main, ["--server", address, "start", "p"], env={"BATON_KEY": key["key"]})
        assert started.exit_code == 0, started.output
        (instance,) = made(baton(*shown, "--json", "instances"))["items"]
        assert re.search(r"ask started +lea", baton(*shown, "history", instance["id"]).stdout)
        refused = baton("--server", address, "instances")
        assert refused.exit_code == 1
        assert "needs a key" in refused.stderr
        # When it is revoked, then it soon opens nothing.
        assert baton("keys", "revoke", key["id"]).exit_code == 0
        until(lambda: baton(*shown, "instances").exit_code == 1)


def until(done):
    """Ask until it is so: each request takes its time, and the server reads the keys anew every second."""
    assert any(done() for _ in range(100_000))


def test_a_server_for_others_needs_a_key_first(baton, tmp_path):
    database = str(tmp_path / "baton.db")
    command = [sys.executable, "-m", "api", "serve", "--host", "0.0.0.0", "--port", "0", "--database", database]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 1
    assert "baton keys create" in refused.stderr
    assert not (tmp_path / "baton.db").exists()
    # When there is one, then it serves, with a note about TLS, and wants it.
    key = made(baton("keys", "create", "--name", "lea", "--role", "viewer", "--json"))
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            port = READY.fullmatch(server.stdout.readline())[1].rpartition(":")[2]
            url = f"http://127.0.0.1:{port}/api/instances"
            assert httpx.get(url).status_code == 401
            assert httpx.get(url, headers={"Authorization": f"Bearer {key['key']}"}).status_code == 200
        finally:
            server.terminate()
            _, log = server.communicate()
    assert "TLS" in log
    refused = subprocess.run(
        [*command, "--no-auth-on-loopback"], capture_output=True, text=True, timeout=60, check=False
    )
    assert refused.returncode == 1
    assert "loopback address" in refused.stderr


def test_this_machine_may_be_left_open(baton, tmp_path):
    made(baton("keys", "create", "--name", "lea", "--role", "viewer", "--json"))
    with baton_serve(tmp_path, "--no-auth-on-loopback") as (_, address):
        assert httpx.get(f"{address}/api/instances").status_code == 200


def test_a_server_of_an_older_version_is_given_no_keys_that_it_cannot_read(tmp_path):
    # Given a running server whose database has no place for restrictions
    path = str(tmp_path / "baton.db")
    with Engine(path) as older:
        with older._house.store.database.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE api_key DROP COLUMN processes")
        # Then keys are refused, rather than stored without what restricts them.
        with pytest.raises(StoreLocked, match="older one"), open_api_keys(path):
            pass
