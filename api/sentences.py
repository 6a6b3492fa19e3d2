"""What a history entry means, as a sentence for people; `{element}` stands for the element's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Entry = Mapping[str, Any]

SENTENCES: dict[str, str] = {
    "process-started": "The process {process} started",
    "process-completed": "The process completed",
    "process-failed": "The process failed with error {code}",
    "process-cancelled": "The process was cancelled",
    "run-yielded": "The run reached its limit of steps and goes on as a new one",
    "run-continued": "The run went on",
    "run-halted": "The run was halted: it did too much without waiting for anything",
    "run-released": "The halted run goes on",
    "token-placed": "A token moved along {element}",
    "scope-terminated": "{element} was ended by a terminate end event; what was done in it is not undone",
    "tokens-dropped": "{element} drops the tokens that still waited",
    "activity-started": "{element} started",
    "gateway-activated": "{element} has the tokens it needs and goes on",
    "gateway-reset": "{element} waits for its tokens again",
    "loop-started": "{element} begins to repeat",
    "iteration-completed": "{element} finished iteration {iteration}",
    "loop-ended": "{element} repeats no more",
    "activities-selected": "{element}: selected to be done: {elements}",
    "inner-activity-completed": "{element}: {done} is done",
    "activity-completed": "{element} completed",
    "activity-terminated": "{element} was interrupted",
    "activity-failed": "{element} failed with error {code}",
    "scope-opened": "{element} opened a scope for its variables",
    "process-called": "{element} called the process {process}",
    "variables-set": "{element} set {names}",
    "variables-removed": "{element} removed {names}",
    "job-created": "{element} asked for work of type {type}",
    "job-completed": "{element} got the result of its job",
    "job-failed": "{element}: an attempt failed: {message}",
    "job-retried": "{element}: its failed job got new attempts",
    "job-adjusted": "{element}: the attempts that are left or the priority of its job were changed",
    "job-error-thrown": "{element}: its job ended with error {code}",
    "user-task-created": "{element} waits for a person",
    "user-task-claimed": "{element} now belongs to {assignee}",
    "user-task-completed": "{element} was completed by a person",
    "timer-scheduled": "{element} set a timer",
    "timer-fired": "{element}: its timer was due",
    "subscribed": "{element} waits for the {kind} {name}",
    "message-received": "{element} received its message",
    "signal-received": "{element} received its signal",
    "condition-met": "{element}: its condition became true",
    "condition-changed": "{element}: its condition is false again",
    "message-thrown": "{element} sent the message {name}",
    "signal-thrown": "{element} broadcast the signal {name}",
    "wait-withdrawn": "{element} no longer waits",
    "error-thrown": "{element} threw error {code}",
    "error-caught": "{element} caught error {code}",
    "escalation-thrown": "{element} threw escalation {code}",
    "escalation-caught": "{element} caught escalation {code}",
    "escalation-uncaught": "{element}: nobody catches escalation {code}, the work goes on",
    "transaction-cancelled": "{element} is cancelled: its work stops and what was done is undone",
    "incident-raised": "{element} is stuck: {message}",
    "incident-resolved": "{element}: its incident was resolved",
    "undo-recorded": "{element} can be undone from now on",
    "compensation-triggered": "{element}: what was done is undone from here on, last first",
    "handler-started": "{element} began to undo what was done",
    "sub-process-reopened": "{element} is undone, activity by activity",
    "called-process-reopened": "What the process {process} did is undone",
    "sub-process-restored": "{element} is undone by its own event sub-process",
    "compensation-interrupted": "{element} was interrupted; what it did not undo can still be undone",
    "compensation-completed": "{element}: everything is undone",
    "request-received": "A call of {method} {path} began the process at {element}",
    "response-given": "{element} answered the caller with status {status}",
    "response-dropped": "{element}: the caller has his answer already, this one is dropped",
}
"""The sentence of every event; words in braces are fields of its data."""

MINOR = frozenset(
    {
        "token-placed",
        "scope-opened",
        "loop-started",
        "run-yielded",
        "run-continued",
        "undo-recorded",
        "wait-withdrawn",
        "timer-scheduled",
    }
)
"""Events that tell how the engine moved rather than what happened."""

LONGEST = 300
PROCESS_SCOPE = 1
_OF_SCOPES = frozenset({"variables-set", "variables-removed", "tokens-dropped", "scope-terminated"})


def sentence(entry: Entry) -> str:
    """The whole sentence of an entry on the wire (`event`, `element_id`, `element_name`, `data`)."""
    before, element, after = parts(entry)
    return f"{before}{element}{after}"


def parts(entry: Entry) -> tuple[str, str, str]:
    """The sentence as what stands before the element's name, the name ("" if it has none), and what follows."""
    template = _template(entry)
    before, mark, after = template.partition("{element}")
    ending = _ENDINGS.get(entry["event"], _nothing)(entry["data"])
    name = element_name(entry) if mark else ""
    return _filled(before, entry), name, _shortened(_filled(after, entry) + ending)


def _template(entry: Entry) -> str:
    event, data = entry["event"], entry["data"]
    if event == "token-placed" and str(data.get("flow", "")).startswith("@"):
        return "A token arrived at {element}"
    template = SENTENCES.get(event, f"{{element}}: {event}")
    own = event in _OF_SCOPES and data.get("scope") == PROCESS_SCOPE
    return template.replace("{element}", "The process") if own else template


def element_name(entry: Entry) -> str:
    """The element's name, or its id, or "The process" for what concerns all of it."""
    name = " ".join(str(entry["element_name"] or "").split())
    return name or entry["element_id"] or "The process"


def _filled(template: str, entry: Entry) -> str:
    data = entry["data"]
    names = (
        ", ".join(data["variables"]) if isinstance(data.get("variables"), dict) else ", ".join(data.get("names", []))
    )
    values = {"names": names, "element": element_name(entry), **{key: _word(value) for key, value in data.items()}}
    return template.format_map(_Words(values))


class _Words(dict[str, str]):
    """A code that is empty is any code; an assignee that is none is nobody."""

    def __missing__(self, key: str) -> str:
        return {"assignee": "nobody", "message": "no reason was given"}.get(key, "")


def _word(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "nobody" if value is None else str(value)


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _nothing(_data: Entry) -> str:
    return ""


def _attempts_left(data: Entry) -> str:
    left = data.get("retries", 0)
    return f" ({left} attempt{'s' * (left != 1)} left)" if left else " (no attempt left)"


def _business_key(data: Entry) -> str:
    return f" for {data['business_key']}" if data.get("business_key") else ""


def _outcome(data: Entry) -> str:
    return " at a terminate end event" if data.get("outcome") == "terminated" else ""


def _message(data: Entry) -> str:
    return f": {data['message']}" if data.get("message") else ""


def _reason(data: Entry) -> str:
    return f": {data['reason']}" if data.get("reason") else ""


_ENDINGS: dict[str, Callable[[Entry], str]] = {
    "process-started": _business_key,
    "process-completed": _outcome,
    "process-failed": _message,
    "process-cancelled": _reason,
    "job-failed": _attempts_left,
    "job-error-thrown": _message,
    "error-thrown": _message,
}
