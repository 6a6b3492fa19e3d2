"""The static policy of an HTTP task: which statuses are BPMN errors, which may be retried, and what is followed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

import msgspec

from ..base import Finding

PREFIX = "http."
ERROR_PREFIX = "http.error."
DEFAULT_RETRY = "408, 425, 429, 5xx"
ANSWERS = ("auto", "text", "none")
REDIRECTS = ("refuse", "follow")
PROPERTIES = ("http.retry", "http.redirects", "http.answer")
PATTERN_HINT = "Write a status (409), a class (4xx) or a range (400-404), all between 200 and 599"

_PATTERN = re.compile(r"(?P<low>[2-5][0-9]{2})(?:-(?P<high>[2-5][0-9]{2}))?|(?P<family>[2-5])[xX]{2}")


class StatusPattern(msgspec.Struct, frozen=True):
    """The statuses from low to high, both included."""

    low: int
    high: int

    def matches(self, status: int) -> bool:
        """Whether the status is one of them."""
        return self.low <= status <= self.high

    @property
    def width(self) -> int:
        """How many statuses it covers; the fewer, the more specific."""
        return self.high - self.low + 1


class HttpPolicy(msgspec.Struct, frozen=True):
    """errors: pattern and BPMN error code, most specific first; retry: what may be retried; follow: redirects.

    answer: "auto" (JSON or text by content type), "text", or "none" (the body is not read).
    """

    errors: tuple[tuple[StatusPattern, str], ...]
    retry: tuple[StatusPattern, ...]
    follow: bool
    answer: str

    def error_code(self, status: int) -> str | None:
        """The BPMN error code of the most specific pattern that matches the status."""
        return next((code for pattern, code in self.errors if pattern.matches(status)), None)

    def retryable(self, status: int) -> bool:
        """Whether another attempt may help after this status."""
        return any(pattern.matches(status) for pattern in self.retry)


def read_policy(properties: Mapping[str, str]) -> tuple[HttpPolicy, list[Finding]]:
    """The policy in the `http.` properties of an element, and everything that is wrong with them."""
    findings: list[Finding] = []
    errors: list[tuple[StatusPattern, str]] = []
    for name, value in properties.items():
        if name.startswith(ERROR_PREFIX):
            errors += _error(name, value, findings)
        elif name.startswith(PREFIX) and name not in PROPERTIES:
            findings.append(_unknown(name))
    policy = HttpPolicy(
        errors=tuple(sorted(errors, key=lambda entry: (entry[0].width, entry[0].low))),
        retry=_retry(properties.get("http.retry", DEFAULT_RETRY), findings),
        follow=_choice(properties, "http.redirects", REDIRECTS, findings) == "follow",
        answer=_choice(properties, "http.answer", ANSWERS, findings),
    )
    return policy, findings


def parse_pattern(text: str) -> StatusPattern | None:
    """A pattern such as "409", "4xx" or "400-404"; None if it is none."""
    found = _PATTERN.fullmatch(text.strip())
    if found is None:
        return None
    if found["family"]:
        return StatusPattern(int(found["family"]) * 100, int(found["family"]) * 100 + 99)
    low = int(found["low"])
    high = int(found["high"] or low)
    return StatusPattern(low, high) if low <= high else None


def _error(name: str, value: str, findings: list[Finding]) -> list[tuple[StatusPattern, str]]:
    pattern = parse_pattern(name.removeprefix(ERROR_PREFIX))
    code = value.strip()
    if pattern is None:
        findings.append(Finding(f"Expected a status pattern after {ERROR_PREFIX!r} but got {name!r}", PATTERN_HINT))
    elif not code:
        findings.append(Finding(f"Property {name!r} needs a BPMN error code but is empty", "For example OUT_OF_STOCK"))
    else:
        return [(pattern, code)]
    return []


def _retry(text: str, findings: list[Finding]) -> tuple[StatusPattern, ...]:
    patterns = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        pattern = parse_pattern(part)
        if pattern is None:
            findings.append(Finding(f"Expected status patterns in 'http.retry' but got {part!r}", PATTERN_HINT))
        else:
            patterns.append(pattern)
    return tuple(patterns)


def _choice(properties: Mapping[str, str], name: str, choices: tuple[str, ...], findings: list[Finding]) -> str:
    value = properties.get(name, choices[0]).strip()
    if value in choices:
        return value
    findings.append(Finding(f"Expected one of {', '.join(choices)} in {name!r} but got {value!r}"))
    return choices[0]


def _unknown(name: str) -> Finding:
    near = difflib.get_close_matches(name, (*PROPERTIES, "http.error.409"), n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"HTTP tasks know {ERROR_PREFIX}STATUS, {', '.join(PROPERTIES)}"
    return Finding(f"Expected a property that HTTP tasks know but got {name!r}", hint)
