"""Routes at deployment: their schemas, the files that these stand in, and that no two take the same requests."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from ..core.elements import Executable
from ..core.elements.http_values import file_of_schema
from ..core.elements.responses import RULE as RESPONSE_RULE
from ..core.elements.responses import Response
from ..core.elements.routes import RULE, Route
from ..problems import Problem
from ..store.start_events import ROUTE, ROUTE_INDEX, StartEvent
from .errors import DeploymentRefused, InvalidRequest
from .input_schemas import InputSchema
from .route_table import PublishedRoute, RouteTable

if TYPE_CHECKING:
    from .house import House

TAKEN = "route-taken"
"""The rule that a request is for one route."""

SCHEMA_FILES = ".json"
"""How the names of files end that are deployed beside diagrams."""


def apart(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The diagrams, and the files beside them by the plain names that diagrams call them by."""
    beside = {name.rpartition("/")[2]: data for name, data in files.items() if name.endswith(SCHEMA_FILES)}
    return {name: data for name, data in files.items() if not name.endswith(SCHEMA_FILES)}, beside


def route_problems(executable: Executable, beside: Mapping[str, bytes]) -> list[Problem]:
    """What is wrong with the schemas of the process. beside: the files deployed with the diagram, by name."""
    problems = []
    for one in _with_schemas(executable):
        try:
            schema = read_schema(one.schema, beside.get(one.schema_file))
            if isinstance(one, Response):
                _check_constant(one, schema)
        except ValueError as error:
            name, rule = ("input", RULE) if isinstance(one, Route) else ("response", RESPONSE_RULE)
            sentence = f"Expected as http.{name}.schema {error}"
            problems.append(_problem(rule, one, sentence, "docs/howto/publish-a-route.md"))
    return problems


def _with_schemas(executable: Executable) -> list[Route | Response]:
    return [*executable.routes, *executable.responses]


def _check_constant(response: Response, schema: InputSchema | None) -> None:
    body = response.body
    if schema is not None and body is not None and body.known:
        for finding in schema.findings(body.constant):
            raise ValueError(f"one that the body fits but it does not at {finding.pointer or 'the top'}")


def read_schema(text: str, file: bytes | None) -> InputSchema | None:
    """The schema that an event says, None for none; raises ValueError for one that cannot be used or is not there."""
    if not text:
        return None
    name = file_of_schema(text)
    if not name:
        return InputSchema(text.encode())
    if file is None:
        raise ValueError(f"a file {name} in the same deployment but there is none")
    return InputSchema(file)


def schema_files(executables: Iterable[Executable]) -> list[str]:
    """The names of the files that the processes need beside them, sorted."""
    events = [event for one in executables for event in _with_schemas(one)]
    return sorted({event.schema_file for event in events if event.schema_file})


def checksum_with(checksum: str, names: list[str], beside: Mapping[str, bytes]) -> str:
    """The checksum of a diagram together with the files that it needs: a changed file makes a new version, too."""
    if not names:
        return checksum
    sums = [f"{name}:{hashlib.sha256(beside.get(name, b'')).hexdigest()}" for name in names]
    return hashlib.sha256("\n".join([checksum, *sums]).encode()).hexdigest()


def route_rows(executable: Executable, definition: str) -> list[StartEvent]:
    """The routes of the definition as they are published."""
    return [
        StartEvent(
            definition=definition,
            element=route.element,
            index=ROUTE_INDEX,
            process=executable.process.id,
            kind=ROUTE,
            name=route.shape,
        )
        for route in executable.routes
    ]


def refuse_unused(diagrams: list[tuple[list[Problem], dict[str, bytes]]], beside: Mapping[str, bytes]) -> None:
    """Raise InvalidRequest for files beside the diagrams (each its problems, and the files it names) that nobody names.

    Such a file was meant for something.
    """
    if not diagrams:
        raise InvalidRequest("Expected at least one diagram but got none", f"got only {', '.join(beside)[:200]}")
    is_sound = not any(problem.severity == "error" for problems, _ in diagrams for problem in problems)
    unused = sorted(set(beside) - {name for _, named in diagrams for name in named})
    if is_sound and unused:
        sentence = f"Expected only files that a diagram names but none names {', '.join(unused)[:200]}"
        raise InvalidRequest(sentence, "http.input.schema and http.response.schema name the files of JSON Schemas")


def other_routes(house: House, deployed: Collection[str]) -> list[StartEvent]:
    """The routes of processes that are not deployed just now."""
    return [row for row in house.store.start_events.routes() if row.process not in deployed]


def add_taken_routes(
    house: House,
    executables: list[tuple[str, Executable]],
    rivals: list[StartEvent],
    problems: dict[str, list[Problem]],
) -> None:
    """Raise DeploymentRefused with the problems by file when routes of the executables (with files) are taken."""
    shapes = {route.shape for _, executable in executables for route in executable.routes}
    alike = [row for row in rivals if row.name in shapes]
    table = RouteTable(alike, house.executables.__getitem__)
    others = [found for row in alike if (found := table.published(row)) is not None]
    taken = False
    for file, executable in executables:
        if executable.process.executable:
            wrong = taken_routes(executable.process.id, executable.routes, others)
            problems[file] += wrong
            taken = taken or bool(wrong)
    if taken:
        raise DeploymentRefused(problems)


def taken_routes(process: str, routes: Iterable[Route], others: list[PublishedRoute]) -> list[Problem]:
    """What is wrong with the process's routes beside those of the others, which then get them added.

    Of routes with the same method and path at most one is without http.when, and those with it are told apart by
    http.priority.
    """
    problems = []
    for route in routes:
        rival = next((one for one in others if _same(one.route, route)), None)
        if rival is not None:
            where = f"{rival.route.element} of the process {rival.process}, line {rival.route.line}"
            if route.when is None:
                wants = "Only one route without http.when needs to take them"
            else:
                wants = f"http.priority needs to tell them apart but both are {route.priority}"
            sentence = f"{route.text} is the route of {where}, too. {wants}"
            hint = "change one of the two paths, or give one an http.when or another http.priority"
            problems.append(_problem(TAKEN, route, sentence, hint))
        others.append(PublishedRoute(process, "", route))
    return problems


def _same(one: Route, other: Route) -> bool:
    if one.shape != other.shape or (one.when is None) != (other.when is None):
        return False
    return one.when is None or one.priority == other.priority


def _problem(rule: str, event: Route | Response, sentence: str, hint: str) -> Problem:
    return Problem(
        severity="error", rule=rule, sentence=sentence, element_id=event.element, line=event.line or None, hint=hint
    )
