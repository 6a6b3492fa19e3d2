"""Knows which files belong to the repository and reads them for the other tests here."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@cache
def tracked() -> tuple[str, ...]:
    """Return the paths of all files that are or would be committed, relative to the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(sorted(path for path in set(listing.split("\0")) if (ROOT / path).is_file()))


def python_files(*folders: str) -> list[str]:
    """Return the tracked modules below the folders."""
    prefixes = tuple(f"{folder}/" for folder in folders)
    return [path for path in tracked() if path.endswith(".py") and path.startswith(prefixes)]


@cache
def source(path: str) -> str:
    """Return the text of a tracked file."""
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def syntax(path: str) -> ast.Module:
    """Return the syntax tree of a tracked module."""
    return ast.parse(source(path), filename=path)


@cache
def settings() -> dict[str, Any]:
    """Return pyproject.toml."""
    return tomllib.loads(source("pyproject.toml"))


def imports(path: str) -> list[tuple[int, str]]:
    """Return (line, top-level package) of every absolute import in a module, those inside functions too."""
    found = []
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name.partition(".")[0]) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.append((node.lineno, node.module.partition(".")[0]))
    return found
