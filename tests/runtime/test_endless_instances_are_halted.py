"""An endless instance ends as one incident: it writes no more history, also not after a restart (DESIGN, rule 7)."""

from __future__ import annotations

from ..support.diagrams import process
from .parts import deploy, engine

SMALL = {"steps_per_command": 10, "steps_without_waiting": 100}


def die(baton):
    """What a kill leaves behind: a database, and nothing else."""
    baton._house.store.close()


def endless():
    looping = process("p").start().exclusive("join").script("turn", "n = n + 1").exclusive("more")
    return looping.when("go").to("join").at("more").otherwise().end()


def test_it_is_an_incident_that_a_restart_leaves_alone(database):
    first = engine(database=database, **SMALL)
    deploy(first, endless())
    id = first.start("p", variables={"n": 0, "go": True}).id
    first.drain()
    # Then it waits for a person
    stuck = first.instance(id, variables=True)
    assert [(one.kind, one.element_id) for one in stuck.incidents] == [("limit", "p")]
    assert stuck.status == "waiting"
    die(first)
    # When another process takes over
    with engine(database=database, **SMALL) as second:
        second.drain()
        assert second.instance(id, variables=True).variables == stuck.variables
        assert second.instance(id).revision == stuck.revision
        # And somebody mends the cause and resolves it
        second.resolve_incident(stuck.incidents[0].id, variables={"go": False})
        second.drain()
        assert second.instance(id).status == "completed"
        assert second.verify(id).ok


def test_resolving_grants_the_same_again(database):
    with engine(database=database, **SMALL) as baton:
        deploy(baton, endless())
        id = baton.start("p", variables={"n": 0, "go": True}).id
        baton.drain()
        turns = baton.instance(id, variables=True).variables["n"]
        baton.resolve_incident(baton.incidents(instance=id).items[0].id)
        baton.drain()
        again = baton.instance(id, variables=True).variables["n"]
        assert turns < again <= 2 * turns + 2
        assert len(baton.incidents(instance=id).items) == 1
        assert baton.verify(id).ok


def test_others_go_on_meanwhile(database):
    with engine(database=database, **SMALL) as baton:
        deploy(baton, endless(), process("q").start().script("s", "x = 1").end())
        baton.start("p", variables={"n": 0, "go": True})
        other = baton.start("q").id
        baton.drain()
        assert baton.instance(other).status == "completed"
