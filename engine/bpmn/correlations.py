"""What tells one conversation from another: correlation keys, properties and subscriptions (BPMN 2.0.2, 8.4.2)."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping

from msgspec import structs

from ..model import CorrelationKey, CorrelationProperty, FormalExpression
from .findings import Findings
from .languages import expression, syntax_of
from .rules.collaborations import COLLABORATION_REFERENCE, CORRELATION
from .rules.identity import resolve
from .rules.registry import quoted
from .xml import Node

MOST = 100
"""Properties of a correlation key, and messages that have it."""


def messages_of(key: CorrelationKey) -> dict[str, None]:
    """The names of the messages that one of the key's properties can be retrieved from."""
    return {message: None for part in key.properties for message in part.retrieval}


class Correlations:
    """The correlation keys of one document; `of` says what they are for one of its processes.

    nodes: every element of the document. by_id: those with an id. syntax: of expressions that name none.
    """

    def __init__(self, nodes: Iterable[Node], by_id: Mapping[str, Node], syntax: str, findings: Findings) -> None:
        self._by_id = by_id
        self._syntax = syntax
        self._findings = findings
        nodes = list(nodes)
        properties = {node.id: self._property(node) for node in nodes if node.name == "correlationProperty"}
        self._keys = {
            node.id: self._key(node, properties) for node in nodes if node.name == "correlationKey" and node.id
        }
        self._by_message: dict[str, CorrelationKey] = {}
        for key in self._keys.values():
            self._list(key)

    def of(self, process: Node) -> Mapping[str, CorrelationKey]:
        """The key of each message as the process knows it: with the bindings of its correlation subscriptions."""
        bound: dict[str, CorrelationKey] = {}
        for child in process.bpmn_children():
            key = self._subscribed(child) if child.name == "correlationSubscription" else None
            if key is not None:
                bound.update(dict.fromkeys(messages_of(key), key))
        return ChainMap(bound, self._by_message) if bound else self._by_message

    def _property(self, node: Node) -> CorrelationProperty:
        retrieval: dict[str, FormalExpression] = {}
        for child in node.bpmn_children():
            message = self._named(child, child.attributes.get("messageRef", ""), "message")
            path = self._path(child, "messagePath")
            if child.name != "correlationPropertyRetrievalExpression" or message is None:
                continue
            if path is None:
                self._findings.add(CORRELATION.at(node, f"The message {quoted(message.id)} needs a messagePath here"))
            else:
                retrieval[message.attributes.get("name", "") or message.id] = path
        return CorrelationProperty(
            id=node.id, name=node.attributes.get("name", ""), line=node.line, retrieval=retrieval
        )

    def _key(self, node: Node, properties: Mapping[str, CorrelationProperty]) -> CorrelationKey:
        named = [child for child in node.bpmn_children() if child.name == "correlationPropertyRef"]
        found = [self._named(node, child.text, "correlationProperty") for child in named[:MOST]]
        parts = tuple(properties[one.id] for one in found if one is not None)
        if len(named) > MOST or any(len(part.retrieval) > MOST for part in parts):
            sentence = f"A correlation key needs at most {MOST} properties and messages but has more"
            self._findings.add(CORRELATION.at(node, sentence, hint="split the conversation"))
            parts = ()
        key = CorrelationKey(id=node.id, name=node.attributes.get("name", ""), line=node.line, properties=parts)
        messages = messages_of(key)
        for part in parts:
            lacking = next((message for message in messages if message not in part.retrieval), None)
            if lacking is not None:
                sentence = f"The property {quoted(part.id)} needs a retrieval expression for {quoted(lacking)}"
                self._findings.add(CORRELATION.at(node, f"{sentence}, as its key has others"))
        return key

    def _list(self, key: CorrelationKey) -> None:
        """Note the key of its messages: a message has one, or nobody could say what its key is."""
        for message in messages_of(key):
            earlier = self._by_message.setdefault(message, key)
            if earlier is not key:
                sentence = f"Expected one key for the message {quoted(message)} but {quoted(earlier.id)} has it too"
                self._findings.add(CORRELATION.at(key, sentence, hint="give it one key with all the properties"))
                return

    def _subscribed(self, node: Node) -> CorrelationKey | None:
        """The key that the subscription names, with its bindings."""
        named = self._named(node, node.attributes.get("correlationKeyRef", ""), "correlationKey")
        key = None if named is None else self._keys.get(named.id)
        if key is None:
            return None
        bindings: dict[str, FormalExpression] = {}
        for child in node.bpmn_children():
            if child.name == "correlationPropertyBinding":
                bound = self._named(child, child.attributes.get("correlationPropertyRef", ""), "correlationProperty")
                path = self._path(child, "dataPath")
                if bound is not None and path is not None:
                    bindings[bound.id] = path
        for part in key.properties:
            if part.id not in bindings:
                sentence = f"The property {quoted(part.id)} of the key {quoted(key.id)} needs a binding with a dataPath"
                self._findings.add(CORRELATION.at(node, sentence))
        parts = (structs.replace(part, binding=bindings.get(part.id)) for part in key.properties)
        return structs.replace(key, properties=tuple(parts))

    def _named(self, node: Node, reference: str, kind: str) -> Node | None:
        target = resolve(reference, self._by_id)
        if target is not None and target.name == kind:
            return target
        if node.name.startswith("correlation"):
            sentence = f"Expected a {kind} of this document but got {quoted(reference)}"
            self._findings.add(COLLABORATION_REFERENCE.at(node, sentence))
        return None

    def _path(self, node: Node, kind: str) -> FormalExpression | None:
        # The editors of bpmn.io write the expression under the name of its type.
        path = next((child for child in node.bpmn_children() if child.name in (kind, "formalExpression")), None)
        if path is None or not path.text.strip():
            return None
        language = path.attributes.get("language", "").strip()
        syntax = (syntax_of(language) or language) if language else self._syntax
        source = path.text.strip().removeprefix("=") if syntax == "feel" else path.text
        return expression(source, syntax, node, self._findings, path.line)
