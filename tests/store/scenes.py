"""Little stories told in events, so that the store is tested without the interpreter."""

from __future__ import annotations

from engine.core import events as e
from engine.core.events import Event, blank_state, fold
from engine.core.state import ROOT
from engine.store import DefinitionRecord, DeploymentRecord, Loaded, Step, Store, next_step

DEFINITION = "order:1"
NOW = 1_700_000_000_000_000
SECOND = 1_000_000


def describe(definition: str, element: str) -> tuple[str, str]:
    """Names and types of the elements of every story."""
    kinds = {"begin": "startEvent", "end": "endEvent", "pay": "serviceTask", "ask": "userTask", "order": "process"}
    return f"The {element}", kinds.get(element, "scriptTask")


def deploy(store: Store, version: int = 1, key: str = "order", *, checksum: str = "c1") -> DefinitionRecord:
    """Store one definition in a deployment of its own."""
    definition = DefinitionRecord(
        id=f"{key}:{version}", key=key, version=version, name=key.title(), deployment_id=f"d-{key}-{version}",
        file_name=f"{key}.bpmn", executable=True, checksum=checksum, xml=b"<xml/>", deployed_at=NOW,
    )  # fmt: skip
    deployment = DeploymentRecord(
        id=definition.deployment_id, name="first", deployed_at=NOW, deployed_by="ada", definition_ids=[definition.id]
    )
    store.deployments.add(deployment, [definition])
    return definition


class Story:
    """One instance whose steps are made up: `tell` folds events into its state and seals them as a step."""

    def __init__(self, root: str, *, loaded: Loaded | None = None) -> None:
        self.root = root
        self.loaded = loaded or Loaded(state=blank_state())
        self.at = NOW

    def tell(self, *events: Event, cause: str = "start", actor: str = "ada", at: int | None = None) -> Step:
        self.at = self.at + SECOND if at is None else at
        fold(self.loaded.state, list(events))
        return next_step(self.loaded, list(events), at=self.at, actor=actor, cause=cause)

    def begin(self, *, business_key: str | None = None, **variables: object) -> list[Event]:
        return [
            e.ProcessStarted(self.root, DEFINITION, "order", business_key, variables),
            e.TokenPlaced(ROOT, "@begin"),
            e.ActivityStarted(2, "begin", ROOT, ("@begin",)),
            e.ActivityCompleted(2),
        ]

    def finish(self, key: int) -> list[Event]:
        return [
            e.TokenPlaced(ROOT, "to-end"),
            e.ActivityStarted(key, "end", ROOT, ("to-end",)),
            e.ActivityCompleted(key),
            e.ProcessCompleted(),
        ]

    def start_with_job(self, *, type: str = "charge", timeout: float = 60.0, due: int | None = None) -> Step:
        """Begin and open job 4 at activity 3."""
        at = self.at + SECOND
        wait = [
            e.TokenPlaced(ROOT, "to-pay"),
            e.ActivityStarted(3, "pay", ROOT, ("to-pay",)),
            e.ScopeOpened(3, {"amount": 5}),
            e.JobCreated(4, 3, "pay", type, {"amount": 5}, {"p": "q"}, 3, timeout, at if due is None else due),
        ]
        return self.tell(*self.begin(amount=5, who="Ada"), *wait)

    def complete_job(self) -> Step:
        """Complete job 4 and the process."""
        return self.tell(
            e.JobCompleted(4, {"receipt": "r1"}),
            e.VariablesSet(ROOT, {"receipt": "r1"}),
            e.ActivityCompleted(3),
            *self.finish(5),
            cause="complete-job",
            actor="worker",
        )

    def start_with_task(self) -> Step:
        """Begin and open user task 4 at activity 3."""
        wait = [
            e.TokenPlaced(ROOT, "to-ask"),
            e.ActivityStarted(3, "ask", ROOT, ("to-ask",)),
            e.UserTaskCreated(4, 3, "ask", None, ["bob"], ["clerks"], "form", NOW + 60 * SECOND),
        ]
        return self.tell(*self.begin(business_key="B-1"), *wait)

    def complete_task(self) -> Step:
        return self.tell(e.UserTaskCompleted(4), e.ActivityCompleted(3), *self.finish(5), cause="complete-task")


def root_id(number: int) -> str:
    return f"00000000-0000-7000-8000-{number:012d}"
