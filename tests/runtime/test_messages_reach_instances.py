"""Messages: who gets one, once and in order; what comes too early is kept; and the messages that instances throw."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import CommandRejected, DeploymentRefused, InvalidRequest
from tests.support.event_drawings import EventDrawing, process

from .parts import deploy, engine


def waits(correlation: str = "", id: str = "p") -> EventDrawing:
    """A process that waits for the message "paid", with a key if one is given."""
    said = {"message__correlation": correlation} if correlation else {}
    return process(id).start().catch("paid", "message:paid", **said).user("u").end()


@pytest.fixture
def baton():
    with engine() as baton:
        yield baton


# -- who gets it ------------------------------------------------------------------------------------------------------


def test_the_instance_that_has_waited_longest_goes_on(baton):
    deploy(baton, waits())
    first, second = baton.start("p").id, baton.start("p").id
    for expected in (first, second):
        result = baton.send_message("paid", variables={"amount": 5}, actor="bank")
        assert (result.result, result.instance) == ("continued", expected)
        view = baton.instance(expected, variables=True)
        assert (view.variables, [wait.kind for wait in view.waits]) == ({"amount": 5}, ["user task"])
    assert baton.subscriptions().items == []
    assert baton.verify(first).ok


def test_the_correlation_key_tells_instances_apart(baton):
    deploy(baton, waits("order"))
    orders = {order: baton.start("p", variables={"order": order}).id for order in ("a", "b")}
    assert baton.send_message("paid", correlation="b").instance == orders["b"]
    assert baton.send_message("paid", correlation="c", ttl_seconds=60).result == "buffered"
    assert baton.send_message("paid", ttl_seconds=60).result == "buffered"
    assert [one.correlation for one in baton.subscriptions(kind="message").items] == ["a"]


@pytest.mark.parametrize("by", ["business_key", "instance"])
def test_a_restriction_names_the_receiver_without_its_key(baton, by):
    deploy(baton, waits("order"))
    ids = {key: baton.start("p", business_key=key, variables={"order": key}).id for key in ("x", "y")}
    wanted = {"business_key": "y"} if by == "business_key" else {"instance": ids["y"]}
    assert baton.send_message("paid", **wanted).instance == ids["y"]
    assert baton.send_message("paid", **wanted, ttl_seconds=5).result == "buffered"
    assert baton.instance(ids["x"]).waits[0].kind == "message"


def test_a_message_starts_the_latest_version_that_wants_it(baton):
    drawn = process().start_on("asked", "message:asked").user("u").end()
    deploy(baton, drawn)
    deploy(baton, drawn.at("u").user("more").end("e2"))
    result = baton.send_message("asked", business_key="B-1", variables={"n": 1}, message_id="m-1")
    assert result.result == "started"
    view = baton.instance(result.instance, variables=True)
    assert (view.version, view.business_key, view.variables) == (2, "B-1", {"n": 1})
    # Then a version that does not start on it takes the message away
    deploy(baton, process().start().end())
    with pytest.raises(CommandRejected, match="nobody does"):
        baton.send_message("asked", ttl_seconds=0)
    assert baton.start_events().items == []


def test_a_waiting_instance_comes_before_a_start(baton):
    deploy(baton, process().start_on("asked", "message:m").catch("again", "message:m").end())
    started = baton.send_message("m")
    assert (started.result, baton.send_message("m")) != ("started", started)
    assert baton.instance(started.instance).status == "completed"
    assert baton.send_message("m").result == "started"


def test_a_process_that_only_messages_start_says_so(baton):
    deploy(baton, process().start_on("asked", "message:asked").end())
    with pytest.raises(CommandRejected, match='the message "asked"') as refused:
        baton.start("p")
    assert refused.value.reason == "needs-trigger"


def test_two_processes_cannot_start_on_one_message(baton):
    deploy(baton, process("a").start_on("s", "message:asked").end())
    with pytest.raises(DeploymentRefused) as refused:
        deploy(baton, process("b").start_on("s", "message:asked").end())
    (problem,) = (one for found in refused.value.problems.values() for one in found if one.severity == "error")
    assert (problem.rule, problem.element_id, "the process a" in problem.sentence) == ("message-start-taken", "s", True)
    # When the first one lets go of it, Then the second may have it
    deploy(baton, process("a").start().end())
    deploy(baton, process("b").start_on("s", "message:asked").end())


# -- once and in order ------------------------------------------------------------------------------------------------


def test_a_known_id_gets_the_same_answer_and_changes_nothing(baton):
    deploy(baton, waits())
    baton.start("p")
    baton.start("p")
    first = baton.send_message("paid", message_id="m-1")
    assert [baton.send_message("paid", message_id="m-1") for _ in range(3)] == [first] * 3
    assert len(baton.subscriptions().items) == 1
    with pytest.raises(CommandRejected) as refused:
        baton.send_message("other", message_id="m-1")
    assert refused.value.reason == "message-id-used"


def test_what_comes_too_early_is_kept_and_delivered_in_order(baton):
    deploy(
        baton, process().start().catch("one", "message:m").catch("two", "message:m").catch("three", "message:m").end()
    )
    kept = [baton.send_message("m", variables={"n": n, f"got{n}": True}, message_id=f"m-{n}") for n in (1, 2)]
    assert [one.result for one in kept] == ["buffered", "buffered"]
    id = baton.start("p").id
    # When another one comes before the kept ones are delivered, Then it comes last
    assert baton.send_message("m", variables={"n": 3}, message_id="m-3").result in ("buffered", "continued")
    baton.drain()
    received = [entry.data["message"] for entry in baton.history(id).items if entry.event == "message-received"]
    assert received == ["m-1", "m-2", "m-3"]
    assert baton.instance(id, variables=True).variables["n"] == 3
    assert {one.state for one in baton.messages().items} == {"continued"}
    assert baton.send_message("m", message_id="m-1").instance == id


def test_a_kept_message_is_given_up_when_its_time_is_over(baton):
    deploy(baton, waits())
    assert baton.send_message("paid", message_id="m", ttl_seconds=10).result == "buffered"
    baton.advance_clock(10)
    baton.drain()
    assert baton.send_message("paid", message_id="m").result == "expired"
    assert baton.start("p").waits[0].kind == "message"


def test_a_message_that_is_not_to_be_kept_is_refused(baton):
    with pytest.raises(CommandRejected) as refused:
        baton.send_message("paid", ttl_seconds=0, message_id="m")
    assert refused.value.reason == "message-unexpected"
    assert baton.messages().items == []


def test_a_kept_message_starts_what_is_deployed_later(baton):
    kept = baton.send_message("asked", variables={"n": 1})
    deploy(baton, process().start_on("s", "message:asked").user("u").end())
    baton.drain()
    (message,) = baton.messages().items
    assert (message.id, message.state) == (kept.message_id, "started")
    assert baton.instance(message.instance_id, variables=True).variables == {"n": 1}


def test_many_at_once_reach_one_receiver_each():
    with engine(workers=0) as baton:
        deploy(baton, waits())
        baton.start_workers()
        ids = {baton.start("p").id for _ in range(12)}
        with ThreadPoolExecutor(6) as pool:
            results = list(pool.map(lambda n: baton.send_message("paid", message_id=f"m{n % 12}"), range(24)))
        assert {one.instance for one in results} == ids
        assert {one.result for one in results} == {"continued"}
        histories = [[entry.event for entry in baton.history(id).items] for id in ids]
        assert [told.count("message-received") for told in histories] == [1] * 12


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 501},
        {"correlation": "a\0b"},
        {"ttl_seconds": -1},
        {"instance": "nobody"},
        {"variables": {"x": float("nan")}},
    ],
    ids=str,
)
def test_wrong_messages_are_refused(baton, wrong):
    with pytest.raises(InvalidRequest):
        baton.send_message(**{"name": "m"} | wrong)
    assert baton.messages().items == []


# -- thrown by instances ----------------------------------------------------------------------------------------------


def test_a_thrown_message_reaches_who_waits_or_starts_it(baton):
    sender = process("sender").start().throw("tell", "message:order", message__correlation="key", input__n="n").end()
    receiver = process("receiver").start_on("s", "message:order").user("u").end()
    deploy(baton, sender)
    deploy(baton, receiver)
    sent = baton.start("sender", variables={"n": 7, "key": "k"})
    baton.drain()
    assert baton.instance(sent.id).status == "completed"
    (started,) = baton.instances(process="receiver").items
    assert baton.instance(started.id, variables=True).variables == {"n": 7}
    (message,) = baton.messages().items
    assert (message.state, message.correlation, message.sent_by) == ("started", "k", sent.id)
    assert message.id.startswith(f"{sent.id}.")
    assert started.started_by == sent.id


def test_two_pools_talk_while_threads_do_the_work():
    asker = process("asker").start().throw("ask", "message:question", input__about="key")
    asker.catch("told", "message:answer", message__correlation="key").end()
    other = process("answerer").start_on("asked", "message:question")
    other.throw("tell", "message:answer", message__correlation="about").end()
    with engine(workers=0) as baton:
        baton.start_workers()
        deploy(baton, asker, other)
        ids = [baton.start("asker", variables={"key": f"k{number}"}).id for number in range(20)]
        assert all(baton.wait_until(id, 10.0)[1] for id in ids)
        assert baton.wait_until_idle()
        assert len(baton.instances(process="answerer", status="completed").items) == 20


def test_a_message_that_cannot_be_delivered_for_a_fault_of_ours_keeps_nobody_waiting(baton, monkeypatch, caplog):
    deploy(baton, waits("order"))
    for order in ("bad", "good"):
        baton.send_message("paid", correlation=order, message_id=order)
    request = baton._house.messages.request

    def broken(message):
        made = request(message)
        if made is not None and message.id == "bad":
            made.make = lambda **moment: 1 / 0
        return made

    monkeypatch.setattr(baton._house.messages, "request", broken)
    bad, good = (baton.start("p", variables={"order": order}).id for order in ("bad", "good"))
    baton.drain()
    assert [baton.instance(id).waits[0].kind for id in (bad, good)] == ["message", "user task"]
    assert "cannot be delivered" in caplog.text
    # When the fault is mended
    monkeypatch.undo()
    baton.advance_clock(60)
    baton.drain()
    assert baton.instance(bad).waits[0].kind == "user task"


def test_thrown_messages_of_one_key_keep_their_order(baton):
    sender = process("sender").start()
    for n in range(5):
        sender.throw(f"t{n}", "message:m", input__n=str(n))
    deploy(baton, sender.end())
    drawn = process("receiver").start()
    for n in range(5):
        drawn.catch(f"c{n}", "message:m", output__got="got + [n]")
    deploy(baton, drawn.end())
    receiver = baton.start("receiver", variables={"got": []}).id
    baton.start("sender")
    baton.drain()
    view = baton.instance(receiver, variables=True)
    assert (view.status, view.variables["got"]) == ("completed", [0, 1, 2, 3, 4])


def test_a_thrown_message_that_cannot_be_handed_on_is_tried_again(baton, monkeypatch, caplog):
    deploy(baton, process("sender").start().throw("t", "message:m").end())
    deploy(baton, process("r").start().catch("c", "message:m").end())
    messages = baton._house.messages
    publish, faults = messages.publish, [RuntimeError("no"), RuntimeError("no")]

    def failing(message):
        if faults:
            raise faults.pop()
        return publish(message)

    monkeypatch.setattr(messages, "publish", failing)
    monkeypatch.setattr(messages, "request", lambda message: None)
    sent = baton.start("sender").id
    baton.drain()
    (row,) = baton._house.store.outbox.waiting(10)
    assert (row.instance, row.attempts) == (sent, 1)
    monkeypatch.undo()
    baton.advance_clock(1)
    receiver = baton.start("r").id
    baton.drain()
    assert baton.instance(receiver).status == "completed"
    assert baton._house.store.outbox.waiting(10) == []
    assert "cannot be handed on" in caplog.text


def test_a_thrown_message_that_its_receiver_refuses_is_kept_and_holds_up_nobody(baton, monkeypatch, caplog):
    sender = process("sender").start().throw("t", "message:m", input__n="1").throw("u", "message:m", input__n="2").end()
    deploy(baton, sender, process("r").start_on("c", "message:m").user("u").end())
    publish = baton._house.messages.publish

    def refusing(message):
        if message.variables == {"n": 1}:
            raise CommandRejected("no-good", "Expected something else but got this")
        return publish(message)

    monkeypatch.setattr(baton._house.messages, "publish", refusing)
    monkeypatch.setattr(baton._house.messages, "deliver_kept", lambda names: 0)
    request = baton._house.messages.request
    monkeypatch.setattr(
        baton._house.messages, "request", lambda one: request(one) if one.variables != {"n": 1} else None
    )
    baton.start("sender")
    baton.drain()
    assert baton._house.store.outbox.waiting(10) == []
    assert [one.state for one in baton.messages().items].count("buffered") >= 1
    assert "is refused by its receiver" in caplog.text


def test_the_history_says_which_message_it_was(baton):
    deploy(baton, waits())
    id = baton.start("p").id
    baton.send_message("paid", message_id="m-1", actor="bank")
    received = [entry for entry in baton.history(id).items if entry.event == "message-received"]
    assert [(one.data["message"], one.actor, one.cause) for one in received] == [("m-1", "bank", "deliver-message")]
