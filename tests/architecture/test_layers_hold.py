"""Proves that each layer imports only what stands below it, and that no module stands outside the layers."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from .tree import ROOT, python_files, settings


def test_the_contracts_of_import_linter_are_kept():
    # When import-linter reads the packages
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    command += ["--no-cache", "--no-logo"]
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "120"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    # Then no contract is broken
    assert done.returncode == 0, done.stdout + done.stderr


def _placed() -> set[str]:
    contracts = settings()["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "layers")
    return {name.strip("() ") for layer in layers for name in layer.split("|")}


def _children(package: str) -> set[str]:
    folder = package.replace(".", "/")
    parts = {path.removeprefix(f"{folder}/").partition("/")[0] for path in python_files(folder)}
    return {f"{package}.{part.removesuffix('.py')}" for part in parts} - {f"{package}.__init__"}


@pytest.mark.parametrize("package", ["engine", "engine.core"])
def test_every_module_has_its_layer(package):
    # Given the modules directly inside the package, but for those whose own children are placed
    modules = _children(package) - {"engine.core"}

    # Then the contract names each of them
    assert modules <= _placed(), "give these a place among the layers in pyproject.toml"


def test_no_layer_is_a_memory():
    # Given what stands in the tree
    existing = {"api"} | _children("engine") | _children("engine.core")

    # Then the contract names nothing that is gone
    assert _placed() <= existing
