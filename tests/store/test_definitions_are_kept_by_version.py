"""Deployments and definitions: stored whole, found by key, version and checksum."""

from __future__ import annotations

import pytest

from engine.problems import Problem
from engine.store import DefinitionRecord, DeploymentRecord, Store, VersionTaken

from .scenes import NOW, deploy

PROBLEM = Problem(severity="warning", rule="unnamed", sentence="A task needs a name", element_id="t", line=3)


def test_a_deployment_comes_back_whole(empty: Store):
    definition = DefinitionRecord(
        id="a:1", key="a", version=1, name="A", deployment_id="d1", file_name="a.bpmn", executable=False, checksum="c",
        xml=b"\x00\xff<xml/>", deployed_at=NOW, problems=[PROBLEM],
    )  # fmt: skip
    deployment = DeploymentRecord(
        id="d1", name="first", deployed_at=NOW, deployed_by="ada", definition_ids=["a:1"], problems=[PROBLEM]
    )
    empty.deployments.add(deployment, [definition])
    assert empty.deployments.latest(["a", "b"]) == {"a": definition}
    assert empty.deployments.xml("a:1") == b"\x00\xff<xml/>"
    view = empty.deployments.view("d1")
    assert view is not None
    assert (view.name, view.problems) == ("first", [PROBLEM])
    assert view.definitions == [empty.deployments.definition("a:1")]
    assert view.definitions[0].executable is False


def test_the_latest_version_is_the_highest_number(empty: Store):
    for version in (9, 10, 2):
        deploy(empty, version)
    assert empty.deployments.latest(["order"])["order"].version == 10
    assert [one.version for one in empty.deployments.page(key="order", latest=True).items] == [10]
    assert [one.version for one in empty.deployments.page(key="order").items] == [10, 9, 2]


def test_definitions_are_found_by_the_checksum_of_their_document(empty: Store):
    deploy(empty, 1, checksum="x")
    deploy(empty, 1, "billing", checksum="x")
    deploy(empty, 2, checksum="y")
    assert [one.id for one in empty.deployments.with_checksum("x")] == ["billing:1", "order:1"]
    assert empty.deployments.keys() == ["billing", "order"]


def test_a_version_that_is_taken_stores_nothing(empty: Store):
    deploy(empty, 1)
    clash = DefinitionRecord(
        id="order:1b", key="order", version=1, name="", deployment_id="d2", file_name="", executable=True, checksum="",
        xml=b"", deployed_at=NOW,
    )  # fmt: skip
    deployment = DeploymentRecord(id="d2", name="", deployed_at=NOW, deployed_by="", definition_ids=[])
    with pytest.raises(VersionTaken, match="order:1b"):
        empty.deployments.add(deployment, [clash])
    assert empty.deployments.view("d2") is None


def test_what_is_unknown_is_none(empty: Store):
    assert empty.deployments.definition("a:1") is None
    assert empty.deployments.xml("a:1") is None
    assert empty.deployments.view("d") is None
    assert empty.deployments.latest([]) == {}
