"""What the runtime promises holds on every kind of database: these modules run on each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support import postgres

from .parts import Fresh

ON_EVERY_DATABASE = (
    "test_a_trail_costs_what_belongs_to_it",
    "test_a_trail_joins_what_belongs_together",
    "test_commands_commit_in_groups",
    "test_engine_without_threads",
    "test_hot_instances",
    "test_lanes_are_shown",
    "test_leases_and_late_answers",
    "test_messages_find_their_conversation",
    "test_messages_reach_instances",
    "test_restart_goes_on",
    "test_signals_and_conditions_reach_all",
    "test_timers_fire_once",
    "test_traces_are_inherited",
    "test_workers_and_scheduler",
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.module.__name__.rpartition(".")[2] in ON_EVERY_DATABASE:
        metafunc.parametrize("kind", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(autouse=True)
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The kind of the database that engines of this test are made on."""
    wanted = getattr(request, "param", "sqlite")
    with ExitStack() as stack:
        if wanted == "postgresql":
            fresh: Callable[[], str] = lambda: stack.enter_context(postgres.database())  # noqa: E731
            monkeypatch.setattr(Fresh, "database", staticmethod(fresh))
        yield wanted


@pytest.fixture
def database(kind: str, tmp_path: Path) -> Iterator[str]:
    """A database that outlives its engines."""
    if kind == "postgresql":
        with postgres.database() as url:
            yield url
    else:
        yield f"sqlite:///{tmp_path}/baton.db"
