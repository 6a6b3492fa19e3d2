"""Shows, on the pinned SpiffWorkflow, each measured fact that ADR 0001 rests on: `python docs/adr/0001/reproduce.py`.

Every diagram is generated here, every figure is taken here; nothing of Baton is imported. The exit code is 0 when every
fact still holds (ratios of times are only shown) and 1 when one does not, which is what would reopen the decision.
"""

from __future__ import annotations

import gc
import io
import logging
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any, NamedTuple

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

PINNED = "3.2.0"
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
ENDS = '<startEvent id="s"/><endEvent id="e"/>'

ERROR = '<error id="err" errorCode="E" name="E"/>'
ERROR_EVENT = '<errorEventDefinition errorRef="err"/>'


class Fact(NamedTuple):
    """One line of the table: what was asked, what the standard (or a linear engine) gives, what was measured.

    timed: it is a ratio of times, which a busy machine can bend: it is shown and does not decide the exit code.
    """

    subject: str
    expected: str
    measured: str
    holds: bool
    timed: bool = False


# -- diagrams ---------------------------------------------------------------------------------------------------------


def document(body: str, roots: str = "") -> bytes:
    """Return a BPMN document with one process `p` around `body`."""
    return (
        f'<definitions xmlns="{BPMN}" xmlns:xsi="{XSI}" id="d" targetNamespace="urn:x">{roots}'
        f'<process id="p" isExecutable="true">{body}</process></definitions>'
    ).encode()


def flows(*pairs: str, prefix: str = "f") -> str:
    """Return sequence flows from "source>target" or "source>target?condition"; their ids begin with the prefix."""
    return "".join(_flow(f"{prefix}{number}", pair) for number, pair in enumerate(pairs))


def _flow(id: str, pair: str) -> str:
    ends, _, condition = pair.partition("?")
    source, _, target = ends.partition(">")
    text = condition.replace("<", "&lt;")
    inner = f'<conditionExpression xsi:type="tFormalExpression">{text}</conditionExpression>' if condition else ""
    return f'<sequenceFlow id="{id}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def script(name: str, source: str) -> str:
    """Return a script task."""
    return f'<scriptTask id="{name}" name="{name}"><script>{source}</script></scriptTask>'


def subprocess(name: str, body: str) -> str:
    """Return an embedded sub-process and an error boundary event "<name>_caught" on it."""
    caught = f'<boundaryEvent id="{name}_caught" attachedToRef="{name}">{ERROR_EVENT}</boundaryEvent>'
    return f'<subProcess id="{name}"><startEvent id="{name}_s"/>{body}</subProcess>{caught}'


def loop(turns: int) -> bytes:
    """A process that counts to `turns` in a loop around an exclusive gateway."""
    return document(
        ENDS
        + '<exclusiveGateway id="merge"/><exclusiveGateway id="again" default="f4"/>'
        + script("init", "i = 0")
        + script("count", "i = i + 1")
        + flows("s>init", "init>merge", "merge>count", "count>again", "again>e", f"again>merge?i < {turns}"),
    )


def fork(branches: int) -> bytes:
    """A parallel gateway with that many branches of two script tasks, and the join."""
    tasks = "".join(script(f"a{n}", f"x{n} = {n}") + script(f"b{n}", f"y{n} = {n}") for n in range(branches))
    lines = [flow for n in range(branches) for flow in (f"fork>a{n}", f"a{n}>b{n}", f"b{n}>join")]
    gateways = '<parallelGateway id="fork"/><parallelGateway id="join"/>'
    return document(ENDS + gateways + tasks + flows("s>fork", *lines, "join>e"))


# -- running ----------------------------------------------------------------------------------------------------------


def parsed(xml: bytes) -> Any:
    """Return the workflow specification of process `p`."""
    return _parser(xml).get_spec("p")


def _parser(xml: bytes) -> BpmnParser:
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.parse(io.BytesIO(xml)), filename="p.bpmn")
    return parser


def run_whole(xml: bytes) -> BpmnWorkflow:
    """Run a fresh instance of process `p` with its sub-processes as far as the engine takes it."""
    parser = _parser(xml)
    return run(parser.get_spec("p"), parser.get_subprocess_specs("p"))


def run(spec: Any, subprocesses: Any = None) -> BpmnWorkflow:
    """Run a fresh instance as far as the engine takes it."""
    workflow = BpmnWorkflow(spec, subprocesses)
    workflow.do_engine_steps()
    return workflow


def executed(workflow: BpmnWorkflow, name: str) -> int:
    """Return how often the element was completed."""
    return sum(task.state == TaskState.COMPLETED for task in workflow.get_tasks(spec_name=name))


def seconds(spec: Any) -> float:
    """Return the shortest time of five runs with the specification cached."""
    return min(_timed(spec) for _ in range(5))


def _timed(spec: Any) -> float:
    gc.collect()
    begin = time.perf_counter()
    run(spec)
    return time.perf_counter() - begin


def refusal(xml: bytes) -> str:
    """Return why the parser refuses the document, "" when it takes it."""
    try:
        parsed(xml)
    except (NotImplementedError, ValidationException) as refused:
        return str(refused).splitlines()[0]
    return ""


# -- the facts --------------------------------------------------------------------------------------------------------


def loop_stops() -> Fact:
    """An exclusive-gateway loop of 1,000 turns."""
    workflow = run(parsed(loop(1000)))
    # Asked directly, not through get_tasks(): its iterator stops at a depth of 1,000 tasks, which is the fault.
    turns = sum(
        task.task_spec.name == "count" and task.state == TaskState.COMPLETED for task in workflow.tasks.values()
    )
    ready = sum(task.state == TaskState.READY for task in workflow.tasks.values())
    claims = workflow.is_completed()
    measured = f"{turns} turns, {ready} task left READY, is_completed() says {claims}"
    return Fact("exclusive-gateway loop of 1,000 turns", "1000 turns", measured, turns < 1000 and ready > 0 and claims)


def join_drops_tokens() -> Fact:
    """Two tokens on each of the two flows into a parallel join (BPMN 2.0.2, 13.4.1: the join fires twice)."""
    gateways = '<parallelGateway id="fork"/><parallelGateway id="join"/>'
    tasks = "".join(script(name, "pass") for name in ("a1", "a2", "b1", "b2", "left", "right", "after"))
    branches = [f"fork>{name}" for name in ("a1", "a2", "b1", "b2")]
    merges = ["a1>left", "a2>left", "b1>right", "b2>right"]
    rest = ["left>join", "right>join", "join>after", "after>e"]
    workflow = run(parsed(document(ENDS + gateways + tasks + flows("s>fork", *branches, *merges, *rest))))
    times, claims = executed(workflow, "after"), workflow.is_completed()
    arrived = f"{executed(workflow, 'left')} + {executed(workflow, 'right')} tokens sent"
    measured = f"{arrived}, {times} joined, is_completed() says {claims}"
    return Fact("parallel join with two tokens on each flow", "2 joined", measured, times < 2)


def branches_lose_writes() -> Fact:
    """Two parallel branches each set a variable of their own; both should be set after the join."""
    gateways = '<parallelGateway id="fork"/><parallelGateway id="join"/>'
    tasks = script("init", "a = b = 'old'") + script("one", "a = 'new'") + script("two", "b = 'new'")
    lines = flows("s>init", "init>fork", "fork>one", "fork>two", "one>join", "two>join", "join>e")
    workflow = run(parsed(document(ENDS + gateways + tasks + lines)))
    measured = " and ".join(f"{name} {workflow.data.get(name)}" for name in ("a", "b"))
    return Fact("parallel branches set a and b to 'new'", "a new and b new", measured, measured != "a new and b new")


def error_start_without_error() -> Fact:
    """An event sub-process with an error start event, in a process where no error occurs."""
    handler = (
        '<subProcess id="handler" triggeredByEvent="true">'
        f'<startEvent id="caught">{ERROR_EVENT}</startEvent>'
        + script("handle", "handled = True")
        + '<endEvent id="he"/><sequenceFlow id="h1" sourceRef="caught" targetRef="handle"/>'
        '<sequenceFlow id="h2" sourceRef="handle" targetRef="he"/></subProcess>'
    )
    body = ENDS + script("work", "worked = True") + handler + flows("s>work", "work>e")
    workflow = run_whole(document(body, ERROR))
    ran = executed(workflow, "handle")
    claims = f"is_completed() says {workflow.is_completed()}"
    return Fact(
        "error-start event sub-process, no error thrown", "handler run 0 times", f"run {ran} times, {claims}", ran > 0
    )


def neighbours_catch() -> Fact:
    """An error leaves one sub-process; one beside it, where a person works, has a boundary event for its code too."""
    throwing = f'<endEvent id="x">{ERROR_EVENT}</endEvent>' + flows("failing_s>x", prefix="i")
    working = '<userTask id="u"/><endEvent id="y"/>' + flows("working_s>u", "u>y", prefix="j")
    body = ENDS + '<parallelGateway id="fork"/>' + subprocess("failing", throwing) + subprocess("working", working)
    lines = flows(
        "s>fork", "fork>failing", "fork>working", "failing>e", "working>e", "failing_caught>e", "working_caught>e"
    )
    caught = executed(run_whole(document(body + lines, ERROR)), "working_caught")
    return Fact("error caught at the activity beside its own", "0 times", f"{caught} times", caught > 0)


def branches_outlive_their_scope() -> Fact:
    """An error leaves a sub-process while another branch in it still has two tasks to go."""
    tasks = "".join(script(name, "pass") for name in ("a", "b", "c", "d"))
    ends = f'<endEvent id="x">{ERROR_EVENT}</endEvent><endEvent id="y"/>'
    inner = flows("inner_s>fork", "fork>a", "a>x", "fork>b", "b>c", "c>d", "d>y", prefix="i")
    body = ENDS + subprocess("inner", '<parallelGateway id="fork"/>' + tasks + ends + inner)
    workflow = run_whole(document(body + flows("s>inner", "inner>e", "inner_caught>e"), ERROR))
    late = executed(workflow, "c") + executed(workflow, "d")
    return Fact("tasks of a scope that run after an error left it", "0", str(late), late > 0)


def inclusive_join_in_a_loop() -> Fact:
    """Three turns around an inclusive split and join; the second leaves the longer branch out, the third does not."""
    tasks = script("init", "i = 0") + script("count", "i = i + 1")
    tasks += "".join(script(name, "pass") for name in ("short", "long", "way"))
    gateways = '<inclusiveGateway id="split"/><inclusiveGateway id="join"/>'
    gateways += '<exclusiveGateway id="merge"/><exclusiveGateway id="again" default="f0"/>'
    lines = flows(
        "again>e", "s>init", "init>merge", "merge>split", "split>short?True", "split>long?i != 1", "long>way",
        "short>join", "way>join", "join>count", "count>again", "again>merge?i < 3",
    )  # fmt: skip
    joined = executed(run(parsed(document(ENDS + tasks + gateways + lines))), "join")
    return Fact("inclusive join in a loop of 3 turns", "joins 3 times", f"{joined} times", joined != 3)


def growth(subject: str, diagram: Callable[[int], bytes], small: int, factor: int) -> Fact:
    """Compare the times of two sizes of one diagram; a linear engine needs `factor` times as long for the larger."""
    first, second = seconds(parsed(diagram(small))), seconds(parsed(diagram(small * factor)))
    ratio = second / first
    measured = f"{ratio:.1f} times ({first * 1e3:.0f} ms, then {second * 1e3:.0f} ms)"
    return Fact(
        f"{subject}: {small} to {small * factor}", f"{factor} times as long", measured, ratio > 1.4 * factor, timed=True
    )


def state_grows() -> Fact:
    """The serialized state after loops of 30 and of 300 turns, whose live state is one counter."""
    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
    sizes = [len(serializer.serialize_json(run(parsed(loop(turns))))) for turns in (30, 300)]
    measured = f"{sizes[0] / 1000:.0f} kB, then {sizes[1] / 1000:.0f} kB"
    return Fact("stored state after 30 and 300 turns", "the same size", measured, sizes[1] > 5 * sizes[0])


def scripts_are_exec() -> Fact:
    """A script that imports the operating system."""
    xml = document(ENDS + script("work", "pid = __import__('os').getpid()") + flows("s>work", "work>e"))
    pid = run(parsed(xml)).data.get("pid")
    return Fact("script calls __import__('os')", "refused", "ran" if pid else "refused", bool(pid))


def compensation_missing() -> Fact:
    """An activity with a compensation handler, and the throw event that asks for it."""
    handler = (
        '<boundaryEvent id="b" attachedToRef="work"><compensateEventDefinition/></boundaryEvent>'
        '<scriptTask id="undo" isForCompensation="true"><script>undone = True</script></scriptTask>'
        '<association id="as" sourceRef="b" targetRef="undo" associationDirection="One"/>'
        '<intermediateThrowEvent id="t"><compensateEventDefinition/></intermediateThrowEvent>'
    )
    xml = document(ENDS + script("work", "pass") + handler + flows("s>work", "work>t", "t>e"))
    return _asked("handler of a compensation throw event", xml, "undo")


def complex_gateway_missing() -> Fact:
    """A complex gateway with one flow in and one out."""
    xml = document(ENDS + '<complexGateway id="x"/>' + script("after", "pass") + flows("s>x", "x>after", "after>e"))
    return _asked("task after a complex gateway", xml, "after")


def links_missing() -> Fact:
    """A link throw event, its catch event and a task behind it."""
    link = '<linkEventDefinition name="l"/>'
    events = (
        f'<intermediateThrowEvent id="x">{link}</intermediateThrowEvent>'
        f'<intermediateCatchEvent id="y">{link}</intermediateCatchEvent>'
    )
    xml = document(ENDS + events + script("after", "pass") + flows("s>x", "y>after", "after>e"))
    return _asked("task after a pair of link events", xml, "after")


def _asked(subject: str, xml: bytes, task: str) -> Fact:
    reason = refusal(xml)
    if reason:
        return Fact(subject, "run", f"refused: {reason[:60]}", True)
    workflow = run(parsed(xml))
    ran = executed(workflow, task) > 0
    return Fact(subject, "run", "run" if ran else f"not run, is_completed() says {workflow.is_completed()}", not ran)


def facts() -> Iterator[Fact]:
    """Take all measurements, the quick ones first."""
    yield loop_stops()
    yield join_drops_tokens()
    yield branches_lose_writes()
    yield error_start_without_error()
    yield neighbours_catch()
    yield branches_outlive_their_scope()
    yield inclusive_join_in_a_loop()
    yield compensation_missing()
    yield complex_gateway_missing()
    yield links_missing()
    yield scripts_are_exec()
    yield growth("time of a loop, turns", loop, 75, 4)
    yield growth("time of fork and join, branches", fork, 20, 4)
    yield state_grows()


def main() -> int:
    """Print the table; 0 when every fact that is not a matter of time still holds."""
    logging.disable(logging.CRITICAL)
    print(f"SpiffWorkflow {version('spiffworkflow')} (the ADR is about {PINNED}), Python {sys.version.split()[0]}\n")
    taken = list(facts())
    widths = [max(len(str(fact[column])) for fact in taken) for column in range(2)]
    for fact in taken:
        mark = "holds " if fact.holds else "GONE  "
        print(f"{mark} {fact.subject:<{widths[0]}}  expected {fact.expected:<{widths[1]}}  got {fact.measured}")
    return 0 if all(fact.holds or fact.timed for fact in taken) else 1


if __name__ == "__main__":
    sys.exit(main())
