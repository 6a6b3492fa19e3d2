"""The lock file keeps a second process out, also after the first one was killed; readers never wait for the writer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.store import Store, StoreLocked
from engine.store.lock import LockFile

from .scenes import Story, deploy, describe, root_id

HOLD = "import sys; from engine.store import Store; s = Store.open(sys.argv[1]); print('open', flush=True); input()"


def test_a_second_opening_is_refused_with_a_sentence(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'baton.db'}"
    store = Store.open(url)
    with pytest.raises(StoreLocked, match=f"baton.db to be free but another Baton has it open .process {os.getpid()}"):
        Store.open(url)
    store.close()
    store.close()
    Store.open(url).close()


def test_a_killed_process_leaves_the_lock(tmp_path: Path):
    # Given another process that has the database
    url = f"sqlite:///{tmp_path / 'baton.db'}"
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", HOLD, url]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(StoreLocked) as locked:
            Store.open(url)
        assert locked.value.holder == str(holder.pid)
        # When it is killed without farewell
        holder.send_signal(signal.SIGKILL)
        holder.wait(timeout=30)
    # Then the next one gets in
    Store.open(url).close()


def test_an_opening_that_fails_gives_the_lock_back(tmp_path: Path):
    (tmp_path / "baton.db").write_bytes(b"this is no database" * 100)
    url = f"sqlite:///{tmp_path / 'baton.db'}"
    for _ in range(2):
        with pytest.raises(Exception, match="not a database"):
            Store.open(url)
    LockFile(tmp_path / "baton.db").release()


@pytest.mark.parametrize("url", ["mysql://localhost/x", "postgresql+asyncpg://localhost/x", "nonsense"])
def test_an_unknown_kind_of_database_is_refused(url: str):
    with pytest.raises(ValueError, match="Expected a"):
        Store.open(url)


def test_an_unknown_level_of_certainty_is_refused():
    with pytest.raises(ValueError, match="Expected synchronous to be one of FULL"):
        Store.open("sqlite://", synchronous="MAYBE")


def test_the_file_survives_power_cuts_by_default(tmp_path: Path):
    store = Store.open(f"sqlite:///{tmp_path / 'baton.db'}")
    with store.database.writing() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    store.close()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_readers_see_the_last_commit_while_a_group_is_written(tmp_path: Path):
    store = Store.open(f"sqlite:///{tmp_path / 'baton.db'}")
    deploy(store)
    seen: list[object] = []
    with store.database.group() as cursor:
        cursor.execute("UPDATE definition SET name = 'new'")
        seen.append(store.deployments.definition("order:1").name)  # type: ignore[union-attr]
    seen.append(store.deployments.definition("order:1").name)  # type: ignore[union-attr]
    store.close()
    assert seen == ["Order", "new"]


def test_reading_connections_cannot_write(tmp_path: Path):
    store = Store.open(f"sqlite:///{tmp_path / 'baton.db'}")
    with pytest.raises(Exception, match="readonly database"), store.database.reading() as connection:
        connection.exec_driver_sql("DELETE FROM instance")
    store.close()


def test_what_was_stored_is_there_after_opening_again(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'baton.db'}"
    store = Store.open(url)
    deploy(store)
    story = Story(root_id(1))
    store.commit([story.start_with_job()], describe)
    store.close()
    store = Store.open(url)
    assert store.load(root_id(1)) == story.loaded
    store.close()
