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
from .children import Children, DemoFailed
from .logs import keys_with_several_bodies, keys_with_several_effects
from .stage import Stage
from .stories import DEMOS
from .tables import show_runs
from .world import World

DATA_FOLDER = "demo-data"
LONGEST_SECONDS = 120
FAILED, UNKNOWN, INTERRUPTED = 1, 2, 130


def run_demo(
    name: str = DEMOS[0].name, *, folder: Path | None = None, console: Console | None = None, bus: str = ""
) -> int:
    """Play the demo and return the exit code: 0 only if every claim was so.

    name: the example. folder: where the database and the logs go (default: a new folder under ./demo-data).
    bus: the address of a message bus (default: the one inside the server).
    """
    stage = Stage(console)
    demo = next((each for each in DEMOS if each.name == name), None)
    if demo is None:
        known = ", ".join(each.name for each in DEMOS)
        stage.lines([f"[red]Expected one of the demos {known} but got {escape(repr(name))}[/red]"])
        return UNKNOWN
    try:
        with _bounded(), Children() as children:
            world = World(demo, children, stage, folder or _new_folder(), example_folder(name), bus=bus)
            _play(world)
    except KeyboardInterrupt:
        stage.lines(["\n[yellow]Interrupted; every process of the demo has been ended.[/yellow]"])
        return INTERRUPTED
    except (DemoFailed, ApiProblem, httpx.HTTPError, OSError) as error:
        stage.check(False, f"The demo can go on: {error}")
        stage.lines([f"The logs of all processes are in {escape(str(world.folder))}"] if "world" in locals() else [])
        return FAILED
    return _verdict(world)


def list_demos(console: Console | None = None) -> None:
    """Print what can be played, each with a line about it."""
    rows = [(each.name, each.summary) for each in DEMOS]
    Stage(console).table({"baton demo NAME": {"no_wrap": True}, "what it shows": {}}, rows)


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
    world.stage.title(world.demo.title, world.demo.about.replace("\n", " "))
    with ExitStack() as stack:
        world.open(stack)
        for act in world.demo.acts:
            act(world)
        _check_all_logs(world)
        _check_all_histories(world)
    show_runs(world.stage, world.demo, world.runs, world.stories, world.logs())


def _check_all_logs(world: World) -> None:
    log = world.logs()
    keys = {entry["key"] for entry in log if entry["key"]}
    about = f"{len(log)} calls under {len(keys)} idempotency keys, from the services' own logs."
    world.act("What all logs together say", about)
    several = keys_with_several_bodies(log)
    world.stage.check(not several, "Every service saw each idempotency key with one body only", ", ".join(several))
    violations = [entry["key"] for entry in log if entry["violation"]]
    world.stage.check(not violations, "No service had to refuse a key with another body", ", ".join(violations))
    twice = keys_with_several_effects(log)
    world.stage.check(not twice, "Nothing was done twice under any key", ", ".join(twice))


def _check_all_histories(world: World) -> None:
    verified = [world.client.instances.verify(each.id) for each in world.runs.values()]
    claim = f"The hash chains of all {len(verified)} histories hold, and folding each gives the stored state"
    wrong = "; ".join(each.sentence for each in verified if not each.ok)
    world.stage.check(all(each.ok for each in verified), claim, wrong)


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
    told = world.demo.told
    serve = f"{_command()} serve --database {world.database}"
    in_checkout = Path(__file__).resolve().parents[2].joinpath("Makefile").is_file()
    draw = ["  Draw your own process:  docs/tutorial.md"] if in_checkout else []
    world.stage.lines(
        [
            "\n[bold]What to try next[/bold]",
            f"  Look at what happened:  [cyan]{escape(serve)}[/cyan]",
            f"      then in a browser   [cyan]http://127.0.0.1:8080/instances/{world.runs[told].id}[/cyan]",
            f"      or in a terminal    [cyan]{escape(_command())} history {told}[/cyan]",
            f"      with all it led to  [cyan]{escape(_command())} where {told}[/cyan]",
            f"  Keep a server running:  [cyan]{'make serve' if in_checkout else escape(f'{_command()} serve')}[/cyan]",
            *draw,
            f"  The other demos:        [cyan]{escape(_command())} demo --list[/cyan]",
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
