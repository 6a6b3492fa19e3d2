"""Runs the DMN Technology Compatibility Kit's cases that are about FEEL, and prints the score of each folder.

Run as `python -m tests.expressions.feel.tck [WORD ...]`: with words, only folders whose names hold one of them.
"""

from __future__ import annotations

import datetime
import sys
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

from engine.expressions import ExpressionError
from engine.expressions.feel import temporal_texts

from .boxed import Model
from .boxed_parts import OutsideFeel

KIT = Path(__file__).resolve().parents[4] / "shared" / "dmn-tck"
NOW = datetime.datetime(2026, 1, 31, 8, 30, tzinfo=datetime.UTC)
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_CLOSE = Decimal("1e-8")
"""How close a number has to be, as in the kit's own runner."""


class Case(NamedTuple):
    """One expected result: `status` is passed, failed or outside (of FEEL), with the reason."""

    folder: str
    name: str
    status: str
    reason: str = ""


def folders() -> list[Path]:
    """The folders of the kit, none when it is not beside this checkout."""
    return sorted(path for path in KIT.glob("compliance-level-*/*") if path.is_dir())


def run(folder: Path) -> Iterator[Case]:
    """Evaluate every expected result of a folder."""
    roots = [etree.parse(path).getroot() for path in sorted(folder.glob("*.dmn"))]
    for file in sorted(folder.glob("*.xml")):
        tests = etree.parse(file).getroot()
        model = Model(
            etree.parse(folder / _text(tests, "modelName")).getroot(), NOW, {one.get("namespace"): one for one in roots}
        )
        for case in tests.iterfind("{*}testCase"):
            given = {node.get("name"): _value(node) for node in case.iterfind("{*}inputNode")}
            for expected in case.iterfind("{*}resultNode"):
                yield _checked(folder.name, model, given, case, expected)


def _checked(folder: str, model: Model, given: dict[str, Any], case: Any, node: Any) -> Case:
    name = f"{case.get('id')} {node.get('name')}"
    wanted = _value(node.find("{*}expected"))
    try:
        if case.get("type") == "bkm":
            value, warnings = model.invoked(case.get("invocableName"), given)
        else:
            value, warnings = model.decided(node.get("name"), given)
    except OutsideFeel as outside:
        return Case(folder, name, "outside", str(outside))
    except ExpressionError as error:
        if node.get("errorResult") == "true":
            return Case(folder, name, "passed", str(error))
        return Case(folder, name, "failed", f"{type(error).__name__}: {error}")
    if not _same(value, wanted):
        return Case(folder, name, "failed", f"wanted {wanted!r} but got {value!r} {[str(one) for one in warnings]}")
    if node.get("errorResult") == "true" and not warnings:
        return Case(folder, name, "failed", "null without a reason")
    return Case(folder, name, "passed")


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, Decimal) and isinstance(value, Decimal):
        return abs(value - wanted) <= _CLOSE * max(1, abs(wanted))
    if isinstance(wanted, list) and isinstance(value, list):
        return len(wanted) == len(value) and all(map(_same, value, wanted))
    if isinstance(wanted, dict) and isinstance(value, dict):
        return wanted.keys() == value.keys() and all(_same(value[key], wanted[key]) for key in wanted)
    return type(value) is type(wanted) and value == wanted


def _text(parent: Any, name: str) -> str:
    return (parent.findtext(f"{{*}}{name}") or "").strip()


def _value(node: Any) -> Any:
    """The value inside an inputNode, expected, item or component."""
    if node is None or node.get(_NIL) == "true":
        return None
    components = node.findall("{*}component")
    if components:
        return {one.get("name"): _value(one) for one in components}
    listed = node.find("{*}list")
    if listed is not None:
        return None if listed.get(_NIL) == "true" else [_value(one) for one in listed.iterfind("{*}item")]
    single = node.find("{*}value")
    return None if single is None or single.get(_NIL) == "true" else _scalar(single)


def _scalar(node: Any) -> Any:
    text = node.text or ""
    read = {
        "decimal": Decimal, "double": Decimal, "float": Decimal, "int": Decimal, "integer": Decimal, "long": Decimal,
        "boolean": lambda text: text == "true",
        "date": temporal_texts.date_from, "time": temporal_texts.time_from,
        "dateTime": temporal_texts.date_time_from, "duration": temporal_texts.duration_from,
    }.get((node.get(_TYPE) or "").rpartition(":")[2])  # fmt: skip
    return read(text.strip()) if read else text


def main(words: list[str]) -> None:
    """Print the score per folder, and every case that fails or is not about FEEL."""
    total: Counter[str] = Counter()
    for folder in folders():
        if words and not any(word in folder.name for word in words):
            continue
        cases = list(run(folder))
        counts = Counter(case.status for case in cases)
        total += counts
        outside = f", {counts['outside']} not about FEEL" if counts["outside"] else ""
        print(f"{folder.name}: {counts['passed']} of {counts['passed'] + counts['failed']} passed{outside}")
        for case in cases:
            if case.status == "failed":
                print(f"    {case.name}: {case.reason}")
    print(f"all: {total['passed']} of {total['passed'] + total['failed']} passed, {total['outside']} not about FEEL")


if __name__ == "__main__":
    main(sys.argv[1:])
