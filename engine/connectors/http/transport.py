"""Connections for HTTP calls: each name is resolved once and only checked addresses are connected to, in time."""

from __future__ import annotations

import functools
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore
import httpx

from .addresses import refusal
from .request import HttpRequest
from .settings import HttpSettings

Resolver = Callable[[str, int], list[str]]
"""From a host name and a port to its addresses; raises OSError or UnicodeError when there are none."""

_deadline: ContextVar[float] = ContextVar("deadline")


class AddressRefused(Exception):
    """A name leads to an address that must not be called: host with port, the address, and its kind."""

    def __init__(self, host: str, address: str, kind: str) -> None:
        super().__init__(f"{host} resolves to {address} ({kind})")
        self.host = host
        self.address = address
        self.kind = kind


def system_resolver(host: str, port: int) -> list[str]:
    """The addresses that the operating system knows for a name, in its order of preference."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Transport:
    """A pool of connections, shared by all worker threads. No proxy, no cookies, no redirects, no environment."""

    def __init__(self, settings: HttpSettings, resolver: Resolver = system_resolver) -> None:
        self._settings = settings
        self._pool = httpcore.ConnectionPool(
            ssl_context=_ssl_context(settings.ca_file),
            max_connections=settings.max_connections,
            keepalive_expiry=settings.keep_alive_seconds,
            network_backend=GuardedBackend(settings, resolver),
        )

    @contextmanager
    def exchange(self, request: HttpRequest, deadline: float) -> Iterator[httpcore.Response]:
        """Send a request and give the response while its body can be streamed; `deadline` is on the monotonic clock.

        Raises AddressRefused, and httpcore's TimeoutException, NetworkError and ProtocolError.
        """
        token = _deadline.set(deadline)
        left = max(deadline - time.monotonic(), 0.001)
        timeout = {"connect": min(left, self._settings.connect_timeout), "read": left, "write": left, "pool": left}
        try:
            with self._pool.stream(
                request.method,
                _core_url(request.url),
                headers=_wire_headers(request),
                content=request.body,
                extensions={"timeout": timeout},
            ) as response:
                yield response
        finally:
            _deadline.reset(token)

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to the very address that was checked, so that a second answer of the name server changes nothing.

    The pool above it keeps the name: the Host header, TLS server name and certificate check are those of the URL.
    """

    def __init__(self, settings: HttpSettings, resolver: Resolver) -> None:
        self._settings = settings
        self._resolver = resolver
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of the host that answers; raises AddressRefused if any must not be called."""
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self._checked(host, port):
            try:
                stream = self._sockets.connect_tcp(address, port, _left(timeout), local_address, socket_options)
                return _TimedStream(stream)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def _checked(self, host: str, port: int) -> list[str]:
        try:
            addresses = self._resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"the name {host} cannot be resolved: {error}") from error
        if not self._settings.allows_host(host, port):
            for address in addresses:
                kind = refusal(address, self._settings)
                if kind is not None:
                    raise AddressRefused(f"{host}:{port}", address, kind)
        return addresses


class _TimedStream(httpcore.NetworkStream):
    """A connection on which no read or write lasts longer than the call that uses it: slow drips end too."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(timeout: float | None, expired: type[Exception] = httpcore.ConnectTimeout) -> float:
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise expired("the time for the whole call is over")
    return left if timeout is None else min(left, timeout)


@functools.cache
def _ssl_context(ca_file: str | None) -> ssl.SSLContext:
    context = httpx.create_ssl_context(trust_env=False)
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


def _core_url(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


def _wire_headers(request: HttpRequest) -> list[tuple[bytes, bytes]]:
    own = [(b"Host", request.url.netloc), (b"Accept-Encoding", b"gzip, deflate")]
    given = [
        (name.encode("ascii"), value.encode("latin-1"))
        for name, value in request.headers.items()
        if name.lower() != "accept-encoding"
    ]
    if request.body is not None or request.method in ("POST", "PUT", "PATCH"):
        given.append((b"Content-Length", str(len(request.body or b"")).encode("ascii")))
    return own + given
