"""Deploying: read, check, number, store, all documents or none; and finding the definition to start."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from ..bpmn import Document, read
from ..model import Process
from ..problems import Problem
from ..spiff import schema_problems
from ..store import DefinitionRecord, DeploymentRecord, DuplicateKey, VersionTaken
from ..store.edge import NewRoutes
from ..store.messages import Wanted
from ..store.processes import current
from ..store.start_events import StartEvent
from ..store.views import DefinitionView, DeploymentView
from . import once
from .bus.bindings import bound_topics
from .connector_checks import connector_problems
from .errors import Busy, DeploymentRefused, Forbidden, InvalidRequest, NotFound
from .house import House
from .requests import IdempotencyKey
from .route_deploying import (
    add_taken_routes,
    apart,
    checksum_with,
    other_routes,
    refuse_unused,
    route_problems,
    route_rows,
    schema_files,
)
from .secret_checks import secret_problems
from .starting import TAKEN, start_events, taken_messages

Problems = dict[str, list[Problem]]


@dataclass(frozen=True, slots=True)
class _Read:
    file: str
    data: bytes
    checksum: str
    document: Document
    problems: list[Problem]
    beside: dict[str, bytes]


class Deployments:
    """What the engine knows of definitions."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._latest: dict[str, tuple[str, bool]] = {}

    # -- deploying ---------------------------------------------------------------------------------------------------

    def lint(self, files: Mapping[str, bytes]) -> Problems:
        """Return all findings by file name, without storing anything."""
        return {one.file: one.problems for one in self._read_all(files)}

    def deploy(
        self, files: Mapping[str, bytes], name: str, actor: str, idempotency_key: str | None = None
    ) -> DeploymentView:
        """Store what is new in the documents; raises DeploymentRefused when one has an error."""
        checks = self._house.checks
        name, actor = checks.text("the deployment's name", name), checks.text("actor", actor)
        sums = {file: hashlib.sha256(data).hexdigest() for file, data in files.items()}
        key = once.keyed(self._house, idempotency_key, ["deploy", name, sums])
        if (used := once.known(self._house, key)) is not None:
            return self.deployment(used.result[0])
        documents = self._read_all(files)
        _refuse_others([one.process.id for document in documents for one in document.document.processes])
        if any(problem.severity == "error" for one in documents for problem in one.problems):
            raise DeploymentRefused({one.file: one.problems for one in documents})
        for _ in range(self._house.settings.conflict_repeats):
            with suppress(VersionTaken, DuplicateKey):  # by another process, a moment ago
                return self._house.writer.call(lambda: self._store(documents, name, actor, key))
        raise Busy("Expected to be the only one that deploys these processes but others were faster", "try again later")

    def _read_all(self, files: Mapping[str, bytes]) -> list[_Read]:
        self._house.checks.whole("the number of documents", len(files), 1, self._house.settings.files_per_deployment)
        seen: dict[str, str] = {}
        diagrams, beside = apart(files)
        read_ones = [self._read(file, data, seen, beside) for file, data in diagrams.items()]
        refuse_unused([(one.problems, one.beside) for one in read_ones], beside)
        return read_ones

    def _read(self, file: str, data: bytes, seen: dict[str, str], beside: Mapping[str, bytes]) -> _Read:
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
            problems += secret_problems(one.process, self._house.vault, self._house.connectors.types())
            problems += route_problems(one.executable, beside) if one.executable is not None else ()
        problems.sort(key=lambda problem: problem.line or 0)
        needed = schema_files(one.executable for one in document.processes if one.executable is not None)
        used = {name: beside[name] for name in needed if name in beside}
        return _Read(file, data, checksum_with(checksum(data), needed, beside), document, problems, used)

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

    def _store(
        self, documents: list[_Read], name: str, actor: str, key: IdempotencyKey | None = None
    ) -> DeploymentView:
        """On the writer's thread, so that two deployments never give out the same version."""
        house, now = self._house, self._house.clock.now()
        if (used := once.known(house, key)) is not None:
            return self.deployment(used.result[0])
        deployment = house.ids.new(now)
        keys = [one.process.id for document in documents for one in document.document.processes]
        latest = house.store.deployments.latest(keys)
        ids, new, starts, bound = [], [], [], []
        messages = house.store.start_events.message_starts()
        self._refuse_taken_messages(documents, messages)
        edge = self._new_routes(documents)
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
                    starts += start_events(one.executable, record.id, now) + route_rows(one.executable, record.id)
                    bound += bound_topics(one.executable, record.id)
        problems = [problem for document in documents for problem in document.problems]
        house.store.deployments.add(
            DeploymentRecord(
                id=deployment, name=name, deployed_at=now, deployed_by=actor, definition_ids=ids, problems=problems
            ),
            new,
            starts,
            once.record(house, key, deployment),
            bound,
            edge,
        )
        self._starts_changed(starts)
        house.bus.deployed()
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

    def _new_routes(self, documents: list[_Read]) -> NewRoutes:
        """The files that routes need; raises DeploymentRefused when a request would be for two routes."""
        read_ones = [(one.file, process) for one in documents for process in one.document.processes]
        executables = [(file, one.executable) for file, one in read_ones if one.executable is not None]
        deployed = {one.process.id for _, one in read_ones}
        rivals = other_routes(self._house, deployed)
        problems: Problems = {one.file: list(one.problems) for one in documents}
        add_taken_routes(self._house, executables, rivals, problems)
        files = {name: data for one in documents for name, data in one.beside.items()}
        return NewRoutes(files, rivals if any(one.routes for _, one in executables) else None, deployed)

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


def _refuse_others(processes: list[str]) -> None:
    """Who is restricted to processes deploys no others."""
    allowed = current()
    others = [] if allowed is None else [process for process in processes if not allowed.allows(process)]
    if others:
        raise Forbidden(f"Expected only processes that the caller may use but found {', '.join(others)[:200]}")


def checksum(data: bytes) -> str:
    """Return the SHA-256 of a document, the same for every spelling of its line ends."""
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()


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
