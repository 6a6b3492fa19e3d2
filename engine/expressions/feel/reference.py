"""The tables of docs/feel.md: the language and its functions, from what the parser looks names up in."""

from __future__ import annotations

from collections.abc import Iterable

from .examples import CAMUNDA, CONSTRUCTS, FUNCTIONS
from .own_functions import BUILTINS


def tables() -> dict[str, str]:
    """Return each generated table by the name of its markers in the page, as Markdown without the markers."""
    return {"feel-language": _language(), "feel-functions": _functions()}


def _language() -> str:
    return _table(
        ("Written", "Means", "Example", "Gives"),
        ((one.written, one.means, f"`{one.text}`", f"`{one.gives}`") for one in CONSTRUCTS),
    )


def _functions() -> str:
    rows = []
    for name, function in sorted(BUILTINS.items()):
        text, gives = FUNCTIONS[name]
        ways = "<br>".join(f"`{overload.signature}`" for overload in function.overloads)
        purpose = f"{function.purpose} (Camunda's)" if name in CAMUNDA else function.purpose
        purpose = f"{purpose} (Baton's)" if name == "bpmn_error" else purpose
        rows.append((ways, purpose, f"`{text}`", f"`{gives}`"))
    return _table(("Function", "Gives", "Example", "Is"), rows)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
