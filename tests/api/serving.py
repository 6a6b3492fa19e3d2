"""Real `baton serve` processes and in-process servers on a free port, for tests that need a socket."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from flask import Flask
from werkzeug.serving import make_server

READY = re.compile(r"Baton is ready at (http://\S+) \(database (.+)\)\n")


@contextmanager
def baton_serve(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A `baton serve` process with its database in `folder`, and its address; killed at the end if it still lives."""
    command = [sys.executable, "-m", "api", "serve", "--port", "0", "--database", str(folder / "baton.db"), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        match = READY.fullmatch(line)
        assert match, f"{line!r} {process.stderr.read() if process.poll() is not None else ''}"
        yield process, match[1]
    finally:
        process.kill()
        process.communicate()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The app on a socket of this process; yields its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
