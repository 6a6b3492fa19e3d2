"""`python -m api` is the command `baton`."""

from __future__ import annotations

from .cli import main

main(prog_name="baton")
