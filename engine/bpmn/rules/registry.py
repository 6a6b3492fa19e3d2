"""What a rule is: the name, weight, reason and advice that all findings of one kind share, and the list of them all.

Whoever finds a problem in a document (the XML reader, a dialect, a structural check) makes it through its rule, so
docs/rules.md, generated from this list, knows every finding there is.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from ...problems import Problem, Severity

TOPICS = (
    "The document",
    "Ids and references",
    "Elements",
    "Sequence flows",
    "Gateways",
    "Events",
    "Boundary events",
    "Compensation",
    "Processes and sub-processes",
    "Reachability",
    "Data",
    "Collaborations",
    "Extensions",
    "Experience",
)
"""The headings of docs/rules.md, in their order."""

SHOWN_CHARACTERS = 80
"""How much of a value from a document a sentence repeats."""


class Placed(Protocol):
    """Anything that stands somewhere in the document."""

    @property
    def id(self) -> str: ...

    @property
    def line(self) -> int: ...


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of finding.

    name: short and stable. severity: "error" refuses the deployment. says: the rule as one sentence. hint: what to do
    about a finding ("" when its sentence says it all). reason: the clause of BPMN 2.0.2, or why Baton wants it.
    topic: the heading under which docs/rules.md lists it. drawn: whether it holds for a process that is only drawn
    (`isExecutable="false"`) too, where it is a warning at most.
    """

    name: str
    severity: Severity
    says: str
    reason: str
    topic: str
    hint: str = ""
    drawn: bool = True

    def problem(
        self,
        sentence: str,
        *,
        element_id: str | None = None,
        line: int | None = None,
        hint: str | None = None,
        severity: Severity | None = None,
    ) -> Problem:
        """Make a finding; `hint` and `severity` replace the rule's own."""
        return Problem(
            severity=severity or self.severity,
            rule=self.name,
            sentence=sentence,
            element_id=element_id or None,
            line=line or None,
            hint=self.hint if hint is None else hint,
        )

    def at(self, place: Placed, sentence: str, *, hint: str | None = None, severity: Severity | None = None) -> Problem:
        """Make a finding at an element of the document."""
        element_id = shortened(place.id)
        return self.problem(sentence, element_id=element_id, line=place.line, hint=hint, severity=severity)


_RULES: dict[str, Rule] = {}


def rule(
    name: str, severity: Severity, says: str, *, reason: str, topic: str, hint: str = "", drawn: bool = True
) -> Rule:
    """Define a rule and list it; a name is given once."""
    if name in _RULES:
        raise ValueError(f"Expected a new rule name but {name!r} is taken")
    made = Rule(name=name, severity=severity, says=says, reason=reason, topic=topic, hint=hint, drawn=drawn)
    _RULES[name] = made
    return made


def rule_named(name: str) -> Rule | None:
    """The rule of that name, None when there is none."""
    return _RULES.get(name)


def all_rules() -> tuple[Rule, ...]:
    """Every rule, by topic in order of definition."""
    return tuple(sorted(_RULES.values(), key=lambda one: TOPICS.index(one.topic)))


def shortened(text: str) -> str:
    """The text on one line, cut to what a sentence can hold."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_CHARACTERS else line[: SHOWN_CHARACTERS - 1] + "…"


def quoted(text: str) -> str:
    """The text in quotation marks, cut to what a sentence can hold."""
    return f'"{shortened(text)}"'
