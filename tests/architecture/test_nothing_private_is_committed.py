"""Proves that tracked files hold no paths of one machine, no registry's host name and no download address."""

from __future__ import annotations

import json

import pytest

from .tree import ROOT, settings, source, tracked

# Put together here, so that this file passes its own test.
FORBIDDEN = {
    "a path of one machine": ["/" + "work/", "/" + "root/.", "/" + "opt/wheels", "/" + "home/runner"],
    "a registry's host": ["registry." + "npmjs", "npmjs" + ".org", "pypi" + ".org", "pythonhosted" + ".org"],
    "a private key": ["-----BEGIN " + "PRIVATE KEY", "-----BEGIN " + "RSA"],
}
LOCK = "requirements/lock.txt"
PYTHON_LOCKS = [path for path in tracked() if path == LOCK or path.endswith("/requirements.txt")]
NPM_LOCKS = [path for path in tracked() if path.endswith("/package-lock.json")]


def _text(path: str) -> str:
    return (ROOT / path).read_bytes().decode("utf-8", errors="ignore")


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_holds(what):
    found = [f"{path}: {text}" for path in tracked() for text in FORBIDDEN[what] if text in _text(path)]
    assert found == []


def test_lock_files_are_found():
    assert LOCK in PYTHON_LOCKS
    assert "api/cockpit/ui/package-lock.json" in NPM_LOCKS


@pytest.mark.parametrize("lock", PYTHON_LOCKS)
def test_a_lock_file_records_no_address_and_a_hash_for_all(lock):
    pins = [line for line in source(lock).splitlines() if "==" in line]
    assert "://" not in source(lock)
    assert pins
    assert all(line.endswith("\\") for line in pins), "a pin needs hashes, on the lines below it"


@pytest.mark.parametrize("lock", NPM_LOCKS)
def test_an_npm_lock_file_records_no_address(lock):
    packages = json.loads(source(lock))["packages"]
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []


def test_everything_that_is_asked_for_is_locked():
    # Given the names in pyproject.toml
    asked = settings()["project"]["dependencies"] + settings()["dependency-groups"]["dev"]
    names = {requirement.partition(">=")[0].partition("[")[0].lower() for requirement in asked}

    # Then the lock file pins each of them
    assert names <= {line.partition("==")[0] for line in source(LOCK).splitlines()}, "`make lock` adds what is missing"
