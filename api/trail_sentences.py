"""What an entry of a trail means, and where the trail is now, as sentences for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine import TrailEntry, TrailInstance, TrailPlace, TrailView

from .sentences import LONGEST
from .wire import rfc3339

PLACES_TOLD = 3
"""Places that the summary names; it counts the rest."""

ALIVE = frozenset({"running", "waiting"})

_WAITS = {
    "": "is",
    "job": "waits for the job",
    "user task": "waits for a person",
    "timer": "waits for a timer",
    "message": "waits for a message",
    "signal": "waits for a signal",
    "condition": "waits for a condition",
    "message bus": "waits to be published on",
}


def entry_sentence(entry: TrailEntry) -> str:
    """The sentence of an entry."""
    text = " ".join(_SENTENCES[entry.kind](entry).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def summary(trail: TrailView, *, briefly: bool = False) -> str:
    """Where everything is now, in one sentence. briefly: without ids and the words of incidents."""
    parts = [_now(place, briefly=briefly) for place in trail.now[:PLACES_TOLD]]
    if len(trail.now) > PLACES_TOLD:
        parts.append(f"and {len(trail.now) - PLACES_TOLD} more places")
    there = {place.instance_id for place in trail.now}
    roots = [one for one in trail.instances if one.parent_id is None]
    parts += [f"{_process(one)} moves" for one in roots if one.status in ALIVE and not _holds(one, there)]
    ended = sorted((one for one in roots if one.status not in ALIVE), key=_last, reverse=True)
    parts += [_ended(one) for one in ended[:PLACES_TOLD]]
    if len(ended) > PLACES_TOLD:
        parts.append(f"{len(ended) - PLACES_TOLD} more had ended before")
    if not trail.instances:
        parts = ["no instance has it yet, only messages do"]
    is_over = roots and not trail.now and not any(one.status in ALIVE for one in roots)
    over = f"{_all(trail)} is over: " if is_over else ""
    return f"{trail.key}{'' if trail.now else ':'} {over}{'; '.join(parts)}."


def _all(trail: TrailView) -> str:
    """What the sentence can speak for."""
    if trail.cut:
        return "everything that was followed (there is more)"
    return "everything that your key may see" if trail.restricted else "everything"


def _holds(one: TrailInstance, places: set[str]) -> bool:
    """Whether one of the places is in the instance or in what it called."""
    return any(place == one.id or place.startswith(f"{one.id}~") for place in places)


def _now(place: TrailPlace, *, briefly: bool) -> str:
    element = place.element_name or place.element_id
    where = place.process_name or place.process or "the configuration"
    instance = f" (instance {place.instance_id})" if place.instance_id and not briefly else ""
    since = f"since {_moment(place.since)}{instance}"
    if place.incident:
        return f"is stuck in “{element}” of {where} {since}" + ("" if briefly else f": {place.incident}")
    detail = f" {place.detail}" if place.detail and place.waits_for != "user task" else ""
    person = f" ({place.detail})" if place.detail and place.waits_for == "user task" else ""
    waits = _WAITS.get(place.waits_for, f"waits for a {place.waits_for}")
    return f"{waits}{detail}{person} in “{element}” of {where} {since}"


def _last(one: TrailInstance) -> int:
    return one.ended_at or 0


def _ended(one: TrailInstance) -> str:
    error = f" with error {one.error_code}" if one.error_code else ""
    word = "was cancelled" if one.status == "cancelled" else f"{one.status}{error}"
    return f"{_process(one)} {word} at {_moment(one.ended_at or one.started_at)}"


def _process(one: TrailInstance) -> str:
    return one.name or one.process


def _moment(microseconds: int) -> str:
    return f"{rfc3339(microseconds)[:19].replace('T', ' ')} UTC"


# -- entries ----------------------------------------------------------------------------------------------------------


def _where(entry: TrailEntry) -> str:
    return entry.process_name or entry.process


def _element(entry: TrailEntry) -> str:
    return entry.element_name or entry.element_id or _where(entry)


def _sender(entry: TrailEntry) -> str:
    return _where(entry) or entry.detail or "Somebody outside"


def _request(entry: TrailEntry) -> str:
    return f"{_where(entry)} was asked for: {entry.subject}"


def _message(entry: TrailEntry) -> str:
    to = entry.to_process or "an instance"
    what = f"{_sender(entry)} sent the message {entry.subject}"
    return {
        "continued": f"{what}; {to} went on",
        "started": f"{what}; it started {to}",
        "buffered": f"{what}; nobody has waited for it yet",
        "expired": f"{what}; nobody waited for it in time",
    }.get(entry.state, what)


def _signal(entry: TrailEntry) -> str:
    if entry.state == "received":
        return f"{_where(entry)} received the signal {entry.subject}"
    return f"{_sender(entry)} broadcast the signal {entry.subject}"


def _event(entry: TrailEntry) -> str:
    what = f"{entry.subject} for the topic {entry.service}"
    return {
        "published": f"{_where(entry)} published {what}",
        "stuck": f"{_where(entry)} cannot publish {what}: {entry.detail}",
        "dropped": f"{_where(entry)} was not to publish {what} any more",
    }.get(entry.state, f"{_where(entry)} is about to publish {what}{_after(entry.detail)}")


def _refused(entry: TrailEntry) -> str:
    return f"An event from the topic {entry.service} was refused: {entry.detail}"


def _started(entry: TrailEntry) -> str:
    return f"{_where(entry)} started{f' for {entry.detail}' if entry.detail else ''}"


def _job(entry: TrailEntry) -> str:
    work = f"called {entry.service}" if entry.service else f"had {entry.subject} done"
    to_do = f"calls {entry.service}" if entry.service else f"wants {entry.subject} done"
    undo = " to undo what was done" if entry.undoes else ""
    attempts = f" at attempt {entry.attempts}" if entry.attempts > 1 else ""
    name = _element(entry)
    return {
        "completed": f"{name} {work}{undo}{attempts}",
        "error": f"{name} {work}{undo}{attempts} and got an error{_after(entry.detail)}",
        "incident": f"{name} {work}{undo} in vain{attempts}{_after(entry.detail)}",
        "withdrawn": f"{name} did not need {entry.service or entry.subject} any more",
    }.get(entry.state, f"{name} {to_do}{undo}{attempts}{_after(entry.detail)}")


def _task(entry: TrailEntry) -> str:
    name, by = _element(entry), entry.detail or "a person"
    return {
        "created": f"{name} waits for a person",
        "claimed": f"{name} is with {by}",
        "completed": f"{name} was completed by {by}",
    }.get(entry.state, f"{name} was not needed any more")


def _incident(entry: TrailEntry) -> str:
    if entry.state == "open":
        return f"{_element(entry)} is stuck: {entry.detail}"
    word = "resolved" if entry.state == "resolved" else "no longer wanted"
    return f"{_element(entry)} was stuck ({word} since): {entry.detail}"


def _response(entry: TrailEntry) -> str:
    return f"{_where(entry)} answered the caller with status {entry.subject}"


def _end(entry: TrailEntry) -> str:
    error = f" with error {entry.subject}" if entry.subject else ""
    return f"{_where(entry)} {'was cancelled' if entry.state == 'cancelled' else entry.state}{error}"


def _after(detail: str) -> str:
    return f": {detail}" if detail else ""


_SENTENCES: dict[str, Callable[[TrailEntry], str]] = {
    "request": _request,
    "message": _message,
    "signal": _signal,
    "event": _event,
    "refused": _refused,
    "started": _started,
    "job": _job,
    "task": _task,
    "incident": _incident,
    "response": _response,
    "ended": _end,
}


def kinds() -> Sequence[str]:
    """The kinds of entries that have a sentence."""
    return tuple(_SENTENCES)
