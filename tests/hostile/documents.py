"""The table of hostile documents: their bytes, and the rule that refuses each ("" when it is only big, and good)."""

# ruff: noqa: E501 - a diagram, or a row of a table of diagrams, reads best on one line
from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.bpmn.test_hostile_documents_become_problems import HOSTILE
from tests.support.diagrams import NAMESPACES, process

GOOD = process().start().script("a", "x = 1").end().xml()
_HEAD = (
    f'<definitions xmlns="{NAMESPACES["bpmn"]}" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:xi="http://www.w3.org/2001/XInclude" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' id="d" targetNamespace="t"><process id="p" isExecutable="true">'
)
_TAIL = "</process></definitions>"
_START = '<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>'
_TASK = _START + '<serviceTask id="t" camunda:type="external" camunda:topic="x"><extensionElements>'
_TASK_END = "</extensionElements></serviceTask>"


def document(inside: str) -> bytes:
    """A document with one process that holds this."""
    return (_HEAD + inside + _TAIL).encode()


def repeated(number: int, write: Callable[[int], str], before: str = "", after: str = "") -> bytes:
    """A document that repeats something: `write` gets the number of the repetition."""
    return document(before + "".join(map(write, range(number))) + after)


def _chain(number: int) -> Iterator[str]:
    yield '<startEvent id="n0"/>'
    yield from (
        f'<task id="n{i}"/><sequenceFlow id="f{i}" sourceRef="n{i - 1}" targetRef="n{i}"/>' for i in range(1, number)
    )


def _knot(kind: str, number: int) -> bytes:
    """Gateways that lead to each other in circles."""
    condition = "<conditionExpression>${true}</conditionExpression>"
    return repeated(
        number,
        lambda i: (
            f'<{kind} id="g{i}" default="x{i}"/>'
            f'<sequenceFlow id="f{i}" sourceRef="g{i}" targetRef="g{(i + 1) % number}">{condition}</sequenceFlow>'
            f'<sequenceFlow id="x{i}" sourceRef="g{i}" targetRef="g{(i * 7 + 3) % number}"/>'
        ),
        '<startEvent id="s"/><sequenceFlow id="fs" sourceRef="s" targetRef="g0"/>',
    )


def _script(text: str, number: int = 1) -> bytes:
    """Script tasks one after the other, all with this text."""
    return repeated(
        number,
        lambda i: (
            f'<scriptTask id="t{i + 1}" scriptFormat="python"><script>{text}</script></scriptTask>'
            f'<sequenceFlow id="f{i}" sourceRef="t{i}" targetRef="t{i + 1}"/>'
        ),
        '<startEvent id="t0"/>',
    )


READS: dict[str, tuple[bytes, str]] = dict(HOSTILE)
"""What the bytes themselves are; the reader's own tests look at each sentence."""

READS |= {
    "XInclude of a file": (document(_START + '<task id="t"/><xi:include href="file:///etc/passwd" parse="text"/>'), "unknown-element"),
    "schema location that calls home": (
        GOOD.replace(b"<bpmn:definitions", b'<bpmn:definitions xmlns:i="http://www.w3.org/2001/XMLSchema-instance" '
                     b'i:schemaLocation="http://127.0.0.1:9/x http://127.0.0.1:9/x.xsd"', 1),
        "",
    ),
    "style sheet that calls home": (
        GOOD.replace(b"?>", b'?><?xml-stylesheet type="text/xsl" href="http://127.0.0.1:9/x.xsl"?>', 1), "",
    ),
    "import that calls home": (
        document(_START + '<task id="t"/>').replace(
            b"<process", b'<import importType="x" location="http://127.0.0.1:9/x" namespace="x"/><process', 1
        ),
        "",
    ),
    "UTF-7": (b'<?xml version="1.0" encoding="UTF-7"?>+ADw-definitions/+AD4-', "not-bpmn"),
    "UTF-32": (GOOD.decode().replace("UTF-8", "UTF-32").encode("utf-32"), ""),
    "EBCDIC": (GOOD.decode().replace("UTF-8", "cp037").encode("cp037"), "not-xml"),
    "two byte order marks": (b"\xef\xbb\xbf\xef\xbb\xbf" + GOOD, "not-xml"),
    "a comment of 9 MB": (GOOD.replace(b"?>", b"?><!--" + b"x" * 9_000_000 + b"-->", 1), ""),
    "an instruction of 9 MB": (GOOD.replace(b"?>", b"?><?x " + b"x" * 9_000_000 + b"?>", 1), ""),
    "a comment that never ends": (GOOD + b"<!--" + b"-" * 1_000_000, "not-xml"),
    "a tag that never ends": (b"<" + b"a" * 5_000_000, "not-xml"),
    "100,000 character references": (document("&#x41;" * 100_000), "no-start"),
    "an element named with 1 MB": (f"<{'a' * 1_000_000}/>".encode(), "not-xml"),
    "10,000 prefixes for one namespace": (
        document("".join(f'<a{i}:task xmlns:a{i}="{NAMESPACES["bpmn"]}" id="a{i}"/>' for i in range(10_000))), "",
    ),
    "an id of 100,000 characters": (document(f'<startEvent id="{"i" * 100_000}"/>'), "invalid-id"),
    "an id with a line break": (document('<startEvent id="a&#13;&#10;b"/>'), "invalid-id"),
    "an id as a path": (document('<startEvent id="../../etc/passwd"/>'), "invalid-id"),
    "an id as SQL": (document("<startEvent id=\"x'; DROP TABLE instance; --\"/>"), "invalid-id"),
    "a process called by a path": (document("").replace(b'process id="p"', b'process id="../p"', 1), "invalid-id"),
    "the same id 10,000 times": (repeated(10_000, lambda _: '<task id="same"/>'), "duplicate-id"),
    "a node that is its own source": (document('<task id="t"/><sequenceFlow id="f" sourceRef="f" targetRef="f"/>'), "flow-ends"),
    "a boundary event on itself": (
        document('<startEvent id="s"/><boundaryEvent id="b" attachedToRef="b"><errorEventDefinition/></boundaryEvent>'),
        "boundary-host",
    ),
    "a task that undoes itself": (
        document(_START + '<task id="t" isForCompensation="true"/><boundaryEvent id="b" attachedToRef="t">'
                 '<compensateEventDefinition/></boundaryEvent><association id="a" sourceRef="b" targetRef="t"/>'),
        "handler-undone",
    ),
}  # fmt: skip

BIG: dict[str, tuple[bytes, str]] = {
    "a chain of 12,000 tasks": (document("".join(_chain(12_000))), ""),
    "12,000 boundary events on one task": (
        repeated(12_000, lambda i: f'<boundaryEvent id="b{i}" attachedToRef="t"><errorEventDefinition/></boundaryEvent>',
                 _START + '<task id="t"/>'),
        "same-catch",
    ),
    "10,000 compensations by one handler": (
        repeated(10_000, lambda i: f'<boundaryEvent id="b{i}" attachedToRef="t"><compensateEventDefinition/></boundaryEvent>'
                 f'<association id="a{i}" sourceRef="b{i}" targetRef="h"/>',
                 _START + '<task id="t"/><task id="h" isForCompensation="true"/>'),
        "two-compensations",
    ),
    "10,000 start events": (
        repeated(10_000, lambda i: f'<startEvent id="s{i}"/><task id="t{i}"/><sequenceFlow id="f{i}" sourceRef="s{i}" targetRef="t{i}"/>'),
        "several-starts",
    ),
    "30,000 flows between two gateways": (
        repeated(30_000, lambda i: f'<sequenceFlow id="f{i}" sourceRef="a" targetRef="b"/>',
                 '<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="a"/>'
                 '<parallelGateway id="a"/><parallelGateway id="b"/>'),
        "",
    ),
    "10,000 flows without an id": (
        repeated(10_000, lambda _: '<sequenceFlow sourceRef="s" targetRef="t"/>', '<startEvent id="s"/><task id="t"/>'), "",
    ),
    "towers of 240 sub-processes": (
        repeated(40, lambda j: "".join(f'<subProcess id="u{j}-{i}">' for i in range(240)) + "</subProcess>" * 240), "no-start",
    ),
    "8,000 compensation throws": (
        repeated(8_000, lambda i: f'<intermediateThrowEvent id="c{i}"><compensateEventDefinition activityRef="t{i}"/>'
                 f'</intermediateThrowEvent><task id="t{i}"/>', '<startEvent id="s"/>'),
        "",
    ),
    "8,000 processes": (
        repeated(8_000, lambda i: f'</process><process id="q{i}"><startEvent id="s{i}"/>', '<startEvent id="s"/>'), "",
    ),
    "an inclusive knot of 8,000 joins": (_knot("inclusiveGateway", 8_000), "inclusive-paths"),
    "an inclusive knot as large as allowed": (_knot("inclusiveGateway", 270), ""),
    "an exclusive knot of 8,000 gateways": (_knot("exclusiveGateway", 8_000), ""),
    "an event-based knot of 8,000 gateways": (_knot("eventBasedGateway", 8_000), "condition-not-allowed"),
    "a parallel knot of 8,000 gateways": (_knot("parallelGateway", 8_000), "condition-not-allowed"),
    "30,000 properties": (
        repeated(30_000, lambda i: f'<camunda:property name="k{i}" value="v"/>', _TASK + "<camunda:properties>",
                 "</camunda:properties>" + _TASK_END),
        "",
    ),
    "one property 30,000 times": (
        repeated(30_000, lambda _: '<camunda:property name="k" value="v"/>', _TASK + "<camunda:properties>",
                 "</camunda:properties>" + _TASK_END),
        "stated-twice",
    ),
    "8,000 inputs": (
        repeated(8_000, lambda i: f'<camunda:inputParameter name="k{i}">${{a + {i}}}</camunda:inputParameter>',
                 _TASK + "<camunda:inputOutput>", "</camunda:inputOutput>" + _TASK_END),
        "",
    ),
    "a list of 30,000 values": (
        repeated(30_000, lambda _: "<camunda:value>v</camunda:value>",
                 _TASK + '<camunda:inputOutput><camunda:inputParameter name="k"><camunda:list>',
                 "</camunda:list></camunda:inputParameter></camunda:inputOutput>" + _TASK_END),
        "expression",
    ),
    "a list in a list, 230 deep": (
        document(_TASK + '<camunda:inputOutput><camunda:inputParameter name="k">' + "<camunda:list>" * 230
                 + "</camunda:list>" * 230 + "</camunda:inputParameter></camunda:inputOutput>" + _TASK_END),
        "expression",
    ),
    "as many scripts as allowed": (_script("x=1\n" * 8_000, 15), ""),
    "more scripts than allowed": (_script("x=1\n" * 8_000, 16), "xml-limit"),
    "scripts that are refused everywhere": (_script("f(x)\n" * 6_000, 5), "expression"),
    "scripts of quotes that never close": (_script('"\\' * 16_000, 5), "expression"),
}  # fmt: skip
"""What is well-formed and as large as allowed: reading it must stay in proportion to its size."""
