"""Which deployed version a call activity calls: the answers to the core's question, read from the store."""

from __future__ import annotations

from collections.abc import Callable

from ..core.calls import Binding, NotCallable, missing
from ..core.elements import Executable
from ..store import Store
from .errors import InvalidRequest, NotFound


class CalledDefinitions:
    """store: where the definitions are. executable: reads one of them by its id."""

    def __init__(self, store: Store, executable: Callable[[str], Executable]) -> None:
        self._deployments = store.deployments
        self._executable = executable

    def resolve(self, process: str, binding: Binding, caller: str) -> str:
        """Return the id of the definition that is called; NotCallable with a sentence.

        process: its key. caller: id of the definition in which the call activity stands.
        """
        id = self._find(process, binding, caller)
        if id is None:
            raise NotCallable(missing(process, binding))
        try:
            self._executable(id)
        except (InvalidRequest, NotFound) as error:
            raise NotCallable(f"The call needs a process that can be executed but {id} cannot: {error}") from error
        return id

    def _find(self, process: str, binding: Binding, caller: str) -> str | None:
        if binding.kind == "latest":
            newest = self._deployments.newest(process)
            return None if newest is None else self._startable(*newest)
        if binding.kind == "deployment":
            return self._deployed_with(process, caller)
        if binding.kind == "version":
            number = binding.value if binding.value.isascii() and binding.value.isdigit() else ""
            found = self._deployments.definition(f"{process}:{number}")
            return None if found is None else self._startable(found.id, found.executable)
        return self._tagged(process, binding.value)

    def _deployed_with(self, process: str, caller: str) -> str | None:
        """The version in the deployment that made the caller's version."""
        own = self._deployments.definition(caller)
        deployment = None if own is None else self._deployments.view(own.deployment_id)
        for one in deployment.definitions if deployment is not None else ():
            if one.key == process:
                return self._startable(one.id, one.executable)
        return None

    def _tagged(self, process: str, tag: str) -> str | None:
        """The newest version with this tag, which stands in the document itself."""
        cursor: str | None = None
        while True:
            page = self._deployments.page(process, cursor=cursor)
            for one in page.items:
                if one.executable and self._executable(one.id).process.version_tag == tag:
                    return one.id
            cursor = page.next_cursor
            if cursor is None:
                return None

    @staticmethod
    def _startable(id: str, executable: bool) -> str:
        if not executable:
            raise NotCallable(f'The call needs an executable process but {id} has isExecutable="false"')
        return id
