"""One process that is a whole Baton: the engine on its database, its workers, and the HTTP interface over it."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from engine import BusConfig, Engine, InvalidRequest, Settings, open_api_keys

from .app import create_app
from .masking import FORMAT, log_without_secrets
from .security import bind_refusal, is_loopback
from .server import Server
from .settings import WebSettings

log = logging.getLogger(__name__)

DEFAULT_WEB = WebSettings()
NO_BUS_CONFIG = BusConfig()


class AddressTaken(Exception):
    """The address cannot be listened on; the message is the reason."""


def host_engine(
    database: str,
    host: str,
    port: int,
    settings: Settings,
    modules: Sequence[str],
    ready: Callable[[str], None],
    web: WebSettings = DEFAULT_WEB,
    bus: BusConfig = NO_BUS_CONFIG,
) -> None:
    """Serve until SIGTERM or SIGINT, then let running work end.

    database: a URL, or the name of a SQLite file. host: the address to listen on, which `web` knows of (see
    `web_settings`). port: 0 takes a free one. modules: names or paths of modules with tasks. ready: called with the
    server's address once it listens. bus: what is said of messages on the bus beside the diagrams.

    Raises AddressTaken, the engine's BatonError, and TaskModuleError for a module that cannot be loaded.
    """
    logging.basicConfig(level=logging.INFO, format=FORMAT)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with Engine(database, settings=settings, modules=modules, bus=bus) as opened:
        log_without_secrets(opened.secrets)
        server = _listening(opened, host, port, web)
        try:
            opened.start_workers()
            server.serve(lambda: ready(server.address), opened.stop_waiting)
        finally:
            server.close()


def _listening(opened: Engine, host: str, port: int, web: WebSettings) -> Server:
    try:
        return Server(create_app(opened, web), host, port, web)
    except OSError as error:
        raise AddressTaken(error.strerror or str(error)) from error


def web_settings(
    database: str, host: str, *, open_loopback: bool, oidc: Mapping[str, str | None] | None = None
) -> WebSettings:
    """What the front door on this address asks of those who come; raises InvalidRequest when there must be a key first.

    oidc: what the command line says instead of BATON_OIDC_* in the environment, by those names.
    open_loopback: let programs of this machine in without one; not together with an address that others reach, because
    what a proxy on this machine passes on would come in, too.
    """
    try:
        settings = WebSettings.from_environment(
            os.environ | {name: text for name, text in (oidc or {}).items() if text}
        )
    except ValueError as error:
        raise InvalidRequest(str(error)) from None
    if is_loopback(host):
        return msgspec.structs.replace(settings, open_loopback=open_loopback)
    if open_loopback:
        raise InvalidRequest(f"Expected a loopback address with --no-auth-on-loopback but got {host}")
    if settings.oidc is None and not _has_keys(database):
        refusal = bind_refusal(host)
        raise InvalidRequest(refusal or "", "make a key first: `baton keys create --name me --role admin`")
    log.warning("Keys and data travel readably over plain HTTP: let a proxy do the TLS (docs/howto/secure-a-server.md)")
    return msgspec.structs.replace(settings, always_keys=True)


def _has_keys(database: str) -> bool:
    """Whether the database has a key, without making a database that is not there."""
    try:
        with open_api_keys(database, create=False) as keys:
            return keys.needed
    except InvalidRequest:
        return False


def engine_settings(
    *,
    manual_clock: bool,
    workers: int | None,
    allow_private: bool,
    allowed_hosts: tuple[str, ...],
    secrets: str | None = None,
    bus: str | None = None,
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
    if secrets is not None:
        changes["secrets"] = secrets
    if bus is not None:
        changes["bus"] = bus
    return msgspec.structs.replace(settings, **changes)
