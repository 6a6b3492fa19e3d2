"""Audits what Baton depends on: what needs no network always, and known vulnerabilities where a source answers.

Run as `python -m tools.audit [--advisories never|if-reachable|always]`. Without a network it compares the installed
packages with the lock file and looks at the licences of what a user gets. With `always` (`make audit`) a source that
does not answer makes the exit code 3: nobody takes silence for safety.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "lock.txt"
PIP_AUDIT = "pip-audit==2.10.1"
PROBE = "flask"
"""The one package that is asked for first, so that a source that does not answer is asked no more."""

FOUND, NOT_AUDITED = 1, 3
_SECONDS_AT_MOST = 600
_LOCKED = re.compile(r"^([A-Za-z0-9][^\\\n]*==[^\\\n]*)\\?$", re.MULTILINE)

LICENCES = re.compile(
    r"apache|bsd|mit\b|mpl|mozilla|isc\b|psf|python software|lgpl|lesser general|unlicense|public domain|zlib|zpl\b",
    re.IGNORECASE,
)
"""What a package that Baton imports may be under: everything that lets an Apache-licensed program use it unmodified."""


class NotAudited(Exception):
    """The source of advisories did not answer; the message says how that showed."""


# -- without a network ------------------------------------------------------------------------------------------------


def locked() -> list[Requirement]:
    """What the lock file pins for this platform."""
    found = [Requirement(line.strip()) for line in _LOCKED.findall(LOCK.read_text("utf-8"))]
    return [one for one in found if one.marker is None or one.marker.evaluate()]


def differences() -> Iterator[str]:
    """One sentence for every locked package that is not installed exactly so."""
    for requirement in locked():
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield f"Expected {requirement.name}{requirement.specifier} as locked but it is not installed"
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            yield f"Expected {requirement.name}{requirement.specifier} as locked but {version} is installed"


def foreign_licences() -> Iterator[str]:
    """One sentence for every package a user gets whose licence is not one of `LICENCES`."""
    for name in sorted(_closure("baton")):
        said = _licence(name)
        if not LICENCES.search(said):
            yield f"Expected a licence that Apache-licensed programs may use but {name} is under {said or 'none'!r}"


def _closure(root: str) -> set[str]:
    found: set[str] = set()
    waiting = [root]
    while waiting:
        needs = metadata.requires(waiting.pop()) or []
        requirements = (Requirement(need) for need in needs)
        names = {canonicalize_name(one.name) for one in requirements if one.marker is None or one.marker.evaluate()}
        waiting += names - found
        found |= names
    return found


def _licence(name: str) -> str:
    about = metadata.metadata(name).json
    classified = [line for line in about.get("classifier", ()) if line.startswith("License ::")]
    return " ".join(
        [*classified, *(str(about.get(key, ""))[:200] for key in ("license_expression", "license"))]
    ).strip()


# -- advisories -------------------------------------------------------------------------------------------------------


def vulnerabilities() -> list[str]:
    """One sentence for each known vulnerability of a locked package; raises NotAudited when nobody could say."""
    pins = {one.name: f"{one.name}{one.specifier}" for one in locked()}
    _ask([pins[PROBE]])
    return _ask(pins.values())


def _ask(pins: Iterable[str]) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="baton-audit-") as folder:
        asked = Path(folder) / "asked.txt"
        asked.write_text("\n".join(pins), encoding="utf-8")
        options = ("--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json")
        tool = (sys.executable, "-m", "uv", "tool", "run", "--quiet", PIP_AUDIT)
        command = [*tool, *options, "--requirement", str(asked)]
        try:
            done = subprocess.run(
                command, check=False, capture_output=True, text=True, timeout=_SECONDS_AT_MOST, stdin=subprocess.DEVNULL
            )
        except subprocess.TimeoutExpired as late:
            raise NotAudited(f"{PIP_AUDIT} did not finish within {_SECONDS_AT_MOST} seconds") from late
    return _judged(done.stdout, done.stderr)


def _judged(output: str, errors: str) -> list[str]:
    """What pip-audit found; a package that it skipped was not audited, although its exit code does not say so."""
    try:
        packages: list[dict[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError):
        lines = errors.strip().splitlines() or ["no output"]
        raise NotAudited(f"{PIP_AUDIT} ended without a report: {lines[-1]}") from None
    skipped = [package["skip_reason"] for package in packages if "skip_reason" in package]
    if skipped:
        raise NotAudited(f"{len(skipped)} of {len(packages)} packages were skipped, the first because: {skipped[0]}")
    return [
        f"{each['name']} {each['version']} has {one['id']}, fixed in {', '.join(one['fix_versions']) or 'no version'}"
        for each in packages
        for one in each["vulns"]
    ]


def main(arguments: list[str]) -> int:
    """Audit; the exit code is 1 for a finding, 3 when advisories had to be asked for and nobody answered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--advisories", choices=("never", "if-reachable", "always"), default="always")
    wanted = parser.parse_args(arguments).advisories
    found = [*differences(), *foreign_licences()]
    print(f"Compared {len(locked())} locked packages with what is installed, and their licences.")
    silent = False
    if wanted != "never":
        try:
            found += vulnerabilities()
            print("Advisories: the source answered for every locked package.")
        except NotAudited as problem:
            silent = True
            print(f"NOT AUDITED for known vulnerabilities: {problem}", file=sys.stderr)
            print("Run `make audit` on a machine whose network reaches an advisory source.", file=sys.stderr)
    print("\n".join(found) or "Nothing found.")
    return FOUND if found else NOT_AUDITED if silent and wanted == "always" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
