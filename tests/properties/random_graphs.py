"""Random flow graphs that no block structure holds together: forward flows between any nodes, and loops back.

Every loop leads over a user task, so a run that nobody answers stands still. Gateways take the flows whose names are
in a variable of their own, which whoever answers a task sets anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

from ..support.diagrams import Diagram, process

KINDS = ("user", "pass", "guarded", "exclusive", "parallel", "inclusive", "inclusive")
GATEWAYS = ("exclusive", "parallel", "inclusive")
MAX_NODES = 9


@dataclass(frozen=True)
class Arc:
    """One sequence flow."""

    id: str
    source: str
    target: str


@dataclass
class Graph:
    """kinds: node id -> kind; arcs: flows in document order; boundary: id of the error event on each guarded task.

    wrapped: drawn inside a sub-process.
    """

    kinds: dict[str, str] = field(default_factory=dict)
    arcs: list[Arc] = field(default_factory=list)
    boundary: dict[str, str] = field(default_factory=dict)
    wrapped: bool = False

    def into(self, node: str) -> list[Arc]:
        """The flows that lead to the node."""
        return [arc for arc in self.arcs if arc.target == node]

    def out_of(self, node: str) -> list[Arc]:
        """The flows that lead out of the node, and out of the event on its border."""
        sources = (node, self.boundary.get(node))
        return [arc for arc in self.arcs if arc.source in sources]

    def joins(self, kind: str) -> list[str]:
        """The gateways of this kind that join."""
        return [node for node, one in self.kinds.items() if one == kind and len(self.into(node)) > 1]

    def choosers(self) -> dict[str, list[str]]:
        """For every gateway that chooses, its flows that have a condition: all but the first, which is the default."""
        nodes = (node for node, kind in self.kinds.items() if kind in ("exclusive", "inclusive"))
        return {node: [arc.id for arc in self.out_of(node)[1:]] for node in nodes if len(self.out_of(node)) > 1}

    def connect(self, source: str, target: str) -> None:
        """Draw one more flow."""
        self.arcs.append(Arc(f"f{len(self.arcs)}", source, target))

    def __repr__(self) -> str:
        drawn = ", ".join(f"{arc.id}: {arc.source}->{arc.target}" for arc in self.arcs)
        return f"<{self.kinds} {drawn} boundary {self.boundary}>"


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Graphs whose every node is reached from the start and reaches an end, unless a loop keeps a token for ever."""
    graph = Graph(wrapped=draw(st.booleans()))
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=3, max_size=MAX_NODES))
    names = [f"{kind[0]}{number}" for number, kind in enumerate(kinds)]
    graph.kinds = dict(zip(names, kinds, strict=True))
    sources = {name: [name] for name in names}
    for name, kind in graph.kinds.items():
        if kind == "guarded":
            graph.boundary[name] = f"{name}_error"
            sources[name].append(f"{name}_error")
    graph.connect("start", names[0])
    for number, name in enumerate(names[1:], 1):
        before = [source for one in names[:number] for source in sources[one]]
        for source in draw(st.lists(st.sampled_from(before), min_size=1, max_size=3)):
            graph.connect(source, name)
    for number, name in enumerate(names):
        if draw(st.booleans()) and number:
            target = draw(st.sampled_from(names[: number + 1]))
            if graph.kinds[name] in ("exclusive", "inclusive"):
                graph.kinds[f"back{number}"] = "user"
                graph.connect(name, f"back{number}")
                graph.connect(f"back{number}", target)
    for source in [*(one for some in sources.values() for one in some)]:
        if not any(arc.source == source for arc in graph.arcs) or draw(st.integers(0, 3)) == 0:
            graph.kinds[f"{source}_end"] = "end"
            graph.connect(source, f"{source}_end")
    return graph


def drawn(graph: Graph) -> bytes:
    """The graph as BPMN."""
    diagram = process("p").start("outer") if graph.wrapped else process("p")
    if graph.wrapped:
        diagram.subprocess("inner")
    diagram.node("startEvent", "start", connect=False)
    for node, kind in graph.kinds.items():
        _draw_node(diagram, node, kind)
    for node, boundary in graph.boundary.items():
        diagram.error_boundary(boundary, on=node, code="E")
    choosers = graph.choosers()
    for arc in graph.arcs:
        conditional = arc.id in choosers.get(arc.source, ())
        condition = f"'{arc.id}' in {arc.source}_takes" if conditional else None
        default = arc.source in choosers and not conditional
        diagram.flow(arc.source, arc.target, id=arc.id, condition=condition, default=default)
    return diagram.close().end("outer_end").xml() if graph.wrapped else diagram.xml()


def _draw_node(diagram: Diagram, node: str, kind: str) -> None:
    diagram._current = None
    if kind == "guarded":
        diagram.service(node, "work")
    elif kind in GATEWAYS or kind in ("user", "end"):
        getattr(diagram, kind)(node)
    else:
        diagram.task(node)
