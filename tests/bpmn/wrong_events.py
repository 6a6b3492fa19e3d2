"""Diagrams whose events, or gateways before events, are wrong in one way each, with the findings they deserve."""

# ruff: noqa: E501 - a diagram, or a row of a table of diagrams, reads best on one line
from __future__ import annotations

from collections.abc import Callable

from tests.support.diagram_xml import property_list
from tests.support.event_drawings import EventDrawing as Diagram
from tests.support.event_drawings import process

Findings = set[tuple[str, str]]

LOOP = '<bpmn:standardLoopCharacteristics loopMaximum="2"/>'


def line() -> Diagram:
    """A good beginning: start, task a."""
    return process().start().task("a")


def timed(*times: str) -> Diagram:
    """A timer t with these times."""
    return (
        line()
        .node(
            "intermediateCatchEvent",
            "t",
            body=f"<bpmn:timerEventDefinition>{''.join(times)}</bpmn:timerEventDefinition>",
        )
        .end()
    )


def http(diagram: Diagram, kind: str, id: str, **properties: str) -> Diagram:
    """The diagram with an element that has these properties of the edge; "__" stands for a dot."""
    named = {f"http.{name.replace('__', '.')}": text for name, text in properties.items()}
    return diagram.node(kind, id, extensions="\n".join(property_list("plain", named)))


WRONG_EVENTS: dict[str, tuple[Callable[[], Diagram], Findings]] = {
    "route without a path": (lambda: http(process(), "startEvent", "s", route="POST").end(), {("route", "s")}),
    "route inside a sub-process": (
        lambda: http(line().subprocess("sub"), "startEvent", "s", route="GET /a").end("se").close().end(), {("route", "s")},
    ),
    "response with a status that is none": (
        lambda: http(line(), "endEvent", "e", response__status="99"), {("response", "e")},
    ),
    "response of a task": (
        lambda: http(line(), "userTask", "u", response__status="200").end(), {("http-misplaced", "u")},
    ),
    "message on the bus under a topic with blanks": (
        lambda: line().end_with("e", "message:m", bus__topic="my orders"), {("bus-topic", "e")},
    ),
    "message of the bus in two ways": (
        lambda: process().start_on("s", "message:m", bus__topic="t").receive("r", "m", bus__topic="t", bus__data="{}").end(), {("bus-binding", "r")},
    ),
    "task on the bus": (lambda: process().start().worker("w", bus__topic="orders").end(), {("bus-unused", "w")}),
    "message event without a message": (lambda: line().catch("c", "message:").end(), {("missing-message", "c")}),
    "receive task without a message": (lambda: line().node("receiveTask", "c").end(), {("missing-message", "c")}),
    "send task without a message or a job": (lambda: line().send_task("c").end(), {("missing-message", "c")}),
    "message end event without a message": (lambda: line().end_with("c", "message:"), {("missing-message", "c")}),
    "event sub-process that starts with no message": (
        lambda: line().end().event_subprocess("s").start_on("m", "message:").end("se").close(), {("missing-message", "m")},
    ),
    "signal event without a signal": (lambda: line().catch("c", "signal:").end(), {("missing-signal", "c")}),
    "signal that is thrown without a signal": (lambda: line().throw("c", "signal:").end(), {("missing-signal", "c")}),
    "boundary event without a condition": (
        lambda: line().end().boundary("b", "conditional:", on="a").end("be"), {("missing-event-condition", "b")},
    ),
    "condition of an event that does not compile": (
        lambda: line().catch("c", "condition:x >").end(), {("expression", "c")},
    ),
    "key that does not compile": (
        lambda: line().catch("c", "message:m", message__correlation="x >").end(), {("expression", "c")},
    ),
    "name that is too long": (
        lambda: line().end().catch("c", "message:m", connect=False).end("ce").flow("a", "c").raw('name="m"', f'name="{"m" * 501}"'), {("long-name", "c")},
    ),
    "timer without a time": (timed, {("timer", "t")}),
    "timer with two times": (
        lambda: timed("<bpmn:timeDate>2030-01-01T00:00:00Z</bpmn:timeDate>", "<bpmn:timeCycle>R/PT1H</bpmn:timeCycle>"), {("timer", "t")},
    ),
    "date that does not exist": (lambda: line().catch("t", "date:2030-02-30T00:00:00Z").end(), {("timer", "t")}),
    "duration that is a number": (lambda: line().catch("t", "timer:5").end(), {("timer", "t")}),
    "cycle that is a duration": (lambda: line().catch("t", "cycle:PT1H").end(), {("timer", "t")}),
    "cron with a sixtieth minute": (lambda: line().catch("t", "cycle:60 * * * *").end(), {("timer", "t")}),
    "text that is no duration": (lambda: line().catch("t", "timer:'soon'").end(), {("timer", "t")}),
    "zone that does not exist": (
        lambda: process(properties={"timer.zone": "Mars/Base"}).start().catch("t", "timer:PT1H").end(), {("timer", "t")},
    ),
    "duration of a camunda diagram that is no duration": (
        lambda: process(dialect="camunda").start().catch("t", "timer:soon").end(), {("timer", "t")},
    ),
    "event-based gateway before a task": (
        lambda: line().choice("g").task("b").end().at("g").catch("c", "message:m").end("ce"), {("event-gateway", "g")},
    ),
    "event-based gateway before a receive task that repeats": (
        lambda: line().choice("g").receive("b", "m").repeated("b", LOOP).end().at("g").catch("c", "message:n").end("ce"), {("event-gateway", "g"), ("event-gateway-mixed", "g")},
    ),
    "event-based gateway of an unknown kind": (
        lambda: line().choice("g").catch("b", "message:m").end().at("g").catch("c", "message:n").end("ce").attribute("g", "eventGatewayType", "Random"),
        {("event-gateway", "g")},
    ),
    "parallel event-based gateway in the middle": (
        lambda: line().choice("g", parallel=True).catch("b", "message:m").end().at("g").catch("c", "message:n").end("ce"), {("event-gateway", "g")},
    ),
    "event-based gateway in the middle that instantiates": (
        lambda: line().choice("g").catch("b", "message:m").end().at("g").catch("c", "message:n").end("ce").attribute("g", "instantiate", "true"),
        {("instantiate", "g")},
    ),
    "receive task in the middle that instantiates": (
        lambda: line().receive("r", "m").end().attribute("r", "instantiate", "true"), {("instantiate", "r")},
    ),
    "receive task that instantiates and repeats": (
        lambda: process().receive("r", "m", instantiate=True).repeated("r", LOOP).end(), {("instantiate", "r"), ("end-without-start", "p")},
    ),
    "start at a message whose name depends on variables": (
        lambda: process(dialect="camunda").start_on("s", "message:${name}").end(), {("start-trigger", "s")},
    ),
    "start at a time that depends on variables": (lambda: process().start_on("s", "timer:wait").end(), {("start-trigger", "s")}),
    "end event that fails and terminates": (lambda: line().end_with("e", "error:E", "terminate:"), {("multiple-end", "e")}),
    "parallel multiple event for what is thrown inside": (
        lambda: line().end().boundary("b", "message:m", "error:E", on="a", parallel=True).end("be"), {("unsupported-element", "b")},
    ),
    "parallel multiple start event for what is thrown inside": (
        lambda: line().end().event_subprocess("s").start_on("m", "message:m", "error:E", parallel=True).end("se").close(), {("unsupported-element", "m")},
    ),
    "multiple event that does not interrupt and catches an error": (
        lambda: line().end().boundary("b", "message:m", "error:E", on="a", interrupting=False).end("be"), {("error-interrupts", "b")},
    ),
    "sub-process that starts with a message": (
        lambda: line().subprocess("s").start_on("m", "message:m").end("se").close().end(), {("sub-process-start", "m")},
    ),
}  # fmt: skip
