"""Bring a database to the tables of this version of Baton."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from .tables import metadata

SCRIPTS = Path(__file__).parent / "migrations"


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration for the steps inside this package; nothing is read from a file."""
    settings = Config()
    settings.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    settings.attributes.update(connection=connection, metadata=metadata)
    return settings


def migrate(connection: Connection) -> None:
    """Run what is missing, inside the connection's transaction: all of it or nothing."""
    command.upgrade(config(connection), "head")
