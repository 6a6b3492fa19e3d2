"""What a restricted caller gets is the same on every kind of database: lists, leases, messages, tasks, keys."""

from __future__ import annotations

import pytest

from engine import Caller, CommandRejected, Engine, Forbidden, NotFound, Person, Processes, Settings
from tests.support.diagrams import process

HEAR = '<bpmn:messageEventDefinition messageRef="m"/>'


def drawn(name: str) -> bytes:
    """A process with a job, a user task for clerks, and a wait for a message that all processes have."""
    diagram = (
        process(name, dialect="camunda").root_xml("m", '<bpmn:message id="m" name="hello"/>').start().parallel("split")
    )
    diagram = diagram.user("ask").attribute("ask", "camunda:candidateGroups", "clerks,50%_off")
    diagram = diagram.at("split").service("work", "by-hand")
    return diagram.at("split").node("intermediateCatchEvent", "hear", body=HEAR).xml()


@pytest.fixture
def baton(url: str):
    with Engine(url, settings=Settings(manual_clock=True, workers=0, synchronous="FULL")) as opened:
        for name in ("order", "order-2", "billing"):
            opened.deploy({f"{name}.bpmn": drawn(name)})
            opened.start(name)
        yield opened


LISTS = ("instances", "definitions", "deployments", "jobs", "tasks", "subscriptions")


@pytest.mark.parametrize(
    "patterns, names",
    [
        (("order",), {"order"}),
        (("order*",), {"order", "order-2"}),
        (("billing", "order-*"), {"billing", "order-2"}),
        (("Order", "bill_ng", "%"), set()),
        ((), set()),
    ],
)
def test_lists_and_leases_have_what_the_patterns_name(baton: Engine, patterns, names):
    caller = baton.guarded(Caller(name="lea", processes=Processes(patterns), reads_tasks=True, does_tasks=True))
    for name in LISTS:
        assert len(getattr(caller, name)().items) == len(names), name
    leased = caller.lease_jobs(["by-hand"], worker="w", max=10)
    assert {job.process for job in leased} == names
    # The others are still there for everybody else.
    assert len(baton.lease_jobs(["by-hand"], worker="w", max=10)) == 3 - len(names)


def test_a_message_goes_by_those_who_have_waited_longer(baton: Engine):
    own = baton.instances(process="billing").items[0].id
    caller = baton.guarded(Caller(name="lea", processes=Processes(("billing",))))
    assert caller.send_message("hello").instance == own
    with pytest.raises(CommandRejected, match="somebody to wait"):
        caller.send_message("hello")
    assert baton.send_message("hello").instance == baton.instances(process="order").items[0].id


def test_single_things_and_what_concerns_all(baton: Engine):
    caller = baton.guarded(Caller(name="lea", processes=Processes(("billing",))))
    other = baton.jobs(instance=baton.instances(process="order").items[0].id).items[0]
    for ask in (
        lambda: caller.job(other.id),
        lambda: caller.instance(other.instance_id),
        lambda: caller.start("order"),
    ):
        with pytest.raises(NotFound):
            ask()
    with pytest.raises(NotFound):
        caller.instance("a\0b")
    for ask in (lambda: caller.send_signal("x"), lambda: caller.deploy({"o.bpmn": drawn("order")})):
        with pytest.raises(Forbidden):
            ask()


def test_what_is_proposed_instead_is_nobody_elses(baton: Engine):
    baton.deploy({"x.bpmn": drawn("billa-secret")})
    with pytest.raises(NotFound, match="did you mean billa-secret"):
        baton.start("bill-a-secret")
    caller = baton.guarded(Caller(name="lea", processes=Processes(("bill-*",))))
    for ask in (caller.start, lambda process: caller.has_element(process, "x")):
        with pytest.raises(NotFound) as refusal:
            ask("bill-a-secret")
        assert "billa-secret" not in str(refusal.value)


def test_candidates_find_their_tasks(baton: Engine):
    many = frozenset({"clerks", *(f"group {number}" for number in range(499))})
    assert len(baton.tasks(person=Person("lea", many)).items) == 3
    assert len(baton.tasks(person=Person("lea", frozenset({"clerks"}))).items) == 3
    assert len(baton.tasks(person=Person("lea", frozenset({"50%_off"}))).items) == 3
    for group in ("clerk", "Clerks", "%", "50__off", '"', "\\"):
        assert baton.tasks(person=Person("lea", frozenset({group}))).items == [], group
    task = baton.tasks().items[0].id
    baton.claim_task(task, "tom")
    assert len(baton.tasks(person=Person("lea", frozenset({"clerks"}))).items) == 2
    assert [one.id for one in baton.tasks(person=Person("tom")).items] == [task]


def test_a_restriction_is_stored_with_its_key(baton: Engine):
    key, token = baton.api_keys.create("lea", [], processes=["order-*", "billing"], groups=["clerks"])
    found = baton.api_keys.check(token)
    assert found == key
    assert (found.roles, found.processes, found.groups) == ([], ["billing", "order-*"], ["clerks"])
