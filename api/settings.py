"""The limits of the HTTP interface, each with its name, default and reason."""

from __future__ import annotations

import msgspec


class WebSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What one server accepts and how long it holds a request; sizes in bytes, times in seconds."""

    threads: int = 8
    """Requests answered at the same time; at most half of them may be waiting ones."""
    json_bytes: int = 2_000_000
    """Size of a JSON body."""
    json_depth: int = 100
    """Levels of arrays and objects within each other in a JSON body; variables nest no deeper either."""
    number_length: int = 330
    """Characters of one JSON number: an integer of 1,024 bits has 309 digits."""
    upload_bytes: int = 16_000_000
    """Size of all files of one deployment together."""
    upload_files: int = 50
    """Files of one deployment."""
    target_length: int = 4_000
    """Characters of path and query of a request."""
    header_bytes: int = 16_000
    """Size of all headers of a request together."""
    page_size: int = 200
    """Items of one page of a list."""
    history_page_size: int = 1_000
    """Entries of one page of a history."""
    wait_seconds: float = 60.0
    """How long a request may wait for an instance."""
