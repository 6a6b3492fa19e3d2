"""Which connectors there are: those a caller gives, and the built-in ones (HTTP, scripts, functions with `@task`)."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from ..connectors import Connector, Connectors, FunctionConnector, HttpConnector, HttpSettings, ScriptConnector
from .errors import InvalidRequest
from .settings import Settings
from .vault import Vault


def all_connectors(given: Iterable[Connector], settings: Settings, secrets: Vault) -> Connectors:
    """Return the given connectors and the built-in ones for what those leave; one may replace "http" or "script".

    secrets: what is put into the inputs of jobs. Raises InvalidRequest for settings that do not fit, or for two
    connectors for one type.
    """
    chosen: list[Connector] = list(given)
    if not any("http" in connector.types() for connector in chosen):
        try:
            chosen.append(HttpConnector(_http_settings(settings)))
        except ValueError as error:
            raise InvalidRequest(str(error)) from None
    if not any("script" in connector.types() for connector in chosen):
        chosen.append(ScriptConnector())
    if not any(isinstance(connector, FunctionConnector) for connector in chosen):
        chosen.append(FunctionConnector())
    try:
        return Connectors(chosen, secrets)
    except ValueError as error:
        raise InvalidRequest(str(error)) from None


def _http_settings(settings: Settings) -> HttpSettings:
    hosts = tuple(entry for entry in settings.allowed_hosts if not _is_network(entry))
    return HttpSettings(
        allow_private=settings.allow_private_addresses,
        allowed_hosts=hosts,
        allowed_networks=tuple(entry for entry in settings.allowed_hosts if entry not in hosts),
        response_limit_bytes=settings.response_bytes,
    )


def _is_network(entry: str) -> bool:
    try:
        ipaddress.ip_network(entry)
    except ValueError:
        return False
    return True
