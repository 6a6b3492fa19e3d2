"""What an operator may set about HTTP calls: the limits, and which addresses that are not public are allowed."""

from __future__ import annotations

import ipaddress

import msgspec

RESPONSE_LIMIT_BYTES = 1_048_576
TIMEOUT_SECONDS = 30.0
CONNECT_TIMEOUT_SECONDS = 5.0
CONNECTION_LIMIT = 100
KEEP_ALIVE_SECONDS = 30.0


class HttpSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of the HTTP connector.

    allow_private: allow loopback and private networks (never link-local, such as a cloud's metadata service).
    allowed_hosts: names that may have any address, "payment" or "payment:8080".
    allowed_networks: networks whose addresses are allowed, "10.1.0.0/16" or "::1".
    response_limit_bytes: longest body of an answer, before and after decompression.
    timeout: seconds for one whole call, redirects included; an input `timeout_seconds` replaces it.
    connect_timeout: seconds for one connection attempt. max_connections: open connections of all worker threads.
    keep_alive_seconds: how long an idle connection is kept. ca_file: certificates to trust beside the usual ones.
    user_agent: the User-Agent header. Raises ValueError for values that cannot work.
    """

    allow_private: bool = False
    allowed_hosts: tuple[str, ...] = ()
    allowed_networks: tuple[str, ...] = ()
    response_limit_bytes: int = RESPONSE_LIMIT_BYTES
    timeout: float = TIMEOUT_SECONDS
    connect_timeout: float = CONNECT_TIMEOUT_SECONDS
    max_connections: int = CONNECTION_LIMIT
    keep_alive_seconds: float = KEEP_ALIVE_SECONDS
    ca_file: str | None = None
    user_agent: str = "Baton"

    def __post_init__(self) -> None:
        for network in self.allowed_networks:
            ipaddress.ip_network(network)
        for name in ("response_limit_bytes", "timeout", "connect_timeout", "max_connections"):
            if not getattr(self, name) > 0:
                raise ValueError(f"Expected {name} above 0 but got {getattr(self, name)}")

    def allows_host(self, host: str, port: int) -> bool:
        """Whether `host` may have any address, on this port."""
        plain = host.lower().rstrip(".")
        return any(entry.lower() in (plain, f"{plain}:{port}") for entry in self.allowed_hosts)
