"""What reading a document gives: its processes as data and as executables, and everything that is wrong with it."""

from __future__ import annotations

import msgspec

from ..core.elements import Executable
from ..drawing import Collaboration
from ..model import Process
from ..problems import Problem


class ReadProcess(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One process of a document.

    process: the diagram as data. executable: ready for the interpreter; None when the process is not executable
    (`isExecutable="false"`) or the document has an error.
    """

    process: Process
    executable: Executable | None = None


class Document(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One BPMN document as it was read.

    file_name: as given. dialect: "plain", "camunda", "zeebe" or "spiffworkflow". processes: in document order.
    collaborations: the pools and the messages between them. problems: everything found, by line.
    """

    file_name: str = ""
    dialect: str = "plain"
    processes: tuple[ReadProcess, ...] = ()
    collaborations: tuple[Collaboration, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the document may be deployed: none of its problems is an error."""
        return not any(problem.severity == "error" for problem in self.problems)
