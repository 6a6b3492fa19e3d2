"""A cancelled transaction ends its work, undoes what completed in it, and leaves by its cancel boundary event."""

from __future__ import annotations

import pytest

from engine.core import events as e

from ..support.drawings import Drawing, process
from ..support.instances import Instance


def booking() -> Drawing:
    """Two undoable jobs one after the other, beside a user task; then a decision to cancel."""
    diagram = process("p").start().transaction("trip").start("ts").parallel("fork").user("u").end("ue").at("fork")
    diagram = diagram.service("hotel", "h").service("flight", "f").service("decide", "d").exclusive("ok")
    diagram = diagram.when("cancel").end_cancel("off").at("ok").otherwise().end("booked")
    for name in ("hotel", "flight"):
        diagram = diagram.compensation(on=name, handler=f"un{name}").service(f"un{name}", "u", for_compensation=True)
    return diagram.close().task("travel").end()


def cancellable() -> Drawing:
    return booking().cancel_boundary("cancelled", on="trip").task("refund").end("refunded")


def decided(xml: bytes, *, cancel: bool) -> Instance:
    return Instance(xml).complete("hotel").complete("flight").complete("decide", cancel=cancel)


@pytest.mark.proves("transaction", "boundary:cancel", "end:cancel")
def test_a_cancel_end_event_ends_active_work_undoes_last_first_and_leaves_by_the_cancel_event() -> None:
    instance = decided(cancellable().xml(), cancel=True)
    assert "terminate u" in instance.trace
    for handler in ("unflight", "unhotel"):
        assert instance.active == ["trip", "off", handler]
        instance.complete(handler)
    assert instance.path[-3:] == ["cancelled", "refund", "refunded"]
    assert [line for line in instance.trace if line.startswith("terminate")] == [
        "terminate u", "terminate off", "terminate trip",
    ]  # fmt: skip
    assert "travel" not in instance.path
    assert instance.status == "completed"
    assert sum(isinstance(one, e.TransactionCancelled) for one in instance.history) == 1


def test_a_transaction_that_is_not_cancelled_is_a_sub_process() -> None:
    instance = decided(cancellable().xml(), cancel=False).complete("u")
    assert instance.path[-3:] == ["trip", "travel", "end"]
    assert not [line for line in instance.trace if line.startswith("undo")]


def test_a_transaction_that_completed_can_be_undone_from_outside() -> None:
    diagram = process("p").start().transaction("t").start("ts").service("a", "a").end("te")
    diagram = diagram.compensation(on="a", handler="una").service("una", "u", for_compensation=True).close()
    instance = Instance(diagram.throw_compensation("undo").end().xml()).complete("a")
    assert instance.active == ["undo", "t", "una"]
    assert instance.complete("una").status == "completed"


def test_an_error_that_leaves_a_transaction_does_not_undo_it() -> None:
    diagram = cancellable().error_boundary("hazard", on="trip").end("sorry")
    instance = Instance(diagram.xml()).complete("hotel").complete("flight").error("decide", "E")
    assert instance.path[-2:] == ["hazard", "sorry"]
    assert not [line for line in instance.trace if line.startswith("undo")]
    assert instance.status == "completed"


def test_a_failing_handler_holds_the_cancellation_until_it_is_resolved() -> None:
    instance = decided(cancellable().xml(), cancel=True).fail("unflight", retryable=False)
    assert instance.incident("unflight").kind == "job"
    assert instance.active == ["trip", "off", "unflight"]
    instance.resolve("unflight").complete("unflight").complete("unhotel")
    assert instance.path[-1] == "refunded"


def test_the_error_of_a_handler_stays_in_the_cancellation() -> None:
    diagram = cancellable().error_boundary("hazard", on="trip").end("sorry")
    instance = decided(diagram.xml(), cancel=True).error("unflight", "E")
    assert instance.incident("unflight").kind == "error"
    assert "sorry" not in instance.path


def test_a_sub_process_in_a_transaction_is_undone_by_its_activities() -> None:
    diagram = process("p").start().transaction("t").start("ts").subprocess("sub").start("s2").task("a").end("e2")
    diagram = diagram.compensation(on="a", handler="una").script("una", "undone = True", for_compensation=True)
    diagram = diagram.close().end_cancel("off").close().end().cancel_boundary("out", on="t").end("oe")
    instance = Instance(diagram.xml())
    assert "reopen sub" in instance.trace
    assert instance.variables == {"undone": True}
    assert instance.path[-2:] == ["out", "oe"]


def test_an_inner_transaction_is_cancelled_alone() -> None:
    diagram = process("p").start().transaction("outer").start("s1").task("a").transaction("inner").start("s2").task("b")
    diagram = diagram.end_cancel("off").compensation(on="b", handler="unb").task("unb", for_compensation=True).close()
    diagram = diagram.end("e1").cancel_boundary("inner_off", on="inner").end("still")
    diagram = diagram.compensation(on="a", handler="una").task("una", for_compensation=True).close().end()
    instance = Instance(diagram.cancel_boundary("outer_off", on="outer").end("never").xml())
    assert [line for line in instance.trace if line.startswith("undo")] == ["undo unb"]
    assert instance.path[-4:] == ["inner_off", "still", "outer", "end"]


def test_a_cancelled_transaction_cannot_be_undone_again() -> None:
    diagram = process("p").start().transaction("t").start("ts").task("a").end_cancel("off")
    diagram = diagram.compensation(on="a", handler="una").task("una", for_compensation=True).close().end()
    diagram = diagram.cancel_boundary("out", on="t").throw_compensation("undo").end("oe")
    instance = Instance(diagram.xml())
    assert [line for line in instance.trace if line.startswith("undo")] == ["undo una"]
    assert instance.path[-3:] == ["out", "undo", "oe"]


def test_a_job_of_an_interrupted_branch_is_refused_when_it_comes_late() -> None:
    instance = Instance(cancellable().xml())
    [task] = instance.activity("u").waits
    instance.complete("hotel").complete("flight").complete("decide", cancel=True)
    assert task not in instance.state.waits


def test_a_cancellation_takes_over_what_an_interrupted_compensation_had_still_to_undo() -> None:
    diagram = process("p").start().transaction("t").start("ts").service("a", "a").service("b", "b").parallel("fork")
    diagram = diagram.throw_compensation("undo").end("te").at("fork").service("decide", "d").end_cancel("off")
    for name in ("a", "b"):
        diagram = diagram.compensation(on=name, handler=f"un{name}").service(f"un{name}", "u", for_compensation=True)
    diagram = diagram.close().end().cancel_boundary("out", on="t").end("oe")
    instance = Instance(diagram.xml()).complete("a").complete("b").complete("decide")
    assert instance.active == ["t", "off", "una"]
    assert instance.complete("una").path[-2:] == ["out", "oe"]
