"""One scenario played on an engine of its own: start, answers to jobs, steps from outside."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from engine import BatonError, Engine, HistoryEntry, InstanceView, JobView

from .calls import RouteCaller
from .document import Answer, Scenario, StartSpec, Step

WORKER = "scenario"
MAX_TURNS = 10_000
PAGE = 500
SECOND = 1_000_000


class StoryStuck(Exception):
    """The scenario cannot go on as it is written; the text says why. part: what of the scenario it is about."""

    def __init__(self, sentence: str, part: str = "") -> None:
        self.part = part
        super().__init__(sentence)


def history_of(engine: Engine, id: str) -> Iterator[HistoryEntry]:
    """The whole history of an instance."""
    after = 0
    while True:
        items = engine.history(id, after=after, limit=PAGE).items
        yield from items
        if len(items) < PAGE:
            return
        after = items[-1].seq


class Answers:
    """What the workers say: a queue of answers per element id or job type, or one answer for every call."""

    def __init__(self, given: dict[str, list[Answer] | Answer]) -> None:
        self._always = {name: answer for name, answer in given.items() if isinstance(answer, Answer)}
        self._queues = {
            name: deque(answer for answer in answers for _ in range(answer.times))
            for name, answers in given.items()
            if not isinstance(answers, Answer)
        }
        self._used: set[str] = set()

    def next(self, job: JobView) -> Answer | None:
        """The answer to this job, None when the scenario has nothing to say about it."""
        name = next((name for name in (job.element_id, job.type) if name in self._always or name in self._queues), None)
        if name is None:
            return None
        self._used.add(name)
        if name in self._always:
            return self._always[name]
        if not self._queues[name]:
            raise StoryStuck(f'Expected no more calls of "{name}" but attempt {job.attempt} has no answer', "answers")
        return self._queues[name].popleft()

    def unused(self) -> list[str]:
        """The names whose answers were not all asked for."""
        waiting = [name for name, queue in self._queues.items() if queue]
        return waiting + [name for name in self._always if name not in self._used]


class Story:
    """A scenario as it is played. calls: the element of each job call in order; unanswered: jobs left open."""

    def __init__(self, engine: Engine, scenario: Scenario, process: str, *, moves_clock: bool) -> None:
        self._engine = engine
        self._scenario = scenario
        self._process = process
        self._moves_clock = moves_clock
        self.answers = Answers(scenario.answers)
        self.calls: list[str] = []
        self.unanswered: list[str] = []
        self.instance_id = ""
        self.caller = RouteCaller(engine)

    def play(self) -> None:
        """Play it to its end; raises StoryStuck when it cannot go on."""
        try:
            self.instance_id = self._start(self._scenario.start)
            if not self.instance_id:
                return
            self._settle()
            for index, step in enumerate(self._scenario.steps):
                self._take(step, index)
                self._settle()
        except BatonError as error:
            raise StoryStuck(error.sentence) from None

    def _start(self, start: StartSpec) -> str:
        """Start the instance as the scenario says, and return its id, "" for a call that is refused."""
        engine, given = self._engine, start.variables
        if start.request is not None:
            return self.caller.call(start.request)
        if start.message is not None:
            engine.send_message(start.message, business_key=start.business_key, variables=given)
        elif start.signal is not None:
            engine.send_signal(start.signal, variables=given)
        elif start.condition:
            engine.start_by_conditions(given, business_key=start.business_key)
        elif start.advance is not None:
            engine.advance_clock(start.advance.total_seconds())
            engine.drain()
        else:
            return engine.start(self._process, business_key=start.business_key, variables=given).id
        started = engine.instances(process=self._process, limit=1).items
        if not started:
            raise StoryStuck(f'Expected "{self._process}" to be started but it was not', "start")
        return started[0].id

    def instance(self) -> InstanceView:
        """The instance with its variables."""
        return self._engine.instance(self.instance_id, variables=True)

    def history(self) -> Iterator[HistoryEntry]:
        """The whole history."""
        return history_of(self._engine, self.instance_id)

    def _settle(self) -> None:
        """Answer jobs, and move the clock where that is allowed, until nothing moves any more."""
        for _ in range(MAX_TURNS):
            self._engine.drain()
            if not (self._answer_job() or self._move_clock()):
                return
        raise StoryStuck(f"Expected the instance to come to rest but it still moves after {MAX_TURNS} jobs")

    def _answer_job(self) -> bool:
        types = sorted({job.type for job in self._available()})
        for job in self._engine.lease_jobs(types, worker=WORKER, max=1) if types else ():
            self.calls.append(job.element_id)
            answer = self.answers.next(job)
            if answer is None:
                self.unanswered.append(job.element_id)
            else:
                self._give(job, answer)
            return True
        return False

    def _give(self, job: JobView, answer: Answer) -> None:
        if answer.complete is not None:
            self._engine.complete_job(job.id, answer.complete.variables, worker=WORKER)
        elif answer.fail is not None:
            fail = answer.fail
            self._engine.fail_job(
                job.id, fail.message, worker=WORKER, retryable=fail.retryable, retry_after=fail.retry_after
            )
        elif answer.error is not None:
            error = answer.error
            self._engine.throw_job_error(job.id, error.code, error.message, error.variables, worker=WORKER)

    def _available(self) -> list[JobView]:
        """The open jobs of all instances: whom this one sends messages to belongs to the story."""
        return self._engine.jobs(state="available").items

    def _move_clock(self) -> bool:
        now = self._engine.now()
        due = min((job.available_at for job in self._available()), default=now)
        if not self._moves_clock or due <= now:
            return False
        self._engine.advance_clock((due - now) / SECOND)
        return True

    def _take(self, step: Step, index: int) -> None:
        part = f"steps[{index}]"
        if step.claim_task is not None:
            self._engine.claim_task(self._task(step.claim_task, part), step.by or WORKER, actor=step.by)
        elif step.complete_task is not None:
            self._engine.complete_task(self._task(step.complete_task, part), step.variables, actor=step.by)
        elif step.advance is not None:
            self._engine.advance_clock(step.advance.total_seconds())
        elif step.set_variables is not None:
            self._engine.set_variables(self.instance_id, step.set_variables, actor=step.by)
        elif step.resolve_incident is not None:
            self._resolve(step.resolve_incident, step, part)
        elif step.send_message is not None:
            correlation = step.correlation
            self._engine.send_message(
                step.send_message, correlation=correlation, variables=step.variables, actor=step.by
            )
        elif step.send_signal is not None:
            self._engine.send_signal(step.send_signal, variables=step.variables, actor=step.by)
        elif step.start_activity is not None:
            chosen = [step.start_activity]
            self._engine.start_activities(self.instance_id, chosen, variables=step.variables, actor=step.by)
        else:
            self._engine.cancel(self.instance_id, reason=step.cancel or "", actor=step.by)

    def _resolve(self, element: str, step: Step, part: str) -> None:
        incidents = self._engine.incidents(instance=self.instance_id).items
        incident = self._only(incidents, element, "an open incident", part)
        self._engine.resolve_incident(incident, variables=step.variables or None, retries=step.retries, actor=step.by)

    def _task(self, element: str, part: str) -> str:
        tasks = self._engine.tasks().items
        alive = [task for task in tasks if task.state in ("created", "claimed")]
        alive.sort(key=lambda task: task.instance_id != self.instance_id)
        return self._only(alive, element, "an open user task", part)

    @staticmethod
    def _only(items: list[Any], element: str, what: str, part: str) -> str:
        """The id of the first one at the element."""
        found = next((str(item.id) for item in items if item.element_id == element), None)
        if found is None:
            others = ", ".join(sorted({item.element_id for item in items})) or "none at all"
            raise StoryStuck(f'Expected {what} at "{element}" but found {others}', part)
        return found
