"""Deployments and definitions for the typed client."""

from __future__ import annotations

from collections.abc import Mapping

import engine

from ..answers import Deployed
from .records import record
from .typed_wire import Found, TypedWire
from .wire import part


class Deployments:
    """`/api/deployments`."""

    def __init__(self, wire: TypedWire) -> None:
        self._wire = wire

    def deploy(self, files: Mapping[str, bytes], *, name: str = "", idempotency_key: str | None = None) -> Deployed:
        """Deploy documents (bytes by file name), all or none; a refusal's `body["problems"]` lists what is wrong."""
        parts = [("files", (file_name, data, "application/octet-stream")) for file_name, data in files.items()]
        form = {"name": name} if name else None
        answer = self._wire.json("POST", "/api/deployments", files=parts, data=form, idempotency_key=idempotency_key)
        return record(answer, Deployed)

    def search(self, *, limit: int | None = None) -> Found[Deployed]:
        """All deployments, newest first; limit: of a page."""
        return self._wire.find(Deployed, "/api/deployments", limit)

    def get(self, id: str) -> Deployed:
        """One deployment."""
        return self._wire.get(Deployed, f"/api/deployments/{part(id)}")


class Definitions:
    """`/api/definitions`."""

    def __init__(self, wire: TypedWire) -> None:
        self._wire = wire

    def search(
        self, *, key: str | None = None, latest: bool | None = None, limit: int | None = None
    ) -> Found[engine.DefinitionView]:
        """Versions of processes: of one process id, or only the latest of each; limit: of a page."""
        wanted = None if latest is None else str(latest).lower()
        return self._wire.find(engine.DefinitionView, "/api/definitions", limit, key=key, latest=wanted)

    def get(self, id: str) -> engine.DefinitionView:
        """The definition "KEY:VERSION"."""
        return self._wire.get(engine.DefinitionView, f"/api/definitions/{part(id)}")

    def problems(self, id: str, *, limit: int | None = None) -> Found[engine.Problem]:
        """What the check of its document found; limit: of a page."""
        return self._wire.find(engine.Problem, f"/api/definitions/{part(id)}/problems", limit)

    def xml(self, id: str) -> bytes:
        """Its document, byte for byte as it was deployed."""
        return self._wire.send("GET", f"/api/definitions/{part(id)}/xml").content
