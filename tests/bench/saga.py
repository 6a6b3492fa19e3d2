"""The order saga's happy path, durable, with a commit around every service call, against SpiffWorkflow saved.

Both call local functions. Baton runs as it does for a user: its writer and its four workers are threads, one caller
submits orders one after the other, and all of them are under way at once, so that their commits share groups.
SpiffWorkflow runs one order after the other, for it has nothing that would do otherwise. Further rows show orders
submitted by many callers, and one order at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins import ScriptTaskMixin

from engine import Engine
from engine.connectors import FunctionConnector, TaskRegistry

from . import diagrams
from .callers import CALLERS, Callers
from .databases import Deployed
from .measure import Part, Row, in_turn, seconds
from .spiff import Spiff, SpiffTable

ORDERS = 128
THEIR_ORDERS = 20
ORDER = {"amount": 12, "sku": "violin"}


def connectors() -> list[Any]:
    """The services of the saga as local functions."""
    registry = TaskRegistry()

    @registry.task("charge")
    def charge(amount: int) -> dict[str, str]:
        return {"id": f"payment-{amount}"}

    @registry.task("reserve")
    def reserve(sku: str) -> dict[str, str]:
        return {"id": f"reservation-{sku}"}

    @registry.task("ship")
    def ship(payment: str) -> dict[str, str]:
        return {"id": f"shipment-{payment}"}

    return [FunctionConnector(registry)]


def _submit(engine: Engine) -> Callable[[], object]:
    return lambda: until_done(engine, lambda: [engine.start("p", variables=ORDER) for _ in range(ORDERS)])


def _submit_at_once(engine: Engine) -> Callable[[], object]:
    callers = Callers([lambda: engine.start("p", variables=ORDER)] * ORDERS)
    return lambda: until_done(engine, callers.go)


def until_done(engine: Engine, submit: Callable[[], object]) -> None:
    """Submit, and wait until every order is completed."""
    submit()
    assert engine.wait_until_idle(60)
    assert not engine.instances(status="running", limit=1).items


def _one_by_one(engine: Engine) -> Callable[[], object]:
    def work() -> None:
        for _ in range(ORDERS):
            instance = engine.start("p", variables=ORDER, wait_seconds=30)
            assert instance.status == "completed", instance.status

    return work


class Theirs:
    """SpiffWorkflow's side; each_task: save after every service call too, not only at the end."""

    def __init__(self, table: SpiffTable, *, each_task: bool) -> None:
        self._spiff = Spiff(diagrams.saga_scripts(), {"call": lambda name: f"{name}-1"})
        self._table = table
        self._each_task = each_task

    def orders(self) -> None:
        """Run some, one after the other."""
        for number in range(THEIR_ORDERS):
            self._order(f"{self._each_task}-{number}")

    def _order(self, id: str) -> None:
        workflow = self._spiff.start(**ORDER)

        def done(task: Any) -> None:
            if self._each_task and isinstance(task.task_spec, ScriptTaskMixin):
                self._table.save(id, self._spiff.save(workflow))

        workflow.do_engine_steps(did_complete_task=done)
        assert workflow.is_completed()
        self._table.save(id, self._spiff.save(workflow))


def _saga(directory: Path) -> list[Row]:
    deployed = Deployed(directory, diagrams.saga(), lambda engine: engine.start("p", variables=ORDER), connectors)
    table = SpiffTable(directory / "spiff.db", deployed.pragmas)
    once, each = Theirs(table, each_task=False), Theirs(table, each_task=True)

    def ours(prepare: Callable[[Engine], Callable[[], object]]) -> float:
        with deployed.engine(threads=True) as engine:
            assert engine.wait_until_idle()
            return seconds(prepare(engine)) / ORDERS

    def theirs(side: Theirs) -> float:
        return seconds(side.orders) / THEIR_ORDERS

    medians = in_turn(
        [
            lambda: ours(_submit),
            lambda: ours(_submit_at_once),
            lambda: ours(_one_by_one),
            lambda: theirs(once),
            lambda: theirs(each),
        ]
    )
    table.close()
    *taken, at_end, always = medians
    saga = "order saga, durable"
    works = (f"{saga}: submitted by one caller", f"{saga}: by {CALLERS} callers", f"{saga}: one at a time")
    result = []
    for work, seconds_each, judged in zip(works, taken, (True, True, False), strict=True):
        result.append(Row(work, seconds_each, at_end, 1.5 if judged else None, "SpiffWorkflow, saved once at the end"))
        result.append(Row(work, seconds_each, always, 4.0 if judged else None, "SpiffWorkflow, saved after every task"))
    return result


PARTS = [Part("durable: order saga", _saga)]
