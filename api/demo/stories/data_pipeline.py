"""The data pipeline's nights: sources fetched side by side, one quarantined, one refused by a person, one undone."""

from __future__ import annotations

from ..logs import calls, effects
from ..script import Demo
from ..world import World

CREATE, LOAD, PUBLISH = "/tables", "/loads", "/publications"
QUARANTINE, DROP = "/quarantines", "/drops"
TOLERANCE = 0.25


def _all_is_well(world: World) -> None:
    about = (
        "Three sources are asked at the same time. One of them is busy and answers 503 twice: it is asked again, "
        "while the rows of the others wait for it."
    )
    world.act("A night on which all is well", about)
    world.hold("sources")
    _night(world, "night-1", "all is well", ["orders", "returns", "shops"])
    world.check_side_by_side("sources", 3, "All three sources are asked before the first of them answers")
    world.to_the_end("night-1")
    world.check_ended("night-1", "data-published", totals={"ada": 160, "lin": 120, "mae": 100}, rejected_rows=1)
    world.check_effects("night-1", [CREATE, LOAD, PUBLISH], "One table was created, loaded and published, once each")
    statuses = [call["status"] for call in calls(world.logs("night-1"), "/extracts/returns")]
    world.stage.check(statuses == [503, 503, 200], "The busy source was asked three times", str(statuses))


def _bad_source(world: World) -> None:
    about = "A source sends a file that is cut off (422). No repeat can help, so it is set aside, and the rest goes on."
    world.act("A night with a source that cannot be read", about)
    _night(world, "night-2", "one source is bad", ["orders", "legacy"])
    world.to_the_end("night-2")
    world.check_ended("night-2", "data-published", totals={"ada": 160, "lin": 80}, quarantined_sources=["legacy"])
    world.check_effects("night-2", [CREATE, QUARANTINE, LOAD, PUBLISH], "It was quarantined, and the rest published")
    asked = len(calls(world.logs("night-2"), "/extracts/legacy"))
    world.stage.check(asked == 1, "The unreadable source was not asked twice", f"{asked} times")


def _too_many_rejected(world: World) -> None:
    about = f"More than {TOLERANCE:.0%} of the rows lack a customer. A person looks at them, and says no."
    world.act("A night with too many rejected rows", about)
    _night(world, "night-3", "a person refuses", ["imports", "shops"])
    follower = world.follow("night-3")
    follower.until("user-task-created")
    held = effects(world.logs("night-3"))
    world.stage.check(held == [CREATE], "While the person thinks, nothing is loaded", ", ".join(held))
    world.complete_task("night-3", "approve-load", "ruth", approved=False)
    world.to_the_end("night-3", follower)
    world.check_ended("night-3", "nothing-published", rejected_rows=2)
    world.check_effects("night-3", [CREATE, DROP], "The table was dropped, and nothing was published")


def _disk_full(world: World) -> None:
    about = "The warehouse answers 507 to each attempt to load. The table that was created first must not stay behind."
    world.act("A night on which the warehouse is full", about)
    _night(world, "night-4-full", "the disk is full", ["orders", "shops"])
    world.to_the_end("night-4-full")
    world.check_ended("night-4-full", "nothing-published")
    log = world.logs("night-4-full")
    tried = calls(log, LOAD)
    same = len(tried) == 3 and len({(each["key"], each["sha256"]) for each in tried}) == 1
    world.stage.check(same, "Loading was tried 3 times with one idempotency key and one body", f"{len(tried)} times")
    created = [each["answer"]["table"] for each in calls(log, CREATE)]
    dropped = [each["body"]["table"] for each in calls(log, DROP)]
    world.stage.check(created == dropped, "The very table that was created was dropped", f"{created} and {dropped}")


def _night(world: World, run: str, story: str, sources: list[str]) -> None:
    variables = {"run_id": run, "sources": sources, "tolerance": TOLERANCE, "services": world.addresses}
    world.start("data-pipeline", run, story, variables, ", ".join(sources))


DEMO = Demo(
    name="data-pipeline",
    title="Baton: the data pipeline",
    summary="extract, transform, load: parallel sources, quarantine, an approval, a half-loaded table that is dropped",
    about="""Rows are extracted from several sources beside each other, validated, transformed and loaded into a
warehouse. The sources and the warehouse are real HTTP services, each in a process of its own with a log of every call;
each claim below is checked in those logs.""",
    services=("sources", "warehouse"),
    acts=(_all_is_well, _bad_source, _too_many_rejected, _disk_full),
    subject="run_id",
    noun="runs",
    told="night-1",
)
