"""The OMG's XML schemas as SpiffWorkflow ships them: what in a document they do not allow, as warnings."""

from __future__ import annotations

import functools
import re
import threading
from typing import Any

from ..bpmn import DEFAULT_LIMITS, Limits, parse_tree
from ..bpmn.rules.schema import SCHEMA
from ..problems import Problem

SCHEMA_PROBLEMS = 20
"""How many violations of one document are listed; the first few usually cause the rest."""

SCHEMA_ELEMENTS = 20_000
"""How many elements a document may have to be checked: each violation costs in proportion to the elements beside it."""

_NAMESPACE = re.compile(r"\{[^}]*\}")
_LOCK = threading.Lock()


def schema_problems(data: bytes, limits: Limits = DEFAULT_LIMITS, *, at_most: int = SCHEMA_PROBLEMS) -> list[Problem]:
    """Return what the BPMN 2.0 schemas do not allow in the document, by line.

    data: the document's bytes. at_most: how many warnings are returned, one more says that there are others.
    A document that cannot be parsed has no schema problems; `engine.bpmn.read` says why.
    """
    tree = parse_tree(data, limits)
    if isinstance(tree, Problem):
        return []
    if (elements := sum(1 for _ in tree.iter())) > SCHEMA_ELEMENTS:
        sentence = (
            f"Expected at most {SCHEMA_ELEMENTS} elements to check against the BPMN 2.0 schema but there are {elements}"
        )
        return [SCHEMA.problem(f"{sentence}; it was not checked")]
    validator = _validator()
    with _LOCK:  # a compiled schema keeps the errors of its last run
        validator.preprocess(tree)
        if validator.validator.validate(tree):
            return []
        entries = [(entry.line, entry.message) for entry in validator.validator.error_log]
    problems = [SCHEMA.problem(_sentence(message), line=line) for line, message in entries[:at_most]]
    if len(entries) > at_most:
        problems.append(SCHEMA.problem(f"Expected at most {at_most} schema violations but there are {len(entries)}"))
    return problems


@functools.cache
def _validator() -> Any:
    """SpiffWorkflow's validator with the schemas compiled, made once per process."""
    from SpiffWorkflow.bpmn.parser import BpmnValidator

    return BpmnValidator()


def _sentence(message: str) -> str:
    plain = " ".join(_NAMESPACE.sub("", message).split())
    return f"Expected what the BPMN 2.0 schema allows but: {plain[:300]}"
