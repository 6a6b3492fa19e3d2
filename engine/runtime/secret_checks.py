"""Which secrets a diagram asks for, as far as its text says, and which of them nobody has given a value."""

from __future__ import annotations

import re

from ..bpmn import read
from ..expressions.secrets import VARIABLE
from ..model import Process
from ..problems import Problem
from .vault import Vault

_NAMED = re.compile(rf"\b{VARIABLE}\s*(?:\.\s*([A-Za-z_][A-Za-z0-9_]*)|\[\s*['\"]([^'\"]*)['\"]\s*\])")


def secrets_of(process: Process) -> dict[str, set[str]]:
    """Return the names of secrets by the id of the element whose inputs use them."""
    found: dict[str, set[str]] = {}
    for node in process.nodes.values():
        extensions = node.view.extensions
        for one in extensions.inputs if extensions.job_type else ():
            names = {dotted or bracketed for dotted, bracketed in _NAMED.findall(one.expression.source)}
            if names:
                found.setdefault(node.id, set()).update(names)
    return found


def secrets_asked_for(data: bytes, file: str = "diagram.bpmn") -> dict[str, list[str]]:
    """Return the names of the secrets that a document asks for, sorted, by "PROCESS/ELEMENT".

    data: the document, of which nothing is found where it cannot be read. file: what errors in it call it.
    """
    return {
        f"{one.process.id}/{id}": sorted(names)
        for one in read(data, file).processes
        for id, names in secrets_of(one.process).items()
    }


def secret_problems(process: Process, vault: Vault, types: frozenset[str]) -> list[Problem]:
    """Return a warning for each secret that the process cannot use, where there are some.

    types: the jobs that are done here, with the secrets here.
    """
    if not (process.executable and vault.names()):
        return []
    return [
        Problem(
            severity="warning",
            rule="unknown-secret",
            sentence=sentence,
            element_id=id,
            line=process.nodes[id].line or None,
            hint="let the process have it before the element is reached: docs/howto/secrets.md",
        )
        for id, names in secrets_of(process).items()
        if process.nodes[id].view.extensions.job_type in types
        for sentence in filter(None, (vault.problem(name, process.id) for name in sorted(names)))
    ]
