"""Secrets on their way out: put into a job's inputs when it is done, and hidden in everything that comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from msgspec.structs import replace

from ..expressions import ExpressionError, SecretReference, to_json_value
from .base import Call, Completed, ErrorThrown, Failed, Outcome
from .masking import Mask, mask_of

MOST_CHARACTERS = 16 * 1024 * 1024
"""Characters of secrets in one call: a diagram may repeat a long one more often than there is memory for."""


Values = Mapping[tuple[str, str], str]
"""Secrets by name and process."""


class NoSecret(Exception):
    """A secret cannot be had: one sentence and a hint. passing: another attempt may help."""

    def __init__(self, sentence: str, hint: str = "", *, passing: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint
        self.passing = passing


class Secrets(Protocol):
    """Where the values of secrets come from."""

    def value(self, name: str, process: str) -> str:
        """Return the secret that a diagram of the process asks for; raises NoSecret."""
        ...


class NoSecrets:
    """Where there are none."""

    def value(self, name: str, process: str) -> str:
        """Raise NoSecret."""
        raise NoSecret(f"Expected the secret {name} but there are no secrets here")


def filled(call: Call, secrets: Secrets) -> Call:
    """The call with the values in its inputs; raises NoSecret. Text that only looks like a reference stays."""
    inputs: Any = _copied(call.inputs)
    # Each once, so that one call never has the old and the new value of a secret.
    asked = {(one.name, one.process) for one in call.references}
    values = {one: secrets.value(*one) for one in sorted(asked)}
    length = sum(len(values[one.name, one.process]) for one in call.references)
    if length > MOST_CHARACTERS:
        raise NoSecret(f"Expected at most {MOST_CHARACTERS} characters of secrets in one call but it has {length}")
    texts: dict[tuple[str | int, ...], list[SecretReference]] = {}
    for one in call.references:
        texts.setdefault(tuple(one.path), []).append(one)
    for path, references in texts.items():
        _put(inputs, path, sorted(references, key=lambda one: one.start), values)
    return replace(call, inputs=inputs, references=[], secrets=tuple(sorted(set(values.values()))))


def _put(inputs: Any, path: tuple[str | int, ...], references: list[SecretReference], values: Values) -> None:
    try:
        *above, last = path
        holder = inputs
        for key in above:
            holder = holder[key]
        holder[last] = _filled_text(holder[last], references, values)
    except (LookupError, TypeError, ValueError):
        shown = references[0].shown
        sentence = f"Expected the inputs as they were when the job was made but {shown} is not in its place"
        raise NoSecret(sentence) from None


def _filled_text(text: str, references: list[SecretReference], values: Values) -> str:
    """The text with values, in one go from its beginning to its end; raises ValueError where a place does not fit."""
    pieces: list[str] = []
    at = 0
    for one in references:
        end = one.start + len(one.shown)
        if one.start < at or text[one.start : end] != one.shown:
            raise ValueError(one.start)
        pieces += [text[at : one.start], values[one.name, one.process]]
        at = end
    return "".join([*pieces, text[at:]])


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def hidden(outcome: Outcome, values: tuple[str, ...]) -> Outcome:
    """What came of a call, without the secrets that were put into it; what cannot be stored is a failure."""
    mask = mask_of(values)
    try:
        return _hidden(outcome, mask)
    except ExpressionError as error:
        sentence = f"Expected values that can be stored from the job but got others: {error}"
        return Failed(mask.text(sentence), retryable=False)


def _hidden(outcome: Outcome, mask: Mask) -> Outcome:
    if isinstance(outcome, Completed):
        return Completed(_masked(outcome.variables, mask))
    if isinstance(outcome, ErrorThrown):
        variables = _masked(outcome.variables, mask)
        return ErrorThrown(mask.text(outcome.code), mask.cut_text(outcome.message), variables)
    detail = _masked(outcome.detail, mask, cut=True)
    return replace(outcome, message=mask.cut_text(outcome.message), detail=detail)


def _masked(variables: Mapping[str, Any], mask: Mask, *, cut: bool = False) -> dict[str, Any]:
    masked: dict[str, Any] = mask.value(to_json_value(variables), cut=cut)
    return masked


def refused(call: Call, reason: NoSecret) -> Failed:
    """The failure of a job whose secrets cannot be had."""
    detail: Mapping[str, Any] = {"hint": reason.hint} if reason.hint else {}
    return Failed(f"{call.element_id}: {reason.sentence}", retryable=reason.passing, detail=dict(detail))
