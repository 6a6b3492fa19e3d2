"""Reading the past: the timeline of an instance, its state at any moment, and whether the record was tampered with."""

from .replay import replay
from .tail import Tail
from .timeline import timeline
from .verify import VerifyResult, verify

__all__ = ["Tail", "VerifyResult", "replay", "timeline", "verify"]
