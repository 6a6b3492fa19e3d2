"""Where the data of a diagram meets what is outside of it: starts, and what connectors are told (10.4.1)."""

from __future__ import annotations

import pytest

from engine import CommandRejected, Engine
from tests.core.test_data import into, io, one_task
from tests.core.test_data_of_events_and_processes import with_process_data
from tests.support.diagrams import process

from .parts import deploy, engine


def test_a_process_is_not_started_without_its_data() -> None:
    with engine() as baton:
        deploy(baton, with_process_data())
        with pytest.raises(CommandRejected) as refused:
            baton.start("p", variables={"order": 1})
        assert refused.value.reason == "missing-data"
        assert str(refused.value).startswith('The process p needs the data "customer" to start but got none')
        assert baton.instances().items == []
        started = baton.start("p", variables={"order": 1, "customer": 2})
        assert baton.instance(started.id, variables=True).variables == {"order": 1, "customer": 2, "invoice": None}


def findings(baton: Engine, xml: bytes) -> set[str]:
    [problems] = baton.lint({"p.bpmn": xml}).values()
    return {one.sentence for one in problems if one.rule == "connector"}


def test_a_connector_is_told_the_data_inputs_of_its_task() -> None:
    http = one_task("serviceTask", io("url") + into("place_object", "url"), "place").raw('value="work"', 'value="http"')
    bare = process("p").start().service("a", "http").end()
    with engine() as baton:
        assert any("url" in sentence for sentence in findings(baton, bare.xml()))
        assert not any("url" in sentence for sentence in findings(baton, http.xml()))
