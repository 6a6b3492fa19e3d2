"""A user's task module: found by name or path, its folder last on the import path, its faults told in a sentence."""

import sys

import pytest

from engine.connectors import TaskModuleError, load_task_module


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty current folder; the import path and the loaded modules are as before afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_a_module_is_found_by_name_in_the_current_folder(folder):
    (folder / "baton_shop_a.py").write_text("VALUE = 5")
    before = list(sys.path)
    module = load_task_module("baton_shop_a")
    assert module.__file__ == str(folder / "baton_shop_a.py")
    assert sys.path == [*before, str(folder)]
    assert load_task_module("baton_shop_a") is module


def test_a_module_is_found_by_path_and_can_import_its_neighbours(folder):
    (folder / "tasks").mkdir()
    (folder / "tasks" / "baton_shop_b.py").write_text("import baton_shop_c\nVALUE = baton_shop_c.VALUE")
    (folder / "tasks" / "baton_shop_c.py").write_text("VALUE = 5")
    assert load_task_module("tasks/baton_shop_b.py").VALUE == 5
    assert sys.path[-1] == str(folder / "tasks")


def test_a_package_is_found_by_name_and_by_path(folder):
    (folder / "baton_shop_d").mkdir()
    (folder / "baton_shop_d" / "__init__.py").write_text("")
    (folder / "baton_shop_d" / "tasks.py").write_text("VALUE = 5")
    assert load_task_module("baton_shop_d.tasks").VALUE == 5
    assert load_task_module(str(folder / "baton_shop_d")).__name__ == "baton_shop_d"


def test_a_users_file_never_replaces_a_module_that_others_rely_on(folder):
    import json

    (folder / "json.py").write_text("raise AssertionError('never loaded')")
    with pytest.raises(TaskModuleError, match=r"needs another name but 'json' is the module"):
        load_task_module("./json.py")
    assert sys.modules["json"] is json


@pytest.mark.parametrize(
    "text,words",
    [
        ("raise ValueError('no\\nluck')", "raised ValueError: no luck while it was loaded"),
        ("raise SystemExit(2)", "raised SystemExit: 2 while it was loaded"),
        ("def broken(:", "raised SyntaxError"),
        ("import baton_nowhere.deep", "needs module baton_nowhere but it is not installed"),
    ],
)
def test_a_module_that_cannot_be_loaded_is_told_in_one_sentence(folder, text, words):
    (folder / "baton_shop_e.py").write_text(text)
    with pytest.raises(TaskModuleError) as caught:
        load_task_module("baton_shop_e")
    assert words in caught.value.sentence
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["baton_nowhere", "baton_nowhere.tasks", "nowhere/tasks.py", "nowhere.py"])
def test_a_module_that_is_not_there_is_told(folder, name):
    with pytest.raises(TaskModuleError, match="but found none"):
        load_task_module(name)
