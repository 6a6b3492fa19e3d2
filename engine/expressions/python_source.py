"""Python text before it is compiled: its size and nesting are bounded, it is parsed, positions are remembered."""

from __future__ import annotations

import ast
import re
import textwrap

from .errors import Place, SyntaxRefused
from .limits import Limits

_TOKEN = re.compile(
    r"""(?P<string>(?P<prefix>[A-Za-z]{0,2})(?:\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}"""
    r"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))"""
    r"""|(?P<comment>\#[^\n]*)|(?P<bracket>[()\[\]{}])|(?P<line>\n)|(?P<deep>\b(?:not|lambda|else)\b|\*\*)""",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_KNOWN_ESCAPES = frozenset("\\'\"abfnrtvxuUN01234567\n\r")
_PER_LINE = 4
"""How many words that nest to the right one line may hold, as a multiple of the allowed nesting."""


class Source:
    """One Python text: parses it within limits and tells the place of its nodes in the text as it was given."""

    def __init__(self, text: str, limits: Limits, *, expression: bool) -> None:
        self.text = text
        self.limits = limits
        check_length(text, limits)
        self._check_nesting(text)
        self._opening = 1 if expression else 0
        if expression and not text.strip():
            raise SyntaxRefused("Expected an expression but the text is empty", "", 1, 1, text)
        parsed = f"({text}\n)" if expression else textwrap.dedent(text)
        self._lines = parsed.split("\n")
        self._indents = [len(old) - len(new) for old, new in zip(text.split("\n"), self._lines, strict=False)]
        self.tree = self._parse(parsed, "eval" if expression else "exec")
        self._check_depth()

    def place(self, node: ast.AST) -> Place:
        """Return the line and column of a node."""
        line = getattr(node, "lineno", 1)
        offset = getattr(node, "col_offset", 0)
        before = self._lines[line - 1].encode()[:offset].decode(errors="ignore") if line <= len(self._lines) else ""
        return self._original(line, len(before) + 1)

    def refusal(self, node: ast.AST, sentence: str, hint: str = "") -> SyntaxRefused:
        """Return the error that refuses `node`, at its place."""
        return SyntaxRefused(sentence, hint, *self.place(node), self.text)

    def _original(self, line: int, column: int) -> Place:
        if self._opening:
            if line == len(self._lines):
                line, column = line - 1, len(self._lines[line - 2]) + 1
            return line, max(1, column - 1 if line == 1 else column)
        return line, column + (self._indents[line - 1] if line <= len(self._indents) else 0)

    def _parse(self, parsed: str, mode: str) -> ast.AST:
        try:
            return ast.parse(parsed, mode=mode)
        except SyntaxError as error:
            place = self._original(error.lineno or 1, max(1, error.offset or 1))
            kind = "an expression in Python syntax" if mode == "eval" else "Python statements"
            raise SyntaxRefused(f"Expected {kind} but found: {error.msg}", "", *place, self.text) from None
        except (MemoryError, RecursionError):
            raise self._too_deep(1) from None
        except ValueError as error:
            raise SyntaxRefused(f"Expected text that can be read but {error}", "", 1, 1, self.text) from None

    def _check_nesting(self, text: str) -> None:
        signs = re.search(rf"(?:[-+~]\s*){{{self.limits.nesting + 1}}}", text)
        if signs:
            raise self._too_deep(text.count("\n", 0, signs.start()) + 1)
        depth = line = words = 0
        for token in _TOKEN.finditer(text):
            if token["line"]:
                line += 1
                words = words if depth else 0
            elif token["bracket"]:
                depth += 1 if token["bracket"] in "([{" else -1
            elif token["deep"]:
                words += 1
            elif token["string"]:
                self._check_escapes(token, line + 1)
                line += token["string"].count("\n")
                words += self._nesting_in_string(token)
            if depth < 0:
                column = token.start() - text.rfind("\n", 0, token.start())
                raise SyntaxRefused(
                    f"Expected an opening bracket before '{token[0]}' but there is none", "", line + 1, column, text
                )
            if depth > self.limits.nesting or words > _PER_LINE * self.limits.nesting:
                raise self._too_deep(line + 1)

    def _check_escapes(self, token: re.Match[str], line: int) -> None:
        if "r" in token["prefix"].lower():
            return
        unknown = [escape[0] for escape in _ESCAPE.finditer(token["string"]) if escape[1] not in _KNOWN_ESCAPES]
        if unknown:
            column = token.start() - self.text.rfind("\n", 0, token.start())
            sentence = f"Expected a known escape in the text but got '{unknown[0]}'"
            raise SyntaxRefused(sentence, "double the backslash, or write r'...'", line, column, self.text)

    def _nesting_in_string(self, token: re.Match[str]) -> int:
        if "f" not in token["prefix"].lower():
            return 0
        inside = token["string"][len(token["prefix"]) + 1 : -1]
        return sum(1 for inner in _TOKEN.finditer(inside) if inner["deep"])

    def _check_depth(self) -> None:
        level: list[ast.AST] = [self.tree]
        depth = 0
        while level:
            depth += 1
            if depth > self.limits.nesting + 3:
                raise self._too_deep(self.place(level[0])[0])
            level = [child for node in level for child in ast.iter_child_nodes(node)]

    def _too_deep(self, line: int) -> SyntaxRefused:
        return SyntaxRefused(
            f"Expected text nested at most {self.limits.nesting} levels deep but it is deeper",
            "split it into several steps",
            line,
            1,
            self.text,
        )


def check_length(text: str, limits: Limits) -> None:
    """Raise SyntaxRefused when `text` is longer than `source_length`."""
    if len(text) > limits.source_length:
        raise SyntaxRefused(
            f"Expected a text of at most {limits.source_length} characters but it has {len(text)}",
            "move long work into a service task with a registered function",
            1,
            1,
            text[:200],
        )
