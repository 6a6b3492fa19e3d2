"""Proves that building, checking and auditing a release name what is missing instead of passing in silence."""

from __future__ import annotations

import json
import zipfile

import pytest

from tools import audit, build_ui, check_wheel, hatch_build

from .tree import ROOT


@pytest.fixture
def hook(tmp_path):
    return hatch_build.BundleHook(str(ROOT), {}, None, None, str(tmp_path), "wheel")


@pytest.fixture
def no_npm(monkeypatch):
    def unreachable(*_):
        raise build_ui.BundleFailed("npm ci failed: no network")

    monkeypatch.setattr(build_ui, "build", unreachable)
    monkeypatch.delenv(hatch_build.WITHOUT_UI, raising=False)


def test_a_wheel_without_pages_is_not_built_by_accident(hook, no_npm):
    # Given no npm registry, when a wheel is built, then it fails and says how to do without the pages
    with pytest.raises(SystemExit, match=r"needs the UI bundle .*BATON_WITHOUT_UI=1 leaves it out.*no network"):
        hook.initialize("standard", {})


def test_a_wheel_without_pages_can_be_asked_for(hook, no_npm, monkeypatch):
    monkeypatch.setenv(hatch_build.WITHOUT_UI, "1")
    hook.initialize("standard", {})


def test_an_editable_install_leaves_the_pages_to_set_up(hook, no_npm):
    hook.initialize("editable", {})


def test_a_wheel_is_looked_into(tmp_path):
    # Given a wheel that lacks the pages and carries what nobody needs
    wheel = tmp_path / "baton-1.whl"
    kept = [name for name in check_wheel.MUST_HAVE if not name.endswith(".js")]
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in (*kept, "tests/secret.py", "api/cockpit/ui/node_modules/x.js"):
            archive.writestr(name, "")
    # Then each is named
    found = "\n".join(check_wheel.findings(wheel))
    assert "bpmn-viewer.js but has it not" in found
    assert "tests/secret.py but a user does not need it" in found
    assert "node_modules" in found


def report(*packages):
    return json.dumps({"dependencies": packages, "fixes": []})


FINE = {"name": "flask", "version": "3.1", "vulns": []}
SKIPPED = {"name": "click", "skip_reason": "not found and could not be audited"}
WEAK = {"name": "lxml", "version": "6.0", "vulns": [{"id": "CVE-1", "fix_versions": ["6.1"], "aliases": []}]}


@pytest.mark.parametrize(
    "output, errors, said",
    [
        (report(FINE, SKIPPED), "", r"1 of 2 packages were skipped, the first because: not found"),
        ("", "Traceback\nno such host", "ended without a report: no such host"),
        ("", "", "ended without a report: no output"),
        ("{}", "", "without a report"),
    ],
)
def test_what_nobody_could_audit_is_not_called_safe(output, errors, said):
    with pytest.raises(audit.NotAudited, match=said):
        audit._judged(output, errors)


def test_a_known_vulnerability_is_named():
    assert audit._judged(report(FINE), "") == []
    assert audit._judged(report(FINE, WEAK), "") == ["lxml 6.0 has CVE-1, fixed in 6.1"]


@pytest.mark.parametrize("advisories, code", [("always", 3), ("if-reachable", 0), ("never", 0)])
def test_a_source_that_does_not_answer_is_told(monkeypatch, capsys, advisories, code):
    # Given everything as locked, and no source of advisories
    def silent():
        raise audit.NotAudited("no such host")

    monkeypatch.setattr(audit, "differences", list)
    monkeypatch.setattr(audit, "vulnerabilities", silent)
    # When dependencies are audited
    assert audit.main(["--advisories", advisories]) == code
    # Then whoever asked for advisories reads that there were none
    assert ("NOT AUDITED" in capsys.readouterr().err) == (advisories != "never")


def test_a_finding_fails_the_audit(monkeypatch, capsys):
    monkeypatch.setattr(audit, "differences", list)
    monkeypatch.setattr(audit, "vulnerabilities", lambda: ["lxml 6.0 has CVE-1, fixed in 6.1"])
    assert audit.main([]) == 1
    assert "CVE-1" in capsys.readouterr().out


def test_what_a_user_gets_is_under_licences_that_allow_it():
    assert list(audit.foreign_licences()) == []


def test_a_package_that_is_not_as_locked_is_named(monkeypatch, tmp_path):
    lock = tmp_path / "lock.txt"
    lock.write_text(
        "flask==0.1 \\\n    --hash=sha256:00\n"
        "no-such-package==1 ; python_version > '3' \\\nnot-here==1 ; python_version < '3' \\\n"
    )
    monkeypatch.setattr(audit, "LOCK", lock)
    found = list(audit.differences())
    assert len(found) == 2
    assert "flask==0.1 as locked but" in found[0]
    assert "no-such-package==1 as locked but it is not installed" in found[1]
