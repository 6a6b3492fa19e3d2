"""When an inclusive gateway is activated, word for word as the standard says it (BPMN 2.0.2, 13.4.3).

Every path is walked one flow at a time on the drawing itself; nothing is precomputed and nothing is shared with the
engine. "There is a path that starts with flow f, ends with an incoming flow and does not visit the gateway."
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .random_graphs import Arc, Graph


def paths_end_at(graph: Graph, first: Arc, gateway: str) -> Iterator[str]:
    """The incoming flows of the gateway at which a path ends that starts with this flow and visits no node twice.

    The gateway itself is never passed: a path that reaches it is over.
    """
    paths = [[first]]
    while paths:
        path = paths.pop()
        node = path[-1].target
        if node == gateway:
            yield path[-1].id
            continue
        visited = [arc.target for arc in path[:-1]]
        if node not in visited:
            paths += [[*path, arc] for arc in graph.out_of(node)]


def activated(graph: Graph, tokens: Mapping[str, int], active: list[str], gateway: str) -> bool:
    """Whether the gateway is activated.

    tokens: how many on each flow. active: the activities that hold a token inside; it counts as if it stood on each
    flow that leads out of the activity.
    """
    incoming = {arc.id for arc in graph.into(gateway)}
    waiting = {flow for flow in incoming if tokens.get(flow)}
    if not waiting:
        return False
    held = {arc for arc in graph.arcs if tokens.get(arc.id)} | {arc for node in active for arc in graph.out_of(node)}
    for flow in held:
        ends = set(paths_end_at(graph, flow, gateway))
        if ends - waiting and not ends & waiting:
            return False
    return True
