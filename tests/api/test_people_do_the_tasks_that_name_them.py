"""User tasks: an assignee or a candidate sees, takes and completes them; others do not, whatever else they may."""

from __future__ import annotations

import json

import msgspec
import pytest
from click.testing import CliRunner

from api.cli import main
from api.client import Client
from engine import Caller, CommandRejected, InstanceView, Person
from tests.support.diagrams import process

from .serving import served


def a_task(name, assignee="", users="", groups=""):
    drawn = process(name, dialect="camunda").start().user("ask").end()
    given = {"camunda:assignee": assignee, "camunda:candidateUsers": users, "camunda:candidateGroups": groups}
    for attribute, value in given.items():
        if value:
            drawn.attribute("ask", attribute, value)
    return drawn.xml()


class Office:
    """An engine with tasks, and people with keys who ask for them over HTTP."""

    def __init__(self, engine, client):
        self.engine, self.client, self.headers = engine, client, {}
        engine.api_keys.fresh_seconds = 0.0
        self.key("lea", groups=["clerks"])
        self.key("tom", groups=["drivers"])
        self.key("vera", roles=["viewer"])
        self.key("otto", roles=["operator"])
        self.key("wim", roles=["worker", "starter", "deployer"])

    def key(self, name, roles=(), groups=(), **more):
        _, token = self.engine.api_keys.create(name, roles, groups=groups, **more)
        self.headers[name] = {"Authorization": f"Bearer {token}"}

    def task(self, **named):
        name = f"p{len(self.engine.definitions().items)}"
        self.engine.deploy({f"{name}.bpmn": a_task(name, **named)})
        return self.engine.tasks(instance=self.engine.start(name).id).items[0].id

    def get(self, who, path):
        return self.client.get(path, headers=self.headers[who])

    def post(self, who, path, body=None):
        return self.client.post(path, json=body or {}, headers=self.headers[who])

    def listed(self, who, query=""):
        return [task["id"] for task in self.get(who, f"/api/tasks{query}").get_json()["items"]]


@pytest.fixture
def office(engine, client):
    return Office(engine, client)


WHO_MAY = [
    # the task's ...                      lea  tom  vera otto wim: "d" does it, "s" sees it, "-" neither
    ({"assignee": "lea"}, "d-sd-"),
    ({"users": "lea"}, "d-sd-"),
    ({"users": "max,lea"}, "d-sd-"),
    ({"groups": "clerks"}, "d-sd-"),
    ({"groups": "clerks,drivers"}, "ddsd-"),
    ({"groups": "clerk"}, "--sd-"),
    ({"users": "leaf"}, "--sd-"),
    ({"users": "LEA"}, "--sd-"),
    ({"assignee": "max", "groups": "clerks"}, "s-sd-"),
    ({"assignee": "vera"}, "--dd-"),
    ({}, "--sd-"),
]


@pytest.mark.parametrize("named, marks", WHO_MAY, ids=[str(named) for named, _ in WHO_MAY])
def test_a_task_is_done_by_whom_it_names(office, named, marks):
    for who, mark in zip(("lea", "tom", "vera", "otto", "wim"), marks, strict=True):
        # When somebody looks at the task and completes it
        task = office.task(**named)
        seen, done = office.get(who, f"/api/tasks/{task}"), office.post(who, f"/api/tasks/{task}/complete")
        # Then it is theirs, or they are told why not, and it is open as before.
        assert seen.status_code == (403 if mark == "-" else 200), who
        assert done.status_code == (200 if mark == "d" else 403), who
        assert (office.engine.task(task).state == "completed") is (mark == "d"), who
        if mark != "d":
            assert f"{who} is neither" in done.get_json()["detail"]


def test_the_list_of_who_may_not_read_everything_is_their_own(office):
    given = {"mine": {"assignee": "lea"}, "ours": {"groups": "clerks"}, "max": {"assignee": "max", "groups": "clerks"}}
    tasks = {name: office.task(**named) for name, named in given.items()}
    assert office.listed("lea") == office.listed("lea", "?mine=true") == [tasks["mine"], tasks["ours"]]
    assert office.listed("tom") == office.listed("wim") == []
    assert office.listed("vera") == office.listed("otto") == list(tasks.values())
    assert office.listed("vera", "?mine=true") == []
    # Pages are full although others' tasks lie between, and what is done is found when it is asked for.
    first = office.get("lea", "/api/tasks?limit=1").get_json()
    assert office.listed("lea", f"?limit=1&cursor={first['next_cursor']}") == [tasks["ours"]]
    office.post("lea", f"/api/tasks/{tasks['mine']}/complete")
    assert office.listed("lea") == [tasks["ours"]]
    assert office.listed("lea", "?state=completed") == [tasks["mine"]]


CLAIMS = [
    # who, what they send, what the task says                      -> status, whose it is then
    ("lea", {"assignee": "lea"}, {"groups": "clerks"}, 200, "lea"),
    ("lea", {"assignee": "tom"}, {"groups": "clerks"}, 403, None),
    ("lea", {"assignee": "lea", "force": True}, {"groups": "clerks"}, 403, None),
    ("lea", {"assignee": "lea"}, {"assignee": "max", "groups": "clerks"}, 409, "max"),
    ("lea", {"assignee": None}, {"assignee": "max", "groups": "clerks"}, 403, "max"),
    ("lea", {"assignee": None}, {"assignee": "lea"}, 200, None),
    ("tom", {"assignee": "tom"}, {"groups": "clerks"}, 403, None),
    ("vera", {"assignee": "vera"}, {"groups": "clerks"}, 403, None),
    ("wim", {"assignee": "wim"}, {"groups": "clerks"}, 403, None),
    ("otto", {"assignee": "tom"}, {"groups": "clerks"}, 200, "tom"),
    ("otto", {"assignee": "otto", "force": True}, {"assignee": "max"}, 200, "otto"),
]


@pytest.mark.parametrize("who, body, named, status, owner", CLAIMS, ids=[f"{row[0]} {row[1:3]}" for row in CLAIMS])
def test_a_task_is_claimed_for_oneself(office, who, body, named, status, owner):
    task = office.task(**named)
    assert office.post(who, f"/api/tasks/{task}/claim", body).status_code == status
    assert office.engine.task(task).assignee == owner


def test_who_was_slower_changes_nothing_of_the_faster_ones(office):
    # Given a candidate who looks at a free task, which another one claims meanwhile
    task = office.task(groups="clerks")
    lea = office.engine.guarded(Caller(name="lea", groups=frozenset({"clerks"})))
    seen = lea.task(task)
    office.engine.claim_task(task, "max")
    lea.task = lambda _: seen
    # When the first one goes on by what they saw, then it is refused.
    for go_on in (lambda: lea.complete_task(task), lambda: lea.claim_task(task, "lea")):
        with pytest.raises(CommandRejected, match="claimed by max"):
            go_on()
    assert office.engine.task(task).assignee == "max"
    # Nor is a task given back that somebody else was given.
    lea.task = lambda _: msgspec.structs.replace(seen, assignee="lea")
    with pytest.raises(CommandRejected, match="claimed by max"):
        lea.claim_task(task, None)


def test_the_history_names_who_did_it_whatever_the_header_says(office):
    task = office.task(groups="clerks")
    headers = {**office.headers["lea"], "Baton-Actor": "otto"}
    assert office.client.post(f"/api/tasks/{task}/complete", json={}, headers=headers).status_code == 200
    actors = {entry.actor for entry in office.engine.history(task.rpartition(".")[0]).items}
    assert "lea" in actors
    assert "otto" not in actors


def test_a_person_without_roles_may_do_nothing_else(office):
    task = office.task(groups="clerks")
    instance = task.rpartition(".")[0]
    for path in (f"/api/instances/{instance}", "/api/instances", "/api/jobs", "/api/definitions", "/instances"):
        assert office.get("lea", path).status_code == 403, path
    assert office.post("lea", "/api/instances", {"process": "p0"}).status_code == 403


@pytest.mark.parametrize("who, reads", [("lea", False), ("wim", True), ("otto", True), ("dora", False)])
def test_who_may_not_read_instances_learns_no_more_by_completing_a_task(office, who, reads):
    # Given a task whose completion leads to an incident that quotes a variable, in an instance that somebody else began
    office.key("dora", roles=["deployer", "worker"])
    drawn = process("told").start().user("ask").script("next", "x = int(secret_of_others)").end()
    office.engine.deploy({"told.bpmn": drawn.xml()})
    begun = office.engine.start("told", actor="max", variables={"secret_of_others": "hush"})
    task = office.engine.tasks(instance=begun.id).items[0].id
    office.engine.claim_task(task, who)
    # When they complete it
    answer = office.post(who, f"/api/tasks/{task}/complete").get_json()
    # Then they get an instance, and what happens in it only with a role that shows it anyway.
    assert (answer["id"], answer["status"], answer["process"]) == (begun.id, "waiting", "told")
    assert set(answer) == set(InstanceView.__struct_fields__)
    assert bool(answer["incidents"]) is bool(answer["active"]) is bool(answer["started_by"]) is reads
    assert ("hush" in json.dumps(answer)) is reads


def test_a_restriction_to_processes_holds_for_tasks_as_well(office):
    office.key("ana", groups=["clerks"], processes=["p1"])
    others, own = office.task(groups="clerks"), office.task(groups="clerks")
    assert office.listed("ana") == [own]
    assert office.get("ana", f"/api/tasks/{others}").status_code == 404
    assert office.post("ana", f"/api/tasks/{others}/complete").status_code == 404
    assert office.post("ana", f"/api/tasks/{own}/complete").status_code == 200


def test_the_command_line_and_the_client_ask_for_ones_own(office):
    office.task(assignee="max")
    own = office.task(groups="clerks")
    token = office.headers["otto"]["Authorization"].partition(" ")[2]
    office.engine.claim_task(own, "otto")
    with served(office.client.application) as address:
        words = ("--server", address, "--key", token, "--json", "tasks")
        for more, count in ((), 2), (("--mine",), 1):
            listed = CliRunner().invoke(main, [*words, *more])
            assert len(json.loads(listed.stdout)["items"]) == count, listed.output
        with Client(address, key=token) as baton:
            assert [task.id for task in baton.tasks.search(mine=True)] == [own]


def test_camundas_clients_have_the_same_rights(office):
    own, others = office.task(groups="clerks"), office.task(assignee="max")
    listed = office.get("lea", "/engine-rest/task").get_json()
    assert [task["taskDefinitionKey"] for task in listed] == ["ask"]
    ids = {task["assignee"]: task["id"] for task in office.get("otto", "/engine-rest/task").get_json()}
    assert office.post("lea", f"/engine-rest/task/{ids['max']}/complete").status_code == 403
    assert office.post("lea", f"/engine-rest/task/{ids['max']}/claim", {"userId": "lea"}).status_code == 403
    assert office.post("lea", f"/engine-rest/task/{ids[None]}/assignee", {"userId": "tom"}).status_code == 403
    assert office.post("lea", f"/engine-rest/task/{ids[None]}/complete").status_code == 204
    assert office.engine.task(own).state == "completed"
    assert office.engine.task(others).assignee == "max"


def test_without_keys_nobody_has_tasks_of_their_own(client):
    answer = client.get("/api/tasks?mine=true")
    assert (answer.status_code, answer.get_json()["field"]) == (422, "mine")


HOSTILE = [
    '"',
    "\\",
    ",",
    "]",
    '["lea"]',
    'x"lea"y',
    "%",
    "_ea",
    "lea,max",
    "\u00e4",
    "'; DROP TABLE user_task; --",
    "*",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_finds_nobody_elses_tasks(engine, name):
    # Given tasks of people whose names are made to look like others'
    engine.deploy({"p.bpmn": a_task("p", users="${users}")})
    for one in ("lea", name):
        engine.start("p", variables={"users": [one]})
    found = engine.tasks(person=Person(name)).items
    assert [task.candidate_users for task in found] == [[name]]
    assert [task.candidate_users for task in engine.tasks(person=Person("lea")).items] == [["lea"]]
