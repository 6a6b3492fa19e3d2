"""Where secrets are read from: the environment first, then a file or a folder, as they are at that moment."""

from __future__ import annotations

import os

import pytest

from engine import InvalidRequest, Vault
from engine.connectors import NoSecret

FILES = {
    "lines.env": "# comment\n\nA=first-value\nexport B = \"quoted value\"\nC='x=y and z'\n",
    "all.json": '{"A": "first-value", "B": "quoted value", "C": "x=y and z"}',
    "all.yaml": "A: first-value\nB: quoted value\nC: 'x=y and z'\n",
    "all.yml": "\ufeffA: first-value\nB: quoted value\nC: x=y and z\n",
}


@pytest.mark.parametrize("name", FILES)
def test_files_of_every_kind_say_the_same(tmp_path, name):
    file = tmp_path / name
    file.write_text(FILES[name], encoding="utf-8")
    vault = Vault(str(file), environment={})
    assert [vault.value(one, "p") for one in "ABC"] == ["first-value", "quoted value", "x=y and z"]


def test_a_folder_has_one_file_for_each(tmp_path):
    # Given a folder as Kubernetes mounts it: links into a hidden folder that is swapped as a whole
    for version in ("1", "2"):
        (tmp_path / f"..{version}").mkdir()
        (tmp_path / f"..{version}" / "db-password").write_text(f"version-{version}\n")
    (tmp_path / "..data").symlink_to("..1")
    (tmp_path / "db-password").symlink_to("..data/db-password")
    (tmp_path / "not a name").write_text("ignored")
    vault = Vault(str(tmp_path), environment={})
    assert vault.value("db-password", "p") == "version-1"
    assert [one.name for one in vault.listed()] == ["db-password"]
    # When it is swapped
    (tmp_path / "new").symlink_to("..2")
    (tmp_path / "new").rename(tmp_path / "..data")
    assert vault.value("db-password", "p") == "version-2"


def test_the_environment_wins_and_names_are_taken_exactly(tmp_path):
    file = tmp_path / "s.env"
    file.write_text("A=of-the-file\na=small-letter\n")
    vault = Vault(str(file), environment={"BATON_SECRET_A": "of-the-environment", "BATON_SECRETS": "x", "A": "other"})
    assert vault.value("A", "p") == "of-the-environment"
    assert vault.value("a", "p") == "small-letter"
    assert [(one.name, one.source) for one in vault.listed()] == [("A", "environment"), ("a", str(file))]


@pytest.mark.parametrize("name", ["../etc/passwd", "..data", "/etc/passwd", "", "B"])
def test_names_lead_nowhere_else(tmp_path, name):
    (tmp_path / "A").write_text("value-001")
    with pytest.raises(NoSecret, match="nobody gave it a value"):
        Vault(str(tmp_path), environment={}).value(name, "p")


@pytest.mark.parametrize(
    "name, text, sentence",
    [
        ("a.env", "A=ok-value\nwhatever\n", "line 2"),
        ("a.env", "A B=value\n", "names of letters"),
        ("a.json", '{"A": 5}', "names and texts"),
        ("a.json", '["A"]', "names and texts"),
        ("a.json", '{"A": ', "JSON"),
        ("a.yaml", "A: !!python/object/apply:os.system [id]\n", "YAML"),
        ("a.yaml", "A: [1\n", "YAML"),
        ("a.yaml", "A: !!bool x\n", "YAML"),
        ("a.yaml", "A: !!timestamp x\n", "YAML"),
        ("a.yaml", "A: 2024-99-99\n", "YAML"),
        ("a.json", "[" * 100_000, "JSON"),
        ("a.json", '{"../A": "value"}', "names of letters"),
        ("a.env", "A=" + "x" * 1_100_000, "bytes"),
    ],
)
def test_files_that_cannot_be_read_are_refused_without_showing_them(tmp_path, name, text, sentence):
    (tmp_path / name).write_text(text)
    with pytest.raises(InvalidRequest, match=sentence) as refused:
        Vault(str(tmp_path / name), environment={})
    assert "ok-value" not in refused.value.sentence


def test_binary_files_are_refused(tmp_path):
    (tmp_path / "A").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidRequest, match="UTF-8"):
        Vault(str(tmp_path), environment={})


def test_a_file_that_goes_away_is_tried_again(tmp_path):
    file = tmp_path / "a.env"
    file.write_text("A=value-001\n")
    vault = Vault(str(file), environment={})
    file.unlink()
    with pytest.raises(NoSecret) as refused:
        vault.value("A", "p")
    assert refused.value.passing
    assert vault.names() == frozenset()


@pytest.mark.parametrize(
    "value, problem",
    [("abcdefg", "at least 8"), ("x" * 70_000, "at most"), ("abcd\0efgh", "NUL"), ("abcdefgh\udcff", "UTF-8")],
)
def test_values_that_cannot_be_hidden_or_sent_are_refused(value, problem):
    vault = Vault(environment={"BATON_SECRET_A": value})
    with pytest.raises(NoSecret, match=problem):
        vault.value("A", "p")
    assert problem in vault.listed()[0].problem


def test_a_file_is_not_read_again_while_it_stays(tmp_path, monkeypatch):
    file = tmp_path / "a.env"
    file.write_text("A=value-001\n")
    vault = Vault(str(file), environment={})
    stamp = file.stat()
    file.write_text("A=value-002\n")
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert vault.value("A", "p") == "value-001"
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns + 1))
    assert vault.value("A", "p") == "value-002"


def test_what_logs_hide_follows_the_values(tmp_path):
    file = tmp_path / "a.env"
    file.write_text("A=value-001\n")
    vault = Vault(str(file), environment={"BATON_SECRET_B": "other-001", "BATON_SECRET_C": "x"})
    assert vault.mask().text("value-001 other-001 x") == "*** *** x"
    file.write_text("A=value-number-2\n")
    assert vault.mask().text("value-001 value-number-2") == "*** ***"


def test_logs_are_without_the_value_before_the_last_change(tmp_path):
    # Given a file in which a secret has a new value, and a call that began with the old one
    file = tmp_path / "a.env"
    file.write_text("A=old-value-1\n")
    vault = Vault(str(file), environment={})
    assert vault.mask().text("old-value-1") == "***"
    file.write_text("A=the-new-value-2\n")
    assert vault.mask().text("old-value-1 the-new-value-2") == "*** ***"
    # When the file cannot be read for a while
    file.write_text("nothing that can be read\n")
    assert vault.mask().text("old-value-1 the-new-value-2") == "*** ***"
    file.unlink()
    assert vault.mask().text("old-value-1 the-new-value-2") == "*** ***"
