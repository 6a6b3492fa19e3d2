"""Fuzzes the reader of diagrams: real ones with parts moved, doubled, renamed and spoilt; those it takes also run."""

# ruff: noqa: E501, SIM905 - tables of words read best as they are; a check looks into what it catches

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from lxml import etree

from engine.bpmn import read
from engine.core import commands as c
from engine.core import events as e
from engine.core.calls import KnownDefinitions
from engine.core.interpreter import Limits, execute
from engine.core.state import InstanceState, Subscription, Timer, UserTask
from tests.support.diagrams import process
from tests.support.event_drawings import process as with_events

from .target import Target

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (ROOT / "processes", ROOT / "docs", ROOT.parent / "shared" / "models")
LARGEST = 60_000
COMMANDS = 25
LIMITS = Limits(max_steps=200, max_alive=200)
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
KINDS = """startEvent endEvent task scriptTask serviceTask userTask manualTask sendTask receiveTask businessRuleTask
callActivity subProcess transaction adHocSubProcess exclusiveGateway parallelGateway inclusiveGateway complexGateway
eventBasedGateway boundaryEvent intermediateCatchEvent intermediateThrowEvent sequenceFlow association textAnnotation
errorEventDefinition compensateEventDefinition terminateEventDefinition timerEventDefinition messageEventDefinition
signalEventDefinition escalationEventDefinition conditionalEventDefinition linkEventDefinition cancelEventDefinition
multiInstanceLoopCharacteristics standardLoopCharacteristics loopCardinality completionCondition conditionExpression
extensionElements documentation incoming outgoing script laneSet lane dataObject ioSpecification process definitions
error message signal escalation collaboration participant group category property dataInput dataOutput inputSet
outputSet dataInputRefs dataOutputRefs optionalInputRefs dataInputAssociation dataOutputAssociation targetRef sourceRef
transformation assignment from to dataObjectReference dataStoreReference dataStore messageFlow correlationKey
correlationProperty correlationPropertyRef correlationSubscription messagePath dataPath flowNodeRef childLaneSet""".split()
VALUES = ["", " ", "true", "false", "1", "-1", "0", "nope", "x" * 300, "a b", "${", "${a}", "= a", "1" * 400, "ä", "\U0001f600",
          "__import__('os')", "R3/PT1S", "PT1S", "2026-01-01T00:00:00Z", "&", "<b>", "..", "{urn:x}y", "x:y", "#{1 + 1}"]  # fmt: skip
ATTRIBUTES = """id name sourceRef targetRef attachedToRef default isForCompensation cancelActivity isInterrupting
triggeredByEvent activityRef errorRef messageRef calledElement isExecutable gatewayDirection isSequential
startQuantity completionQuantity instantiate waitForCompletion testBefore loopMaximum method parallelMultiple""".split()


@cache
def corpus() -> list[bytes]:
    """Diagrams of the examples, the docs and, where they are, the reference models; and one that has it all."""
    files = sorted(file for folder in FOLDERS if folder.is_dir() for file in folder.rglob("*.bpmn"))
    everything = (
        process(dialect="camunda").start().exclusive("g").when("${x > 1}").script("a", "y = [1, 2]\nz = y[0]")
        .inclusive("j").at("g").otherwise()
        .service("b", "http", inputs={"url": "${u}"}, outputs={"r": "${response}"}, properties={"job.retries": "3"})
        .to("j").at("j").subprocess("s").start("s1").parallel("f").user("u").parallel("k").at("f").manual("m").to("k")
        .at("k").end_terminate("t").close().throw_compensation("undo").end()
        .error_boundary("caught", on="b", code="X").end_error("failed", "Y").error_boundary("any", on="s").end("e2")
        .compensation(on="b", handler="h").service("h", "http", for_compensation=True)
    )  # fmt: skip
    return (
        [everything.xml()] * 3 + [_events()] * 3 + [data for file in files if len(data := file.read_bytes()) <= LARGEST]
    )


def _events() -> bytes:
    """Events that wait for something from outside, in every position."""
    diagram = (
        with_events()
        .start()
        .parallel("f")
        .user("u")
        .exclusive("k")
        .end()
        .at("f")
        .choice("g")
        .catch("m", "message:a")
        .to("k")
    )
    diagram = (
        diagram.at("g")
        .catch("t", "timer:PT1H")
        .to("k")
        .at("f")
        .catch("c", "condition:x > 1")
        .throw("w", "signal:s", "message:b")
        .to("k")
    )
    diagram = (
        diagram.at("f")
        .subprocess("s")
        .start("s1")
        .receive("r", "b", message__correlation="x")
        .end("e1")
        .event_subprocess("h")
    )
    diagram = (
        diagram.start_on("hs", "condition:x == 1", "signal:s", interrupting=False).end("he").close().close().to("k")
    )
    diagram = (
        diagram.boundary("bs", "cycle:R3/PT1H", on="s", interrupting=False)
        .end("be")
        .boundary("bt", "message:a", "signal:s", on="u", parallel=True)
        .to("k")
    )
    return (
        diagram.event_subprocess("q")
        .start_on("qs", "message:q")
        .user("qu")
        .end_with("qe", "error:X", "signal:s")
        .close()
        .xml()
    )


def make(chance: random.Random) -> bytes:
    """A real diagram with a few changes to its tree, and sometimes to its bytes."""
    tree = etree.fromstring(chance.choice(corpus()))
    for _ in range(chance.choice((1, 1, 2, 3, 5, 8))):
        _change(chance, tree)
    data = bytearray(etree.tostring(tree, xml_declaration=chance.random() < 0.5, encoding="UTF-8"))
    if chance.random() < 0.15:
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(data))
            data[at : at + chance.randrange(20)] = chance.choice(
                [b"", b"\0", b"<", b"&", b"]]>", b"\xff", chance.randbytes(4)]
            )
    return bytes(data)


def _change(chance: random.Random, tree: Any) -> None:
    nodes = [
        node
        for node in tree.iter(etree.Element)
        if not node.tag.startswith("{http://www.omg.org/spec/BPMN/20100524/DI")
    ]
    node, other = chance.choice(nodes), chance.choice(nodes)
    match chance.randrange(10):
        case 0 if node.getparent() is not None:
            node.getparent().remove(node)
        case 1 if other not in node.iterdescendants() and other is not node and len(nodes) < 2_000:
            other.insert(chance.randrange(len(other) + 1), _copy(node))
        case 2 if node.getparent() is not None and other not in node.iter():
            other.append(node)
        case 3:
            node.tag = BPMN + chance.choice(KINDS)
        case 4:
            node.text = chance.choice([*VALUES, other.text or ""])
        case 5:
            inside = etree.SubElement(node, BPMN + chance.choice(KINDS))
            inside.set("id", f"new{chance.randrange(100)}")
        case 6 if node.attrib:
            del node.attrib[chance.choice(list(node.attrib))]
        case _:
            _set(chance, node, nodes)


def _set(chance: random.Random, node: Any, nodes: list[Any]) -> None:
    name = chance.choice(list(node.attrib)) if node.attrib and chance.random() < 0.7 else chance.choice(ATTRIBUTES)
    ids = [one.get("id") for one in nodes if one.get("id")]
    node.set(name, chance.choice(ids) if ids and chance.random() < 0.7 else chance.choice(VALUES))


def _copy(node: Any) -> Any:
    return etree.fromstring(etree.tostring(node))


def check(data: bytes) -> None:
    """The document is refused with sentences or can run; the same whenever it is read; what runs keeps the rules."""
    document = read(data, "fuzz.bpmn")
    assert document.problems == read(data, "fuzz.bpmn").problems
    assert document.ok == (not any(problem.severity == "error" for problem in document.problems))
    assert document.processes or not document.ok
    for problem in document.problems:
        assert problem.sentence, problem
        assert "\n" not in problem.sentence, problem
        assert len(problem.sentence) < 1_000, problem
    for one in document.processes:
        assert (one.executable is not None) == (document.ok and one.process.executable)
        if one.executable is not None:
            _run(data, KnownDefinitions({"p": one.executable}))


def _run(data: bytes, definitions: Any) -> None:
    """A few commands in the core: nothing is raised, the history folds to the state, the stored state is the state."""
    chance = random.Random(data)
    state, history = e.blank_state(), []
    variables = {"x": 2, "u": "http://localhost", "amount": 5, "items": [1, 2, 3], "order": {"total": 3}}
    triggers = definitions["p"].triggers
    where = {"element": triggers[0].element, "index": triggers[0].index} if triggers else {}
    command: Any = c.Start(at=0, instance="i", definition="p", variables=variables, **where)
    for turn in range(COMMANDS):
        outcome = execute(definitions, state, command, LIMITS)
        history += e.decode_events(e.encode_events(outcome.events))
        assert e.fold(e.blank_state(), history) == state
        assert msgspec.json.decode(msgspec.json.encode(state), type=InstanceState) == state
        command = c.Continue(at=turn) if outcome.yielded else _next(chance, state, turn)
        if command is None:
            break


def _next(chance: random.Random, state: InstanceState, at: int) -> Any:
    """An answer to something that the instance waits for, None when nothing is left to answer."""
    waits = [wait for wait in state.waits.values() if getattr(wait, "kind", "") != "condition"]
    if state.incidents and (not waits or chance.random() < 0.3):
        return c.ResolveIncident(
            at=at, incident=chance.choice(list(state.incidents)), variables={"x": chance.randrange(3)}
        )
    if not waits:
        return None
    wait = chance.choice(waits)
    if isinstance(wait, Timer):
        return c.FireTimer(at=max(at, wait.due), timer=wait.key)
    if isinstance(wait, Subscription):
        given = {"x": chance.randrange(3), "offer": {"order_number": 1}}
        if wait.kind == "signal":
            return c.DeliverSignal(at=at, name=wait.name, variables=given)
        return c.DeliverMessage(at=at, subscription=wait.key, variables=given)
    if isinstance(wait, UserTask):
        return c.CompleteTask(at=at, task=wait.key, variables={"x": chance.randrange(3)})
    return chance.choice(
        [
            c.CompleteJob(at=at, job=wait.key, variables={"response": {"id": 1}}),
            c.FailJob(at=at, job=wait.key, message="down"),
            c.ThrowJobError(at=at, job=wait.key, code=chance.choice(["X", "Y", "OUT_OF_STOCK"])),
        ]
    )


def smaller(data: bytes) -> Iterator[bytes]:
    """The diagram without one of its elements, large ones first, or without one of its attributes or texts."""
    try:
        tree = etree.fromstring(data)
    except etree.XMLSyntaxError:
        return
    inside = sorted(tree.iterdescendants(), key=lambda node: -len(etree.tostring(node, with_tail=False)))
    for node in inside:
        parent, place, tail = node.getparent(), node.getparent().index(node), node.tail
        parent.remove(node)
        yield etree.tostring(tree)
        node.tail = tail
        parent.insert(place, node)
    for node in tree.iter(etree.Element):
        for name, value in node.attrib.items():
            del node.attrib[name]
            yield etree.tostring(tree)
            node.set(name, value)
        if node.text or node.tail:
            text, tail = node.text, node.tail
            node.text = node.tail = None
            yield etree.tostring(tree)
            node.text, node.tail = text, tail


DIAGRAMS = Target("diagrams", make, check, smaller)
