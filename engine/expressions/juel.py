"""The core of JUEL, `${...}` in texts as Camunda 7 diagrams have it: parsed by precedence into the one evaluator."""

from __future__ import annotations

import re

from . import calls, juel_nodes, nodes
from .errors import SyntaxRefused
from .evaluator import Expression, Node
from .functions import FUNCTIONS
from .juel_operators import METHODS, OPERATORS, child
from .juel_tokens import Text, Token
from .limits import Limits
from .nodes import Constant
from .python_source import check_length
from .texts import joined

SYNTAX = "juel"
OFFERED = ("abs", "bpmn_error", "float", "int", "len", "matches", "max", "min", "now", "round", "str", "sum", "today")
"""The functions that may be called in `${...}`."""

_PRECEDENCE = (("||",), ("&&",), ("==", "!="), ("<", "<=", ">", ">="), ("+=",), ("+", "-"), ("*", "/", "%"))
_LEVELS = {symbol: level for level, symbols in enumerate(_PRECEDENCE) for symbol in symbols}
_TASK = "use a service task with a registered function"
_AS_TEXT = "write it as a text"
_JAVA = {
    "equals": "use ==",
    "equalsIgnoreCase": "use ==",
    "compareTo": "use < or >",
    "size": "use len(...)",
    "length": "use len(...)",
    "isEmpty": "use empty",
    "toString": "use str(...)",
    "getVariable": "write the variable's name",
    "hasVariable": "use empty",
    "get": "use [...]",
    "setVariable": "use an output parameter or a script task",
    "setVariableLocal": "use an output parameter or a script task",
}


def compile_expression(text: str, limits: Limits) -> Expression:
    """Compile a text with `${...}`: alone it gives its typed value, mixed with text a text; raises SyntaxRefused."""
    check_length(text, limits)
    names: set[str] = set()
    compiled = [
        Constant(part.text) if part.tokens is None else _Parser(part.tokens, names, limits).parse()
        for part in Text(text).parts()
    ]
    if not compiled:
        node: Node = Constant("")
    elif len(compiled) == 1:
        node = compiled[0]
    else:
        node = joined([juel_nodes.text_of(each, (1, 1)) for each in compiled], (1, 1))
    return Expression(source=text, syntax=SYNTAX, node=node, names=frozenset(names), limits=limits)


class _Parser:
    """Parses the tokens of one `${...}` straight into nodes."""

    def __init__(self, tokens: list[Token], names: set[str], limits: Limits) -> None:
        self._tokens = tokens
        self._names = names
        self._limits = limits
        self._position = 0
        self._depth = 0

    def parse(self) -> Node:
        node = self._ternary()
        if self._here.kind != "end":
            raise self._refusal(
                f"Expected '}}' or an operator but found '{self._here.text[:40]}'", _hint_for(self._here)
            )
        return node

    @property
    def _here(self) -> Token:
        return self._tokens[self._position]

    def _take(self) -> Token:
        token = self._here
        if token.kind != "end":
            self._position += 1
        return token

    def _accept(self, *marks: str) -> Token | None:
        return self._take() if self._here.kind == "mark" and self._here.text in marks else None

    def _expect(self, mark: str) -> None:
        if self._accept(mark) is None:
            raise self._refusal(f"Expected '{mark}' but found '{self._here.text[:40]}'")

    def _refusal(self, sentence: str, hint: str = "", token: Token | None = None) -> SyntaxRefused:
        return SyntaxRefused(sentence, hint, *(token or self._here).place)

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > self._limits.nesting:
            raise self._refusal(f"Expected text nested at most {self._limits.nesting} levels deep but it is deeper")

    def _ternary(self) -> Node:
        self._deeper()
        test = self._binary(0)
        question = self._accept("?")
        if question is not None:
            then = self._ternary()
            self._expect(":")
            test = nodes.conditional(juel_nodes.condition(test, question.place), then, self._ternary())
        self._depth -= 1
        return test

    def _binary(self, weakest: int) -> Node:
        left = self._unary()
        chained = 0
        while self._level() >= weakest:
            token, level = self._here, self._level()
            self._take()
            self._deeper()
            chained += 1
            left = self._operation(token, left, self._binary(level + 1))
        self._depth -= chained
        return left

    def _level(self) -> int:
        return _LEVELS.get(self._here.text, -1) if self._here.kind == "mark" else -1

    def _operation(self, token: Token, left: Node, right: Node) -> Node:
        if token.text in ("&&", "||"):
            tests = [juel_nodes.condition(left, token.place), juel_nodes.condition(right, token.place)]
            return nodes.both(tests) if token.text == "&&" else nodes.either(tests)
        if token.text == "+=":
            return joined([juel_nodes.text_of(left, token.place), juel_nodes.text_of(right, token.place)], token.place)
        return nodes.operation(OPERATORS[token.text], f"'{token.text}'", left, right, token.place)

    def _unary(self) -> Node:
        token = self._here
        empty = token.kind == "word" and token.text == "empty"
        if not empty and not (token.kind == "mark" and token.text in ("-", "!")):
            return self._postfix()
        self._take()
        self._deeper()
        operand = self._unary()
        self._depth -= 1
        if empty:
            return juel_nodes.emptiness(operand)
        if token.text == "!":
            return nodes.opposite(juel_nodes.condition(operand, token.place))
        return nodes.operation(OPERATORS["-"], "'-'", Constant(0), operand, token.place)

    def _postfix(self) -> Node:
        node = self._primary()
        steps = 0
        while token := self._accept(".", "["):
            self._deeper()
            steps += 1
            if token.text == "[":
                key: Node = self._ternary()
                self._expect("]")
            elif self._here.text in METHODS and self._calls():
                node = self._method(node)
                continue
            else:
                key = Constant(self._dotted_name())
            node = nodes.operation(child, "the look-up", node, key, token.place)
        self._depth -= steps
        return node

    def _calls(self) -> bool:
        """Whether an opening parenthesis follows the token that comes next."""
        following = self._tokens[self._position + 1]
        return following.kind == "mark" and following.text == "("

    def _method(self, node: Node) -> Node:
        """One of the few methods of texts, which all have one argument."""
        token = self._take()
        self._expect("(")
        arguments = self._items(")")
        if len(arguments) != 1:
            sentence = f"Expected one argument for '{token.text}' but got {len(arguments)}"
            raise self._refusal(sentence, f"write {token.text}('...')", token)
        return nodes.operation(METHODS[token.text], f"'{token.text}'", node, arguments[0], token.place)

    def _dotted_name(self) -> str:
        token = self._take()
        if token.kind not in ("name", "word"):
            raise self._refusal(f"Expected a name after '.' but found '{token.text[:40]}'", "", token)
        if self._here.text == "(" and self._here.kind == "mark":
            raise self._refusal(
                f"Expected a key after '.' but '{token.text[:80]}(...)' is a call of a Java method",
                _JAVA.get(token.text, _TASK),
                token,
            )
        return token.text

    def _primary(self) -> Node:
        token = self._take()
        if token.kind == "mark" and token.text == "(":
            node = self._ternary()
            self._expect(")")
            return node
        if token.kind == "mark" and token.text == "[":
            return juel_nodes.list_of(self._items("]"))
        if token.kind == "mark" and token.text == "{":
            return self._map()
        if token.kind == "number":
            return Constant(self._number(token))
        if token.kind == "text":
            return Constant(_unquoted(token))
        if token.kind == "word" and token.text in _LITERALS:
            return Constant(_LITERALS[token.text])
        if token.kind == "name":
            return self._named(token)
        raise self._refusal(f"Expected a value but found '{token.text[:40]}'", _hint_for(token), token)

    def _items(self, closing: str) -> list[Node]:
        items: list[Node] = []
        while self._accept(closing) is None:
            if items:
                self._expect(",")
            items.append(self._ternary())
        return items

    def _map(self) -> Node:
        pairs: list[tuple[str, Node]] = []
        while self._accept("}") is None:
            if pairs:
                self._expect(",")
            key = self._take()
            if key.kind != "text":
                raise self._refusal(
                    f"Expected a key in quotation marks but found '{key.text[:40]}'", "write 'key': value", key
                )
            self._expect(":")
            pairs.append((_unquoted(key), self._ternary()))
        return juel_nodes.map_of(pairs)

    def _number(self, token: Token) -> int | float:
        if token.text.isdecimal():
            if len(token.text) > self._limits.integer_bits // 4:
                raise self._refusal(
                    f"Expected integers of at most {self._limits.integer_bits} bits but got a wider one",
                    _AS_TEXT,
                    token,
                )
            return int(token.text)
        number = float(token.text)
        if number - number != 0.0:
            raise self._refusal("Expected a finite number but the literal is too large", _AS_TEXT, token)
        return number

    def _named(self, token: Token) -> Node:
        if token.text.startswith("__"):
            raise self._refusal(f"Expected a name without leading '__' but got '{token.text[:80]}'", "rename it", token)
        if self._accept("("):
            return self._call(token)
        self._names.add(token.text)
        return nodes.variable(token.text, token.place)

    def _call(self, token: Token) -> Node:
        if token.text not in OFFERED:
            raise self._refusal(f"Expected a function that exists here but got '{token.text[:80]}'", _TASK, token)
        arguments = self._items(")")
        function = FUNCTIONS[token.text]
        misfit = function.misfit(len(arguments))
        if misfit:
            raise self._refusal(misfit, f"write {function.signature}", token)
        return calls.call(function, arguments, {}, token.place)


_LITERALS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


def _unquoted(token: Token) -> str:
    return re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL)


def _hint_for(token: Token) -> str:
    if token.text == "=":
        return "use == to compare; a script task or an output parameter assigns"
    if token.text in ("->", ";", "instanceof", "{"):
        return _TASK
    return ""
