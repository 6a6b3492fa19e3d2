"""The table of diagrams that are wrong in one way each, with the findings they deserve."""

# ruff: noqa: E501 - a diagram, or a row of a table of diagrams, reads best on one line
from __future__ import annotations

from collections.abc import Callable

from tests.support.drawings import Drawing as Diagram
from tests.support.drawings import process

Findings = set[tuple[str, str]]
"""Rule and element id."""


def line() -> Diagram:
    """A good beginning: start, task a."""
    return process().start().task("a")


def transaction() -> Diagram:
    """A good process with a transaction t that is cancelled and left by b."""
    return line().transaction("t").start("ts").end_cancel("te").close().end().cancel_boundary("b", on="t").end("be")


def undone() -> Diagram:
    """A good process whose task a is undone by b."""
    return line().end().compensation(on="a", handler="b").task("b", for_compensation=True)


MANY = "<bpmn:multiInstanceLoopCharacteristics {}><bpmn:loopCardinality>2</bpmn:loopCardinality>{}</bpmn:multiInstanceLoopCharacteristics>"
COMPLEX = "<bpmn:complexBehaviorDefinition><bpmn:condition>True</bpmn:condition></bpmn:complexBehaviorDefinition>"

WRONG: dict[str, tuple[Callable[[], Diagram], Findings]] = {
    # ids and references
    "duplicate id": (lambda: line().end().root_xml("m", '<bpmn:message id="a"/>'), {("duplicate-id", "a")}),
    "id with a space": (lambda: line().end().node("endEvent", "e e", connect=False), {
        ("invalid-id", "e e"), ("unreachable", "e e"),
    }),
    "id too long": (lambda: line().end().root_xml("m", f'<bpmn:message id="{"m" * 256}"/>'), {("invalid-id", "m" * 79 + "…")}),
    "task without id": (
        lambda: line().end().node("task", "x", connect=False).raw(' id="x"', ""),
        {("missing-id", None)},
    ),
    "process without id": (lambda: line().end().raw('process id="p"', "process"), {("missing-id", None)}),
    "source that does not exist": (
        lambda: line().end().raw('sourceRef="a"', 'sourceRef="nowhere"'),
        {("dangling-reference", "a_to_end"), ("flow-ends", "a_to_end"), ("unreachable", "end")},
    ),
    "target that does not exist": (
        lambda: line().flow("a", "nowhere"),
        {("dangling-reference", "a_to_nowhere"), ("flow-ends", "a_to_nowhere")},
    ),
    "flow without target": (lambda: line().end().raw(' targetRef="end"', ""), {
        ("dangling-reference", "a_to_end"), ("unreachable", "end"),
    }),
    "error that does not exist": (
        lambda: line().end().node("boundaryEvent", "b", {"attachedToRef": "a"},
                                  '<bpmn:errorEventDefinition errorRef="nowhere"/>', connect=False).end("e"),
        {("dangling-reference", None)},
    ),
    "error that is a message": (
        lambda: line().end().root_xml("m", '<bpmn:message id="m"/>').node(
            "boundaryEvent", "b", {"attachedToRef": "a"}, '<bpmn:errorEventDefinition errorRef="m"/>', connect=False,
        ).end("e"),
        {("wrong-reference", None)},
    ),
    "association to nothing": (
        lambda: line().end().raw(
            "</bpmn:process>", '<bpmn:association id="x" sourceRef="a" targetRef="nowhere"/></bpmn:process>'
        ),
        {("dangling-reference", "x")},
    ),
    # sequence flows
    "flow to a data object": (
        lambda: line().node("dataObject", "d", connect=False).flow("a", "d"),
        {("flow-ends", "a_to_d")},
    ),
    "flow into a sub-process": (
        lambda: line().subprocess("s").start("s1").task("s2").close().end().flow("a", "s2"),
        {("flow-crosses-border", "a_to_s2")},
    ),
    "default flow of another node": (
        lambda: line().exclusive("g").when("x").end("e1").at("g").when("y").end("e2").attribute("g", "default", "start_to_a"),
        {("default-not-outgoing", "g")},
    ),
    "default flow that does not exist": (
        lambda: line().exclusive("g").when("x").end("e1").at("g").when("y").end("e2").attribute("g", "default", "nowhere"),
        {("default-not-outgoing", "g")},
    ),
    "condition on the default flow": (
        lambda: line().exclusive("g").when("x").otherwise().end("e1").at("g").when("y").end("e2"),
        {("condition-on-default", "g_to_e1")},
    ),
    "exclusive gateway without conditions": (
        lambda: line().exclusive("g").end("e1").at("g").end("e2"),
        {("missing-condition", "g_to_e1"), ("missing-condition", "g_to_e2")},
    ),
    "inclusive gateway with one condition missing": (
        lambda: line().inclusive("g").when("x").end("e1").at("g").end("e2"), {("missing-condition", "g_to_e2")},
    ),
    "blank condition": (
        lambda: line().exclusive("g").when("  ").end("e1").at("g").otherwise().end("e2"),
        {("missing-condition", "g_to_e1")},
    ),
    "condition after a parallel gateway": (
        lambda: line().parallel("g").when("x").end("e1").at("g").end("e2"), {("condition-not-allowed", "g_to_e1")},
    ),
    "condition after an event": (
        lambda: process().start().when("x").task("a").end(), {("condition-not-allowed", "start_to_a")},
    ),
    "plain text as a condition": (
        lambda: process(dialect="camunda").start().exclusive("g").when("approved").end("e1").at("g").otherwise().end("e2"),
        {("condition-without-choice", "g_to_e1")},
    ),
    # gateways
    "gateway that decides nothing": (lambda: line().exclusive("g").end(), {("gateway-without-flows", "g")}),
    "gateway that forks but should join": (
        lambda: line().parallel("g").end("e1").at("g").end("e2").attribute("g", "gatewayDirection", "Converging"),
        {("gateway-direction", "g")},
    ),
    # events
    "flow into the start event": (lambda: line().to("start"), {("start-with-incoming", "start")}),
    "flow out of an end event": (lambda: line().end().task("b"), {("end-with-outgoing", "end")}),
    "timer in an end event": (
        lambda: line().node("endEvent", "e", body="<bpmn:timerEventDefinition/>"), {("event-placement", "e")},
    ),
    "catch event without definition": (
        lambda: line().node("intermediateCatchEvent", "e").end(), {("event-placement", "e")},
    ),
    "error without a code": (
        lambda: line().end_error("e", "X").raw(' errorCode="X"', ""), {("error-without-code", "e")},
    ),
    # boundary events
    "boundary event on an event": (
        lambda: line().end().error_boundary("b", on="a", code="X").end("e").attribute("b", "attachedToRef", "start"),
        {("boundary-host", "b")},
    ),
    "boundary event in another container": (
        lambda: line().subprocess("s").start("s1").task("s2").error_boundary("b", on="s2", code="X").end("e")
        .close().end().attribute("b", "attachedToRef", "a"),
        {("boundary-host", "b")},
    ),
    "flow into a boundary event": (
        lambda: line().end().error_boundary("b", on="a", code="X").end("e").flow("a", "b"),
        {("boundary-with-incoming", "b")},
    ),
    "boundary event that leads nowhere": (
        lambda: line().end().error_boundary("b", on="a", code="X"), {("boundary-without-outgoing", "b")},
    ),
    "error boundary that does not interrupt": (
        lambda: line().end().error_boundary("b", on="a", code="X").end("e").attribute("b", "cancelActivity", "false"),
        {("error-interrupts", "b")},
    ),
    "two boundary events for one error": (
        lambda: line().end().error_boundary("b", on="a", code="X").end("e").error_boundary("c", on="a", code="X").end("f"),
        {("same-catch", "c")},
    ),
    "two boundary events for all errors": (
        lambda: line().end().error_boundary("b", on="a").end("e").error_boundary("c", on="a").end("f"),
        {("same-catch", "c")},
    ),
    # compensation
    "compensation event without handler": (
        lambda: line().end().compensation(on="a", handler="b").root_xml("b", '<bpmn:message id="b"/>'), {("handler-missing", "undo_a")},
    ),
    "compensation event with two handlers": (
        lambda: undone().task("c", for_compensation=True).raw(
            "</bpmn:process>", '<bpmn:association id="x" sourceRef="undo_a" targetRef="c"/></bpmn:process>'
        ),
        {("handler-missing", "undo_a"), ("handler-unused", "c")},
    ),
    "handler that is not marked": (
        lambda: undone().raw(' isForCompensation="true"', ""), {("handler-not-marked", "b")},
    ),
    "handler in another container": (
        lambda: line().subprocess("s").start("s1").task("b", for_compensation=True).close().end()
        .compensation(on="a", handler="b"),
        {("handler-elsewhere", "b")},
    ),
    "handler with a sequence flow": (
        lambda: undone().at("b").end("e"), {("handler-with-flows", "b")},
    ),
    "handler that nobody names": (
        lambda: line().end().task("b", for_compensation=True), {("handler-unused", "b")},
    ),
    "handler that is undone itself": (
        lambda: undone().compensation(on="b", handler="c").task("c", for_compensation=True), {("handler-undone", "b")},
    ),
    "compensation event with a sequence flow": (
        lambda: undone().at("undo_a").end("e"), {("compensation-with-flows", "undo_a")},
    ),
    "activity undone twice": (
        lambda: undone().compensation(on="a", handler="c", id="again").task("c", for_compensation=True),
        {("two-compensations", "again")},
    ),
    # processes and sub-processes
    "circle without a start": (
        lambda: process().task("a").task("b").to("a"), {("no-start", "p"), ("unreachable", "a"), ("unreachable", "b")},
    ),
    "empty sub-process": (lambda: line().subprocess("s").close().end(), {("no-start", "s")}),
    "end event but no start event": (lambda: process().task("a").end(), {("end-without-start", "p")}),
    "two none start events": (lambda: line().to("b").start("other").task("b").end(), {("several-starts", "other")}),
    "two start events in a sub-process": (
        lambda: line().subprocess("s").start("s1").task("b").start("s2").to("b").close().end(), {("sub-process-start", "s2")},
    ),
    # reachability
    "island": (
        lambda: line().end().node("task", "x", connect=False).task("y"), {("unreachable", "x"), ("unreachable", "y")},
    ),
    # the document
    "attribute that does not exist": (
        lambda: line().end().attribute("a", "startQuanity", "1"), {("unknown-attribute", "a")},
    ),
    "attribute with BPMN's prefix": (
        lambda: line().end().attribute("a", "bpmn:name", "A"), {("unknown-attribute", "a")},
    ),
    "boolean that is none": (
        lambda: line().end().attribute("a", "isForCompensation", "yes"), {("bad-attribute", "a")},
    ),
    "no token to start": (lambda: line().end().attribute("a", "startQuantity", "0"), {("bad-attribute", "a")}),
    "multi-instance without a number": (
        lambda: line().node("task", "m", body="<bpmn:multiInstanceLoopCharacteristics/>").end(), {("loop", "m")},
    ),
    "loop without an end": (
        lambda: line().node("task", "m", body="<bpmn:standardLoopCharacteristics/>").end(), {("loop", "m")},
    ),
    "event sub-process": (
        lambda: line().end().node("subProcess", "s", {"triggeredByEvent": "true"}, connect=False),
        {("event-sub-process-start", "s")},
    ),
    "potential owner": (
        lambda: line().node("userTask", "u", body="<bpmn:potentialOwner/>").end(), {("ignored", "u")},
    ),
    "task inside a task": (
        lambda: line().node("task", "m", body='<bpmn:task id="inner"/>').end(), {("unknown-element", "inner")},
    ),
    "misspelt element": (lambda: line().node("servicTask", "s", connect=False).at("a").end(), {("unknown-element", "s")}),
    "XInclude": (
        lambda: line().end().raw(
            "</bpmn:process>", '<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="/etc/passwd"/></bpmn:process>'
        ),
        {("unknown-element", "p")},
    ),
    "root element that does not exist": (
        lambda: line().end().root_xml("c", '<bpmn:eror id="c"/>'), {("unknown-element", "c")},
    ),
    "extension that must be understood": (
        lambda: line().end().root_xml("c", '<bpmn:extension id="c" mustUnderstand="true"/>'), {("must-understand", "c")},
    ),
    "javascript condition": (
        lambda: line().exclusive("g").when("x").end("e1").at("g").otherwise().end("e2").raw(
            "<bpmn:conditionExpression", '<bpmn:conditionExpression language="javascript"'
        ),
        {("syntax-not-available", "g_to_e1")},
    ),
    "expression language that Baton does not know": (
        lambda: line().end().raw(' id="definitions"', ' id="definitions" expressionLanguage="mvel"'),
        {("unknown-language", "definitions")},
    ),
    # elements
    "call activity that calls nothing": (lambda: line().node("callActivity", "c").end(), {("called-element", "c")}),
    "call of a version without its number": (
        lambda: line().call("c", "other", call_binding="version").end(), {("call-binding", "c")},
    ),
    "call with a binding of its own": (
        lambda: line().call("c", "other", call_binding="newest").end(), {("call-binding", "c")},
    ),
    "multi-instance behavior without its event": (
        lambda: line().repeated("a", MANY.format('behavior="One"', "")).end(), {("multi-instance-behavior", "a")},
    ),
    "multi-instance behavior that is unknown": (
        lambda: line().repeated("a", MANY.format('behavior="Some"', "")).end(), {("multi-instance-behavior", "a")},
    ),
    "multi-instance that throws a timer": (
        lambda: line().repeated("a", MANY.format('behavior="None" noneBehaviorEventRef="t"', ""))
        .root_xml("t", '<bpmn:timerEventDefinition id="t"/>').end(),
        {("multi-instance-behavior", "a")},
    ),
    "complex behavior definition that nothing asks for": (
        lambda: line().repeated("a", MANY.format("", COMPLEX)).end(), {("multi-instance-behavior", "a")},
    ),
    "complex behavior without a definition": (
        lambda: line().repeated("a", MANY.format('behavior="Complex"', "")).end(), {("multi-instance-behavior", "a")},
    ),
    "ad-hoc sub-process with nothing in it": (
        lambda: line().node("adHocSubProcess", "t").end(), {("ad-hoc-start", "t"), ("no-start", "t")},
    ),
    "transaction with another method": (
        lambda: line().transaction("t").start("ts").close().end().attribute("t", "method", "##Store"), {("unsupported-attribute", "t")},
    ),
    "cancel end event outside a transaction": (lambda: line().end_cancel("e"), {("cancel-outside", "e")}),
    "cancel boundary event on a task": (
        lambda: line().end().cancel_boundary("b", on="a").end("be"), {("cancel-outside", "b")},
    ),
    "cancel end event without a way out": (
        lambda: line().transaction("t").start("ts").end_cancel("te").close().end(), {("cancel-uncaught", "te")},
    ),
    "two cancel boundary events": (
        lambda: transaction().cancel_boundary("b2", on="t").end("b2e"), {("same-catch", "b2")},
    ),
    "cancel boundary event that does not interrupt": (
        lambda: transaction().attribute("b", "cancelActivity", "false"), {("error-interrupts", "b")},
    ),
    "event sub-process with a none start event": (
        lambda: line().end().event_subprocess("s").start("ss").end("se").close(), {("event-sub-process-start", "ss")},
    ),
    "event sub-process with two start events": (
        lambda: line().end().event_subprocess("s").start_error("s1", "E").end("se").start_error("s2", "F").end("sf").close(),
        {("event-sub-process-start", "s2")},
    ),
    "event sub-process with a flow": (
        lambda: line().end().event_subprocess("s").start_error("s1", "E").end("se").close().flow("a", "s"),
        {("event-sub-process-alone", "s")},
    ),
    "compensation event sub-process beside a handler": (
        lambda: line().subprocess("s").start("s1").end("e1").event_subprocess("u").start_compensation("us").end("ue").close().close().end()
        .compensation(on="s", handler="h").task("h", for_compensation=True),
        {("two-compensations", "us")},
    ),
    "two compensation event sub-processes": (
        lambda: line().end().event_subprocess("u").start_compensation("us").end("ue").close()
        .event_subprocess("v").start_compensation("vs").end("ve").close(),
        {("two-compensations", "vs")},
    ),
    "compensation start among others": (
        lambda: line().end().event_subprocess("u").node(
            "startEvent", "us", body="<bpmn:errorEventDefinition/><bpmn:compensateEventDefinition/>", connect=False
        ).end("ue").close(),
        {("compensation-among-others", "us")},
    ),
    "ad-hoc sub-process with a start event": (
        lambda: line().ad_hoc("s").start("s1").task("b").apart().task("c").close().end(), {("ad-hoc-events", "s1"), ("unreachable", "c")},
    ),
    "ad-hoc sub-process with an end event": (
        lambda: line().ad_hoc("s").task("b").end("e1").close().end(), {("ad-hoc-events", "e1"), ("end-without-start", "s")},
    ),
    "ad-hoc sub-process that begins with a throw event": (
        lambda: line().ad_hoc("s").throw_none("g").task("b").close().end(), {("ad-hoc-start", "s"), ("ad-hoc-start", "g")},
    ),
    "ad-hoc sub-process in an unknown order": (
        lambda: line().ad_hoc("s", ordering="Random").task("b").close().end(), {("ad-hoc", "s")},
    ),
    "error start event that does not interrupt": (
        lambda: line().end().event_subprocess("s").start_error("s1", "E").end("se").close().attribute("s1", "isInterrupting", "false"),
        {("error-interrupts", "s1")},
    ),
    "two event sub-processes for one error": (
        lambda: line().end().event_subprocess("s").start_error("s1", "E").end("se").close()
        .event_subprocess("t").start_error("t1", "E").end("te").close(),
        {("same-catch", "t1")},
    ),
    "process that starts with an error": (
        lambda: process().start_error("s", "E").task("a").end(), {("event-placement", "s")},
    ),
    "two boundary events for one escalation": (
        lambda: line().end().escalation_boundary("b1", on="a", code="E").end("e1").escalation_boundary("b2", on="a", code="E").end("e2"),
        {("same-catch", "b2")},
    ),
    "escalation end event without an escalation": (
        lambda: line().node("endEvent", "e", body="<bpmn:escalationEventDefinition/>"), {("missing-escalation", "e")},
    ),
    "link without a name": (
        lambda: line().node("intermediateThrowEvent", "l", body="<bpmn:linkEventDefinition/>"), {("link-name", "l")},
    ),
    "link to nowhere": (lambda: line().throw_link("l", "away"), {("link-pair", "l")}),
    "link into a sub-process": (
        lambda: line().throw_link("l", "in").at("a").subprocess("s").start("ss").end("se").catch_link("c", "in").end("ce").close().end(),
        {("link-pair", "l"), ("link-unused", "c")},
    ),
    "two link catch events of one name": (
        lambda: line().throw_link("l", "on").catch_link("c", "on").end("e1").catch_link("d", "on").end("e2"), {("link-pair", "d")},
    ),
    "link with a flow": (
        lambda: line().throw_link("l", "on").end("e").catch_link("c", "on").end("e1"), {("link-with-flows", "l")},
    ),
    "complex gateway without an activation condition": (
        lambda: line().parallel("f").node("complexGateway", "j").end().at("f").to("j"), {("missing-activation-condition", "j")},
    ),
    "condition that does not compile": (
        lambda: line().exclusive("g").when("x >").end("e1").at("g").otherwise().end("e2"), {("expression", "g_to_e1")},
    ),
    "script that is empty": (lambda: process().start().script("s", " ").end(), {("missing-script", "s")}),
    "service task without a job type": (
        lambda: process().start().service("s").end(), {("missing-job-type", "s")},
    ),
    "retry policy that is no number": (
        lambda: process().start().service("s", "x", properties={"job.retries": "often"}).end(), {("job-policy", "s")},
    ),
    "error end event without an error": (
        lambda: line().node("endEvent", "e", body="<bpmn:errorEventDefinition/>"), {("missing-error-code", "e")},
    ),
    "compensation of something elsewhere": (
        lambda: line().subprocess("s").start("s1").end_compensation("e", "a").close().end(), {("compensation-target", "e")},
    ),
}  # fmt: skip
