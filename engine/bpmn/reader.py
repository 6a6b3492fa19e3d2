"""Bytes to processes: the one way in, which reads everything it can and reports everything that is wrong at once."""

from __future__ import annotations

from msgspec.structs import replace

from ..core.elements import build
from ..model import Extensions, RootElement
from ..problems import Problem
from .advice import advise
from .collaborations import CollaborationChecks, Pools, read_collaboration
from .contents import check_contents
from .correlations import Correlations
from .dialects import SPIFFWORKFLOW, Dialect, dialect_of, note_foreign, read_extensions
from .document import Document, ReadProcess
from .findings import Findings
from .global_tasks import global_task
from .lanes import check_lanes
from .languages import document_syntax
from .limits import DEFAULT_LIMITS, Limits
from .processes import ProcessReading, is_executable
from .roots import check_roots, root_elements
from .rules import check_process
from .rules.documents import NO_PROCESS, NOT_BPMN, XML_LIMIT
from .rules.gateways import INCLUSIVE_PATHS, inclusive_paths
from .rules.identity import MISSING_ID, check_ids, check_references
from .rules.registry import quoted
from .standard import GLOBAL_TASKS, REFERENCED_ROOTS
from .views import Views
from .xml import BPMN, Node, XmlDocument, length_of_sources, parse


def read(data: bytes, file_name: str = "", limits: Limits = DEFAULT_LIMITS) -> Document:
    """Read a BPMN 2.0 document.

    data: the bytes as they arrived. file_name: for the reader of the result. limits: how big it may be.
    Returns the document with all its problems, by line; whatever the bytes are, nothing is raised.
    """
    parsed = parse(data, limits)
    if isinstance(parsed, Problem):
        return Document(file_name=file_name, problems=(parsed,))
    root = parsed.root
    if root.namespace != BPMN or root.name != "definitions":
        where = f" of {quoted(root.namespace)}" if root.namespace else ""
        sentence = f"Expected definitions of BPMN 2.0 as the root element but got {quoted(root.name)}{where}"
        return Document(file_name=file_name, problems=(NOT_BPMN.problem(sentence, line=root.line),))
    return _DocumentReading(parsed, limits).read(file_name)


class _DocumentReading:
    """One document being read."""

    def __init__(self, parsed: XmlDocument, limits: Limits) -> None:
        self._root = parsed.root
        self._limits = limits
        self._findings = Findings()
        self._processes = [node for node in self._root.bpmn_children() if node.name == "process"]
        self._tasks = [node for node in self._root.bpmn_children() if node.name in GLOBAL_TASKS]
        inside = [node for process in (*self._processes, *self._tasks) for node in elements_of(process)]
        self._dialect: Dialect = dialect_of(parsed, inside)
        self._syntax = document_syntax(self._root, self._dialect.syntax, self._findings)
        self._all = elements_of(self._root)
        self._by_id: dict[str, Node] = {}
        for node in self._all:
            if node.id:
                self._by_id.setdefault(node.id, node)
        self._roots: dict[str, RootElement] = {}
        drawn = (node for node in self._root.bpmn_children() if node.name == "collaboration")
        self._drawn = tuple(read_collaboration(node, self._by_id) for node in drawn)
        self._pools = Pools(self._drawn)
        self._paths = 0
        self._views = Views(self._syntax)

    def read(self, file_name: str) -> Document:
        findings = self._findings
        most = self._limits.sources
        if length_of_sources(self._all) > most:
            sentence = f"Expected at most {most} characters of expressions, scripts and extensions but there are more"
            return Document(file_name=file_name, problems=(XML_LIMIT.problem(sentence),))
        named = [node for node in self._root.bpmn_children() if node.name in REFERENCED_ROOTS]
        said = {one: read_extensions(one, self._dialect, self._syntax, findings).extensions for one in named}
        self._roots = root_elements(self._root, said)
        self._read_beside(said)
        self._correlations = Correlations(self._all, self._by_id, self._syntax, findings)
        findings.extend(check_ids(self._all, self._limits.id_length))
        findings.extend(check_roots(self._root, self._collaborations()))
        note_foreign(self._all, self._dialect, findings)
        if not self._processes and not self._tasks:
            findings.add(NO_PROCESS.at(self._root, "A document needs a process but this one has none"))
        processes = [self._process(node) for node in self._processes] + [self._task(node) for node in self._tasks]
        problems = findings.sorted(self._limits)
        if any(problem.severity == "error" for problem in problems):
            processes = [ReadProcess(process=one.process) for one in processes]
        return Document(
            file_name=file_name,
            dialect=self._dialect.name,
            processes=tuple(processes),
            collaborations=self._drawn,
            problems=problems,
        )

    def _read_beside(self, said: dict[Node, Extensions]) -> None:
        """What the extensions say of everything beside the processes and global tasks. said: of the root elements."""
        said[self._root] = self._said(self._root)
        for other in self._root.bpmn_children():
            if other.name != "process" and other not in self._tasks:
                inside = elements_of(other)
                said |= {one: self._said(one) for one in inside if one not in said}
                self._views.add(inside, said)

    def _said(self, node: Node) -> Extensions:
        return read_extensions(node, self._dialect, self._syntax, self._findings, self._roots).extensions

    def _collaborations(self) -> CollaborationChecks:
        pools = {one: process for process in self._processes for one in elements_of(process)}
        return CollaborationChecks(self._by_id, pools, executes=any(is_executable(one) for one in self._processes))

    def _process(self, node: Node) -> ReadProcess:
        findings = Findings()
        nodes = elements_of(node)
        said = {one: read_extensions(one, self._dialect, self._syntax, findings, self._roots) for one in nodes}
        self._views.add(nodes, {one: each.extensions for one, each in said.items()})
        reading = ProcessReading(
            node,
            by_id=self._by_id,
            roots=self._roots,
            said=said,
            views=self._views,
            syntax=self._syntax,
            findings=findings,
            names_by_id=self._dialect is SPIFFWORKFLOW,
        )
        if not node.id:
            findings.add(MISSING_ID.at(node, "A process needs an id but this one has none"))
        process = self._pools.drawn_around(reading.read(self._correlations.of(node)))
        findings.extend(check_contents(nodes))
        findings.extend(check_references(nodes, self._by_id))
        findings.extend(check_lanes(nodes, self._by_id))
        findings.extend(check_process(process))
        if not is_executable(node):
            self._findings.extend(findings.of_a_drawing())
            return ReadProcess(process=process)
        executable = None
        self._paths += inclusive_paths(process)
        if self._paths > self._limits.inclusive_paths:
            most = self._limits.inclusive_paths
            sentence = f"Expected at most {most} steps of paths to the inclusive joins but there are {self._paths}"
            findings.add(INCLUSIVE_PATHS.at(node, sentence))
        else:
            executable, problems = build(process)
            findings.extend(problems)
            if not any(problem.severity == "error" for problem in findings.all()):
                findings.extend(advise(executable))
        self._findings.extend(findings.all())
        return ReadProcess(process=process, executable=executable)

    def _task(self, node: Node) -> ReadProcess:
        """A global task; in a document whose processes are only drawn it is only drawn, too."""
        findings = Findings()
        nodes = elements_of(node)
        said = {one: read_extensions(one, self._dialect, self._syntax, findings, self._roots) for one in nodes}
        self._views.add(nodes, {one: each.extensions for one, each in said.items()})
        if not node.id:
            findings.add(MISSING_ID.at(node, f"A {node.name} needs an id but this one has none"))
        process = global_task(node, said[node], self._views)
        executable, problems = build(process)
        findings.extend(problems)
        if self._processes and not any(is_executable(one) for one in self._processes):
            self._findings.extend(findings.of_a_drawing())
            return ReadProcess(process=replace(process, executable=False))
        self._findings.extend(findings.all())
        return ReadProcess(process=process, executable=executable)


def elements_of(top: Node) -> list[Node]:
    """The element and every BPMN element inside it in document order, what is in extensionElements excepted."""
    found, stack = [], [top]
    while stack:
        node = stack.pop()
        found.append(node)
        stack += [
            child for child in reversed(node.children) if child.namespace == BPMN and child.name != "extensionElements"
        ]
    return found
