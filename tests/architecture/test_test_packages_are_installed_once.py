"""What only tests use is found by its lock file, installed apart from the rest, and only when that has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import install_test_packages as tool
from tools.build_ui import BundleFailed


@pytest.fixture
def brought(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was installed, instead of installing it."""
    calls: list[str] = []

    def bring(kind: str, home: str):
        def record(folder: Path) -> None:
            calls.append(f"{kind} {folder.name}")
            (folder / home).mkdir(exist_ok=True)

        return record

    monkeypatch.setattr(tool, "_npm_packages", bring("npm", "node_modules"))
    monkeypatch.setattr(tool, "_python_packages", bring("python", ".venv"))
    return calls


def asking(root: Path, name: str, *locks: str) -> Path:
    folder = root / name
    folder.mkdir(parents=True)
    for lock in locks:
        (folder / lock).write_text("1")
    return folder


def test_folders_ask_by_their_lock_files(tmp_path: Path):
    wanted = [asking(tmp_path, "a", "package-lock.json"), asking(tmp_path, "b/c", "requirements.txt")]
    asking(tmp_path, "d")
    # What was installed asks for nothing more.
    asking(tmp_path, "a/node_modules/x", "package-lock.json")
    asking(tmp_path, "b/c/.venv/lib", "requirements.txt")
    assert tool.folders(tmp_path) == wanted


def test_they_are_installed_once_and_again_after_a_change(tmp_path: Path, brought: list[str]):
    both = asking(tmp_path, "both", "package-lock.json", "requirements.txt")
    assert tool.install(both)
    assert not tool.install(both)
    assert brought == ["npm both", "python both"]
    (both / "requirements.txt").write_text("2")
    assert tool.install(both)
    assert brought[2:] == ["python both"]


def test_a_failure_is_tried_again_and_may_be_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    folder = asking(tmp_path, "p", "requirements.txt")

    def fail(_folder: Path) -> None:
        raise BundleFailed("nobody answers")

    monkeypatch.setattr(tool, "_python_packages", fail)
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    assert tool.main([str(folder)]) == 1
    assert tool.main([str(folder), "--optional"]) == 0
    assert "nobody answers" in capsys.readouterr().err
