"""What a story came to, compared with what its scenario expects: the first difference of each kind, in a sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from engine import HistoryEntry, InstanceView

from .document import Expect

Difference = tuple[str, str]
"""The field of `expect` it is about, and the sentence."""


def differences(
    expect: Expect, instance: InstanceView, history: Sequence[HistoryEntry], calls: Sequence[str]
) -> Iterator[Difference]:
    """Every expectation that does not hold."""
    for name, wanted, got in _words(expect, instance):
        if wanted is not None and wanted != got:
            yield name, f"Expected {name} {_text(wanted)} but got {_text(got)}"
    yield from _variables(expect.variables, instance.variables or {})
    path = _path(instance, history)
    incidents = [incident.element_id for incident in instance.incidents]
    lists = (
        ("path", expect.path, path),
        ("jobs", expect.jobs, calls),
        ("incidents", expect.incidents, incidents),
        ("reached", expect.reached, instance.reached),
    )
    for name, wanted_list, got_list in lists:
        if wanted_list is not None and wanted_list != list(got_list):
            yield name, _first_difference(name, wanted_list, list(got_list))
    yield from _included(expect.path_includes or [], path)


def _path(instance: InstanceView, history: Sequence[HistoryEntry]) -> list[str]:
    """The elements that completed, those inside called processes among them, but not the processes themselves."""
    called = {entry.data["key"] for entry in history if entry.event in ("process-called", "called-process-reopened")}
    return [
        entry.element_id
        for entry in history
        if entry.event == "activity-completed"
        and entry.element_id not in (None, instance.process)
        and entry.data.get("key") not in called
    ]


def _words(expect: Expect, instance: InstanceView) -> Iterator[tuple[str, str | None, str | None]]:
    yield "status", expect.status, instance.status
    yield "outcome", expect.outcome, instance.outcome
    yield "error_code", expect.error_code, instance.error_code


def _variables(wanted: dict[str, Any], got: dict[str, Any]) -> Iterator[Difference]:
    for name, value in wanted.items():
        if name not in got:
            known = ", ".join(sorted(got)) or "none"
            yield f"variables.{name}", f'Expected a variable "{name}" but there is none (there are: {known})'
        elif not _same(got[name], value):
            sentence = f'Expected the variable "{name}" to be {_text(value)} but it is {_text(got[name])}'
            yield f"variables.{name}", sentence


def _same(one: Any, other: Any) -> bool:
    """Equal, and true and 1 are two things."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True) or (
        one == other and isinstance(one, int | float) and not isinstance(one, bool) and not isinstance(other, bool)
    )


def _first_difference(name: str, wanted: list[str], got: list[Any]) -> str:
    at = next((i for i, (one, other) in enumerate(zip(wanted, got, strict=False)) if one != other), None)
    if at is None:
        at = min(len(wanted), len(got))
    one = f'"{wanted[at]}"' if at < len(wanted) else "nothing more"
    other = f'"{got[at]}"' if at < len(got) else "nothing more"
    return f"Expected {name}[{at}] to be {one} but it is {other}; all of it: {', '.join(map(str, got)) or 'nothing'}"


def _included(wanted: list[str], path: list[Any]) -> Iterator[Difference]:
    rest = iter(path)
    for element in wanted:
        if element not in rest:
            after = wanted[: wanted.index(element)]
            where = f' after "{after[-1]}"' if after else ""
            sentence = f'Expected "{element}" on the path{where} but the path is {", ".join(map(str, path)) or "empty"}'
            yield "path_includes", sentence
            return


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
