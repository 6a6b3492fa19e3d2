"""How a described diagram is written as XML: one element per line, in the dialect's way of saying things."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

NAMESPACES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "camunda": "http://camunda.org/schema/1.0/bpmn",
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
    "baton": "https://baton.dev/schema/1.0",
}
DECLARED = {
    "plain": ("bpmn", "xsi", "baton"),
    "camunda": ("bpmn", "xsi", "camunda"),
    "zeebe": ("bpmn", "xsi", "zeebe"),
}


@dataclass
class Node:
    """An element as it will be written."""

    kind: str
    id: str
    attributes: dict[str, str]
    extensions: list[str]
    body: list[str]
    nodes: list[Node] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    incoming: list[str] = field(default_factory=list)
    outgoing: list[str] = field(default_factory=list)
    default: str | None = None


@dataclass
class Flow:
    """A sequence flow or an association as it will be written."""

    id: str
    source: str
    target: str
    condition: str | None
    association: bool = False


def lines_of(dialect: str, roots: Iterator[str], process: Node) -> Iterator[str]:
    """The lines of a document with these root elements and this process."""
    declared = " ".join(f'xmlns:{prefix}="{NAMESPACES[prefix]}"' for prefix in DECLARED[dialect])
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<bpmn:definitions {declared} id="definitions" targetNamespace="https://baton.dev/tests">'
    yield from roots
    stack: list[Node | str] = [process]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
            continue
        yield from _opening(item)
        flows = [line for flow in item.flows for line in _drawn(flow)]
        stack += [f"</bpmn:{item.kind}>", *reversed(flows), *reversed(item.nodes)]
    yield "</bpmn:definitions>"


def _opening(node: Node) -> Iterator[str]:
    attributes = node.attributes | ({"default": node.default} if node.default else {})
    written = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    yield f"<bpmn:{node.kind} id={quoteattr(node.id)}{written}>"
    if node.extensions:
        yield from ("<bpmn:extensionElements>", *node.extensions, "</bpmn:extensionElements>")
    yield from (f"<bpmn:incoming>{escape(id)}</bpmn:incoming>" for id in node.incoming)
    yield from (f"<bpmn:outgoing>{escape(id)}</bpmn:outgoing>" for id in node.outgoing)
    yield from node.body


def _drawn(flow: Flow) -> list[str]:
    ends = f"id={quoteattr(flow.id)} sourceRef={quoteattr(flow.source)} targetRef={quoteattr(flow.target)}"
    if flow.association:
        return [f'<bpmn:association {ends} associationDirection="One"/>']
    if flow.condition is None:
        return [f"<bpmn:sequenceFlow {ends}/>"]
    condition = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(flow.condition)}'
    return [f"<bpmn:sequenceFlow {ends}>", f"{condition}</bpmn:conditionExpression>", "</bpmn:sequenceFlow>"]


def service_extensions(
    dialect: str, type: str | None, inputs: Mapping[str, str], outputs: Mapping[str, str], properties: Mapping[str, str]
) -> list[str]:
    """The extension elements of a service task; camunda's topic is an attribute and not among them."""
    if dialect == "plain":
        named = {} if type is None else {"job.type": type}
        named |= {f"input.{name}": source for name, source in inputs.items()}
        named |= {f"output.{name}": source for name, source in outputs.items()}
        return property_list(dialect, named | dict(properties))
    rest = property_list(dialect, properties)
    if dialect == "zeebe":
        definition = [] if type is None else [f"<zeebe:taskDefinition type={quoteattr(type)}/>"]
        mapped = [
            f"<zeebe:{tag} source={quoteattr(source)} target={quoteattr(name)}/>"
            for tag, mapping in (("input", inputs), ("output", outputs))
            for name, source in mapping.items()
        ]
        return [*definition, *_boxed("zeebe:ioMapping", mapped), *rest]
    mapped = [
        f"<camunda:{tag} name={quoteattr(name)}>{escape(source)}</camunda:{tag}>"
        for tag, mapping in (("inputParameter", inputs), ("outputParameter", outputs))
        for name, source in mapping.items()
    ]
    return [*_boxed("camunda:inputOutput", mapped), *rest]


def property_list(dialect: str, properties: Mapping[str, str]) -> list[str]:
    """The extension properties of an element."""
    prefix = "baton" if dialect == "plain" else dialect
    lines = [
        f"<{prefix}:property name={quoteattr(name)} value={quoteattr(text)}/>" for name, text in properties.items()
    ]
    return _boxed(f"{prefix}:properties", lines)


def _boxed(tag: str, lines: list[str]) -> list[str]:
    return [f"<{tag}>", *lines, f"</{tag}>"] if lines else []
