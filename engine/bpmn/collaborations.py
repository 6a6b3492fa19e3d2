"""Who takes part in a collaboration and which messages are drawn between them (BPMN 2.0.2, chapter 9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import structs

from ..drawing import Collaboration, MessageFlow, Participant
from ..model import Process
from ..problems import Problem, Severity
from .rules.collaborations import (
    COLLABORATION_REFERENCE,
    MESSAGE_FLOW_ENDS,
    MESSAGE_FLOW_WITHIN_POOL,
    NOT_A_PROCESS,
)
from .rules.documents import NO_EFFECT
from .rules.identity import resolve
from .rules.registry import quoted
from .standard import ACTIVITIES, CATCH_EVENTS
from .xml import Node

_SENDERS = (ACTIVITIES - {"receiveTask"}) | {"participant", "intermediateThrowEvent", "endEvent"}
_RECEIVERS = (ACTIVITIES - {"sendTask"}) | CATCH_EVENTS | {"participant"}
_CONVERSATIONS = ("conversation", "subConversation", "callConversation", "choreographyRef")


def read_collaboration(node: Node, by_id: Mapping[str, Node]) -> Collaboration:
    """The collaboration with its pools and message flows; references that find nothing stay as they are written."""
    return Collaboration(
        id=node.id,
        name=node.attributes.get("name", ""),
        participants=tuple(_participant(one, by_id) for one in _named(node, "participant")),
        message_flows=tuple(_message_flow(one, by_id) for one in _named(node, "messageFlow")),
        line=node.line,
    )


class Pools:
    """The collaborations of one document, looked at from its processes."""

    def __init__(self, collaborations: Iterable[Collaboration]) -> None:
        self._pools: dict[str, list[Participant]] = {}
        self._flows: dict[str, list[MessageFlow]] = {}
        for one in collaborations:
            for pool in one.participants:
                self._pools.setdefault(pool.process, []).append(pool)
            for flow in one.message_flows:
                for end in {flow.source, flow.target}:
                    self._flows.setdefault(end, []).append(flow)

    def drawn_around(self, process: Process) -> Process:
        """The process with the pools that it is drawn in, and the message flows that begin or end there."""
        pools = tuple(self._pools.get(process.id, ()))
        ends = [*(pool.id for pool in pools), *process.nodes]
        flows = {id(flow): flow for end in ends for flow in self._flows.get(end, ())}
        if not pools and not flows:
            return process
        return structs.replace(process, participants=pools, message_flows=tuple(flows.values()))


def _named(node: Node, name: str) -> list[Node]:
    return [child for child in node.bpmn_children() if child.name == name]


def _participant(node: Node, by_id: Mapping[str, Node]) -> Participant:
    multiplicity = next(iter(_named(node, "participantMultiplicity")), None)
    bounds = {} if multiplicity is None else multiplicity.attributes
    return Participant(
        id=node.id,
        name=node.attributes.get("name", ""),
        process=_id_of(node, "processRef", by_id),
        minimum=_count(bounds.get("minimum", "0" if multiplicity is not None else "")),
        maximum=_count(bounds.get("maximum", "1" if multiplicity is not None else "")),
        line=node.line,
    )


def _message_flow(node: Node, by_id: Mapping[str, Node]) -> MessageFlow:
    return MessageFlow(
        id=node.id,
        source=_id_of(node, "sourceRef", by_id),
        target=_id_of(node, "targetRef", by_id),
        name=node.attributes.get("name", ""),
        message=_id_of(node, "messageRef", by_id),
        line=node.line,
    )


def _id_of(node: Node, attribute: str, by_id: Mapping[str, Node]) -> str:
    reference = node.attributes.get(attribute, "").strip()
    target = resolve(reference, by_id)
    return target.id if target is not None else reference


def _count(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= 9 else None


# -- checking ---------------------------------------------------------------------------------------------------------


class CollaborationChecks:
    """Looks at the collaborations of one document.

    by_id: its elements. pools: element -> the process that it stands in, for every element of a process. executes:
    whether the document has a process that is executed, without which nothing in it is an error.
    """

    def __init__(self, by_id: Mapping[str, Node], pools: Mapping[Node, Node], *, executes: bool) -> None:
        self._by_id = by_id
        self._pools = pools
        self._executes = executes

    def check(self, collaboration: Node) -> Iterator[Problem]:
        """Findings about the collaboration's pools, message flows and conversations."""
        for child in collaboration.bpmn_children():
            if child.name in _CONVERSATIONS:
                yield NOT_A_PROCESS.at(child, f"Expected a collaboration of processes but got a {child.name}")
            elif child.name == "participant" and child.attributes.get("processRef"):
                yield from self._refers(child, "processRef", "process")
            elif child.name == "messageFlow":
                yield from self._message_flow(child)
        flows = _named(collaboration, "messageFlow")
        if flows:
            drawn = f"{len(flows)} message flow" + ("s" if len(flows) > 1 else "")
            which = quoted(collaboration.id)
            yield NO_EFFECT.at(flows[0], f"The collaboration {which} draws {drawn}, which have no effect by themselves")

    def _refers(self, node: Node, attribute: str, kind: str) -> Iterator[Problem]:
        reference = node.attributes.get(attribute, "")
        target = resolve(reference, self._by_id)
        if target is None or (kind and target.name != kind):
            expected = f"a {kind}" if kind else "something"
            sentence = f"Expected {attribute} to name {expected} of this document but got {quoted(reference)}"
            yield COLLABORATION_REFERENCE.at(node, sentence)

    def _message_flow(self, flow: Node) -> Iterator[Problem]:
        for attribute in ("sourceRef", "targetRef"):
            yield from self._refers(flow, attribute, "")
        source, target = (resolve(flow.attributes.get(end, ""), self._by_id) for end in ("sourceRef", "targetRef"))
        if source is None or target is None:
            return
        if self._pool(source) is not None and self._pool(source) is self._pool(target):
            sentence = f"Expected a message flow between two pools but {quoted(source.id)} and {quoted(target.id)}"
            severity: Severity = "error" if self._executes else "warning"
            yield MESSAGE_FLOW_WITHIN_POOL.at(flow, f"{sentence} are in the same one", severity=severity)
        for node, fitting, end in ((source, _SENDERS, "start at"), (target, _RECEIVERS, "lead to")):
            if node.name not in fitting:
                sentence = f"Expected a message flow to {end} a pool, a task or an event but {quoted(node.id)}"
                yield MESSAGE_FLOW_ENDS.at(flow, f"{sentence} is a {node.name}")
        yield from self._same_message(flow, source, target)

    def _pool(self, node: Node) -> Node | None:
        """What tells one pool from another: its process, or the pool itself where it has none."""
        if node.name != "participant":
            return self._pools.get(node)
        return resolve(node.attributes.get("processRef", ""), self._by_id) or node

    def _same_message(self, flow: Node, source: Node, target: Node) -> Iterator[Problem]:
        names = [name for node in (flow, source, target) if (name := self._message(node))]
        if len(set(names)) > 1:
            listed = " and ".join(quoted(name) for name in dict.fromkeys(names))
            sentence = f"Expected one message along a message flow but its parts name {listed}"
            yield MESSAGE_FLOW_ENDS.at(flow, sentence, hint="choose the same message at both ends")

    def _message(self, node: Node) -> str:
        """The name of the message that an end of a message flow, or the flow itself, names."""
        definitions = [child for child in node.bpmn_children() if child.name == "messageEventDefinition"]
        found = resolve((definitions[0] if definitions else node).attributes.get("messageRef", ""), self._by_id)
        return "" if found is None or found.name != "message" else found.attributes.get("name", "").strip() or found.id
