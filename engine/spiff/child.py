"""The child process that runs SpiffWorkflow: request in on standard input, trace out on standard output, both JSON.

Run as `python -m engine.spiff.child`. It puts its own limits on before it reads the diagram, and whatever the
diagram's scripts print goes nowhere.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import warnings
from typing import BinaryIO

from .trace import Request, Trace, decoded, encoded


def limit(request: Request) -> None:
    """Bound processor time, memory and the size of files; the wall clock is the parent's matter."""
    try:
        import resource
    except ImportError:  # Windows has none of these; the wall clock holds there too
        return
    for what, most in (
        (resource.RLIMIT_CPU, request.cpu_seconds),
        (resource.RLIMIT_AS, request.memory_bytes),
        (resource.RLIMIT_FSIZE, request.output_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        hard = sys.maxsize if hard == resource.RLIM_INFINITY else hard
        bound = min(most, hard)
        # The soft limit of processor time comes with a signal that says so, the hard one a second later kills.
        most_of_all = min(bound + 1, hard) if what == resource.RLIMIT_CPU else bound
        with contextlib.suppress(ValueError):  # macOS does not bound the address space
            resource.setrlimit(what, (bound, most_of_all))


def main() -> int:
    """Run one request."""
    data, answer = sys.stdin.buffer.read(), _own_output()
    request = decoded(data, Request)
    limit(request)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    from .spiff_run import ENGINE, run_in_spiffworkflow

    try:
        trace = run_in_spiffworkflow(request)
    except MemoryError:
        sentence = f"The run needs to fit into {request.memory_bytes >> 20} MB of memory but it does not"
        trace = Trace(engine=ENGINE, status="stopped", sentence=sentence)
    written = encoded(trace)
    if len(written) > request.output_bytes:
        sentence = f"The trace needs to fit into {request.output_bytes >> 20} MB but is larger"
        written = encoded(Trace(engine=ENGINE, status="stopped", sentence=sentence))
    with answer:
        answer.write(written)
    return 0


def _own_output() -> BinaryIO:
    """Keep standard output for the trace; scripts that print write to nowhere."""
    own = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)
    return own


if __name__ == "__main__":
    sys.exit(main())
