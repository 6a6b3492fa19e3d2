"""The stories behind the golden histories, and the way to write a new one: `python -m tests.audit.golden_stories`.

A golden file is never rewritten once it is released. A new event, or a new meaning under a new tag, gets a new story
here; running this module writes only the files that do not exist yet.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from engine.core import events as e
from engine.core.events import Event
from engine.core.state import ROOT, Due, InstanceState
from engine.expressions import SecretReference
from engine.store import GENESIS, Step

from ..store.scenes import NOW, Story, root_id

FOLDER = Path(__file__).parents[1] / "golden"


class GoldenStep(msgspec.Struct, kw_only=True):
    """A history row with its events as the very text that was hashed."""

    revision: int
    first_seq: int
    at: int
    actor: str
    cause: str
    data: str
    previous: str
    hash: str


class Golden(msgspec.Struct, kw_only=True):
    """A history and the state that it must fold to for ever."""

    format: str
    root: str
    steps: list[GoldenStep]
    state: InstanceState


def _pay() -> list[Event]:
    request = ({"amount": 5, "card": "Zoë \u2713"}, {"job.retries": "3"})
    return [
        e.TokenPlaced(ROOT, "f1"),
        e.ActivityStarted(3, "pay", ROOT, ("f1",)),
        e.ScopeOpened(3, {"amount": 5}),
        e.JobCreated(4, 3, "pay", "charge", *request, 3, 60.0, NOW),
    ]


def _sub_process() -> list[Event]:
    return [
        e.JobCompleted(4, {"receipt": "r1"}),
        e.VariablesSet(ROOT, {"receipt": "r1", "big": 2**62, "share": 0.1, "nested": {"a": [1, None, True]}}),
        e.UndoRecorded(3),
        e.ActivityCompleted(3),
        e.TokenPlaced(ROOT, "f2"),
        e.ActivityStarted(6, "pack", ROOT, ("f2",)),
        e.ScopeOpened(6, {"box": "b1"}, "pack"),
        e.TokenPlaced(6, "@wrap"),
        e.ActivityStarted(7, "wrap", 6, ("@wrap",)),
        e.UndoRecorded(7),
        e.ActivityCompleted(7),
        e.UndoRecorded(6),
        e.ActivityCompleted(6),
    ]


def _ask() -> list[Event]:
    return [
        e.ActivityStarted(8, "ask", ROOT),
        e.UserTaskCreated(9, 8, "ask", None, ["bob"], ["clerks"], "form", NOW + 5),
        e.TimerScheduled(10, 8, "late", NOW + 5),
        e.Subscribed(11, 8, "told", "message", "paid", "42"),
    ]


def _undo() -> list[Event]:
    return [
        e.JobErrorThrown(13, "NO_STOCK", "sold out", {"left": 0}),
        e.ErrorThrown(12, "NO_STOCK", "sold out"),
        e.ErrorCaught(12, "caught", "NO_STOCK"),
        e.ActivityFailed(12, "NO_STOCK"),
        e.ActivityStarted(14, "undo", ROOT),
        e.CompensationTriggered(14, ROOT),
        e.SubProcessReopened(15, "pack", ROOT, 14),
        e.HandlerStarted(16, "unwrap", 15, 15),
        e.VariablesSet(ROOT, {"share": 0.2}, 16),
        e.ActivityCompleted(16),
        e.CompensationCompleted(15),
        e.ActivityCompleted(15),
        e.HandlerStarted(17, "refund", ROOT, 14),
        e.ActivityCompleted(17),
        e.CompensationCompleted(14),
        e.ActivityCompleted(14),
    ]


def _saga() -> list[Step]:
    story = Story(root_id(1))
    ending = [e.VariablesRemoved(ROOT, ["nested"]), e.TokenPlaced(ROOT, "f9"), e.TokensDropped(ROOT)]
    return [
        story.tell(*story.begin(business_key="B-7", who="Ada"), *_pay()),
        story.tell(e.JobFailed(4, "timeout", 2, NOW + 9, {"status": 504}), cause="fail-job", actor="worker"),
        story.tell(
            e.JobFailed(4, "down", 0), e.IncidentRaised(5, "job", "down", ROOT, "pay", 3, 4, "enter"), actor="w"
        ),
        story.tell(e.IncidentResolved(5), e.JobRetried(4, 3, NOW), cause="resolve-incident", actor="eve"),
        story.tell(*_sub_process(), *_ask(), cause="complete-job", actor="worker"),
        story.tell(e.UserTaskClaimed(9, "bob"), cause="claim-task", actor="bob"),
        story.tell(e.UserTaskCompleted(9, {"ok": True}), e.TimerFired(10), e.WaitWithdrawn(11), e.ActivityCompleted(8)),
        story.tell(e.ActivityStarted(12, "reserve", ROOT), e.RunYielded([Due("token", ROOT, "f3")])),
        story.tell(e.RunContinued(), e.JobCreated(13, 12, "reserve", "stock", {}, {}, 1, 5.5, NOW), cause="continue"),
        story.tell(*_undo(), cause="throw-job-error", actor="worker"),
        story.tell(
            e.ActivityStarted(18, "wait", ROOT), e.ActivityTerminated(18), *ending, e.ProcessCompleted("terminated")
        ),
    ]


def _failed() -> list[Step]:
    story = Story(root_id(2))
    return [story.tell(*story.begin(), e.ProcessFailed("E1", "nobody caught it"))]


def _cancelled() -> list[Step]:
    story = Story(root_id(3))
    return [story.start_with_job(), story.tell(e.ProcessCancelled("enough"), cause="cancel", actor="eve")]


def _alive() -> list[Step]:
    story = Story(root_id(4))
    due = [Due("undo", 5, "")]
    return [
        story.start_with_job(),
        story.tell(e.ActivityStarted(5, "undo", ROOT), e.CompensationTriggered(5, ROOT, "x"), e.RunYielded(due)),
        story.tell(e.IncidentRaised(6, "stuck", "why", ROOT), e.TokenPlaced(ROOT, "f"), cause="continue"),
    ]


def _loop() -> list[Step]:
    story = Story(root_id(5))
    return [
        story.tell(
            *story.begin(), e.ActivityStarted(3, "each", ROOT), e.ScopeOpened(3), e.LoopStarted(3, 2, ["a", "b"])
        ),
        story.tell(e.ActivityStarted(4, "each", 3, (), 0, 1), e.ScopeOpened(4, {"loopCounter": 1}), cause="continue"),
        story.tell(
            e.ActivityStarted(5, "each", 3, (), 0, 2), e.IterationCompleted(3, 1, "A", True), e.UndoRecorded(4),
            e.ActivityTerminated(5), e.ActivityCompleted(4), cause="complete-job", actor="worker",
        ),
    ]  # fmt: skip


def _thrown() -> list[Step]:
    story = Story(root_id(6))
    return [
        story.tell(
            *story.begin(), e.ActivityStarted(3, "up", ROOT), e.EscalationThrown(3, "HELP"),
            e.EscalationCaught(ROOT, "asked", "HELP"), e.EscalationThrown(3, "MORE"), e.EscalationUncaught(3, "MORE"),
            e.ActivityStarted(4, "a", ROOT), e.UndoRecorded(4), e.ActivityCompleted(4),
            e.ActivityStarted(5, "b", ROOT), e.UndoRecorded(5, 4), e.ActivityCompleted(5),
        ),
        story.tell(
            e.TokenPlaced(ROOT, "f1"), e.ActivityStarted(6, "join", ROOT, ("f1",)),
            e.GatewayActivated(ROOT, "join", ("f1",)), e.ActivityCompleted(6), cause="complete-job", actor="worker",
        ),
        story.tell(
            e.ActivityStarted(7, "join", ROOT), e.GatewayReset(ROOT, "join"), e.ActivityCompleted(7),
            e.GatewayActivated(ROOT, "other", ("f2",)),
        ),
        story.tell(
            e.ActivityStarted(8, "t", ROOT), e.ScopeOpened(8, {}, "t"), e.ActivityStarted(9, "c", 8), e.UndoRecorded(9),
            e.ActivityCompleted(9), e.ActivityStarted(10, "off", 8), e.TransactionCancelled(8),
            e.CompensationTriggered(10, 8, "", ROOT), e.HandlerStarted(11, "unc", 8, 10), e.ActivityTerminated(11),
            e.CompensationInterrupted(10),
        ),
    ]  # fmt: skip


def _repeated_and_chosen() -> list[Step]:
    story = Story(root_id(11))
    return [
        story.tell(
            *story.begin(), e.ActivityStarted(3, "t", ROOT), e.ScopeOpened(3), e.LoopStarted(3, 2),
            e.ActivityStarted(4, "t", 3, (), 0, 1), e.ScopeOpened(4, {"loopCounter": 1}, "t"),
            e.ActivityStarted(5, "t", 3, (), 0, 2), e.ScopeOpened(5, {"loopCounter": 2}, "t"),
            e.ActivityStarted(6, "a", 5), e.UndoRecorded(6), e.ActivityCompleted(6),
        ),
        story.tell(
            e.ActivityStarted(7, "off", 4), e.TransactionCancelled(4), e.LoopEnded(3), e.UndoRecorded(5, 0, True),
            e.ActivityTerminated(5), e.CompensationTriggered(7, 4, "", 3), e.SubProcessReopened(8, "t", 3, 7),
            cause="complete-job", actor="worker",
        ),
        story.tell(
            e.ActivityStarted(9, "chores", ROOT), e.ScopeOpened(9, {}, "chores"),
            e.ActivitiesSelected(9, ["sweep", "dust"]), e.ActivityStarted(10, "sweep", 9), e.UndoRecorded(10),
            e.ActivityCompleted(10), e.InnerActivityCompleted(9, "sweep", {"bags": 2}, True, True),
            cause="start-activity", actor="ada",
        ),
        story.tell(
            e.ActivityStarted(11, "sub", ROOT), e.ScopeOpened(11, {"x": 1}, "sub"), e.ActivityStarted(12, "b", 11),
            e.UndoRecorded(12), e.ActivityCompleted(12), e.UndoRecorded(11), e.ActivityCompleted(11),
            e.ActivityStarted(13, "undo", ROOT), e.CompensationTriggered(13, ROOT, "sub"),
            e.SubProcessRestored(14, "sub", ROOT, 13), e.TokenPlaced(14, "@back"),
        ),
    ]  # fmt: skip


def _waited_for() -> list[Step]:
    story = Story(root_id(12))
    return [
        story.tell(
            e.ProcessStarted(root_id(12), "order:1", "order", None, {"x": 1}, "begun"), e.Subscribed(
                2, ROOT, "asked", "message", "help", "A-7", 1, True
            ), e.ActivityStarted(3, "ship", ROOT),
            e.TimerScheduled(4, 3, "late", NOW + 5, 1, False, "PT1H@UTC", 2, NOW),
            e.Subscribed(5, 3, "low", "condition", ""), e.Subscribed(6, 3, "told", "signal", "news"),
            e.UserTaskCreated(7, 3, "ship"), cause="deliver-message",
        ),
        story.tell(
            e.TimerFired(4), e.TimerScheduled(8, 3, "late", NOW + 9, 1, False, "PT1H@UTC", 1, NOW),
            e.ActivityStarted(9, "late", ROOT), e.ActivityCompleted(9), e.ActivityStarted(10, "warn", ROOT),
            e.MessageThrown(11, 10, "warn", "warning", "A-7", {"why": "late"}), e.ActivityCompleted(10),
            cause="fire-timer",
        ),
        story.tell(
            e.SignalReceived(6, {"y": 2}), e.Subscribed(12, 3, "told", "signal", "news"),
            e.VariablesSet(ROOT, {"y": 2}),
            e.ConditionMet(5), e.Subscribed(13, 3, "low", "condition", "", holds=True), e.ConditionChanged(13),
            e.IncidentRaised(14, "expression", "The condition of low cannot be evaluated", ROOT, "low"),
            cause="deliver-signal",
        ),
        story.tell(
            e.MessageReceived(2, "m-1", {"z": [1]}), e.IncidentResolved(14, withdrawn=True), e.WaitWithdrawn(7),
            e.ActivityTerminated(3), e.ActivityStarted(15, "help", ROOT), e.ScopeOpened(15, {}, "help"),
            e.ActivityStarted(16, "shout", 15), e.SignalThrown(17, 16, "shout", "alarm", {"loud": True}),
            e.ActivityCompleted(16), e.ActivityStarted(18, "called", 15),
            e.IncidentRaised(19, "expression", "no name", 15, "called", 18, 0, "again"),
            e.IncidentResolved(19), e.IncidentRaised(20, "expression", "no input", 15, "called", 18, 0, "received"),
            e.RunYielded([Due("conditions", ROOT)]), cause="deliver-message",
        ),
    ]  # fmt: skip


def _called() -> list[Step]:
    story = Story(root_id(13))
    return [
        story.tell(
            *story.begin(), e.ActivityStarted(3, "call", ROOT), e.ScopeOpened(3, {"amount": 5}),
            e.ProcessCalled(4, 3, "call", "pay:2", "pay", ROOT, "order-1", {"amount": 5}),
            e.TokenPlaced(4, "@charge"), e.ActivityStarted(5, "charge", 4, ("@charge",)),
            e.JobCreated(6, 5, "charge", "charge", {"amount": 5}, {}, 3, 60.0, NOW),
            e.ActivityStarted(7, "nested", 4), e.ScopeOpened(7), e.ProcessCalled(8, 7, "nested", "note:1", "note", 4),
            e.ActivityStarted(9, "note", 8), e.UndoRecorded(9), e.ActivityCompleted(9), e.UndoRecorded(8),
            e.ActivityCompleted(8), e.UndoRecorded(7), e.ActivityCompleted(7),
        ),
        story.tell(
            e.JobCompleted(6, {"receipt": "r1"}), e.VariablesSet(4, {"receipt": "r1"}), e.UndoRecorded(5),
            e.ActivityCompleted(5), e.UndoRecorded(4), e.ActivityCompleted(4), e.VariablesSet(ROOT, {"receipt": "r1"}),
            e.UndoRecorded(3), e.ActivityCompleted(3), cause="complete-job", actor="worker",
        ),
        story.tell(
            e.ActivityStarted(10, "undo", ROOT), e.CompensationTriggered(10, ROOT),
            e.SubProcessReopened(11, "call", ROOT, 10),
            e.CalledProcessReopened(12, "call", 11, 11, 4, "pay:2", "pay"), e.HandlerStarted(13, "refund", 12, 12),
            e.ActivityCompleted(13), e.SubProcessReopened(14, "nested", 12, 12),
            e.CalledProcessReopened(15, "nested", 14, 14, 8, "note:1", "note", True), e.TokenPlaced(15, "@back"),
        ),
    ]  # fmt: skip


def _terminated() -> list[Step]:
    story = Story(root_id(14))
    return [
        story.tell(
            *story.begin(), e.ActivityStarted(3, "sub", ROOT), e.ScopeOpened(3, {}, "sub"),
            e.ActivityStarted(4, "book", 3), e.UndoRecorded(4), e.ActivityCompleted(4),
            e.ActivityStarted(5, "stop", 3), e.ActivityCompleted(5), e.TokenPlaced(3, "left"), e.TokensDropped(3),
            e.ScopeTerminated(3),
        ),
        story.tell(e.ActivityCompleted(3), cause="continue"),
    ]  # fmt: skip


def _adjusted() -> list[Step]:
    story = Story(root_id(15))
    return [
        story.tell(*story.begin(), *_pay()),
        story.tell(e.JobAdjusted(4, 7), cause="adjust-job", actor="eve"),
        story.tell(e.JobAdjusted(4, None, -5), e.JobAdjusted(4, 2, 50), cause="adjust-job", actor="eve"),
    ]


def _answered() -> list[Step]:
    story = Story(root_id(17))
    headers = {"Location": "/orders/1"}
    return [
        story.tell(
            *story.begin(), e.RequestReceived("begin", "POST", "/orders"), e.ActivityStarted(3, "accepted", ROOT),
            e.ResponseGiven(3, 201, headers, {"id": 1, "notes": [None, "Zoë"]}, True), e.ActivityCompleted(3),
        ),
        story.tell(e.ActivityStarted(4, "again", ROOT), e.ResponseDropped(4), e.ActivityCompleted(4), cause="continue"),
    ]  # fmt: skip


def _published() -> list[Step]:
    story = Story(root_id(19))
    bus = e.ToBus(topic="orders", type="order.created", key="A-7", subject="s", data=[{"n": 1}, None], business_key="b")
    return [
        story.tell(
            *story.begin(), e.ActivityStarted(3, "tell", ROOT),
            e.MessageThrown(4, 3, "tell", "OrderCreated", "A-7", {"n": 1}, bus), e.ActivityCompleted(3),
            e.ActivityStarted(5, "tell", ROOT), e.MessageThrown(6, 5, "tell", "Plain", bus=e.ToBus(key="k")),
            e.ActivityCompleted(5),
        ),
    ]  # fmt: skip


def _halted() -> list[Step]:
    story = Story(root_id(16))
    places = [SecretReference(["headers", "Authorization"], 7, "TOKEN", "order"), SecretReference(["list", 0], 0, "B")]
    inputs = {"headers": {"Authorization": "Bearer secrets.TOKEN"}, "list": ["secrets.B"]}
    return [
        story.tell(
            *story.begin(), e.ActivityStarted(3, "ask", ROOT),
            e.JobCreated(4, 3, "ask", "http", inputs, {}, 3, 60.0, NOW, places),
            e.TokenPlaced(ROOT, "back"), e.RunYielded([Due("token", ROOT, "back")], 1000),
        ),
        story.tell(
            e.RunContinued(), e.RunHalted([Due("token", ROOT, "back"), Due("conditions", ROOT)], 5),
            e.IncidentRaised(5, "limit", "it did too much", ROOT, "order"), cause="continue",
        ),
        story.tell(e.IncidentResolved(5), e.RunReleased(), cause="resolve-incident", actor="eve"),
        story.tell(e.RunHalted([Due("token", ROOT, "back")], 6), cause="continue"),
    ]  # fmt: skip


def _traced() -> list[Step]:
    story = Story(root_id(18))
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    started = e.ProcessStarted(root_id(18), "order:1", "order", "A-7", {"x": 1}, "", trace)
    return [
        story.tell(
            started, e.ActivityStarted(3, "call", ROOT), e.ScopeOpened(3),
            e.ProcessCalled(4, 3, "call", "inner:1", "inner"),
        ),
        story.tell(
            e.ActivityStarted(5, "tell", 4), e.MessageThrown(6, 5, "tell", "told", "K", {"y": 2}),
            e.SignalThrown(7, 5, "tell", "bell"), e.ActivityCompleted(5), cause="continue",
        ),
    ]  # fmt: skip


STORIES = {
    "1-saga": _saga,
    "1-failed": _failed,
    "1-cancelled": _cancelled,
    "1-alive": _alive,
    "1-loop": _loop,
    "1-thrown": _thrown,
    "2-repeated-and-chosen": _repeated_and_chosen,
    "2-waited-for": _waited_for,
    "2-called": _called,
    "2-terminated": _terminated,
    "3-adjusted": _adjusted,
    "3-answered": _answered,
    "3-halted": _halted,
    "3-published": _published,
    "3-traced": _traced,
}
"""File name -> story; the number counts the generations of files."""


def golden(steps: list[Step]) -> Golden:
    """The story as it is kept."""
    kept = [
        GoldenStep(
            revision=step.revision,
            first_seq=step.first_seq,
            at=step.at,
            actor=step.actor,
            cause=step.cause,
            data=step.data.decode(),
            previous=step.previous,
            hash=step.hash,
        )
        for step in steps
    ]
    return Golden(format=GENESIS, root=steps[0].root, steps=kept, state=steps[-1].state)


def main() -> None:
    """Write the files that do not exist yet."""
    for name, tell in STORIES.items():
        path = FOLDER / f"{name}.json"
        if not path.exists():
            path.write_bytes(msgspec.json.format(msgspec.json.encode(golden(tell())), indent=1) + b"\n")
            print(f"wrote {path.name}")


if __name__ == "__main__":
    main()
