"""The engine package offers what it lists, sorted, and a worker's import of `task` loads neither SQL nor XML."""

from __future__ import annotations

import subprocess
import sys

import pytest

import engine


def test_names_are_sorted_and_all_there():
    assert engine.__all__ == sorted(engine.__all__)
    assert dir(engine) == engine.__all__
    for name in engine.__all__:
        assert getattr(engine, name).__doc__, name


def test_other_names_are_not_there():
    with pytest.raises(AttributeError, match="nothing"):
        engine.nothing  # noqa: B018


def test_importing_task_is_quick():
    heavy = "{'sqlalchemy', 'lxml', 'SpiffWorkflow'}"
    code = f"import sys; from engine import task; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
