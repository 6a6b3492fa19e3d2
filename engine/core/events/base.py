"""The base of all events."""

from __future__ import annotations

import msgspec

from ..state import InstanceState


class Event(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="event", gc=False):
    """The base of all events; `gc=False` because events never hold references back to themselves."""

    def apply(self, state: InstanceState) -> None:
        """Change the state; the only place where it changes."""
        raise NotImplementedError
