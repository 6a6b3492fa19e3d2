"""Variables as the command line writes them: a JSON object, and NAME=VALUE pairs."""

from __future__ import annotations

from typing import Any

import click

from ..settings import WebSettings
from ..strict_json import MalformedJson, check_texts, parse_json


def variables_of(document: str | None, pairs: tuple[str, ...]) -> dict[str, Any]:
    """The variables of a JSON object and of NAME=VALUE pairs, which win; raises BadParameter for anything else."""
    variables = _parsed(document) if document else {}
    if not isinstance(variables, dict):
        raise click.BadParameter("Expected a JSON object with the variables.", param_hint="--variables")
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not (name and equals):
            raise click.BadParameter(f"Expected NAME=VALUE but got {pair!r}.", param_hint="--var")
        variables[name] = _value(text)
    return variables


def _parsed(text: str) -> Any:
    try:
        value = parse_json(text.encode(), WebSettings())
        check_texts(value)
    except (MalformedJson, UnicodeEncodeError) as error:
        raise click.BadParameter(str(error), param_hint="--variables") from error
    return value


def _value(text: str) -> Any:
    try:
        return parse_json(text.encode(), WebSettings())
    except MalformedJson:
        return text
