"""The production server: waitress on one address, stopping gracefully on SIGTERM and SIGINT."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ErrorTask

from .problems import MEDIA_TYPE, problem
from .settings import WebSettings

SPARE_BYTES = 1_000_000
"""What waitress reads beyond the app's own limits, so that the app can refuse with a sentence."""


class _ProblemTask(ErrorTask):  # type: ignore[misc]
    """A request that never reaches the app (its line or headers cannot be read) is answered with a problem, too."""

    def execute(self) -> None:
        fault = self.request.error
        body = problem(fault.code, f"Expected a request of HTTP/1.1 but it cannot be read: {fault.body}").get_data()
        self.status = f"{fault.code} {fault.reason}"
        self.response_headers.extend([("Content-Type", MEDIA_TYPE), ("X-Content-Type-Options", "nosniff")])
        self.response_headers.append(("Connection", "close"))
        self.close_on_finish = True
        self.content_length = len(body)
        self.write(body)


class _Channel(HTTPChannel):  # type: ignore[misc]
    error_task_class = _ProblemTask


class Server:
    """Listens from the moment it is made. app: what it serves. port: 0 takes a free one, see `address`."""

    def __init__(self, app: Flask, host: str, port: int, settings: WebSettings) -> None:
        self._waitress: BaseWSGIServer = create_server(
            app,
            host=_numeric(host),
            port=port,
            threads=settings.threads,
            ident="baton",
            max_request_body_size=settings.upload_bytes + SPARE_BYTES,
            clear_untrusted_proxy_headers=False,
        )
        self._waitress.channel_class = _Channel
        name = f"[{host}]" if ":" in host else host
        self.address = f"http://{name}:{self._waitress.effective_port}"

    def serve(self, ready: Callable[[], None], stopping: Callable[[], None]) -> None:
        """Call `ready`, then answer requests until SIGTERM or SIGINT; requests under way get their answers.

        stopping: called on the signal, to end what only waits.
        """

        def stop(_number: int, _frame: FrameType | None) -> Any:
            stopping()
            raise SystemExit

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        ready()
        self._waitress.run()

    def close(self) -> None:
        """Stop listening."""
        self._waitress.close()


def _numeric(host: str) -> str:
    """The name "localhost" may stand for two addresses; one is enough."""
    return "127.0.0.1" if host.lower() == "localhost" else host.strip("[]")
