"""Python text before it is compiled: its size and nesting are bounded, it is parsed, positions are remembered."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings

from .errors import Place, SyntaxRefused
from .limits import Limits

_TOKEN = re.compile(
    r"""(?P<prefix>[A-Za-z]{0,2})(?P<quote>\"{3}|'{3}|["'])"""
    r"""|(?P<comment>\#[^\n]*)|(?P<bracket>[()\[\]{}])|(?P<line>\n)|(?P<deep>\b(?:not|lambda|else)\b|\*\*)"""
)
_REST = {
    quote: re.compile(pattern, re.DOTALL)
    for quote, pattern in {
        '"': r'((?:[^"\\\n]|\\.)*+)"',
        "'": r"((?:[^'\\\n]|\\.)*+)'",
        '"""': r'((?:[^"\\]|\\.|"(?!""))*+)"""',
        "'''": r"((?:[^'\\]|\\.|'(?!''))*+)'''",
    }.items()
}
"""Opening quote -> what follows it up to the closing one; no character is looked at twice."""
_DEEP = re.compile(r"\b(?:not|lambda|else)\b|\*\*")
_NO_FILE = ""
"""Python opens the file that a text claims to come from, to show a line of it; this name opens nothing."""

warnings.filterwarnings("error", module="<unknown>")
"""What Python only warns of, such as `1if x else 2`, it will refuse one day; texts of diagrams stay out of the log."""
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_KNOWN_ESCAPES = frozenset("\\'\"abfnrtvxuUN01234567\n\r")
_EMPTY = "Expected an expression but the text is empty"
_STATEMENT_HINT = "this is a statement: use == to compare, or a script task"
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
            raise SyntaxRefused(_EMPTY, "", 1, 1, text)
        parsed = f"({text}\n)" if expression else textwrap.dedent(text)
        self._lines = parsed.split("\n")
        self._ascii = text.isascii()
        self._indents = [len(old) - len(new) for old, new in zip(text.split("\n"), self._lines, strict=False)]
        self.tree = self._parse(parsed, "eval" if expression else "exec")
        self._check_depth()
        if expression and _is_our_bracket(self.tree):
            raise SyntaxRefused(_EMPTY, "", 1, 1, text)

    def place(self, node: ast.AST) -> Place:
        """Return the line and column of a node."""
        line = getattr(node, "lineno", 1)
        offset = getattr(node, "col_offset", 0)
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        if not self._ascii:
            offset = len(text.encode()[:offset].decode(errors="ignore"))
        return self._original(line, min(offset, len(text)) + 1)

    def refusal(self, node: ast.AST, sentence: str, hint: str) -> SyntaxRefused:
        """Return the error that refuses `node`, at its place; `hint` says what to use instead."""
        return SyntaxRefused(sentence, hint, *self.place(node), self.text)

    def _original(self, line: int, column: int) -> Place:
        if self._opening:
            if line == len(self._lines):
                line, column = line - 1, len(self._lines[line - 2]) + 1
            return line, max(1, column - 1 if line == 1 else column)
        return line, column + (self._indents[line - 1] if line <= len(self._indents) else 0)

    def _parse(self, parsed: str, mode: str) -> ast.AST:
        try:
            return ast.parse(parsed, _NO_FILE, mode)
        except SyntaxError as error:
            place = self._original(error.lineno or 1, max(1, error.offset or 1))
            kind = "an expression in Python syntax" if mode == "eval" else "Python statements"
            hint = _STATEMENT_HINT if mode == "eval" and _is_statement(self.text) else ""
            raise SyntaxRefused(f"Expected {kind} but found: {error.msg}", hint, *place, self.text) from None
        except (MemoryError, RecursionError):
            raise self._too_deep(1) from None
        except ValueError as error:
            raise SyntaxRefused(f"Expected text that can be read but {error}", "", 1, 1, self.text) from None

    def _check_nesting(self, text: str) -> None:
        signs = re.search(rf"(?:[-+~]\s*){{{self.limits.nesting + 1}}}", text)
        if signs:
            raise self._too_deep(text.count("\n", 0, signs.start()) + 1)
        depth = line = words = position = 0
        while token := _TOKEN.search(text, position):
            position = token.end()
            if token["line"]:
                line += 1
                words = words if depth else 0
            elif token["bracket"]:
                depth += 1 if token["bracket"] in "([{" else -1
            elif token["deep"]:
                words += 1
            elif token["quote"]:
                rest = _REST[token["quote"]].match(text, position)
                if rest is None:
                    return  # Python's own reader stops at a text that never ends, too.
                position = rest.end()
                words += self._check_string(token, rest[1], line + 1)
                line += rest[1].count("\n")
            if depth < 0:
                column = self._column(token.start())
                sentence = f"Expected an opening bracket before '{token[0]}' but there is none"
                raise SyntaxRefused(sentence, "", line + 1, column, text)
            if depth > self.limits.nesting or words > _PER_LINE * self.limits.nesting:
                raise self._too_deep(line + 1)

    def _check_string(self, opening: re.Match[str], inside: str, line: int) -> int:
        """Refuse unknown escapes; return how many words that nest to the right an f-string holds."""
        prefix = opening["prefix"].lower()
        unknown = (
            () if "r" in prefix else (each[0] for each in _ESCAPE.finditer(inside) if each[1] not in _KNOWN_ESCAPES)
        )
        for escape in unknown:
            sentence = f"Expected a known escape in the text but got '{escape}'"
            hint = "double the backslash, or write r'...'"
            raise SyntaxRefused(sentence, hint, line, self._column(opening.start()), self.text)
        return sum(1 for _ in _DEEP.finditer(inside)) if "f" in prefix else 0

    def _column(self, offset: int) -> int:
        return offset - self.text.rfind("\n", 0, offset)

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


def _is_statement(text: str) -> bool:
    """Whether a text that is no expression would be a script."""
    try:
        ast.parse(textwrap.dedent(text), _NO_FILE)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return True


def _is_our_bracket(tree: ast.AST) -> bool:
    """A comment, or a backslash before the end of the line, leaves an empty tuple: the brackets put around the text."""
    body = getattr(tree, "body", None)
    return isinstance(body, ast.Tuple) and not body.elts and (body.lineno, body.col_offset) == (1, 0)


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
