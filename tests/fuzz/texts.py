"""Fuzzes the evaluators: expressions and scripts grown by the grammar, and known ones with their tokens shuffled."""

# ruff: noqa: E501, PT017, RUF001, SIM905 - tables of words read best as they are; a check looks into what it catches

from __future__ import annotations

import copy
import random
import re
from typing import Any

import msgspec

from engine.expressions import (
    BpmnErrorThrown,
    EvaluationFailed,
    ExpressionError,
    LimitExceeded,
    Limits,
    SyntaxRefused,
    compile_expression,
    compile_script,
)
from engine.expressions.functions import FUNCTIONS
from engine.expressions.juel import OFFERED
from engine.expressions.methods import METHODS, MUTATING
from engine.expressions.registry import Function

from ..hostile.texts import EXPRESSIONS, JUEL, SCRIPTS
from .target import Target, shuffled_text

SMALL = Limits(steps=20_000, string_length=20_000, collection_size=2_000, integer_bits=256, nesting=40, call_depth=8)
VARIABLES: dict[str, Any] = {
    "a": 1, "b": -2.5, "c": "text", "d": [1, "two", None, [3.5]], "e": {"k": 1, "x": {"y": [1, 2]}}, "f": None, "g": True,
    "big": 2**200, "wide": "ab" * 4_000, "many": list(range(1_000)), "empty": "", "nothing": [], "umlaut": "äß\u0130\U0001f600",
}  # fmt: skip
NAMES = [*VARIABLES, "unknown", "x", "_y"]
LITERALS = [
    *"0 1 -1 2 7 255 1.5 -0.0 1e300 1e-300 0.1 2**63 10**60 True False None [] {} () (1,) [1,2] {'a':1} {1,2}".split(),
    "''", "'a'", "'A b'", '"ä"', "'1'", "'1.5'", "','", r"'\\'", r"'\n'", "'nan'", "'inf'", r"'\ud800'", r"'\x00'",
]  # fmt: skip
METHOD_NAMES = sorted({name for methods in METHODS.values() for name in methods})
OPERATORS = [*"+ - * / // % ** << >> & | ^ == != < <= > >= in and or is @".split(), "not in", "is not"]
COMMON = [one for one in OPERATORS if one not in ("@", "is", "is not")]
WORDS = [*NAMES, *LITERALS, *OPERATORS, *FUNCTIONS, *METHOD_NAMES, "(", ")", "[", "]", "{", "}", ".", ",", ":", ";", "=", ":=",
         "not", "lambda", "for", "if", "else", "while", "def", "return", "break", "import", "class", "try", "with", "yield",
         "del", "pass", "async", "await", "match", "${", "#{", "\\", "\n", "\n  ", "#", "'", '"', "'''", "f'", "f'{", "rb'",
         "__class__", "\0", "\ufeff", "\u2028", "ｅ", "1_0", "0x", "1e", "->", "?", "&&", "||", "!", "empty", "eq", "div",
         "instanceof", "-", "~"]  # fmt: skip
TOKENS = re.compile(r"\s+|\w+|[^\w\s]")


class Grower:
    """Grows Python texts: every kind of expression and statement that exists, around values at the edges."""

    def __init__(self, chance: random.Random, *, changing: bool = False) -> None:
        self.chance = chance
        self.changing = changing
        self.room = chance.choice((3, 8, 20, 60))

    def expression(self) -> str:
        self.room -= 1
        if self.room < 0 or self.chance.random() < 0.25:
            return self.chance.choice(NAMES) if self.chance.random() < 0.6 else self.chance.choice(LITERALS)
        return str(self.chance.choice(self._FORMS)(self))

    def _binary(self) -> str:
        operator = self.chance.choice(OPERATORS if self.chance.random() < 0.1 else COMMON)
        return f"({self.expression()} {operator} {self.expression()})"

    def _unary(self) -> str:
        return f"({self.chance.choice(('-', '+', '~', 'not '))}{self.expression()})"

    def _call(self) -> str:
        if self.chance.random() < 0.03:
            return f"{self.chance.choice(('open', 'f', 'isinstance', 'eval'))}({self.expression()})"
        function = self.chance.choice(list(FUNCTIONS.values()))
        return f"{function.name}({self._arguments(function)})"

    def _method(self) -> str:
        function = self._chosen_method()
        return f"({self.expression()}).{function.name}({self._arguments(function)})"

    def _chosen_method(self) -> Function:
        offered = [one for methods in METHODS.values() for one in methods.values()]
        if not self.changing and self.chance.random() < 0.95:
            offered = [one for one in offered if one.name not in MUTATING]
        return self.chance.choice(offered)

    def _arguments(self, function: Function) -> str:
        most = function.least + 2 if function.most is None else function.most
        count = self.chance.randint(function.least, max(function.least, min(most, 3)))
        if self.chance.random() < 0.03:
            count += self.chance.choice((-1, 1))
        given = [self.expression() for _ in range(count)]
        for name in sorted((function.keywords or frozenset()) - function.placed):
            if self.chance.random() < 0.3:
                value = f"lambda v: {self.expression()}" if name == "key" else self.expression()
                given.append(f"{name}={value}")
        return ", ".join(given)

    def _look_up(self) -> str:
        return f"({self.expression()})[{self.expression()}]"

    def _slice(self) -> str:
        parts = [self.expression() if self.chance.random() < 0.6 else "" for _ in range(3)]
        return f"({self.expression()})[{':'.join(parts)}]"

    def _dot(self) -> str:
        return f"({self.expression()}).{self.chance.choice(('k', 'x', 'y', 'get', '_z'))}"

    def _conditional(self) -> str:
        return f"({self.expression()} if {self.expression()} else {self.expression()})"

    def _display(self) -> str:
        star = self.chance.choice(("", "", "*"))
        inside = f"{star}{self.expression()}, {self.expression()}"
        pair = f"{self.expression()}: {self.expression()}"
        return self.chance.choice(
            (f"[{inside}]", f"({inside})", f"{{{inside}}}", f"{{{pair}}}", f"{{**{self.expression()}, {pair}}}")
        )

    def _comprehension(self) -> str:
        name, test = (
            self.chance.choice(("v", "w", "a")),
            f" if {self.expression()}" if self.chance.random() < 0.4 else "",
        )
        body, tail = self.expression(), f"for {name} in {self.expression()}{test}"
        return self.chance.choice(
            (
                f"[{body} {tail}]",
                f"{{{body} {tail}}}",
                f"{{{body}: {self.expression()} {tail}}}",
                f"sum({body} {tail})",
                f"any({body} {tail})",
            )
        )

    def _formatted(self) -> str:
        specification = self.chance.choice(
            ("", "", ":>10", ":.2f", ":x", "!r", ":,", ":{a}", ":10.3e", "=", ":%", ":\u00e4>5")
        )
        return f"f'x{{{self.chance.choice(NAMES)}{specification}}}'"

    def _chain(self) -> str:
        return f"({self.expression()} < {self.expression()} {self.chance.choice(('<', 'in', '==', '!='))} {self.expression()})"

    _FORMS = (_binary, _binary, _binary, _unary, _call, _call, _method, _method, _method, _look_up, _slice, _dot,
              _conditional, _display, _comprehension, _formatted, _chain)  # fmt: skip

    def script(self) -> str:
        return "\n".join(line for _ in range(self.chance.randint(1, 5)) for line in self._statement(0))

    def _statement(self, depth: int) -> list[str]:
        target = self.chance.choice(("x", "y", "_t", "a", "d[0]", "e.k", "e['x']", "x, y", "x, *y", "e.x.y", "x", "a"))
        single = target if "," not in target else "x"
        simple = [
            f"{target} = {self.expression()}",
            f"{single} {self.chance.choice(('+', '-', '*', '//', '%', '**', '|', '<<'))}= {self.expression()}",
            self._method(),
            f"del {single}",
            self.chance.choice(
                ("pass", "break", "continue", "return", "x: int = 1", "d[1:] = d", "bpmn_error('E', c)")
            ),
        ]
        if depth > 3 or self.chance.random() < 0.6:
            return [self.chance.choice((*simple[:3] * 4, *simple))]
        heads = [
            f"if {self.expression()}:",
            f"while {self.expression()}:",
            f"for {single} in {self.expression()}:",
            "while True:",
        ]
        if not depth or self.chance.random() < 0.02:
            heads.append("def f(v):")
        head = self.chance.choice(heads)
        return [head, *("  " + line for _ in range(self.chance.randint(1, 3)) for line in self._statement(depth + 1))]


def _make_expression(chance: random.Random) -> bytes:
    if chance.random() < 0.7:
        return _stored(Grower(chance).expression())
    return _stored("".join(shuffled_text(chance, TOKENS.findall(chance.choice([*EXPRESSIONS])[:4_000]), WORDS)))


def _make_script(chance: random.Random) -> bytes:
    if chance.random() < 0.7:
        return _stored(Grower(chance, changing=True).script())
    return _stored("".join(shuffled_text(chance, TOKENS.findall(chance.choice([*SCRIPTS])[:4_000]), WORDS)))


def _make_juel(chance: random.Random) -> bytes:
    if chance.random() < 0.3:
        return _stored("".join(shuffled_text(chance, TOKENS.findall(chance.choice([*JUEL])[:4_000]), WORDS)))
    parts = [
        chance.choice(("", "a ", "\\${", "$", "}", "#")) + f"{chance.choice('$#')}{{{_juel(chance, 3)}}}"
        for _ in range(chance.choice((1, 1, 2)))
    ]
    return _stored("".join(parts) + chance.choice(("", "", " end")))


def _juel(chance: random.Random, room: int) -> str:
    if room <= 0 or chance.random() < 0.2:
        return chance.choice(
            [*VARIABLES, "unknown", "1", "2.5", "1e300", "'t'", '"q"', "null", "true", "9" * 70, "''", "'1'"]
        )

    def inner() -> str:
        return _juel(chance, room - 1)

    operator = chance.choice("+ - * / % div mod == != < > <= >= eq ne lt && || and or +=".split())
    forms = [
        f"({inner()} {operator} {inner()})", f"{inner()} {operator} {inner()}", f"({inner()} ? {inner()} : {inner()})",
        f"!{inner()}", f"-{inner()}", f"empty {inner()}", f"({inner()})[{inner()}]", f"e.{chance.choice('kxq')}",
        f"[{inner()}, {inner()}]", f"{{'a': {inner()}}}", f"{chance.choice(OFFERED)}({inner()})",
        f"{chance.choice(OFFERED)}({inner()}, {inner()})", f"({inner()}).x.y",
    ]  # fmt: skip
    return chance.choice(forms)


def _stored(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _outcome(compute: Any) -> tuple[str, Any]:
    """What came of a text in a form that can be compared; only documented errors are let through."""
    try:
        value = compute()
    except SyntaxRefused as refused:
        _check_error(refused)
        return "refused", str(refused)
    except (EvaluationFailed, LimitExceeded) as failed:
        _check_error(failed)
        return type(failed).__name__, str(failed)
    except BpmnErrorThrown as thrown:
        assert 1 <= len(thrown.code) <= 255
        msgspec.json.encode([thrown.code, thrown.message])
        return "thrown", (thrown.code, thrown.message)
    encoded = msgspec.json.encode(value)
    assert b"\\u0000" not in encoded
    assert msgspec.json.decode(encoded) == value, "what was stored is not what was computed"
    return "value", value


def _check_error(error: ExpressionError) -> None:
    assert error.sentence, error
    assert len(str(error)) < 3_000, error
    assert error.line >= 1, error
    assert error.column >= 1, error
    assert isinstance(error.hint, str)


def _promises(case: bytes, compute: Any) -> None:
    """The same outcome every time, and nobody's variables are touched."""
    text = case.decode("utf-8", "surrogatepass")
    given = copy.deepcopy(VARIABLES)
    first = _outcome(lambda: compute(text, given))
    assert given == VARIABLES, "the variables were changed"
    assert first == _outcome(lambda: compute(text, copy.deepcopy(VARIABLES)))


def check_expression(case: bytes) -> None:
    """Compile and evaluate an expression in Python syntax."""
    _promises(case, lambda text, variables: compile_expression(text, "python", SMALL).evaluate(variables, 1))


def check_script(case: bytes) -> None:
    """Compile and run a script."""
    _promises(case, lambda text, variables: compile_script(text, "python", SMALL).run(variables, 1))


def check_juel(case: bytes) -> None:
    """Compile and evaluate a text with ${...}."""
    _promises(case, lambda text, variables: compile_expression(text, "juel", SMALL).evaluate(variables, 1))


EXPRESSION_TEXTS = Target("expressions", _make_expression, check_expression)
SCRIPT_TEXTS = Target("scripts", _make_script, check_script)
JUEL_TEXTS = Target("juel", _make_juel, check_juel)
