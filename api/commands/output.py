"""How commands answer: tables for people, JSON for programs, and one sentence with a hint for every refusal."""

from __future__ import annotations

import functools
import getpass
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..client import ApiProblem
from ..wire import rfc3339, to_wire

if TYPE_CHECKING:
    from ..client import Client

P = ParamSpec("P")

PIPE_WIDTH = 1_000
"""What is written into a file or a pipe is not wrapped."""

STATUS_STYLES = {
    "running": "cyan",
    "waiting": "yellow",
    "completed": "green",
    "failed": "red",
    "cancelled": "magenta",
    "open": "red",
    "resolved": "green",
}


class Output:
    """Where a command's answer goes. server: whom to ask. as_json: whether a program reads it. key: for the server."""

    def __init__(self, server: str, as_json: bool, key: str | None = None) -> None:
        self.server = server
        self.key = key
        self.as_json = as_json
        self.console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)

    def client(self) -> Client:
        """A client of the server that acts in the name of the person at the keyboard."""
        # Heavy, and the other commands must stay quick.
        from ..client import Client

        return Client(self.server, actor=_user(), key=self.key, tries=1)

    def json(self, value: Any) -> None:
        """Print a record, a list of them, or a plain value as the JSON of the interface."""
        click.echo(json.dumps(to_wire(value), indent=2, ensure_ascii=False))

    def say(self, markup: str) -> None:
        """Print a line for people; texts from elsewhere in it are escaped with rich.markup.escape."""
        self.console.print(markup)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: str, fixed: int = 1) -> None:
        """Print rows as a table, or the sentence `empty` when there are none.

        Cells are plain texts, or rich ones for colour. fixed: so many first columns (ids, times) are never cut or
        wrapped, however narrow the terminal is.
        """
        cells = [[escape(printable(cell)) if isinstance(cell, str) else cell for cell in row] for row in rows]
        if not cells:
            self.say(empty)
            return
        table = Table(box=None, show_header=any(columns), header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
        for number, name in enumerate(columns):
            widest = max(len(row[number]) for row in cells) if number < fixed else None
            table.add_column(name, no_wrap=number < fixed, min_width=widest, overflow="fold")
        for row in cells:
            table.add_row(*row)
        self.console.print(table)


def printable(text: str) -> str:
    """The text without control characters, which a terminal would obey."""
    return "".join(character if character.isprintable() else " " for character in text)


def status(word: str) -> Any:
    """A status as a coloured cell."""
    from rich.text import Text

    return Text(word, style=STATUS_STYLES.get(word, ""))


def moment(microseconds: int | None) -> str:
    """A time since the epoch as people read it, to the millisecond, UTC; "" for none."""
    return "" if microseconds is None else rfc3339(microseconds)[:23].replace("T", " ")


def fail(sentence: str, hint: str = "") -> NoReturn:
    """Print the sentence and the hint on stderr and end with exit code 1."""
    click.echo(f"Error: {printable(sentence)}", err=True)
    if hint:
        click.echo(f"Hint: {printable(hint)}", err=True)
    raise SystemExit(1)


def _set_json(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    context.obj.as_json = context.obj.as_json or value


def _set_server(context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    context.obj.server = value or context.obj.server


json_option = click.option(
    "--json", is_flag=True, expose_value=False, callback=_set_json, help="Answer with JSON for programs."
)
"""The switch of `baton` itself, so that it may also stand behind the command's name."""


def _set_key(context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    context.obj.key = value or context.obj.key


_key_option = click.option("--key", expose_value=False, callback=_set_key, help="The key to show to the server.")
_server_option = click.option("--server", expose_value=False, callback=_set_server, help="The server to talk to.")


def answers(command: Callable[P, None]) -> Callable[P, None]:
    """Give the command the switches --server, --key and --json, and turn a refusal of the server into a sentence."""

    @functools.wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except ApiProblem as problem:
            fail(problem.detail, problem.hint)

    return _key_option(_server_option(json_option(wrapper)))


def _user() -> str:
    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        return "baton"
    return name if name.isascii() and name.isprintable() else "baton"
