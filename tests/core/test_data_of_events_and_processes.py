"""Data of events, processes and handlers: what is sent, caught, needed to start, and seen while undoing (10.4)."""

from __future__ import annotations

from typing import Any

from engine.core import commands as c
from engine.core import events as e
from engine.core.interpreter import execute

from ..support.drawings import Drawing, process
from ..support.instances import DEFINITION, Instance, executable
from .test_data import into, io, objects, out, refs

# -- events -----------------------------------------------------------------------------------------------------------

MESSAGE = '<bpmn:messageEventDefinition messageRef="m"/>\n'


def talking() -> Drawing:
    return objects(process("p").root_xml("m", '<bpmn:message id="m" name="m"/>'), "order", "answer")


def test_what_is_thrown_carries_the_data_inputs_of_the_event() -> None:
    body = MESSAGE + '<bpmn:dataInput id="what"/>' + into("order_object", "what")
    instance = Instance(talking().start().node("endEvent", "tell", {}, body).xml(), order=1, other=2)
    [thrown] = [event for event in instance.history if isinstance(event, e.MessageThrown)]
    assert thrown.variables == {"what": 1}


CATCHING = MESSAGE + '<bpmn:dataOutput id="result"/>' + out("result", "answer_object")


def deliver(instance: Instance, **variables: Any) -> Instance:
    [wait] = instance.state.waits
    instance.send(c.DeliverMessage(at=0, subscription=wait, variables=variables))
    return instance


def test_what_is_caught_fills_the_data_outputs_of_the_event() -> None:
    xml = talking().start().node("intermediateCatchEvent", "wait", {}, CATCHING).end().xml()
    assert deliver(Instance(xml), result=5, unasked=6).variables == {"order": None, "answer": 5}


def test_a_message_without_what_an_event_needs_is_an_incident() -> None:
    xml = talking().start().node("intermediateCatchEvent", "wait", {}, CATCHING).end().xml()
    instance = deliver(Instance(xml), unasked=6)
    assert instance.incident("wait").message == '"wait" needs to give the data "result" but it did not'
    assert instance.resolve("wait", variables={"result": 7}).variables["answer"] == 7


def test_a_boundary_event_hands_on_what_it_caught() -> None:
    boundary = {"attachedToRef": "u", "cancelActivity": "false"}
    diagram = talking().start().user("u").end().node("boundaryEvent", "told", boundary, CATCHING, connect=False)
    instance = Instance(diagram.end("te").xml())
    [wait] = [key for key, one in instance.state.waits.items() if getattr(one, "element", "") == "told"]
    instance.send(c.DeliverMessage(at=0, subscription=wait, variables={"result": 5, "unasked": 6}))
    assert instance.variables == {"order": None, "answer": 5}


def test_a_message_that_starts_a_process_fills_its_data_objects() -> None:
    diagram = talking().node("startEvent", "begin", {}, CATCHING, connect=False).user("u").end()
    definitions = {DEFINITION: executable(diagram.xml())}
    start = c.Start(at=0, instance="i", definition=DEFINITION, element="begin", variables={"result": 5})
    state = e.blank_state()
    assert execute(definitions, state, start).rejected is None
    assert state.scopes[1].variables == {"order": None, "answer": 5, "result": 5}


def test_a_data_object_of_an_event_sub_process_is_its_own() -> None:
    diagram = objects(process("p"), "note").start().service("work", "work").end()
    diagram = diagram.event_subprocess("help").start_error("oops")
    diagram = diagram.node("dataObject", "inner_object", {"name": "note"}, connect=False).at("oops")
    diagram = diagram.script("write", "note = 1\nseen = note").end("he").close()
    instance = Instance(diagram.xml(), note="outside").error("work", "E")
    assert instance.variables == {"note": "outside", "seen": 1}


def test_a_handler_sees_data_objects_as_they_were() -> None:
    diagram = objects(process("p"), "order").start().service("a", "a").script("later", "order = 2")
    diagram = diagram.throw_compensation("undo").end()
    diagram = diagram.compensation(on="a", handler="u").service("u", "u", for_compensation=True)
    instance = Instance(diagram.xml(), order=1).complete("a")
    [job] = [event for event in instance.history if isinstance(event, e.JobCreated) and event.element == "u"]
    assert job.inputs["order"] == 1


# -- processes --------------------------------------------------------------------------------------------------------


def with_process_data(*, sets: str = "") -> Drawing:
    specification = io("order customer", "invoice", sets)
    diagram = process("p").start().user("u").end()
    return diagram.raw('<bpmn:startEvent id="start"', specification + '<bpmn:startEvent id="start"')


def test_a_process_needs_its_data_inputs_to_start() -> None:
    definitions = {DEFINITION: executable(with_process_data().xml())}
    for given, lacking in (({}, '"order", "customer"'), ({"order": 1, "customer": None}, '"customer"')):
        start = c.Start(at=0, instance="i", definition=DEFINITION, variables=given)
        outcome = execute(definitions, e.blank_state(), start)
        assert outcome.rejected is not None
        assert outcome.rejected.reason == "missing-data"
        assert outcome.rejected.sentence == f"The process p needs the data {lacking} to start but got none"
    instance = Instance(with_process_data().xml(), order=1, customer=2)
    assert instance.variables == {"order": 1, "customer": 2, "invoice": None}


def test_optional_inputs_of_a_process_are_null() -> None:
    sets = refs("inputSet", dataInputRefs="order customer", optionalInputRefs="customer")
    assert Instance(with_process_data(sets=sets).xml(), order=1).variables["customer"] is None
