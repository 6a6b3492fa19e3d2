"""What the connectors find wrong with a process when it is deployed."""

from __future__ import annotations

from ..connectors import Connectors
from ..model import Process
from ..problems import Problem


def connector_problems(process: Process, connectors: Connectors) -> list[Problem]:
    """Return what the connectors find wrong with the process's service tasks."""
    problems = []
    drawn: dict[str, set[str]] = {}
    for item in process.data.values():
        if item.kind == "dataInput" and not item.placeholder:
            drawn.setdefault(item.owner, set()).add(item.variable)
    for node in process.nodes.values() if process.executable else ():
        extensions = node.view.extensions
        if extensions.job_type is not None:
            names = drawn.get(node.id, set()).union(mapping.target for mapping in extensions.inputs)
            for finding in connectors.check(extensions.job_type, frozenset(names), extensions.properties):
                sentence, hint = finding
                problems.append(
                    Problem(
                        severity=finding.severity,
                        rule="connector",
                        sentence=sentence,
                        element_id=node.id,
                        line=node.line or None,
                        hint=hint,
                    )
                )
    return problems
