"""Proves that the bundle step skips what is current, puts nothing half done in place and says why it failed."""

from __future__ import annotations

import pytest

from tools import build_ui


@pytest.fixture
def sources(tmp_path):
    folder = tmp_path / "ui"
    folder.mkdir()
    (folder / "package.json").write_text("{}")
    return folder


@pytest.fixture
def npm(monkeypatch):
    """Stands in for npm: records the commands and builds one file."""
    commands = []

    def run(command, folder, *arguments):
        commands.append(command)
        if command == "run":
            (folder / "out").mkdir()
            (folder / "out" / "bpmn-viewer.js").write_text("export default 1")

    monkeypatch.setattr(build_ui, "npm", run)
    return commands


def test_a_current_bundle_is_left_alone(sources, npm, tmp_path):
    # Given a bundle that was built from these sources
    assert build_ui.build(sources, tmp_path / "vendor")

    # When it is built again
    again = build_ui.build(sources, tmp_path / "vendor")

    # Then npm ran only the first time
    assert not again
    assert npm == ["ci", "run"]
    assert (tmp_path / "vendor" / "bpmn-viewer.js").is_file()


def test_changed_sources_are_built_again_and_nothing_old_stays(sources, npm, tmp_path):
    # Given a bundle, a file of an older build beside it, and a change in the sources
    build_ui.build(sources, tmp_path / "vendor")
    (tmp_path / "vendor" / "old.js").write_text("")
    (sources / "package.json").write_text('{"private": true}')

    # When it is built again
    assert build_ui.build(sources, tmp_path / "vendor")

    # Then only the new build is there
    assert not (tmp_path / "vendor" / "old.js").exists()


def test_a_failed_build_keeps_the_old_bundle_and_set_up_goes_on(sources, npm, tmp_path, monkeypatch, capsys):
    # Given a bundle, changed sources and no registry in reach
    build_ui.build(sources, tmp_path / "vendor")
    (sources / "package.json").write_text('{"private": true}')

    def unreachable(command, *_):
        raise build_ui.BundleFailed(f"npm {command} failed with exit code 1: no network")

    monkeypatch.setattr(build_ui, "npm", unreachable)
    monkeypatch.setattr(build_ui.build, "__defaults__", (sources, tmp_path / "vendor"))

    # Then set-up succeeds with a note, `make ui` fails with it, and the old bundle is untouched
    assert build_ui.main(["--optional"]) == 0
    assert "no network" in capsys.readouterr().err
    assert build_ui.main([]) == 1
    assert (tmp_path / "vendor" / "bpmn-viewer.js").is_file()
