"""One process that is a whole Baton: the engine on its database, its workers, and the HTTP interface over it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from engine import Engine, Settings

from .app import create_app
from .server import Server
from .settings import WebSettings


class AddressTaken(Exception):
    """The address cannot be listened on; the message is the reason."""


def host_engine(
    database: str, host: str, port: int, settings: Settings, modules: Sequence[str], ready: Callable[[str], None]
) -> None:
    """Serve until SIGTERM or SIGINT, then let running work end.

    database: a URL, or the name of a SQLite file. host: a loopback address. port: 0 takes a free one. modules: names or
    paths of modules with tasks. ready: called with the server's address once it listens.

    Raises AddressTaken, the engine's BatonError, and TaskModuleError for a module that cannot be loaded.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    with Engine(database, settings=settings, modules=modules) as opened:
        web = WebSettings()
        server = _listening(opened, host, port, web)
        try:
            opened.start_workers()
            server.serve(lambda: ready(server.address))
        finally:
            server.close()


def _listening(opened: Engine, host: str, port: int, web: WebSettings) -> Server:
    try:
        return Server(create_app(opened, web), host, port, web)
    except OSError as error:
        raise AddressTaken(error.strerror or str(error)) from error


def engine_settings(
    *, manual_clock: bool, workers: int | None, allow_private: bool, allowed_hosts: tuple[str, ...]
) -> Settings:
    """The settings of the environment, changed by what the command line says; raises InvalidRequest for wrong ones."""
    settings = Settings.from_environment()
    changes: dict[str, Any] = {
        "manual_clock": manual_clock or settings.manual_clock,
        "allow_private_addresses": allow_private or settings.allow_private_addresses,
        "allowed_hosts": (*settings.allowed_hosts, *allowed_hosts),
    }
    if workers is not None:
        changes["workers"] = workers
    return msgspec.structs.replace(settings, **changes)
