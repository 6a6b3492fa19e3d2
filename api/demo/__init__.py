"""`baton demo`: an example played against real services in their own processes, every claim checked in their logs."""

from .play import run_demo

__all__ = ["run_demo"]
