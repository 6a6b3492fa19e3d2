"""A fault of the database goes to the log with its statement, and without the values that belong to somebody."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine.store import Store

UNFIT = text("SELECT :value FROM nowhere")


def test_the_message_of_a_fault_has_no_values(empty: Store):
    database = empty.database

    def write() -> None:
        database.write(lambda connection: connection.execute(UNFIT, {"value": "hush"}))

    def read() -> None:
        with database.reading() as connection:
            connection.execute(UNFIT, {"value": "hush"})

    for ask in (read, write):
        with pytest.raises(DBAPIError, match="nowhere") as fault:
            ask()
        assert "hush" not in str(fault.value)
