"""The environments of the provisioning: one that lives its time, two that cannot be had, one that is approved."""

from __future__ import annotations

from typing import Any

from engine import HistoryEntry

from ..follow import Follower
from ..logs import calls, effects, one_after_the_other
from ..script import Demo
from ..world import World

DATABASE = "/databases"
NO_NETWORK, NO_DATABASE, NO_MACHINE = "/network-deletions", "/database-deletions", "/machine-deletions"
LONG, SHORT = "PT8H", "PT0.5S"


def _lives_its_time(world: World) -> None:
    about = "Network, database, two machines side by side; half a second later its time is over, and it is taken down."
    world.act("An environment that lives its time", about)
    world.hold("compute")
    _wanted(world, "review-1", "lived its time", time_to_live=SHORT)
    world.check_side_by_side("compute", 2, "Both machines are being set up before the first of them is ready")
    follower = world.follow("review-1")
    world.to_the_end("review-1", follower)
    world.check_ended("review-1", "environment-gone")
    _check_undone(world, "review-1", [NO_MACHINE, NO_MACHINE, NO_DATABASE, NO_NETWORK])
    ready = _machines_ready(follower)
    gone = [call["body"]["machine"] for call in calls(world.logs("review-1"), NO_MACHINE)]
    claim = "The machine that was ready last was taken down first"
    world.stage.check(len(ready) == 2 and gone == ready[::-1], claim, f"ready {ready}, gone {gone}")


def _no_database(world: World) -> None:
    about = "The database service answers 503 to all three attempts; the network that was there already is undone."
    world.act("An environment without a database", about)
    _wanted(world, "review-2-tight", "no database")
    world.to_the_end("review-2-tight")
    world.check_ended("review-2-tight", "environment-failed")
    tried = len(calls(world.logs("review-2-tight"), DATABASE))
    world.stage.check(tried == 3, "The database was asked for 3 times", f"{tried}")
    _check_undone(world, "review-2-tight", [NO_NETWORK])


def _one_machine_missing(world: World) -> None:
    about = (
        "One of two machines is sold out. The other is finished first, so that nothing is left that nobody knows of."
    )
    world.act("An environment with a machine that cannot be had", about)
    _wanted(world, "review-3", "no gpu", machines=["web", "gpu"])
    world.to_the_end("review-3")
    world.check_ended("review-3", "environment-failed")
    _check_undone(world, "review-3", [NO_MACHINE, NO_DATABASE, NO_NETWORK])


def _large(world: World) -> None:
    about = "A large one costs money: a person approves it first. Its users release it long before its time is over."
    world.act("An environment that a person approves", about)
    _wanted(world, "load-test", "released early", size="large")
    follower = world.follow("load-test")
    follower.until("user-task-created")
    world.stage.check(not world.logs("load-test"), "Nothing is set up before the approval")
    world.complete_task("load-test", "approve-cost", "ruth", approved=True)
    follower.until("timer-scheduled")
    world.client.messages.send("EnvironmentReleased", correlation="load-test")
    world.stage.line("▶", "POST /api/messages: EnvironmentReleased for load-test", "bold")
    world.to_the_end("load-test", follower)
    world.check_ended("load-test", "environment-gone")
    _check_undone(world, "load-test", [NO_MACHINE, NO_MACHINE, NO_DATABASE, NO_NETWORK])


def _check_undone(world: World, environment: str, paths: list[str]) -> None:
    log = world.logs(environment)
    claim = f"Undone in reverse, one after the other: {', '.join(path.strip('/') for path in paths)}"
    world.stage.check(one_after_the_other(log, paths), claim, ", ".join(effects(log)))


def _machines_ready(follower: Follower) -> list[str]:
    """In the order in which Baton heard of them, which two answers at the same moment leave open."""
    answered = [entry.data for entry in follower.history if _is_answer(entry, "create-machine")]
    return [data["variables"]["response"]["body"]["machine"] for data in answered]


def _is_answer(entry: HistoryEntry, element: str) -> bool:
    return (entry.event, entry.element_id) == ("job-completed", element)


def _wanted(world: World, environment: str, story: str, **changes: Any) -> None:
    variables = {"environment": environment, "size": "small", "machines": ["web", "jobs"], "time_to_live": LONG}
    variables |= {"services": world.addresses} | changes
    told = f"{variables['size']}, {' and '.join(variables['machines'])}"
    world.start("environment-provisioning", environment, story, variables, told)


DEMO = Demo(
    name="environment-provisioning",
    title="Baton: environment provisioning",
    summary="network, database, machines; taken down in reverse when a step fails or the time is over",
    about="""A network, a database and two machines are set up for an environment, and all of it is taken down again in
reverse order. The three services are real HTTP services, each in a process of its own with a log of every call; each
claim below is checked in those logs.""",
    services=("network", "database", "compute"),
    acts=(_lives_its_time, _no_database, _one_machine_missing, _large),
    subject="environment",
    noun="environments",
    told="review-1",
)
