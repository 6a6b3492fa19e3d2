"""How a call activity finds the version that it calls: the question of the core, which the runtime answers.

Which version it is depends on what is deployed, so it is asked once, when the call activity is entered, and the answer
is recorded in the event; a replay asks nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol

import msgspec

BindingKind = Literal["latest", "deployment", "version", "versionTag"]

MAX_CALL_DEPTH = 100
"""Processes that may have called each other at the same time, the root not counted."""


class Binding(msgspec.Struct, frozen=True):
    """Which version is called: the latest, that of the caller's own deployment, or the one with this number or tag."""

    kind: BindingKind = "latest"
    value: str = ""


LATEST = Binding()


class NotCallable(Exception):
    """There is no such version, or it cannot be started; the text is the sentence for the incident."""


class Definitions(Protocol):
    """Executables by definition id, and the way to find which one a call means."""

    def __getitem__(self, definition: str, /) -> Any: ...

    def resolve(self, process: str, binding: Binding, caller: str) -> str:
        """Return the id of the definition; NotCallable with a sentence. caller: id of the calling definition."""
        ...


class KnownDefinitions(dict[str, Any]):
    """Definitions that are all in memory, with ids "KEY:VERSION"; deployed: definition id -> ids deployed with it."""

    def __init__(self, known: Mapping[str, Any] = {}, deployed: Mapping[str, frozenset[str]] = {}) -> None:
        super().__init__(known)
        self.deployed = deployed

    def resolve(self, process: str, binding: Binding, caller: str) -> str:
        """As `Definitions` says."""
        versions = {int(id.rpartition(":")[2]): id for id in self if id.rpartition(":")[0] == process}
        if binding.kind == "version":
            versions = {number: id for number, id in versions.items() if str(number) == binding.value}
        elif binding.kind == "versionTag":
            versions = {key: id for key, id in versions.items() if self[id].process.version_tag == binding.value}
        elif binding.kind == "deployment":
            versions = {number: id for number, id in versions.items() if id in self.deployed.get(caller, ())}
        if not versions:
            raise NotCallable(missing(process, binding))
        return versions[max(versions)]


def missing(process: str, binding: Binding) -> str:
    """The sentence that nothing like this is deployed."""
    which = {"latest": "", "deployment": " in the deployment of its caller"}.get(
        binding.kind, f" with the {'version' if binding.kind == 'version' else 'version tag'} {binding.value:.100}"
    )
    return f'The call needs a deployed process "{process:.200}"{which} but there is none'
