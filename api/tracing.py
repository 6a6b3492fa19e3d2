"""The trace that a request belongs to: what its header `traceparent` says (W3C Trace Context)."""

from __future__ import annotations

from flask import request

from engine import trace_in


def trace() -> str | None:
    """The trace id that the caller sent, None for none; a header that is not well-formed counts as none."""
    return trace_in(request.headers.get("traceparent"))
