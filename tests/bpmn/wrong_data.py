"""Diagrams whose data, collaboration or correlation is wrong in one way each, with the findings they deserve."""

# ruff: noqa: E501 - a diagram, or a row of a table of diagrams, reads best on one line
from __future__ import annotations

from collections.abc import Callable

from tests.support.drawings import Drawing as Diagram
from tests.support.drawings import process

Findings = set[tuple[str, str]]

OBJECT = '<bpmn:dataObject id="d" name="d"/>'
INPUT = '<bpmn:ioSpecification><bpmn:dataInput id="i" name="i"/>{}</bpmn:ioSpecification>'
INTO = "<bpmn:dataInputAssociation><bpmn:sourceRef>d</bpmn:sourceRef><bpmn:targetRef>i</bpmn:targetRef>{}</bpmn:dataInputAssociation>"
OUT = "<bpmn:dataOutputAssociation><bpmn:sourceRef>d</bpmn:sourceRef><bpmn:targetRef>{}</bpmn:targetRef></bpmn:dataOutputAssociation>"
ASSIGN = "<bpmn:assignment><bpmn:from>{}</bpmn:from><bpmn:to>{}</bpmn:to></bpmn:assignment>"
SECOND = '<bpmn:process id="q"><bpmn:startEvent id="s2"/><bpmn:task id="b"/><bpmn:sequenceFlow id="f2" sourceRef="s2" targetRef="b"/></bpmn:process>'


def task(body: str) -> Diagram:
    """A good process with a data object d and a task t with that body."""
    diagram = process().start().node("task", "t", {}, body).end()
    return diagram.raw("</bpmn:process>", OBJECT + "</bpmn:process>")


def inside(xml: str) -> Diagram:
    """A good process with that XML at its end."""
    return process().start().task("t").end().raw("</bpmn:process>", xml + "</bpmn:process>")


def default(value: str) -> str:
    return f'<bpmn:extensionElements><baton:properties><baton:property name="default" value="{value}"/></baton:properties></bpmn:extensionElements>'


def drawn_flow(source: str, target: str, more: str = "") -> Diagram:
    """Two good pools x (process p) and y (process q) with a message flow between these ends."""
    pools = '<bpmn:participant id="x" processRef="p"/><bpmn:participant id="y" processRef="q"/>'
    flow = f'<bpmn:messageFlow id="f" sourceRef="{source}" targetRef="{target}" {more}/>'
    return (
        process()
        .start()
        .task("t")
        .end()
        .root_xml("q", SECOND)
        .root_xml("c", f'<bpmn:collaboration id="c">{pools}{flow}</bpmn:collaboration>')
    )


def root(xml: str) -> Diagram:
    return process().start().task("t").end().root_xml("r", xml)


WRONG_DATA: dict[str, tuple[Callable[[], Diagram], Findings]] = {
    # data
    "association from nothing": (lambda: task(INPUT.format("") + INTO.format("").replace(">d<", ">nothing<")), {("data-reference", "t")}),
    "association from what another scope holds": (
        lambda: process().start().node("task", "t", {}, INPUT.format("") + INTO.format("")).subprocess("s")
        .node("dataObject", "d", connect=False).start("s1").end("e1").close().end(),
        {("data-reference", "t"), ("data-local", "d")},
    ),
    "association without a target": (
        lambda: task(INPUT.format("") + INTO.format("").replace("<bpmn:targetRef>i</bpmn:targetRef>", "")), {("data-association", "t")},
    ),
    "association from two sources": (
        lambda: task(INPUT.format("") + INTO.format("<bpmn:sourceRef>d</bpmn:sourceRef>")), {("data-association", "t")},
    ),
    "input association that leads out": (
        lambda: task(INPUT.format("") + INTO.format("").replace(">i<", ">d<")), {("data-association", "t")},
    ),
    "output association that leads in": (lambda: task(INPUT.format("") + OUT.format("i")), {("data-association", "t")}),
    "assignment to another place": (
        lambda: task(INPUT.format("") + INTO.format(ASSIGN.format("d", "other.x"))), {("data-association", "t")},
    ),
    "assignment without a value": (
        lambda: task(INPUT.format("") + INTO.format(ASSIGN.format("", "i"))), {("data-association", "t")},
    ),
    "XPath by its name": (
        lambda: task(INPUT.format("") + INTO.format('<bpmn:transformation language="http://www.w3.org/1999/XPath">d/x</bpmn:transformation>')),
        {("syntax-not-available", "t")},
    ),
    "XPath by its looks": (
        lambda: task(INPUT.format("") + INTO.format("<bpmn:transformation>bpmn:getDataObject('d')/x</bpmn:transformation>")),
        {("syntax-not-available", "t")},
    ),
    "transformation that does not compile": (
        lambda: task(INPUT.format("") + INTO.format("<bpmn:transformation>d +</bpmn:transformation>")), {("expression", "t")},
    ),
    "set of nothing": (
        lambda: task(INPUT.format("<bpmn:inputSet><bpmn:dataInputRefs>x</bpmn:dataInputRefs></bpmn:inputSet>") + INTO.format("")),
        {("data-reference", "t")},
    ),
    "data that streams": (
        lambda: task(INPUT.format("<bpmn:inputSet><bpmn:whileExecutingInputRefs>i</bpmn:whileExecutingInputRefs></bpmn:inputSet>") + INTO.format("")),
        {("not-executed", "t")},
    ),
    "two data inputs of one name": (
        lambda: task(INPUT.format('<bpmn:dataInput id="j" name="i"/>') + INTO.format("")), {("data-name", "t")},
    ),
    "data input and mapping of one name": (
        lambda: process().start().service("t", "x", inputs={"i": "1"}).end()
        .raw("</bpmn:serviceTask>", INPUT.format("") + "</bpmn:serviceTask>"),
        {("stated-twice", "t")},
    ),
    "default that is no JSON": (
        lambda: inside('<bpmn:property id="x">' + default("new") + "</bpmn:property>"), {("data-default", "p")},
    ),
    "data object in a sub-process": (
        lambda: process().start().subprocess("s").node("dataObject", "d", connect=False).start("s1").end("e1").close().end(),
        {("data-local", "d")},
    ),
    "reference to a data object that does not exist": (
        lambda: inside('<bpmn:dataObjectReference id="r" dataObjectRef="nothing"/>'), {("dangling-reference", "r")},
    ),
    "binding of the process's data": (lambda: inside("<bpmn:ioBinding/>"), {("ignored", "p")}),
    "data object in a task": (lambda: task('<bpmn:dataObject id="x"/>'), {("unknown-element", "x")}),
    "collection that is neither true nor false": (
        lambda: inside('<bpmn:dataObject id="x" isCollection="maybe"/>'), {("bad-attribute", "x")},
    ),
    # collaborations
    "message flow between nothing": (
        lambda: drawn_flow("nowhere", "y"), {("no-effect", "f"), ("collaboration-reference", "f")},
    ),
    "message flow within a pool": (
        lambda: drawn_flow("t", "start"), {("no-effect", "f"), ("message-flow-within-pool", "f")},
    ),
    "message flow from a start event": (
        lambda: drawn_flow("start", "b"), {("no-effect", "f"), ("message-flow-ends", "f")},
    ),
    "message flow to the pool that it comes from": (
        lambda: drawn_flow("t", "x"), {("no-effect", "f"), ("message-flow-within-pool", "f")},
    ),
    "pool of a process that does not exist": (
        lambda: root('<bpmn:collaboration id="c"><bpmn:participant id="x" processRef="nothing"/></bpmn:collaboration>'),
        {("collaboration-reference", "x")},
    ),
    "lane of nothing": (
        lambda: inside('<bpmn:laneSet id="ls"><bpmn:lane id="l"><bpmn:flowNodeRef>nothing</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'),
        {("lane-reference", "l")},
    ),
    "choreography": (lambda: root('<bpmn:choreography id="c"/>'), {("not-a-process", "c")}),
    "global conversation": (lambda: root('<bpmn:globalConversation id="c"/>'), {("not-a-process", "c")}),
    "conversation": (
        lambda: root('<bpmn:collaboration id="c"><bpmn:conversation id="v"/></bpmn:collaboration>'), {("not-a-process", "v")},
    ),
    # correlation
    "key of a property that does not exist": (
        lambda: root('<bpmn:collaboration id="c"><bpmn:correlationKey id="k"><bpmn:correlationPropertyRef>x</bpmn:correlationPropertyRef></bpmn:correlationKey></bpmn:collaboration>'),
        {("collaboration-reference", "k")},
    ),
    "retrieval expression without a path": (
        lambda: root('<bpmn:correlationProperty id="c"><bpmn:correlationPropertyRetrievalExpression messageRef="m"/></bpmn:correlationProperty>')
        .root_xml("m", '<bpmn:message id="m"/>'),
        {("correlation", "c")},
    ),
    "subscription to a key that does not exist": (
        lambda: inside('<bpmn:correlationSubscription id="s" correlationKeyRef="k"/>'), {("collaboration-reference", "s")},
    ),
}  # fmt: skip
