"""The release pipeline's versions: one released, one broken, one that nobody decides about, one that leaks."""

from __future__ import annotations

from ..follow import Follower
from ..logs import calls, effects, one_after_the_other
from ..script import Demo
from ..world import World

BUILD, UNIT, INTEGRATION, SECURITY = "/builds", "/unit", "/integration", "/security"
PUBLISH, DEPLOY, PROMOTE = "/artifacts", "/canaries", "/promotions"
WITHDRAW, REMOVE, TELL = "/artifact-withdrawals", "/canary-removals", "/posts"
TESTS = (UNIT, INTEGRATION, SECURITY)
LONG, SHORT = "P1D", "PT0.5S"


def _released(world: World) -> None:
    about = "Three kinds of tests at the same time, a person who approves, a canary, everybody else, and a word of it."
    world.act("A version that is released", about)
    world.hold("tests")
    follower = _tagged(world, "2.1.0", "released", LONG)
    world.check_side_by_side("tests", 3, "All three kinds of tests run before the first of them is done")
    follower.until("user-task-created")
    world.complete_task("2.1.0", "approve-release", "lin", approved=True)
    world.to_the_end("2.1.0", follower)
    world.check_ended("2.1.0", "released", outcome="released")
    _told(world, "2.1.0", "2.1.0 is released")
    rest = [path for path in effects(world.logs("2.1.0")) if path not in TESTS]
    claim = "Build, artifact, canary and promotion followed each other, and the team was told last"
    world.stage.check(rest == [BUILD, PUBLISH, DEPLOY, PROMOTE, TELL], claim, ", ".join(rest))


def _broken(world: World) -> None:
    about = (
        "The unit tests answer 422. The error leaves the sub-process and ends the other tests; nothing is published."
    )
    world.act("A version whose tests fail", about)
    _tagged(world, "2.2.0-broken", "tests fail", LONG)
    world.to_the_end("2.2.0-broken")
    world.check_ended("2.2.0-broken", "release-stopped")
    published = calls(world.logs("2.2.0-broken"), PUBLISH)
    world.stage.check(not published, "No artifact of it was ever published", f"{len(published)}")


def _nobody_decides(world: World) -> None:
    about = "Nobody decides in time: the task is taken away, and the release manager has it. She says no."
    world.act("A version that nobody decides about", about)
    follower = _tagged(world, "2.3.0", "refused by the manager", SHORT)
    follower.until("user-task-created", 2)
    world.complete_task("2.3.0", "manager-decides", "olga", approved=False)
    world.to_the_end("2.3.0", follower)
    world.check_ended("2.3.0", "rolled-back", outcome="rolled back")
    _told(world, "2.3.0", "2.3.0 is rolled back")
    log = world.logs("2.3.0")
    undone = one_after_the_other(log, [WITHDRAW]) and not calls(log, DEPLOY)
    world.stage.check(undone, "The artifact was withdrawn, and there was no canary to remove", ", ".join(effects(log)))


def _leaky(world: World) -> None:
    about = "All tests pass and it is approved, but the canary answers one request in five with an error."
    world.act("A version whose canary is unhealthy", about)
    follower = _tagged(world, "2.4.0-leaky", "unhealthy canary", LONG)
    follower.until("user-task-created")
    world.complete_task("2.4.0-leaky", "approve-release", "lin", approved=True)
    world.to_the_end("2.4.0-leaky", follower)
    world.check_ended("2.4.0-leaky", "rolled-back", outcome="rolled back")
    log = world.logs("2.4.0-leaky")
    claim = "The canary was removed first, then the artifact withdrawn; one had answered before the other was asked"
    world.stage.check(one_after_the_other(log, [REMOVE, WITHDRAW]), claim, ", ".join(effects(log)))
    made = [call["answer"]["canary"] for call in calls(log, DEPLOY)]
    removed = [call["body"]["canary"] for call in calls(log, REMOVE)]
    world.stage.check(made == removed, "The very canary that was deployed was removed", f"{made} and {removed}")
    world.stage.check(not calls(log, PROMOTE), "It was promoted nowhere")
    _told(world, "2.4.0-leaky", "2.4.0-leaky is rolled back")


def _tagged(world: World, version: str, story: str, approval_time: str) -> Follower:
    variables = {"version": version, "approval_time": approval_time, "services": world.addresses}
    world.start("release-pipeline", version, story, variables)
    return world.follow(version)


def _told(world: World, version: str, text: str) -> None:
    """The news go their own way, so they may come a moment later."""
    world.await_effects(TELL, [version])
    posts = [call["body"]["text"] for call in calls(world.logs(version), TELL)]
    world.stage.check(posts == [text], f'The team was told by a process of its own: "{text}"', str(posts))


DEMO = Demo(
    name="release-pipeline",
    title="Baton: the release pipeline",
    summary="build, parallel tests, an approval with a deadline, a canary, promotion or roll-back in reverse",
    about="""A version is built, tested, approved by a person, tried on a canary and promoted, or rolled back. What
builds, runs and talks are real HTTP services, each in a process of its own with a log of every call; each claim below
is checked in those logs.""",
    services=("ci", "tests", "platform", "chat"),
    acts=(_released, _broken, _nobody_decides, _leaky),
    subject="version",
    noun="versions",
    told="2.4.0-leaky",
)
