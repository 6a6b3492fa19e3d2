"""The world of a demo: Baton and the example's services as real processes, and the runs that are played in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx

from engine import InstanceView

from ..client import Client, Json
from ..trail import Trail
from .children import Child, Children, DemoFailed
from .follow import Follower
from .logs import Entry, effects, of_subject, read_logs
from .script import Demo
from .stage import Stage
from .tables import show_trail

ACTOR = "demo"
HOLD_SECONDS = 15.0
GLANCE_SECONDS = 0.02


class World:
    """Everything that runs, and how to ask it.

    folder: where the database and the logs go. example: the files. bus: the address of a message bus, "" for the one
    inside the server.
    """

    def __init__(
        self, demo: Demo, children: Children, stage: Stage, folder: Path, example: Path, *, bus: str = ""
    ) -> None:
        self.demo = demo
        self.stage = stage
        self.folder = folder
        self.example = example
        self.runs: dict[str, InstanceView] = {}
        self.stories: dict[str, str] = {}
        self.services = {name: self._service(children, name) for name in demo.services}
        database = ["--database", f"sqlite:///{self.database}"]
        serve = ["-P", "-m", "api", "serve", *database, "--allow-host", "127.0.0.1", *(["--bus", bus] if bus else [])]
        self.client: Client
        self.baton = children.add("Baton", serve, folder / "baton.log")
        self._acts = 0

    @property
    def database(self) -> Path:
        """The database file."""
        return self.folder / "baton.db"

    @property
    def addresses(self) -> dict[str, str]:
        """The base URL of each service by its name."""
        return {name: service.address for name, service in self.services.items()}

    def open(self, stack: ExitStack) -> None:
        """Start everything and deploy the diagrams over HTTP; stack: closes the connections at the end."""
        for service in self.services.values():
            service.start("--port", "0")
            self.stage.line("●", f"{service.name} service is ready at {service.address}")
        self.baton.start("--port", "0")
        self.client = stack.enter_context(Client(self.baton.address, actor=ACTOR))
        self.stage.line("●", f"Baton is ready at {self.baton.address} (process {self.baton.pid})")
        self.deploy(*sorted(path.name for path in self.example.glob("*.bpmn")))

    def deploy(self, *names: str) -> None:
        """Deploy files of the example together, with the services' addresses in place of `http://NAME:8080`."""
        files = {name: self._placed(self.example / name) for name in names}
        deployed = self.client.deployments.deploy(files, name="demo")
        told = ", ".join(f"{each.name} version {each.version}" for each in deployed.definitions)
        self.stage.line("●", f"POST /api/deployments: {told}")
        for problem in (each for each in deployed.problems if each.severity != "info"):
            self.stage.line("!", f"{problem.element_id or self.demo.name}: {problem.sentence}", "yellow")

    def _placed(self, diagram: Path) -> bytes:
        """Where a service is called by its name, as inside a cluster, it is called where it runs today."""
        text = diagram.read_text("utf-8")
        for name, address in self.addresses.items():
            text = text.replace(f"http://{name}:8080", address)
        return text.encode("utf-8")

    def act(self, text: str, about: str) -> None:
        """Begin the next act."""
        self._acts += 1
        self.stage.act(self._acts, text, about)

    def start(self, process: str, key: str, story: str, variables: Json, told: str = "") -> InstanceView:
        """Start an instance over HTTP. story: what it is about, for the last table; told: what to say of its data."""
        instance = self.client.instances.start(
            process, business_key=key, idempotency_key=f"start-{key}", variables=variables
        )
        self.runs[key], self.stories[key] = instance, story
        self.stage.line("▶", f"POST /api/instances: {process} {key}{f' ({told})' if told else ''}", "bold")
        return instance

    def follow(self, key: str, *, quiet: bool = False) -> Follower:
        """Follow the run from its beginning."""
        return Follower(self.stage, self.client, self.runs[key].id, quiet=quiet)

    def to_the_end(self, key: str, follower: Follower | None = None, *, quiet: bool = False) -> InstanceView:
        """Follow the run until it is over, and return it. follower: who followed it so far."""
        ended = self.runs[key] = (follower or self.follow(key, quiet=quiet)).to_the_end()
        return ended

    def edge(self, method: str, path: str, story: str = "", **options: Any) -> httpx.Response:
        """Call a route that a diagram declares, as any client would. options: of `httpx.request`."""
        answer = httpx.request(method, f"{self.baton.address}{path}", timeout=HOLD_SECONDS, trust_env=False, **options)
        self.stage.line("▶", f"{method} {path}{f' ({story})' if story else ''}", "bold")
        self.stage.line("◀", f"{answer.status_code} {_shown(answer.text)}", "green" if answer.is_success else "yellow")
        return answer

    def found(self, key: str, story: str, process: str) -> InstanceView:
        """The instance with this business key, which somebody else has started; from now on it is a run of the demo."""
        found = self.client.instances.search(business_key=key, process=process)
        self.until(lambda: found.first() is not None, f"an instance of {process} for {key}")
        return self.adopt(key, next(iter(found)).id, story)

    def adopt(self, key: str, instance_id: str, story: str) -> InstanceView:
        """From now on the instance is a run of the demo."""
        instance = self.client.instances.get(instance_id)
        self.runs[key], self.stories[key] = instance, story
        return instance

    def where(self, key: str) -> Trail:
        """Ask where it is, show the answer, and return it."""
        self.stage.line("▶", f"GET /api/trail/{key}", "bold")
        trail = self.client.trails.get(key)
        self.stage.line("◀", trail.sentence, "green")
        show_trail(self.stage, trail, self.addresses)
        return trail

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until something holds, for a bounded time. what: a noun that completes "Expected ..."."""
        deadline = time.monotonic() + HOLD_SECONDS
        while not holds():
            if time.monotonic() > deadline:
                raise DemoFailed(f"Expected {what} within {HOLD_SECONDS:g} seconds but there is none")
            time.sleep(GLANCE_SECONDS)

    def complete_task(self, key: str, element: str, person: str, **variables: Any) -> None:
        """Complete the user task at which the run waits, as a person would."""
        tasks = self.client.tasks.search(instance=self.runs[key].id)
        [task] = [each for each in tasks if each.element_id == element]
        with Client(self.baton.address, actor=person) as hers:
            hers.tasks.complete(task.id, variables)
        given = ", ".join(f"{name} = {value}" for name, value in variables.items())
        self.stage.line("☺", f"{person} completes {task.name}: {given or 'done'}", "cyan")

    def logs(self, key: str = "") -> list[Entry]:
        """The services' own logs, of all runs or of one."""
        entries = read_logs(self.folder / f"{name}.jsonl" for name in self.services)
        return of_subject(entries, self.demo.subject, key) if key else entries

    def check_status(self, answer: httpx.Response, status: int) -> None:
        """Check what the caller of a route got."""
        self.stage.check(answer.status_code == status, f"The caller has a {status}", str(answer.status_code))

    def check_ended(self, key: str, end: str, **variables: Any) -> None:
        """Check that the run has completed at this end event alone, with these variables."""
        run = self.runs[key]
        got = {name: (run.variables or {}).get(name) for name in variables}
        words = end.replace("-", " ")
        fine = (run.status, run.reached, got) == ("completed", [end], variables)
        found = f"{run.status} at {', '.join(run.reached)} with {got}"
        self.stage.check(fine, f'The instance ended at "{words.capitalize()}"', found)

    def check_effects(self, key: str, wanted: Sequence[str], claim: str) -> None:
        """Check that the services' logs say that these calls, and no others, had an effect for this run, in order."""
        done = effects(self.logs(key))
        self.stage.check(done == list(wanted), claim, ", ".join(done) or "nothing")

    def hold(self, service: str) -> None:
        """Let the service hold every call that comes in."""
        self._gate("POST", service)

    def await_held(self, service: str, calls: int) -> None:
        """Wait until that many calls are held."""
        held = self._gate("GET", service, calls=calls, seconds=HOLD_SECONDS)
        if held < calls:
            raise DemoFailed(f"Expected {calls} calls in flight at {service} but there are {held}")

    def check_side_by_side(self, service: str, calls: int, claim: str) -> None:
        """Check that the service gets that many calls before it answers one; it has to be told to hold them before."""
        held = self._gate("GET", service, calls=calls, seconds=HOLD_SECONDS)
        self.stage.check(held == calls, claim, f"{held} at one moment")
        self.release(service)

    def release(self, service: str) -> None:
        """Let the held calls through."""
        self._gate("DELETE", service)

    def stop(self, service: str) -> None:
        """Stop a service; nobody listens on its port."""
        self.services[service].stop()
        self.stage.line("○", f"{service} service stopped", "red")

    def start_again(self, service: str) -> None:
        """Start a stopped service again on its port and log."""
        child = self.services[service]
        child.start("--port", str(child.port))
        self.stage.line("●", f"{service} service is ready again at {child.address}", "green")

    def await_effects(self, path: str, keys: Sequence[str]) -> None:
        """Wait until the services' logs say that the call of this path has had its effect for all these runs."""
        self.until(lambda: all(path in effects(self.logs(key)) for key in keys), f"an effect of {path} for all")

    def restart_baton(self) -> None:
        """Start Baton again on the same port and database."""
        self.baton.start("--port", str(self.baton.port))

    def _gate(self, method: str, service: str, **query: float) -> int:
        url = f"{self.services[service].address}/hold"
        answer = httpx.request(method, url, params=query, timeout=HOLD_SECONDS + 5, trust_env=False)
        held: int = answer.raise_for_status().json()["held"]
        return held

    def _service(self, children: Children, name: str) -> Child:
        log = self.folder / f"{name}.jsonl"
        argv = ["-P", str(self.example / "services.py"), name, "--log", str(log)]
        return children.add(name, argv, self.folder / f"{name}.log")


def _shown(text: str, longest: int = 160) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"
