"""Data becomes variables: objects, inputs, outputs, properties, sets and associations (10.4, 13.3.2)."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core import commands as c
from engine.core import events as e

from ..support.drawings import Drawing, process
from ..support.instances import Instance

WORK = '<baton:properties><baton:property name="job.type" value="work"/></baton:properties>'


def put(kind: str, source: str, target: str, how: str = "") -> str:
    """A data association; source may be ""."""
    sources = f"<bpmn:sourceRef>{source}</bpmn:sourceRef>" if source else ""
    return f"<bpmn:{kind}>{sources}<bpmn:targetRef>{target}</bpmn:targetRef>{how}</bpmn:{kind}>\n"


def into(source: str, target: str, how: str = "") -> str:
    return put("dataInputAssociation", source, target, how)


def out(source: str, target: str, how: str = "") -> str:
    return put("dataOutputAssociation", source, target, how)


def assign(source: str, to: str) -> str:
    return f"<bpmn:assignment><bpmn:from>{source}</bpmn:from><bpmn:to>{to}</bpmn:to></bpmn:assignment>"


def io(inputs: str = "", outputs: str = "", sets: str = "") -> str:
    """An ioSpecification whose items have the id and the name that are given, such as "a b" for two data inputs."""
    items = [f'<bpmn:dataInput id="{name}" name="{name}"/>' for name in inputs.split()]
    items += [f'<bpmn:dataOutput id="{name}" name="{name}"/>' for name in outputs.split()]
    return f"<bpmn:ioSpecification>{''.join(items)}{sets}</bpmn:ioSpecification>\n"


def refs(kind: str, **members: str) -> str:
    """An input or output set: the kind of reference -> the ids."""
    inside = "".join(f"<bpmn:{ref}>{id}</bpmn:{ref}>" for ref, ids in members.items() for id in ids.split())
    return f"<bpmn:{kind}>{inside}</bpmn:{kind}>"


def objects(diagram: Drawing, *names: str) -> Drawing:
    for name in names:
        diagram = diagram.node("dataObject", f"{name}_object", {"name": name}, connect=False)
    return diagram


def one_task(kind: str, body: str, *names: str) -> Drawing:
    """Start, one element "a" with that body, end; data objects with those names beside them."""
    extensions = WORK if kind == "serviceTask" else ""
    return objects(process("p"), *names).start().node(kind, "a", {}, body, extensions=extensions).end()


def job_inputs(instance: Instance) -> dict[str, Any]:
    [job] = [event for event in instance.history if isinstance(event, e.JobCreated)]
    return job.inputs


# -- data objects -----------------------------------------------------------------------------------------------------


@pytest.mark.proves("dataObject")
def test_a_data_object_is_a_variable_of_its_process_and_holds_nothing_at_first() -> None:
    instance = Instance(one_task("userTask", "", "order", "lines").xml(), order=7)
    assert instance.variables == {"order": 7, "lines": None}


def test_a_data_object_begins_with_its_default() -> None:
    default = '<baton:properties><baton:property name="default" value="[1, 2]"/></baton:properties>'
    diagram = process("p").node("dataObject", "d", {"isCollection": "true"}, extensions=default, connect=False)
    assert Instance(diagram.start().user("u").end().xml()).variables == {"d": [1, 2]}
    assert Instance(diagram.xml(), d=[]).variables == {"d": []}


def test_references_to_one_data_object_are_one_variable_whatever_their_state() -> None:
    diagram = process("p").node("dataObject", "d", connect=False)
    for number, state in enumerate(("new", "paid")):
        body = f'<bpmn:dataState name="{state}"/>'
        attributes = {"name": "order", "dataObjectRef": "d"}
        diagram = diagram.node("dataObjectReference", f"r{number}", attributes, body, connect=False)
    assert Instance(diagram.start().user("u").end().xml()).variables == {"order": None}


def test_a_data_object_in_a_sub_process_lives_and_ends_with_it() -> None:
    inside = process("p").start().subprocess("s").node("dataObject", "d", {"name": "draft"}, connect=False)
    diagram = inside.start("s1").script("write", "draft = 1\nkept = draft + 1").end("e1").close().end()
    instance = Instance(diagram.xml(), draft="mine")
    assert instance.variables == {"draft": "mine", "kept": 2}


def test_a_data_object_of_a_sub_process_is_new_in_every_turn_of_a_loop() -> None:
    loop = '<bpmn:standardLoopCharacteristics loopMaximum="2"/>'
    diagram = process("p").start().node("subProcess", "s", {}, loop)
    diagram._open.append(diagram._nodes["s"])
    diagram._current = None
    diagram = diagram.node("dataObject", "d", {"name": "draft"}, connect=False).start("s1")
    diagram = diagram.script("w", "seen = (seen or []) + [draft]\ndraft = 1").end("e1").close().end()
    assert Instance(diagram.xml(), seen=None).variables == {"seen": [None, None]}


@pytest.mark.proves("dataStoreReference")
def test_a_data_store_is_a_variable_of_the_process_wherever_it_is_drawn() -> None:
    inside = process("p").root_xml("st", '<bpmn:dataStore id="st" name="stock"/>').start().subprocess("s")
    inside = inside.node("dataStoreReference", "r", {"name": "The stock", "dataStoreRef": "st"}, connect=False)
    instance = Instance(inside.start("s1").script("w", "stock = 5").end("e1").close().end().xml())
    assert instance.variables == {"stock": 5}


# -- properties -------------------------------------------------------------------------------------------------------


@pytest.mark.proves("property")
def test_properties_are_variables_of_their_process_activity_or_event_alone() -> None:
    diagram = one_task("scriptTask", '<bpmn:script>n = 1\nm = n</bpmn:script><bpmn:property id="n"/>')
    diagram = diagram.raw("</bpmn:process>", '<bpmn:property id="x" name="of process"/></bpmn:process>')
    assert Instance(diagram.raw('id="a"', 'id="a" scriptFormat="python"').xml()).variables == {
        "of process": None,
        "m": 1,
    }


def test_the_property_that_an_editor_makes_for_a_drawn_association_is_nothing() -> None:
    placeholder = '<bpmn:property id="q" name="__targetRef_placeholder"/>\n'
    drawn = into("order_object", "q") + out("", "order_object")
    instance = Instance(one_task("serviceTask", placeholder + drawn, "order").xml(), order=1)
    assert job_inputs(instance) == {"order": 1}
    assert instance.complete("a", order=2).variables == {"order": 2}


# -- inputs and outputs -----------------------------------------------------------------------------------------------


@pytest.mark.proves("ioSpecification", "dataInputAssociation", "dataOutputAssociation")
def test_a_job_gets_exactly_its_data_inputs_and_gives_exactly_its_data_outputs() -> None:
    body = io("what", "result") + into("order_object", "what") + out("result", "answer_object")
    instance = Instance(one_task("serviceTask", body, "order", "answer").xml(), order=1, other=2)
    assert job_inputs(instance) == {"what": 1}
    instance.complete("a", result=5, unasked=6)
    assert instance.variables == {"order": 1, "answer": 5, "other": 2}


def test_a_script_works_on_its_own_copies() -> None:
    body = io("n", "m") + into("n_object", "n") + out("m", "total_object")
    script = "<bpmn:script>n = n + 1\nm = n * 10</bpmn:script>"
    diagram = one_task("scriptTask", script + body, "n", "total").raw('id="a"', 'id="a" scriptFormat="python"')
    assert Instance(diagram.xml(), n=1).variables == {"n": 1, "total": 20}


def test_two_data_inputs_may_swap_what_their_sources_are_called() -> None:
    body = io("x y") + into("y_object", "x") + into("x_object", "y")
    assert job_inputs(Instance(one_task("serviceTask", body, "x", "y").xml(), x=1, y=2)) == {"x": 2, "y": 1}


def test_a_data_input_that_nothing_leads_to_takes_the_variable_of_its_name() -> None:
    instance = Instance(one_task("serviceTask", io("x")).xml(), x=1, y=2)
    assert job_inputs(instance) == {"x": 1}


TRANSFORMED: dict[str, tuple[str, dict[str, Any]]] = {
    "copy": ("", {"n": 1, "of": {"a": 1}}),
    "transformation": ("<bpmn:transformation>{'a': order.n + 1}</bpmn:transformation>", {"a": 2}),
    "assignment of all": (assign("order.n", "into"), 1),  # type: ignore[dict-item]
    "assignments inside": (assign("order.n", "into.x.y") + assign("'z'", "into.x.z"), {"x": {"y": 1, "z": "z"}}),
    "transformation, then assignment": (
        "<bpmn:transformation>order.of</bpmn:transformation>" + assign("2", "into.b"),
        {"a": 1, "b": 2},
    ),
    "in another syntax": ('<bpmn:transformation language="juel">${order.n}</bpmn:transformation>', 1),  # type: ignore[dict-item]
}


@pytest.mark.parametrize("name", TRANSFORMED)
def test_an_association_copies_transforms_or_assigns(name: str) -> None:
    how, expected = TRANSFORMED[name]
    diagram = one_task("serviceTask", io("into") + into("order_object", "into", how), "order")
    instance = Instance(diagram.xml(), order={"n": 1, "of": {"a": 1}})
    assert job_inputs(instance) == {"into": expected}
    assert instance.variables["order"] == {"n": 1, "of": {"a": 1}}  # the source stays as it was


def test_an_output_may_change_one_place_of_what_is_there() -> None:
    body = io("", "r") + out("r", "order_object", assign("r.id", "order.payment.id") + assign("'paid'", "order.state"))
    instance = Instance(one_task("serviceTask", body, "order").xml(), order={"state": "new", "lines": [1]})
    instance.complete("a", r={"id": "x-1"})
    assert instance.variables["order"] == {"state": "paid", "lines": [1], "payment": {"id": "x-1"}}


# -- sets -------------------------------------------------------------------------------------------------------------


def test_what_is_missing_is_an_incident_that_goes_away_when_the_data_comes() -> None:
    body = io("what") + into("order_object", "what")
    instance = Instance(one_task("serviceTask", body, "order").xml())
    assert instance.incident("a").kind == "data"
    assert instance.incident("a").message == '"a" needs the data "what" but nothing is in "order" yet'
    instance.resolve("a", variables={"order": 3})
    assert job_inputs(instance) == {"what": 3}


def test_an_optional_input_may_be_missing() -> None:
    sets = refs("inputSet", dataInputRefs="what more", optionalInputRefs="more")
    body = io("what more", sets=sets) + into("order_object", "what") + into("extra_object", "more")
    assert job_inputs(Instance(one_task("serviceTask", body, "order", "extra").xml(), order=1)) == {
        "what": 1,
        "more": None,
    }


SETS = refs("inputSet", dataInputRefs="x y") + refs("inputSet", dataInputRefs="z")


@pytest.mark.parametrize(
    "given, expected",
    [
        ({"x": 1, "y": 2, "z": 3}, {"x": 1, "y": 2, "z": None}),
        ({"x": 1, "z": 3}, {"x": None, "y": None, "z": 3}),
    ],
)
def test_the_first_available_input_set_is_used(given: dict[str, int], expected: dict[str, Any]) -> None:
    body = io("x y z", sets=SETS) + "".join(into(f"{name}_object", name) for name in "xyz")
    assert job_inputs(Instance(one_task("serviceTask", body, *"xyz").xml(), **given)) == expected


def test_where_no_input_set_is_available_the_first_says_what_is_missing() -> None:
    body = io("x y z", sets=SETS) + "".join(into(f"{name}_object", name) for name in "xyz")
    instance = Instance(one_task("serviceTask", body, *"xyz").xml(), x=1)
    assert instance.incident("a").message == '"a" needs the data "y" but nothing is in "y" yet'


def test_a_required_output_that_is_not_given_is_an_incident_and_an_optional_one_changes_nothing() -> None:
    optional = refs("outputSet", dataOutputRefs="r more", optionalOutputRefs="more")
    body = io("", "r more", optional) + out("r", "x_object") + out("more", "y_object")
    instance = Instance(one_task("serviceTask", body, "x", "y").xml(), x=1, y=2)
    instance.complete("a", more=3)
    assert instance.incident("a").message == '"a" needs to give the data "r" but it did not'
    instance.resolve("a", variables={"r": 4})
    assert (instance.status, instance.variables) == ("completed", {"x": 4, "y": 3})

    instance = Instance(one_task("serviceTask", body, "x", "y").xml(), x=1, y=2).complete("a", r=5)
    assert instance.variables == {"x": 5, "y": 2}


def test_the_first_available_output_set_is_used() -> None:
    sets = refs("outputSet", dataOutputRefs="good") + refs("outputSet", dataOutputRefs="bad")
    body = io("", "good bad", sets) + out("good", "x_object") + out("bad", "y_object")
    xml = one_task("userTask", body, "x", "y").xml()
    assert Instance(xml).complete("a", good=1, bad=2).variables == {"x": 1, "y": None}
    assert Instance(xml).complete("a", bad=2).variables == {"x": None, "y": 2}


# -- multi-instance ---------------------------------------------------------------------------------------------------


def test_a_multi_instance_activity_goes_through_a_data_input_and_collects_into_a_data_object() -> None:
    items = '<bpmn:inputDataItem id="line_item" name="line"/><bpmn:outputDataItem id="price_item" name="price"/>'
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>all</bpmn:loopDataInputRef>"
        f"<bpmn:loopDataOutputRef>prices</bpmn:loopDataOutputRef>{items}</bpmn:multiInstanceLoopCharacteristics>"
    )
    body = io("all what", "prices found") + into("lines_object", "all") + into("line_item", "what")
    body += out("found", "price_item") + out("prices", "sums_object") + loop
    instance = Instance(one_task("serviceTask", body, "lines", "sums").xml(), lines=["a", "b"])
    jobs = [event for event in instance.history if isinstance(event, e.JobCreated)]
    assert [job.inputs for job in jobs] == [{"what": "a"}, {"what": "b"}]
    for job in reversed(jobs):
        instance.send(c.CompleteJob(at=0, job=job.key, variables={"found": f"{job.inputs['what']}!"}))
    assert instance.variables == {"lines": ["a", "b"], "sums": ["a!", "b!"]}
