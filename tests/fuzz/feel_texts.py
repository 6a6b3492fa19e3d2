"""Fuzzes FEEL: expressions and unary tests grown by the grammar, and known ones with their tokens shuffled."""

# ruff: noqa: E501, SIM905 - tables of words read best as they are
from __future__ import annotations

import copy
import random
import re

from engine.expressions import BpmnErrorThrown, EvaluationFailed, LimitExceeded, SyntaxRefused, compile_expression, feel
from engine.expressions.feel.builtin import BUILTINS
from engine.expressions.feel.examples import CONSTRUCTS
from engine.expressions.feel.examples import FUNCTIONS as SHOWN
from engine.expressions.feel.faults import WARNINGS
from engine.expressions.feel.properties import PROPERTIES

from .target import Target, shuffled_text
from .texts import SMALL, VARIABLES, _check_error, _outcome, _stored

NAMES = [*VARIABLES, "unknown", "long name", "`a-b`", "item", "partial", "?", "date", "count"]
LITERALS = [
    *"0 1 -1 2 7 .5 1.50 1e300 1e-300 1e6000 1e-6000 0.1 9999999999999999999999999999999999 true false null [] {}".split(),
    *("[1..3]", "(1..3)", "(< 5)", "[1, 2]", "{a: 1}", '""', '"a"', '"A b"', '"\\ud800"', '"\\U01F40E"', '"1,000.5"'),
    *('@"2026-01-31"', '@"08:30:00"', '@"08:30:00@Europe/Berlin"', '@"2026-01-31T08:30:00Z"', '@"-999999999-01-01"'),
    *('@"P1D"', '@"PT1.5S"', '@"-P14M"', '@"999999999-12-31T23:59:59.999999999@Asia/Tokyo"', '@"P99999999999D"', '@"x"'),
    *('"a+"', '"(a)(b)\\1"', '"[a-z-[aeiou]]*"', '"\\\\p{IsGreek}"', '"(((((a*)*)*)*)*)\\1"', '"$1"', '"smixq"', '","'),
]  # fmt: skip
OPERATORS = "+ - * / ** = != < <= > >= and or in".split()
TYPES = [
    "number",
    "date and time",
    "list<number>",
    "context<a: number>",
    "range<date>",
    "function<Any> -> Any",
    "Nobody",
]
PROPERTY_NAMES = sorted({name for known in PROPERTIES.values() for name in known} | {"k", "x", "y", "a"})
WORDS = [*NAMES, *LITERALS, *OPERATORS, *BUILTINS, *TYPES, *PROPERTY_NAMES, *"( ) [ ] { } . .. , : @ -> // /* */ \" ` ' ? \\".split(),
         *"for in return some every satisfies if then else function external instance of between not".split()]  # fmt: skip
_OUR_FAULT = "Expected values that fit the expression"
"""How a fault of Python's reads that no function of ours has foreseen."""
TOKENS = re.compile(r"\s+|\w+|[^\w\s]")


class Grower:
    """Grows FEEL texts: every form of the grammar, around values at the edges."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.room = chance.choice((3, 8, 20, 60))

    def expression(self) -> str:
        """An expression of any form."""
        self.room -= 1
        if self.room < 0 or self.chance.random() < 0.25:
            return self.chance.choice(NAMES) if self.chance.random() < 0.4 else self.chance.choice(LITERALS)
        return str(self.chance.choice(self._FORMS)(self))

    def _binary(self) -> str:
        return f"({self.expression()} {self.chance.choice(OPERATORS)} {self.expression()})"

    def _chain(self) -> str:
        operator = self.chance.choice(OPERATORS)
        return f"({f' {operator} '.join(self.expression() for _ in range(self.chance.choice((3, 4, 40))))})"

    def _call(self) -> str:
        function = self.chance.choice(list(BUILTINS.values()))
        overload = self.chance.choice(function.overloads)
        count = len(overload.parameters) + self.chance.choice((0, 0, 0, 0, -1, 1))
        if self.chance.random() < 0.2 and overload.parameters:
            return f"{function.name}({', '.join(f'{one.name}: {self.expression()}' for one in overload.parameters)})"
        return f"{function.name}({', '.join(self.expression() for _ in range(max(0, count)))})"

    def _filter(self) -> str:
        return f"({self.expression()})[{self.expression()}]"

    def _dot(self) -> str:
        return f"({self.expression()}).{self.chance.choice(PROPERTY_NAMES)}"

    def _if(self) -> str:
        return f"(if {self.expression()} then {self.expression()} else {self.expression()})"

    def _list(self) -> str:
        return f"[{', '.join(self.expression() for _ in range(self.chance.randint(0, 4)))}]"

    def _context(self) -> str:
        names = self.chance.sample(["a", "b", "k", "x y", "f"], self.chance.randint(0, 3))
        return f"{{{', '.join(f'{name}: {self.expression()}' for name in names)}}}"

    def _range(self) -> str:
        return f"{self.chance.choice('[(]')}{self.expression()}..{self.expression()}{self.chance.choice('])[')}"

    def _loop(self) -> str:
        head = self.chance.choice(("for {} return", "some {} satisfies", "every {} satisfies"))
        domains = ", ".join(
            f"{name} in {self.expression()}{self.chance.choice(('', '', '..' + self.expression()))}"
            for name in self.chance.sample(["v", "w"], self.chance.randint(1, 2))
        )
        return f"({head.format(domains)} {self.expression()})"

    def _function(self) -> str:
        kind = self.chance.choice(("", "", ": number", ": list<Any>"))
        function = f"function(v{kind}) {self.chance.choice(('', '', '', 'external '))}{self.expression()}"
        return self.chance.choice(
            (f"({function})({self.expression()})", f"({function})", f"{{f: {function}, r: f(1)}}.r")
        )

    def _instance(self) -> str:
        return f"({self.expression()} instance of {self.chance.choice(TYPES)})"

    def _between(self) -> str:
        return f"({self.expression()} between {self.expression()} and {self.expression()})"

    def _in(self) -> str:
        return f"({self.expression()} in ({self.tests()}))"

    def tests(self) -> str:
        """Positive unary tests."""
        signs = ("", "", "< ", ">= ", "!= ")
        return ", ".join(f"{self.chance.choice(signs)}{self.expression()}" for _ in range(self.chance.randint(1, 3)))

    _FORMS = (_binary, _binary, _binary, _chain, _call, _call, _call, _call, _call, _call, _filter, _dot, _if, _list,
              _context, _range, _loop, _function, _instance, _between, _in)  # fmt: skip


def _known() -> list[str]:
    return [*(one.text for one in CONSTRUCTS), *(text for text, _ in SHOWN.values())]


def _make_expression(chance: random.Random) -> bytes:
    if chance.random() < 0.7:
        return _stored(Grower(chance).expression())
    return _stored("".join(shuffled_text(chance, TOKENS.findall(chance.choice(_known())), WORDS)))


def _make_tests(chance: random.Random) -> bytes:
    text = Grower(chance).tests()
    return _stored(chance.choice((text, text, f"not({text})", "-", f"{text},")))


def check_expression(case: bytes) -> None:
    """An expression has the same outcome every time, raises nothing undocumented, and gives what JSON can hold."""
    text = case.decode("utf-8", "surrogatepass")
    given = copy.deepcopy(VARIABLES)
    first = _outcome(lambda: compile_expression(text, "feel", SMALL).evaluate(given, 1))
    assert given == VARIABLES, "the variables were changed"
    assert _OUR_FAULT not in str(first[1]), first
    assert first == _outcome(lambda: compile_expression(text, "feel", SMALL).evaluate(copy.deepcopy(VARIABLES), 1))


def check_tests(case: bytes) -> None:
    """Unary tests give true, false or null, and null has a reason or a null input."""
    text = case.decode("utf-8", "surrogatepass")
    try:
        compiled = feel.compile_unary_tests(text, names=VARIABLES, limits=SMALL)
        for given in (5, "a", None, [1, 2]):
            result = compiled.evaluate(VARIABLES, input=given)
            assert result.value in (True, False, None), result
            assert len(result.warnings) <= WARNINGS
    except (SyntaxRefused, LimitExceeded) as error:
        _check_error(error)
    except (BpmnErrorThrown, EvaluationFailed) as thrown:
        assert "bpmn_error" in text, thrown  # noqa: PT017 - only where it was called


FEEL_TEXTS = Target("feel", _make_expression, check_expression)
FEEL_TESTS = Target("feel-tests", _make_tests, check_tests)
