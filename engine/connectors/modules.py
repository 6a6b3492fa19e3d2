"""Loads a user's task module by name or path, with its folder at the end of the import path, never in front."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from types import ModuleType

from .failures import describe_exception, traceback_tail


class TaskModuleError(Exception):
    """A task module cannot be loaded: one sentence that says why, `traceback` with the last lines where it raised."""

    def __init__(self, sentence: str, traceback: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.traceback = traceback


def load_task_module(name_or_path: str) -> ModuleType:
    """Import the module whose functions carry `@task`; loading it again gives the same module.

    name_or_path: a module name ("shop.tasks", found on the import path or in the current folder), or the path of a
    file or package folder ("examples/tasks.py"). The folder is appended to `sys.path`, so that a user's `json.py`
    never replaces a module that others rely on.

    Raises TaskModuleError when there is no such module, when its name is taken by another, or when it raises.
    """
    if not _is_path(name_or_path):
        _append_to_path(Path.cwd())
        return _import(name_or_path)
    path = Path(name_or_path).resolve()
    if not _is_module(path):
        raise TaskModuleError(f"Expected a Python file or package at {name_or_path} but found none")
    _append_to_path(path.parent)
    return _the_one_at(path, _import(path.stem if path.is_file() else path.name))


def _is_path(name_or_path: str) -> bool:
    return name_or_path.endswith(".py") or os.sep in name_or_path or "/" in name_or_path


def _is_module(path: Path) -> bool:
    return (path.is_file() and path.suffix == ".py") or (path / "__init__.py").is_file()


def _append_to_path(folder: Path) -> None:
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


def _import(name: str) -> ModuleType:
    importlib.invalidate_caches()
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise TaskModuleError(_not_found(name, error.name or name)) from error
    except (Exception, SystemExit) as error:
        raise TaskModuleError(
            f"Task module {name} raised {describe_exception(error)} while it was loaded", traceback_tail(error, skip=1)
        ) from error


def _not_found(name: str, missing: str) -> str:
    if name == missing or name.startswith(missing + "."):
        return f"Expected a task module {name} but found none in {Path.cwd()} or on the import path"
    return f"Task module {name} needs module {missing} but it is not installed"


def _the_one_at(path: Path, module: ModuleType) -> ModuleType:
    wanted = path if path.is_file() else path / "__init__.py"
    origin = getattr(module, "__file__", None)
    if origin is None or Path(origin).resolve() != wanted:
        raise TaskModuleError(
            f"Task module {path} needs another name but {module.__name__!r} is the module "
            f"{origin or 'built into Python'}"
        )
    return module
