"""Scenarios: what a process is expected to do, written in YAML beside its diagram and run by `baton test`."""

from .runner import run_file, run_scenarios

__all__ = ["run_file", "run_scenarios"]
