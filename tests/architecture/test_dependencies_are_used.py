"""Proves that the packages import what pyproject.toml declares for users: no more, no less."""

from __future__ import annotations

import re
import sys

from .tree import imports, python_files, settings

IMPORT_NAMES = {
    "confluent-kafka": "confluent_kafka",
    "google-re2": "re2",
    "pyjwt": "jwt",
    "pyyaml": "yaml",
    "spiffworkflow": "SpiffWorkflow",
}
COME_WITH = {"amqp": "kombu", "botocore": "boto3", "jinja2": "flask", "markupsafe": "flask", "werkzeug": "flask"}
LOADED_BY_PYTHON = {"tzdata"}  # zoneinfo reads it where the system has no time zones
OWN = {"__future__", "api", "engine"}


def test_what_is_imported_is_declared_and_what_is_declared_is_imported():
    # Given the declared dependencies under the names they are imported by
    project = settings()["project"]
    lines = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    names = {re.split(r"[<>=;\[]", line)[0] for line in lines}
    declared = {IMPORT_NAMES.get(name, name) for name in names}

    # When all packages that a wheel holds are read
    found = {name for path in python_files("api", "engine", "processes") for _, name in imports(path)}
    third_party = found - sys.stdlib_module_names - OWN - _siblings()

    # Then both sets are the same, counting what Flask brings as Flask
    assert {COME_WITH.get(name, name) for name in third_party} | LOADED_BY_PYTHON == declared


def _siblings() -> set[str]:
    """Example modules that example modules of the same folder import by name."""
    return {path.rpartition("/")[2].removesuffix(".py") for path in python_files("processes")}
