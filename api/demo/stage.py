"""How a demo looks: headings, a line for each thing that happens, ticks and crosses, tables."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.rule import Rule
from rich.table import Table

WIDTH_WITHOUT_TERMINAL = 140


class Stage:
    """Prints to the console and keeps count of what was checked."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        if not self.console.is_terminal:
            self.console.width = WIDTH_WITHOUT_TERMINAL
        self.checked = 0
        self.failed: list[str] = []
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the demo began."""
        return time.monotonic() - self._began

    def title(self, text: str, about: str) -> None:
        """Open the show."""
        self.console.print(f"\n[bold]{escape(text)}[/bold]")
        self.prose(about)

    def act(self, number: int, text: str, about: str) -> None:
        """Begin an act."""
        self.console.print()
        self.console.print(Rule(f"[bold]{number}. {escape(text)}[/bold]", align="left", style="cyan"))
        self.prose(about)

    def prose(self, text: str) -> None:
        """A sentence or two."""
        for line in textwrap.wrap(text, min(self.console.width, 100)):
            self.console.print(f"[dim]{escape(line)}[/dim]")

    def line(self, mark: str, text: str, style: str = "") -> None:
        """Something that happened just now."""
        opened, closed = (f"[{style}]", f"[/{style}]") if style else ("", "")
        body = f"{opened}{escape(mark)} {escape(text)}{closed}"
        self.console.print(f"  [dim]{self.seconds:5.1f} s[/dim]  {body}", soft_wrap=True)

    def check(self, holds: bool, claim: str, found: str = "") -> None:
        """A claim, and whether it holds; found: what was found instead."""
        self.checked += 1
        if holds:
            self.console.print(f"  [green]✓[/green] {escape(claim)}", soft_wrap=True)
            return
        self.failed.append(claim)
        instead = f" - found {found}" if found else ""
        self.console.print(f"  [bold red]✗ {escape(claim + instead)}[/bold red]", soft_wrap=True)

    def table(self, columns: Mapping[str, Mapping[str, Any]], rows: Iterable[Sequence[str]], title: str = "") -> None:
        """A table; columns: heading -> options of rich's columns."""
        table = Table(
            title=title or None,
            title_justify="left",
            title_style="bold",
            box=None,
            header_style="bold cyan",
            padding=(0, 2, 0, 0),
            pad_edge=False,
        )
        for heading, options in columns.items():
            table.add_column(heading, **options)
        for row in rows:
            table.add_row(*map(escape, row))
        self.console.print()
        self.console.print(table)

    def lines(self, texts: Iterable[str]) -> None:
        """Plain lines that may be copied, with markup."""
        for text in texts:
            self.console.print(text, soft_wrap=True)
