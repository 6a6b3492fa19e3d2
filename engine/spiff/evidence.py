"""What a difference is explained from, and the signs by which each known difference is recognised in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from ..model import FlowNode, Process
from .comparison import Difference
from .trace import Trace, Visit


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What a difference is explained from. baton is None when Baton refused the diagram."""

    process: Process
    baton: Trace | None
    spiffworkflow: Trace
    difference: Difference | None = None


# -- refusals ---------------------------------------------------------------------------------------------------------


def compensates(found: Evidence) -> bool:
    """SpiffWorkflow refuses a diagram with compensation in it."""
    nodes = found.process.nodes.values()
    drawn = any(node.for_compensation or _defines(node, "compensate") for node in nodes)
    return drawn and _spiffworkflow_refuses(found)


def begins_or_ends_implicitly(found: Evidence) -> bool:
    """SpiffWorkflow refuses a process without a start event, or a sub-process without a start or an end event."""
    kinds = {
        container.id: {found.process.nodes[id].kind for id in container.nodes if id in found.process.nodes}
        for container in found.process.containers.values()
    }
    implicit = any(
        inside and ("startEvent" not in inside or ("endEvent" not in inside and id != found.process.id))
        for id, inside in kinds.items()
    )
    return implicit and _spiffworkflow_refuses(found)


def splits_at_an_activity(found: Evidence) -> bool:
    """SpiffWorkflow refuses an activity with several outgoing flows."""
    nodes = found.process.nodes.values()
    return any(len(node.outgoing) > 1 for node in nodes if _is_activity(node)) and _spiffworkflow_refuses(found)


def has_complex_gateway(found: Evidence) -> bool:
    """SpiffWorkflow refuses a complex gateway."""
    kinds = {node.kind for node in found.process.nodes.values()}
    return "complexGateway" in kinds and _spiffworkflow_refuses(found)


def is_too_long_to_parse(found: Evidence) -> bool:
    """SpiffWorkflow's parser ran out of stack."""
    return _spiffworkflow_refuses(found) and "recursion" in found.spiffworkflow.sentence


def runs_error_handler_without_error(found: Evidence) -> bool:
    """SpiffWorkflow runs an event sub-process whose error nobody threw."""
    handlers = {node.id for node in found.process.nodes.values() if _is_error_handler(found.process, node)}
    ran = {found.process.nodes[visit.element].container for visit in found.spiffworkflow.visits}
    return bool(handlers & ran) and not any(_throws(found.process, visit) for visit in found.spiffworkflow.visits)


def _is_error_handler(process: Process, node: FlowNode) -> bool:
    inside = process.containers.get(node.id) if node.view.attributes.get("triggeredByEvent") == "true" else None
    return inside is not None and any(_defines(process.nodes[id], "error") for id in inside.nodes)


# -- differences of two runs ------------------------------------------------------------------------------------------


def loses_a_link(found: Evidence) -> bool:
    """Only Baton went on behind a link."""
    return any(_defines(node, "link") and node.kind == "intermediateCatchEvent" for node in _differing(found))


def is_too_deep(found: Evidence) -> bool:
    """A task is ready and SpiffWorkflow does not run it."""
    return found.spiffworkflow.stranded > 0


def drops_excess_tokens(found: Evidence) -> bool:
    """One of its completions took more or fewer tokens than the join has incoming flows."""
    joins = {node.id: len(node.incoming) for node in _differing(found) if node.kind == "parallelGateway"}
    took = {(visit.element, len(visit.causes)) for visit in found.spiffworkflow.visits if visit.element in joins}
    return any(joins[element] > 1 and joins[element] != count for element, count in took)


def joins_in_or_after_a_loop(found: Evidence) -> bool:
    """An inclusive join that a loop leads to synchronised other tokens."""
    joins = {node.id for node in _differing(found) if node.kind == "inclusiveGateway" and len(node.incoming) > 1}
    if found.difference is not None and found.difference.kind in ("status", "stops"):
        stops = (found.process.nodes.get(stop.element) for stop in found.spiffworkflow.stops)
        joins |= {node.id for node in stops if node is not None and node.kind == "inclusiveGateway"}
    ahead = {id: _ahead(found.process, id) for id in found.process.nodes} if joins else {}
    return any(joins & reached for id, reached in ahead.items() if id in reached)


def joins_too_early(found: Evidence) -> bool:
    """An inclusive join went on with one token although another came later, for which it went on once more."""
    if found.baton is None:
        return False
    joins = {node.id for node in _differing(found) if node.kind == "inclusiveGateway" and len(node.incoming) > 1}
    ours, theirs = (Counter(visit.element for visit in run.visits) for run in (found.baton, found.spiffworkflow))
    return any(theirs[join] > ours[join] for join in joins)


def _ahead(process: Process, id: str) -> set[str]:
    """The nodes that a path of sequence flows leads to."""
    reached: set[str] = set()
    todo = [id]
    while todo:
        for flow in process.nodes[todo.pop()].outgoing:
            target = process.flows[flow].target
            if target not in reached:
                reached.add(target)
                todo.append(target)
    return reached


def is_uncaught(found: Evidence) -> bool:
    """The instance failed in Baton with an error that SpiffWorkflow completed with."""
    baton, spiff = found.baton, found.spiffworkflow
    return baton is not None and baton.status == "failed" and spiff.status == "completed" and spiff.thrown != ""


def is_caught_by_a_neighbour(found: Evidence) -> bool:
    """SpiffWorkflow left an activity by an error that was not its own, or is stuck in one that was left by such."""
    ours, theirs = (_completions(trace) for trace in (found.baton, found.spiffworkflow))
    nodes = found.process.nodes
    catchers = {id for id, node in nodes.items() if node.kind == "boundaryEvent" and _defines(node, "error")}
    caught = {id for id in catchers if theirs[id]}
    if len(caught) < 2:
        return False
    left = {nodes[id].attached_to for id in caught}
    extra = {nodes[id].attached_to for id in caught if theirs[id] > ours[id]}
    too_early = left if found.difference is not None and found.difference.spiffworkflow is None else extra
    stuck = [nodes[stop.element] for stop in found.spiffworkflow.stops if stop.element in nodes]
    return (
        any(node.id in caught for node in _differing(found))
        or any(too_early & _whereabouts(found.process, node) for node in _differing(found))
        or any(left & _whereabouts(found.process, node) for node in stuck)
    )


def goes_on_after_the_end(found: Evidence) -> bool:
    """Something completes in a scope after it was interrupted, by SpiffWorkflow's own order."""
    place = found.difference.spiffworkflow if found.difference is not None else None
    if place is None or found.baton is None:
        return False
    visits = found.spiffworkflow.visits
    return bool(_interrupted(found, visits[place])) and any(_throws(found.process, one) for one in visits[:place])


def was_cut_off_elsewhere(found: Evidence) -> bool:
    """Only one engine came this far in a branch before something beside it interrupted the scope."""
    for trace, place in _differing_places(found):
        scopes = _interrupted(found, trace.visits[place])
        beside = _neighbours(trace.visits, trace.visits[place]) if scopes else ()
        if any(scopes & _whereabouts(found.process, found.process.nodes[visit.element]) for visit in beside):
            return True
    return False


def _interrupted(found: Evidence, visit: Visit) -> set[str | None]:
    """The scopes around the visit in which something was interrupted."""
    where = _whereabouts(found.process, found.process.nodes[visit.element])
    return where.intersection(found.baton.interrupted) if found.baton is not None else set()


def shares_data_between_branches(found: Evidence) -> bool:
    """A variable that was written while something else went on beside it; or a choice or script that depends on one."""
    if found.difference is None or found.baton is None or not _depends_on_data(found):
        return False
    names = {found.difference.variable} if found.difference.variable else None
    visits = found.baton.visits
    writers = [one for one in visits if (names or set(one.writes)) & set(one.writes)]
    return any(_neighbours(visits, writer) for writer in writers)


def _depends_on_data(found: Evidence) -> bool:
    """Whether the runs part by a value, or behind a node that chooses by one."""
    if found.difference is not None and found.difference.kind != "visit":
        return True
    behind = []
    for trace, place in _differing_places(found):
        elements = {visit.key: visit.element for visit in trace.visits}
        behind += [found.process.nodes[elements[key]] for key in trace.visits[place].causes if key in elements]
    return any(len(node.outgoing) > 1 and node.kind != "parallelGateway" for node in behind)


def _neighbours(visits: tuple[Visit, ...], one: Visit) -> list[Visit]:
    """The visits that came neither before nor after this one, as far as causes go."""
    causes = {visit.key: visit.causes for visit in visits}
    related, todo = {one.key}, list(one.causes)
    while todo:
        key = todo.pop()
        if key not in related:
            related.add(key)
            todo += causes.get(key, ())
    later = {one.key}
    for visit in visits:
        if not later.isdisjoint(visit.causes):
            later.add(visit.key)
    return [visit for visit in visits if visit.key not in related | later]


def names_the_result(found: Evidence) -> bool:
    """A service task without a result variable of its own wrote the one that SpiffWorkflow invents."""
    if found.difference is None or found.difference.kind != "variable":
        return False
    results = {_result_of(node) for node in found.process.nodes.values() if node.kind == "serviceTask"}
    return any(results & set(visit.writes) for visit in found.spiffworkflow.visits)


def holds_data(found: Evidence) -> bool:
    """They part by what a data object or a property of the diagram holds."""
    variable = found.difference.variable if found.difference is not None else ""
    return any(item.variable == variable for item in found.process.data.values())


def _result_of(node: FlowNode) -> str:
    return f"spiff__{node.id.replace('-', '_')}_result"


# -- words ------------------------------------------------------------------------------------------------------------


def _spiffworkflow_refuses(found: Evidence) -> bool:
    return found.spiffworkflow.status == "refused"


def _defines(node: FlowNode, kind: str) -> bool:
    return any(definition.kind == kind for definition in node.event_definitions)


def _is_activity(node: FlowNode) -> bool:
    return node.kind.lower().endswith(("task", "subprocess")) or node.kind == "callActivity"


def _throws(process: Process, visit: Visit) -> bool:
    node = process.nodes[visit.element]
    return node.kind == "endEvent" and (_defines(node, "error") or _defines(node, "terminate"))


def _whereabouts(process: Process, node: FlowNode) -> set[str | None]:
    """The ids of the node and of everything that it is in."""
    found: set[str | None] = {node.id}
    container: str | None = node.container
    while container is not None:
        found.add(container)
        container = process.containers[container].parent
    return found


def _completions(trace: Trace | None) -> Counter[str]:
    return Counter(visit.element for visit in trace.visits) if trace is not None else Counter()


def _differing_places(found: Evidence) -> Iterator[tuple[Trace, int]]:
    """Where the runs part: the trace and the position in it, for each engine that has a visit there."""
    difference = found.difference
    if difference is not None and difference.baton is not None and found.baton is not None:
        yield found.baton, difference.baton
    if difference is not None and difference.spiffworkflow is not None:
        yield found.spiffworkflow, difference.spiffworkflow


def _differing(found: Evidence) -> Iterator[FlowNode]:
    return (found.process.nodes[trace.visits[place].element] for trace, place in _differing_places(found))
