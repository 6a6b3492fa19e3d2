"""The world of the order saga's demo: Baton and the three services as real processes, and the orders in it."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx

from ..client import BatonClient, Json
from .children import Child, Children, DemoFailed
from .logs import Entry, effects, of_order, read_logs
from .stage import Stage

SERVICES = ("payment", "inventory", "shipping")
ACTOR = "demo"
HOLD_SECONDS = 15.0
GLANCE_SECONDS = 0.02


class World:
    """Everything that runs, and how to ask it. folder: where the database and the logs go; example: the files."""

    def __init__(self, children: Children, stage: Stage, folder: Path, example: Path) -> None:
        self.stage = stage
        self.folder = folder
        self.example = example
        self.orders: dict[str, Json] = {}
        self.stories: dict[str, str] = {}
        self.services = {name: self._service(children, name) for name in SERVICES}
        database = ["--database", f"sqlite:///{self.database}"]
        serve = ["-P", "-m", "api", "serve", *database, "--allow-host", "127.0.0.1"]
        self.client: BatonClient
        self.baton = children.add("Baton", serve, folder / "baton.log")

    @property
    def database(self) -> Path:
        """The database file."""
        return self.folder / "baton.db"

    def open(self, stack: ExitStack) -> None:
        """Start everything and deploy the diagram over HTTP; stack: closes the connections at the end."""
        for service in self.services.values():
            service.start("--port", "0")
            self.stage.line("●", f"{service.name} service is ready at {service.address}")
        self.baton.start("--port", "0")
        self.client = stack.enter_context(BatonClient(self.baton.address, actor=ACTOR))
        self.stage.line("●", f"Baton is ready at {self.baton.address} (process {self.baton.pid})")
        diagram = self.example / "order-saga.bpmn"
        deployed = self.client.deploy({diagram.name: diagram.read_bytes()}, name="demo")
        names = ", ".join(f"{each['name']} version {each['version']}" for each in deployed["definitions"])
        self.stage.line("●", f"POST /api/deployments: {names}")
        for problem in (each for each in deployed["problems"] if each["severity"] != "info"):
            self.stage.line("!", f"{problem['element_id'] or diagram.name}: {problem['sentence']}", "yellow")

    def start(self, order: str, story: str, **changes: Any) -> Json:
        """Start an order over HTTP; changes: variables that differ from those of a harmless order."""
        address = {"name": "Ada Lovelace", "street": "12 St James's Square", "city": "London", "country": "GB"}
        variables = {"order_id": order, "item": "lamp", "quantity": 2, "amount": 80, "address": address}
        urls = {name: service.address for name, service in self.services.items()}
        variables |= {"services": urls} | changes
        instance = self.client.start(
            "order-saga", business_key=order, idempotency_key=f"start-{order}", variables=variables
        )
        self.orders[order], self.stories[order] = instance, story
        goods = f"{variables['quantity']} x {variables['item']}, {variables['amount']} EUR"
        self.stage.line("▶", f"POST /api/instances: {order} ({goods})", "bold")
        return instance

    def logs(self, order: str = "") -> list[Entry]:
        """The services' own logs, of all orders or of one."""
        entries = read_logs(self.folder / f"{name}.jsonl" for name in SERVICES)
        return of_order(entries, order) if order else entries

    def hold(self, service: str) -> None:
        """Let the service hold every call that comes in."""
        self._gate("POST", service)

    def await_held(self, service: str, calls: int) -> None:
        """Wait until that many calls are held."""
        held = self._gate("GET", service, calls=calls, seconds=HOLD_SECONDS)
        if held < calls:
            raise DemoFailed(f"Expected {calls} calls in flight at {service} but there are {held}")

    def release(self, service: str) -> None:
        """Let the held calls through."""
        self._gate("DELETE", service)

    def await_effects(self, path: str, orders: list[str]) -> None:
        """Wait until the services' logs say that the call of this path has had its effect for all these orders."""
        deadline = time.monotonic() + HOLD_SECONDS
        while not all(path in effects(self.logs(order)) for order in orders):
            if time.monotonic() > deadline:
                raise DemoFailed(f"Expected {path} to have its effect for {', '.join(orders)} but it had not")
            time.sleep(GLANCE_SECONDS)

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
