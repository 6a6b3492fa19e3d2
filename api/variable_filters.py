"""Search by variable as it stands in a query: NAME:OPERATOR:VALUE."""

from __future__ import annotations

import re
from typing import Annotated, Any, cast

import msgspec

from engine import VariableFilter

from .problems import Refusal
from .settings import WebSettings
from .strict_json import MalformedJson, check_texts, parse_json

OPERATORS = ("eq", "ne", "gt", "gte", "lt", "lte", "starts-with", "in")
PATTERN = rf"^.+:({'|'.join(OPERATORS)}):"

VariableText = Annotated[
    str,
    msgspec.Meta(
        extra_json_schema={"pattern": PATTERN},
        description="NAME:OPERATOR:VALUE; the value is JSON, or else a text as it stands. Several must all hold.",
        examples=["total:gt:100", "country:eq:DE", 'state:in:["new","paid"]'],
    ),
]

_PARTS = re.compile(rf"(.+?):({'|'.join(OPERATORS)}):(.*)", re.DOTALL)


def filters(texts: list[VariableText], settings: WebSettings) -> list[VariableFilter]:
    """The filters that the texts mean; raises Refusal 400 for one that means nothing."""
    return [_filter(text, settings) for text in texts]


def _filter(text: str, settings: WebSettings) -> VariableFilter:
    parts = _PARTS.fullmatch(text)
    if parts is None:
        raise Refusal(
            400,
            f"Expected NAME:OPERATOR:VALUE but got {text[:80]!r}.",
            hint=f"The operators are {', '.join(OPERATORS)}.",
            field="variable",
        )
    operator = cast("Any", parts[2])
    return VariableFilter(parts[1], operator, _value(parts[3], settings, listed=operator == "in"))


def _value(text: str, settings: WebSettings, *, listed: bool) -> Any:
    try:
        value = parse_json(text.encode(), settings)
        check_texts(value)
    except MalformedJson as error:
        if listed:
            raise Refusal(400, f"Expected a JSON array for `in`: {error}", field="variable") from error
        return text
    return value
