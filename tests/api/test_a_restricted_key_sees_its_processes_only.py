"""A key for some processes: at every door there is nothing else, and what concerns all processes is refused."""

from __future__ import annotations

import inspect

import pytest

from api.security import PUBLIC
from engine import Caller, Engine, Forbidden, InvalidRequest, NotFound, Processes
from engine.runtime import guarded
from tests.support.diagrams import process

from .front import XML

NOBODY = "0" * 32


def everything(name):
    """A process with one of everything that somebody could look at or change; every id begins with its name."""
    message = f'<bpmn:message id="{name}-m" name="{name}-message"/>'
    started = f'<bpmn:message id="{name}-s" name="{name}-start"/>'
    signal = '<bpmn:signal id="common" name="common"/>'
    condition = (
        "<bpmn:conditionalEventDefinition><bpmn:condition>hot</bpmn:condition></bpmn:conditionalEventDefinition>"
    )
    drawn = process(name).root_xml("m", message).root_xml("s", started).root_xml("g", signal)
    drawn = drawn.start(f"{name}-begin").parallel(f"{name}-split").user(f"{name}-ask")
    drawn = drawn.at(f"{name}-split").service(f"{name}-work", "by-hand")
    drawn = drawn.at(f"{name}-split").script(f"{name}-broken", "x = 1 / 0")
    catch = f'<bpmn:messageEventDefinition messageRef="{name}-m"/>'
    drawn = drawn.at(f"{name}-split").node("intermediateCatchEvent", f"{name}-hear", body=catch)
    timer = "<bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>"
    drawn = drawn.at(f"{name}-split").node("intermediateCatchEvent", f"{name}-sleep", body=timer)
    caught = '<bpmn:signalEventDefinition signalRef="common"/>'
    drawn = drawn.at(f"{name}-split").node("intermediateCatchEvent", f"{name}-signal", body=caught)
    by_message = f'<bpmn:messageEventDefinition messageRef="{name}-s"/>'
    drawn = drawn.node("startEvent", f"{name}-by-message", body=by_message, connect=False).to(f"{name}-ask")
    drawn = drawn.node("startEvent", f"{name}-by-condition", body=condition, connect=False).to(f"{name}-ask")
    return drawn.xml()


class World:
    """Two processes with one instance each: ours, which the key is for, and theirs."""

    def __init__(self, engine, client):
        self.engine, self.client = engine, client
        self.deployed = {name: engine.deploy({f"{name}.bpmn": everything(name)}).id for name in ("ours", "theirs")}
        self.instances = {
            name: engine.start(name, business_key=f"{name}-key", variables={f"{name}-v": f"{name}-value"}).id
            for name in ("ours", "theirs")
        }
        for name, id in self.instances.items():
            kept = engine.send_message(f"{name}-message", instance=id, correlation="x", message_id=f"{name}-m")
            assert kept.result == "buffered"
        engine.api_keys.fresh_seconds = 0.0
        _, token = engine.api_keys.create("lea", ["admin"], processes=["ours"])
        self.headers = {"Authorization": f"Bearer {token}"}

    def ask(self, path, method="GET", **more):
        return self.client.open(path, method=method, headers={**self.headers, **more.pop("headers", {})}, **more)

    def parts(self, name):
        """By the name of a route's argument: what of the process it may stand for."""
        engine, instance = self.engine, self.instances[name]
        return {
            "instance_id": instance,
            "definition_id": f"{name}:1",
            "deployment_id": self.deployed[name],
            "job_id": engine.jobs(instance=instance).items[0].id,
            "task_id": engine.tasks(instance=instance).items[0].id,
            "incident_id": engine.incidents(instance=instance).items[0].id,
            "trail_key": f"{name}-key",
            "message_id": f"{name}-m",
            "subscription_id": engine.subscriptions(instance=instance).items[0].id,
            "timer_id": engine.timers(instance=instance).items[0].id,
            "start_event_id": engine.start_events(process=name).items[0].id,
        }

    def theirs(self):
        """What is stored of theirs, to see that nothing changed."""
        return (
            self.engine.instance(self.instances["theirs"], variables=True),
            [one.id for one in self.engine.instances(process="theirs", limit=200).items],
            [one.id for one in self.engine.definitions(limit=200).items],
            [(job.id, job.state) for job in self.engine.jobs(instance=self.instances["theirs"]).items],
        )


@pytest.fixture
def world(engine, client):
    return World(engine, client)


BODIES = {
    "activities.start": {"elements": ["theirs-ask"]},
    "instances.set_variables": {"variables": {"x": 1}},
    "jobs.complete": {"worker": "w"},
    "jobs.fail": {"worker": "w", "message": "m"},
    "jobs.throw_error": {"worker": "w", "code": "c"},
    "jobs.extend": {"worker": "w", "lease_seconds": 1},
    "tasks.claim": {"assignee": "lea", "force": True},
}
"""What is sent to a route about one thing; an empty object where there is no row."""


def routes(app):
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield rule, method


def test_one_thing_of_another_process_is_answered_as_one_that_is_not_there(world, client):
    theirs = world.parts("theirs")
    nobodys = {name: "nobody:1" if name == "definition_id" else f"{NOBODY}.1" for name in theirs}
    nobodys |= dict.fromkeys(("instance_id", "deployment_id", "message_id", "trail_key"), NOBODY)
    nobodys["start_event_id"] = "nobody:1:x:0"
    stored, adapter, asked = world.theirs(), client.application.url_map.bind("localhost"), 0
    closed = {(adapter.match(path, method, return_rule=True)[0].rule, method) for method, path in CLOSED}
    for rule, method in routes(client.application):
        if not rule.arguments or rule.endpoint in PUBLIC or rule.rule.startswith("/engine-rest"):
            continue
        if (rule.rule, method) in closed:
            continue
        unknown = rule.arguments - theirs.keys()
        assert not unknown, f"tell this test what of theirs {unknown} of {rule.rule} may stand for"
        # When the same is asked about theirs and about something that nobody has
        answers = []
        for ids in (theirs, nobodys):
            values = {name: ids[name] for name in rule.arguments}
            path = adapter.build(rule.endpoint, values, method=method)
            answer = world.ask(path, method, json=None if method == "GET" else BODIES.get(rule.endpoint, {}))
            text = answer.get_data(as_text=True)
            for id in values.values():
                text = text.replace(id, "ID")
            answers.append((answer.status_code, text))
        # Then the two answers cannot be told apart, and nothing of theirs changed.
        assert answers[0] == answers[1], f"{method} {rule.rule}"
        assert answers[0][0] == 404, f"{method} {rule.rule}"
        asked += 1
    assert asked >= 25
    assert world.theirs() == stored


def test_one_thing_of_ours_is_there(world, client):
    ours, adapter, asked = world.parts("ours"), client.application.url_map.bind("localhost"), 0
    for rule, method in routes(client.application):
        if not rule.arguments or method != "GET" or rule.endpoint in PUBLIC or not rule.arguments <= ours.keys():
            continue
        path = adapter.build(rule.endpoint, {name: ours[name] for name in rule.arguments})
        with world.ask(path, query_string="wait_seconds=0" if path.endswith("/wait") else "") as answer:
            assert answer.status_code in {200, 202}, f"{path} {answer.get_data(as_text=True)}"
            assert "theirs" not in answer.get_data(as_text=True), path
        asked += 1
    assert asked >= 18


CLOSED = [
    ("GET", "/api/signals/x"),
    ("GET", "/api/bus/publications/x"),
    ("POST", "/api/bus/publications/x/resolve"),
    ("GET", "/api/bus/refused/x"),
    ("POST", "/api/bus/refused/x/resolve"),
]
"""What concerns every process; the answer is the same whatever there is."""


@pytest.mark.parametrize("method, path", CLOSED)
def test_what_concerns_every_process_is_refused(world, method, path):
    answer = world.ask(path, method, json={"how": "drop"} if method == "POST" else None)
    assert (answer.status_code, "lea is restricted" in answer.get_json()["detail"]) == (403, True)


def test_no_list_has_anything_of_another_process(world, client):
    asked = 0
    for rule, method in routes(client.application):
        if rule.arguments or method != "GET" or rule.endpoint in PUBLIC | DESCRIPTIONS:
            continue
        answer = world.ask(rule.rule)
        assert answer.status_code in {200, 303, 302, 403, 400, 404}, rule.rule
        assert "theirs" not in answer.get_data(as_text=True), rule.rule
        asked += 1
    assert asked >= 12


DESCRIPTIONS = {"index.openapi"}
"""What describes the interface, where the word stands for itself."""

LISTS = [
    ("/api/definitions", 1),
    ("/api/deployments", 1),
    ("/api/instances", 1),
    ("/api/instances?business_key=theirs-key", 0),
    ("/api/instances?process=theirs", 0),
    ("/api/instances?variable=theirs-v:eq:theirs-value", 0),
    ("/api/jobs", 1),
    ("/api/tasks", 1),
    ("/api/incidents", 1),
    ("/api/messages", 1),
    ("/api/subscriptions?kind=message", 1),
    ("/api/timers", 1),
    ("/api/start-events", 2),
]


@pytest.mark.parametrize("path, count", LISTS, ids=[path for path, _ in LISTS])
def test_a_list_has_what_is_ours(world, path, count):
    assert len(world.ask(path).get_json()["items"]) == count


def test_lists_about_an_instance_of_theirs_are_empty(world):
    theirs = world.instances["theirs"]
    for name in ("jobs", "tasks", "incidents", "messages", "subscriptions", "timers"):
        assert world.ask(f"/api/{name}?instance={theirs}").get_json()["items"] == [], name


def test_pages_of_a_list_are_full_although_others_lie_between(world, engine):
    ours = [engine.start(name, business_key=None).id for name in ("ours", "theirs") * 5][::2]
    first = world.ask("/api/instances?limit=3").get_json()
    second = world.ask(f"/api/instances?limit=3&cursor={first['next_cursor']}").get_json()
    assert [one["id"] for one in first["items"] + second["items"]] == [*reversed(ours), world.instances["ours"]]


DEEDS = [
    ("/api/instances", {"process": "theirs"}, 404),
    ("/api/instances", {"process": "theirs", "version": 1}, 404),
    ("/api/instances", {"process": "theirs", "wait_seconds": 1, "wait_for": {"element": "theirs-ask"}}, 404),
    ("/api/messages", {"name": "theirs-start"}, 409),
    ("/api/messages", {"name": "theirs-message"}, 409),
    ("/api/messages", {"name": "theirs-message", "business_key": "theirs-key"}, 409),
    ("/api/messages", {"name": "theirs-message", "instance": "{theirs}"}, 404),
    ("/api/messages", {"name": "theirs-message", "ttl_seconds": 60}, 422),
    ("/api/signals", {"name": "common"}, 403),
    ("/api/test/clock", {"advance_seconds": 60}, 403),
]


@pytest.mark.parametrize("path, body, status", DEEDS, ids=[f"{path} {body}" for path, body, _ in DEEDS])
def test_what_would_reach_theirs_is_refused(world, path, body, status):
    stored = world.theirs()
    body = {name: world.instances["theirs"] if value == "{theirs}" else value for name, value in body.items()}
    answer = world.ask(path, "POST", json=body)
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    assert world.theirs() == stored


def test_what_reaches_ours_is_done(world, engine):
    # A message continues and starts ours, also when theirs waits for one of that name for longer;
    sent = world.ask("/api/messages", "POST", json={"name": "ours-message"}).get_json()
    assert (sent["result"], sent["instance"]) == ("continued", world.instances["ours"])
    started = world.ask("/api/messages", "POST", json={"name": "ours-start"}).get_json()
    assert engine.instance(started["instance"]).process == "ours"
    # one that comes too early is kept for an instance of ours;
    early = {"name": "ours-other", "instance": world.instances["ours"], "ttl_seconds": 60}
    assert world.ask("/api/messages", "POST", json=early).get_json()["result"] == "buffered"
    # conditions start ours alone;
    (by_condition,) = world.ask("/api/conditions", "POST", json={"variables": {"hot": True}}).get_json()["started"]
    assert engine.instance(by_condition).process == "ours"
    # and a worker gets the jobs of ours.
    wanted = {"types": ["by-hand"], "worker": "w", "max": 10}
    leased = world.ask("/api/jobs/lease", "POST", json=wanted).get_json()["items"]
    assert [job["instance_id"] for job in leased] == [world.instances["ours"]]
    answer = world.ask(f"/api/jobs/{leased[0]['id']}/complete", "POST", json={"worker": "w"})
    assert answer.status_code == 204


def test_the_answer_to_a_message_of_theirs_is_not_told_to_who_repeats_its_id(world, engine):
    engine.send_message("theirs-start", message_id="m-1")
    answer = world.ask("/api/messages", "POST", json={"name": "theirs-start", "message_id": "m-1"})
    assert answer.status_code == 409
    assert answer.get_json()["reason"] == "message-id-used"


@pytest.mark.parametrize("body", [{"name": "theirs-message", "correlation": "x"}, {"name": "a-guess"}], ids=str)
def test_an_id_of_their_message_tells_nothing_of_it(world, body):
    # Given a message that is kept for an instance of theirs, when its id is tried with or without its name
    answer = world.ask("/api/messages", "POST", json={**body, "message_id": "theirs-m"})
    # Then the id has been used, and that is all.
    assert answer.status_code == 409
    assert answer.get_json()["reason"] == "message-id-used"
    assert "theirs" not in answer.get_data(as_text=True).replace(body["name"], "")


def test_a_kept_message_of_ours_is_answered_again_when_it_is_repeated(world):
    early = {"name": "ours-other", "instance": world.instances["ours"], "ttl_seconds": 60, "message_id": "m-2"}
    first, second = (world.ask("/api/messages", "POST", json=early).get_json() for _ in range(2))
    assert first == second
    assert first["result"] == "buffered"


def test_only_own_processes_are_deployed(world, engine):
    stored = world.theirs()
    for document in (everything("theirs"), everything("ours-2")):
        answer = world.ask("/api/deployments", "POST", data=document, headers=XML)
        assert answer.status_code == 403
        assert "Expected only processes that the caller may use" in answer.get_json()["detail"]
    assert world.theirs() == stored
    changed = everything("ours").replace(b"PT1H", b"PT2H")
    assert world.ask("/api/deployments", "POST", data=changed, headers=XML).status_code == 201


def test_a_called_process_belongs_to_the_instance_it_runs_in(engine, client):
    # Given a process of theirs that calls one with the name of ours, and the other way round
    for name, called in (("caller", "ours"), ("ours", "theirs"), ("theirs", None)):
        drawn = process(name).start()
        drawn = drawn.node("callActivity", "call", {"calledElement": called}) if called else drawn.user("ask")
        engine.deploy({f"{name}.bpmn": drawn.end().xml()})
    theirs, ours = engine.start("caller").id, engine.start("ours").id
    lea = engine.guarded(Caller(name="lea", processes=Processes(("ours",)), reads_tasks=True))
    # Then the restricted caller sees all of ours and nothing of what runs for theirs.
    assert {one.id.partition("~")[0] for one in lea.instances().items} == {ours}
    assert len(lea.instances().items) == 2
    assert [task.instance_id.partition("~")[0] for task in lea.tasks().items] == [ours]
    called = engine.instance(theirs).calls[0].id
    with pytest.raises(NotFound):
        lea.instance(called)


PATTERNS = [
    (("order",), "order", True),
    (("order",), "order-2", False),
    (("order",), "Order", False),
    (("order-*",), "order-2", True),
    (("order-*",), "order", False),
    (("order-*",), "ORDER-2", False),
    (("a", "b*"), "bc", True),
    (("*",), "anything", True),
    (("a%",), "ab", False),
    (("a_",), "ab", False),
    (("a_*",), "abc", False),
    ((), "order", False),
]


@pytest.mark.parametrize("patterns, name, allowed", PATTERNS)
def test_patterns_mean_the_same_to_a_list_and_to_a_single_thing(engine, patterns, name, allowed):
    engine.deploy({"p.bpmn": process(name).start().user("ask").end().xml()})
    instance = engine.start(name).id
    caller = engine.guarded(Caller(name="lea", processes=Processes(patterns)))
    assert Processes(patterns).allows(name) is allowed
    assert [one.id for one in caller.instances().items] == ([instance] if allowed else [])
    assert [one.key for one in caller.definitions().items] == ([name] if allowed else [])
    assert len(caller.deployments().items) == allowed
    if allowed:
        assert caller.instance(instance).id == instance
    else:
        with pytest.raises(NotFound):
            caller.instance(instance)


def test_every_method_of_the_engine_is_either_guarded_or_closed():
    """A new method opens nothing by itself; whoever adds one says here and there what it is."""
    public = {name for name, _ in inspect.getmembers(Engine) if not name.startswith("_")} - {"guarded"}
    own = {name for name in vars(guarded.Guarded) if not name.startswith("_")}
    tables = [guarded.OPEN, guarded.LISTS, guarded.OF_PROCESSES, guarded.OF_INSTANCE, set(guarded.OF_PART), own]
    named = set().union(*tables)
    assert sum(map(len, tables)) == len(named)
    assert named <= public
    assert named.isdisjoint(guarded.CLOSED)
    # What is in none of them is refused.
    with Engine("sqlite://") as engine:
        caller = engine.guarded(Caller(name="lea", processes=Processes(("p",))))
        for name in public - named:
            with pytest.raises(Forbidden, match="lea is restricted"):
                getattr(caller, name)
        # Whoever is restricted in tasks alone may do the rest.
        free = engine.guarded(Caller(name="lea"))
        assert free.now() > 0


def test_a_key_needs_something_to_be_restricted_to(engine):
    for processes in ([], ["a*b"], ["*a"], [""], ["x" * 300], map(str, range(301))):
        with pytest.raises(InvalidRequest):
            engine.api_keys.create("lea", ["admin"], processes=processes)
    assert engine.api_keys.list() == []
