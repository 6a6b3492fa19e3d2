"""The order saga's happy path, durable, with a commit around every service call, against SpiffWorkflow saved.

Both call the same local functions. Baton runs as it does for a user: its writer and its four workers are threads, and
many orders are under way at once, so that their commits share groups. SpiffWorkflow runs one order after the other,
for it has nothing that would do otherwise. The row with one order at a time shows what grouping gives.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins import ScriptTaskMixin

from engine import Engine
from engine.connectors import FunctionConnector, TaskRegistry

from . import diagrams
from .databases import Deployed
from .measure import Part, Row, in_turn, seconds
from .spiff import Spiff, SpiffTable

ORDERS = 100
ONE_BY_ONE = 40
THEIR_ORDERS = 20
ORDER = {"amount": 12, "sku": "violin"}
SERVICES = ("charge", "reserve", "ship")


def _connectors() -> list[Any]:
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


def _order_and_wait(engine: Engine) -> None:
    instance = engine.start("p", variables=ORDER, wait_seconds=30)
    assert instance.status == "completed", instance.status


def _many(engine: Engine) -> None:
    ids = [engine.start("p", variables=ORDER).id for _ in range(ORDERS)]
    assert engine.wait_until_idle(60)
    assert engine.instance(ids[-1]).status == "completed"


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
    deployed = Deployed(directory, diagrams.saga(), lambda engine: engine.start("p", variables=ORDER), _connectors)
    table = SpiffTable(directory / "spiff.db", deployed.pragmas)
    once, each = Theirs(table, each_task=False), Theirs(table, each_task=True)

    def many() -> float:
        with deployed.engine(threads=True) as engine:
            assert engine.wait_until_idle()
            return seconds(lambda: _many(engine)) / ORDERS

    def one_by_one() -> float:
        with deployed.engine(threads=True) as engine:
            assert engine.wait_until_idle()
            return seconds(lambda: [_order_and_wait(engine) for _ in range(ONE_BY_ONE)]) / ONE_BY_ONE

    def theirs(side: Theirs) -> float:
        return seconds(side.orders) / THEIR_ORDERS

    ours, alone, at_end, always = in_turn([many, one_by_one, lambda: theirs(once), lambda: theirs(each)])
    table.close()
    work = f"order saga, durable: {ORDERS} orders submitted"
    single = "order saga, durable: one order at a time, waited for"
    return [
        Row(work, ours, at_end, 1.5, "SpiffWorkflow, saved once at the end"),
        Row(work, ours, always, 4.0, "SpiffWorkflow, saved after every task"),
        Row(single, alone, at_end, None, "SpiffWorkflow, saved once at the end"),
        Row(single, alone, always, None, "SpiffWorkflow, saved after every task"),
    ]


PARTS = [Part("durable: order saga", _saga)]
