"""Deploying: read, check, number, store, all documents or none; and finding the definition to start."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from ..bpmn import Document, read
from ..connectors import Connectors
from ..model import Process
from ..problems import Problem
from ..spiff import schema_problems
from ..store import DefinitionRecord, DeploymentRecord, VersionTaken
from ..store.messages import Wanted
from ..store.start_events import StartEvent
from ..store.views import DefinitionView, DeploymentView
from .errors import Busy, DeploymentRefused, InvalidRequest, NotFound
from .house import House
from .starting import TAKEN, start_events, taken_messages

Problems = dict[str, list[Problem]]


@dataclass(frozen=True, slots=True)
class _Read:
    file: str
    data: bytes
    checksum: str
    document: Document
    problems: list[Problem]


class Deployments:
    """What the engine knows of definitions."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._latest: dict[str, tuple[str, bool]] = {}

    # -- deploying ---------------------------------------------------------------------------------------------------

    def lint(self, files: Mapping[str, bytes]) -> Problems:
        """Return all findings by file name, without storing anything."""
        return {one.file: one.problems for one in self._read_all(files)}

    def deploy(self, files: Mapping[str, bytes], name: str, actor: str) -> DeploymentView:
        """Store what is new in the documents; raises DeploymentRefused when one has an error."""
        checks = self._house.checks
        name, actor = checks.text("the deployment's name", name), checks.text("actor", actor)
        documents = self._read_all(files)
        if any(problem.severity == "error" for one in documents for problem in one.problems):
            raise DeploymentRefused({one.file: one.problems for one in documents})
        for _ in range(self._house.settings.conflict_repeats):
            with suppress(VersionTaken):  # by another process, a moment ago
                return self._house.writer.call(lambda: self._store(documents, name, actor))
        raise Busy("Expected to be the only one that deploys these processes but others were faster", "try again later")

    def _read_all(self, files: Mapping[str, bytes]) -> list[_Read]:
        self._house.checks.whole("the number of documents", len(files), 1, self._house.settings.files_per_deployment)
        seen: dict[str, str] = {}
        return [self._read(file, data, seen) for file, data in files.items()]

    def _read(self, file: str, data: bytes, seen: dict[str, str]) -> _Read:
        self._house.checks.text("the file name", file, empty=False)
        most = self._house.settings.xml_bytes
        if len(data) > most:
            raise InvalidRequest(f"Expected at most {most} bytes in {file} but got {len(data)}")
        document = read(data, file)
        problems = [*document.problems, *self._twice(document, file, seen)]
        if not any(problem.severity == "error" for problem in document.problems):
            problems += schema_problems(data)
        for one in document.processes:
            problems += connector_problems(one.process, self._house.connectors)
        problems.sort(key=lambda problem: problem.line or 0)
        return _Read(file, data, checksum(data), document, problems)

    @staticmethod
    def _twice(document: Document, file: str, seen: dict[str, str]) -> list[Problem]:
        problems = []
        for one in document.processes:
            other = seen.setdefault(one.process.id, file)
            if other != file:
                sentence = f"A process id needs to be unique in a deployment but {other} has {one.process.id!r} too"
                problems.append(
                    Problem(
                        severity="error",
                        rule="duplicate-process",
                        sentence=sentence,
                        element_id=one.process.id,
                        line=one.process.line,
                    )
                )
        return problems

    def _store(self, documents: list[_Read], name: str, actor: str) -> DeploymentView:
        """On the writer's thread, so that two deployments never give out the same version."""
        house, now = self._house, self._house.clock.now()
        deployment = house.ids.new(now)
        keys = [one.process.id for document in documents for one in document.document.processes]
        latest = house.store.deployments.latest(keys)
        ids, new, starts = [], [], []
        messages = house.store.start_events.message_starts()
        self._refuse_taken_messages(documents, messages)
        for read_one in documents:
            for one in read_one.document.processes:
                known = latest.get(one.process.id)
                if known is not None and known.checksum == read_one.checksum:
                    ids.append(known.id)
                    continue
                version = known.version + 1 if known is not None else 1
                record = _definition(read_one, one.process, version, deployment, now)
                new.append(record)
                ids.append(record.id)
                if one.executable is not None and record.executable:
                    starts += start_events(one.executable, record.id, now)
        problems = [problem for document in documents for problem in document.problems]
        house.store.deployments.add(
            DeploymentRecord(
                id=deployment, name=name, deployed_at=now, deployed_by=actor, definition_ids=ids, problems=problems
            ),
            new,
            starts,
        )
        self._starts_changed(starts)
        for record in new:
            self._latest[record.key] = record.id, record.executable
        stored = house.store.deployments.view(deployment)
        if stored is None:
            raise RuntimeError(f"Expected deployment {deployment} to be stored but it is not")
        return stored

    def _refuse_taken_messages(self, documents: list[_Read], started: dict[str, str]) -> None:
        """A message has one process to start; those of the deployment's processes count as they will be."""
        deployed = {one.process.id for document in documents for one in document.document.processes}
        started = {name: process for name, process in started.items() if process not in deployed}
        problems: Problems = {}
        for document in documents:
            found = problems.setdefault(document.file, list(document.problems))
            for one in document.document.processes:
                if one.executable is not None and one.process.executable:
                    found += taken_messages(one.executable, started)
                    triggers = one.executable.triggers
                    started |= {trigger.name: one.process.id for trigger in triggers if trigger.kind == "message"}
        if any(problem.rule == TAKEN for found in problems.values() for problem in found):
            raise DeploymentRefused(problems)

    def _starts_changed(self, starts: list[StartEvent]) -> None:
        """Timers are due at times of their own, and kept messages may be wanted now."""
        names = [start.name for start in starts if start.kind == "message"]
        if names:
            self._house.messages.wanted(Wanted(name, None) for name in names)
        due = [start.due for start in starts if start.due is not None]
        for moment in [*due, *([self._house.clock.now()] if names else [])]:
            self._house.scheduler.notice(moment)

    # -- finding -----------------------------------------------------------------------------------------------------

    def startable(self, process: str, version: int | None) -> str:
        """Return the id of the definition to start; raises NotFound with near matches, or InvalidRequest."""
        self._house.checks.text("process", process, empty=False)
        id, executable = self._newest(process) if version is None else self._version(process, version)
        if not executable:
            raise InvalidRequest(
                f'Expected an executable process but {id} has isExecutable="false"',
                "switch it on in the diagram and deploy it again",
            )
        self._house.executables[id]  # parsed here, not on the writer's thread
        return id

    def _newest(self, process: str) -> tuple[str, bool]:
        store = self._house.store
        found = None if store.shared else self._latest.get(process)
        if found is None:
            found = store.deployments.newest(process)
            if found is None:
                raise self._unknown(process)
            self._latest[process] = found
        return found

    def _version(self, process: str, version: int) -> tuple[str, bool]:
        self._house.checks.whole("version", version, 1, 1 << 31)
        found = self._house.store.deployments.definition(f"{process}:{version}")
        if found is not None:
            return found.id, found.executable
        newest, _ = self._newest(process)
        raise NotFound(f"Expected a version of {process} but there is no version {version}", f"the latest is {newest}")

    def _unknown(self, process: str) -> NotFound:
        near = difflib.get_close_matches(process, self._house.store.deployments.keys(), n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "deploy its diagram first"
        return NotFound(f"Expected a deployed process but there is none with id {process!r}", hint)

    def deployment(self, id: str) -> DeploymentView:
        """Return the deployment; raises NotFound."""
        found = self._house.store.deployments.view(id)
        if found is None:
            raise NotFound(f"Expected a deployment but there is none with id {id[:200]!r}")
        return found

    def definition(self, id: str) -> DefinitionView:
        """Return the definition; raises NotFound."""
        found = self._house.store.deployments.definition(id)
        if found is None:
            raise self._no_definition(id)
        return found

    def xml(self, id: str) -> bytes:
        """Return the document as it was deployed; raises NotFound."""
        found = self._house.store.deployments.xml(id)
        if found is None:
            raise self._no_definition(id)
        return found

    def _no_definition(self, id: str) -> NotFound:
        hint = 'a definition\'s id is "KEY:VERSION", for example "order-saga:1"'
        return NotFound(f"Expected a deployed definition but there is none with id {id[:200]!r}", hint)


def checksum(data: bytes) -> str:
    """Return the SHA-256 of a document, the same for every spelling of its line ends."""
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()


def connector_problems(process: Process, connectors: Connectors) -> list[Problem]:
    """Return what the connectors find wrong with the process's service tasks."""
    problems = []
    drawn: dict[str, set[str]] = {}
    for item in process.data.values():
        if item.kind == "dataInput" and not item.placeholder:
            drawn.setdefault(item.owner, set()).add(item.variable)
    for node in process.nodes.values() if process.executable else ():
        extensions = node.view.extensions
        if extensions.job_type is not None:
            names = drawn.get(node.id, set()).union(mapping.target for mapping in extensions.inputs)
            for finding in connectors.check(extensions.job_type, frozenset(names), extensions.properties):
                sentence, hint = finding
                problems.append(
                    Problem(
                        severity=finding.severity,
                        rule="connector",
                        sentence=sentence,
                        element_id=node.id,
                        line=node.line or None,
                        hint=hint,
                    )
                )
    return problems


def _definition(document: _Read, process: Process, version: int, deployment: str, now: int) -> DefinitionRecord:
    return DefinitionRecord(
        id=f"{process.id}:{version}",
        key=process.id,
        version=version,
        name=process.name,
        deployment_id=deployment,
        file_name=document.file,
        executable=process.executable,
        checksum=document.checksum,
        xml=document.data,
        deployed_at=now,
        problems=document.problems,
    )
