"""Writes the tables of docs/dialects.md: every extension that Baton knows, from the dialects that read them."""

from __future__ import annotations

from collections.abc import Iterator

Row = tuple[str, str, str]

HEAD: Row = ("Extension", "What it does", "Where it ends")


def headings() -> Iterator[tuple[str, list[Row]]]:
    """Yield each dialect's heading with its rows: attributes, then elements with what stands in them."""
    from engine.bpmn.dialects import DIALECTS

    for dialect in DIALECTS:
        rows: list[Row] = []
        for name, known in sorted(dialect.attributes.items()):
            rows.append((f"attribute `{dialect.prefix}:{name}`", known.does, _ends(known.ends)))
        for name, known in sorted(dialect.elements.items()):
            rows.append((f"`{dialect.prefix}:{name}`", known.does, _ends(known.ends)))
            rows += [(f"`{dialect.prefix}:{name}` {part(inside)}", what, "") for inside, what in known.parts.items()]
        yield f"{dialect.name} (`{max(dialect.namespaces)}`)", rows


def properties() -> list[Row]:
    """Return the rows of the properties that every dialect's list of properties may hold."""
    from engine.bpmn.dialects.properties import POLICY, SETTINGS

    rows = [(f"`{name}`", "a setting of the element", f"`{_field(name)}`") for name in sorted(SETTINGS)]
    rows += [(f"`{name}`", "the retry policy of a job", "`properties`") for name in POLICY]
    rows += [
        ("`input.NAME`, `output.NAME`", "a variable that goes in or comes out: an expression", "`inputs`, `outputs`"),
        ("`timer.zone`", "of a process: the time zone of its timers", "`properties`"),
        (
            "`start.variables`",
            "of a process: the names it is started with, for the rule unknown-variable",
            "`properties`",
        ),
        ("`default`", "of a data object or property: the JSON it begins with", "`properties`"),
        ("any other name", "kept: connectors and workers see it", "`properties`"),
    ]
    return rows


def part(inside: str) -> str:
    """Name a part of an extension element: "@type" is an attribute, "item" an element, "item@type" its attribute."""
    element, _, attribute = inside.partition("@")
    return " ".join(filter(None, (f"> `{element}`" if element else "", f"@`{attribute}`" if attribute else "")))


def _ends(fields: str) -> str:
    return f"`{fields}`" if fields else ""


def _field(name: str) -> str:
    named = {
        "job.type": "job_type",
        "result.variable": "result_variable",
        "task.form": "form_key",
        "task.due": "due_date",
    }
    named |= {"message.correlation": "correlation", "loop.element": "element_variable"}
    named["call.version.tag"] = "call.version"
    head, _, rest = name.partition(".")
    prefix = {"bus": "bus.", "call": "call.", "adHoc": "ad_hoc_"}.get(head, "")
    return named.get(name, prefix + rest.replace(".", "_"))
