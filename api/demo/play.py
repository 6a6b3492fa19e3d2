"""Plays a demo from its first act to its last table, and leaves no process behind."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from types import FrameType

import httpx
from rich.console import Console
from rich.markup import escape

from ..client import ApiProblem
from .acts import ACTS
from .children import Children, DemoFailed
from .logs import keys_with_several_bodies, keys_with_several_effects
from .stage import Stage
from .tables import show_orders
from .world import World

DEMOS = ("order-saga",)
DATA_FOLDER = "demo-data"
LONGEST_SECONDS = 60
FAILED, UNKNOWN, INTERRUPTED = 1, 2, 130

ABOUT = """An order is charged, reserved and shipped by three real HTTP services, each in a process of its own with a
log of every call it got. Baton runs the drawn diagram, with its data in a SQLite file. Each claim below is checked in
the services' own logs."""


def run_demo(name: str = "order-saga", *, folder: Path | None = None, console: Console | None = None) -> int:
    """Play the demo and return the exit code: 0 only if every claim was so.

    name: the example. folder: where the database and the logs go (default: a new folder under ./demo-data).
    """
    stage = Stage(console)
    if name not in DEMOS:
        stage.lines([f"[red]Expected one of the demos {', '.join(DEMOS)} but got {escape(repr(name))}[/red]"])
        return UNKNOWN
    try:
        with _bounded(), Children() as children:
            world = World(children, stage, folder or _new_folder(), example_folder(name))
            _play(world)
    except KeyboardInterrupt:
        stage.lines(["\n[yellow]Interrupted; every process of the demo has been ended.[/yellow]"])
        return INTERRUPTED
    except (DemoFailed, ApiProblem, httpx.HTTPError, OSError) as error:
        stage.check(False, f"The demo can go on: {error}")
        stage.lines([f"The logs of all processes are in {escape(str(world.folder))}"] if "world" in locals() else [])
        return FAILED
    return _verdict(world)


def example_folder(name: str) -> Path:
    """Where an example's files are: beside the packages in a checkout, inside `api` in an installed wheel."""
    package = Path(__file__).resolve().parents[1]
    found = next(
        (path for path in (package / "processes" / name, package.parent / "processes" / name) if path.is_dir()), None
    )
    if found is None:
        raise DemoFailed(f'Expected the example "{name}" in this installation but it is not there')
    return found


def _play(world: World) -> None:
    world.stage.title("Baton: the order saga", ABOUT.replace("\n", " "))
    with ExitStack() as stack:
        world.open(stack)
        for act in ACTS:
            act(world)
    _check_all_logs(world)


def _check_all_logs(world: World) -> None:
    log = world.logs()
    keys = {entry["key"] for entry in log}
    world.stage.act(
        7,
        "What all logs together say",
        f"{len(log)} calls under {len(keys)} idempotency keys, from the services' own logs.",
    )
    several = keys_with_several_bodies(log)
    world.stage.check(not several, "Every service saw each idempotency key with one body only", ", ".join(several))
    violations = [entry["key"] for entry in log if entry["violation"]]
    world.stage.check(not violations, "No service had to refuse a key with another body", ", ".join(violations))
    twice = keys_with_several_effects(log)
    world.stage.check(not twice, "Nothing was done twice under any key", ", ".join(twice))
    show_orders(world.stage, world.orders, world.stories, log)


def _verdict(world: World) -> int:
    stage = world.stage
    if stage.failed:
        lines = [f"\n[bold red]{len(stage.failed)} of {stage.checked} checks did not hold:[/bold red]"]
        stage.lines(lines + [f"  [red]✗[/red] {escape(claim)}" for claim in stage.failed])
        stage.lines([f"The logs of all processes are in {escape(str(world.folder))}"])
        return FAILED
    stage.lines([f"\n[bold green]All {stage.checked} checks held, in {stage.seconds:.0f} seconds.[/bold green]"])
    _what_next(world)
    return 0


def _what_next(world: World) -> None:
    told = world.orders["order-1003"]["id"]
    serve = f"{_command()} serve --database {world.database}"
    in_checkout = Path(__file__).resolve().parents[2].joinpath("Makefile").is_file()
    draw = ["  Draw your own process:  docs/tutorial.md"] if in_checkout else []
    world.stage.lines(
        [
            "\n[bold]What to try next[/bold]",
            f"  Look at these orders:   [cyan]{escape(serve)}[/cyan]",
            f"      then in a browser   [cyan]http://127.0.0.1:8080/instances/{told}[/cyan]",
            f"      or in a terminal    [cyan]{escape(_command())} history order-1003[/cyan]",
            f"  Keep a server running:  [cyan]{'make serve' if in_checkout else escape(f'{_command()} serve')}[/cyan]",
            *draw,
            f"  The services' logs:     {escape(str(world.folder))}",
        ]
    )


def _command() -> str:
    """The command as it can be typed here."""
    local = Path(sys.prefix) / "bin" / "baton"
    here = Path.cwd()
    return str(local.relative_to(here)) if local.exists() and local.is_relative_to(here) else "baton"


def _new_folder() -> Path:
    """A new folder under ./demo-data, or a temporary one where nothing may be written here."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    for number in range(100):
        folder = Path(DATA_FOLDER) / (f"{stamp}-{number}" if number else stamp)
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError:
            break
        return folder
    return Path(mkdtemp(prefix="baton-demo-"))


@contextmanager
def _bounded() -> Iterator[None]:
    """SIGTERM ends the demo as Ctrl-C does, and too long a time ends it too, so that its processes always end."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers = {signal.SIGTERM: _interrupt, signal.SIGALRM: _too_long}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    signal.alarm(LONGEST_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _too_long(_number: int, _frame: FrameType | None) -> None:
    raise DemoFailed(f"Expected the demo to end within {LONGEST_SECONDS} seconds but it has not")
