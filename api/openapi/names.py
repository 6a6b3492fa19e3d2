"""What operations are called, so that generated clients read well: `startInstance`, `listJobs`, each with its tag."""

from __future__ import annotations

from werkzeug.routing import Rule

from ..operations import Operation

SERVER = "server"
"""The tag of what is about the server itself."""

TAGS = {
    "bus": "The message bus: what was published and what was refused.",
    "conditions": "Processes that start when something is true.",
    "definitions": "Versions of processes, and their diagrams.",
    "deployments": "Deploying diagrams.",
    "edge": "Answers of routes that diagrams declare.",
    "incidents": "Stuck work.",
    "instances": "Starting, waiting for, looking at and changing instances.",
    "jobs": "Work for workers.",
    "messages": "Messages to instances, or to processes that start on them.",
    "routes": "Routes that diagrams declare.",
    "secrets": "Secrets by name, without their values.",
    SERVER: "The server itself.",
    "signals": "Signals to everybody who waits for them.",
    "start-events": "What starts processes from outside.",
    "subscriptions": "Who waits for messages, signals and conditions.",
    "tasks": "Work for people.",
    "timers": "Open timers.",
    "trail": "Everything that belongs to a key: where is order 123?",
}
"""What each tag is about; one that is not here goes without."""

_NAMES = {
    "activities.start": "startActivities",
    "clock.advance": "advanceClock",
    "conditions.evaluate": "startByConditions",
    "deployments.deploy": "deploy",
    "edge.openapi": "getEdgeOpenApi",
    "edge.result": "getEdgeResult",
    "events.events": "followInstance",
    "history.verify": "verifyInstance",
    "index.openapi": "getOpenApi",
    "instances.set_variables": "setVariables",
    "jobs.lease": "leaseJobs",
    "jobs.throw_error": "throwJobError",
    "waiting.look": "awaitInstance",
    "waiting.wait": "waitForInstance",
}
"""Where the rule of `operation_id` makes no good name."""

_OF_SERVER = {"/api", "/api/openapi.json", "/api/test/clock", "/health"}
_IRREGULAR = {"activities": "activity", "bus": "bus"}


def operation_id(rule: Rule, method: str, one: Operation) -> str:
    """The operation's name: listX for a page of a list, getX for other reads, otherwise the verb and the resource."""
    endpoint = str(rule.endpoint)
    if endpoint in _NAMES:
        return _NAMES[endpoint]
    resource, _, view = endpoint.rpartition(".")
    if method == "GET":
        verb = "list" if any("Page" in str(kind) for kind in one.answers.values()) else "get"
        return verb + _camel(view)
    singular = _IRREGULAR.get(resource, resource.removesuffix("s"))
    words = _camel(view)
    return words[:1].lower() + words[1:] + _camel(singular)


def tag_of(path: str) -> str:
    """The resource that the path belongs to: its first word, below /api the second."""
    parts = path.strip("/").split("/")
    if path in _OF_SERVER:
        return SERVER
    return parts[1] if parts[0] == "api" else parts[0]


def tags(names: set[str]) -> list[dict[str, str]]:
    """The tags of the document, in order of their names."""
    return [{"name": name, **({"description": TAGS[name]} if name in TAGS else {})} for name in sorted(names)]


def _camel(words: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in words.split("_"))
