"""Bytes to processes: the one way in, which reads everything it can and reports everything that is wrong at once."""

from __future__ import annotations

from ..core.elements import build
from ..problems import Problem
from .contents import check_contents
from .dialects import Dialect, dialect_of, note_foreign, read_extensions
from .document import Document, ReadProcess
from .findings import Findings
from .languages import document_syntax
from .limits import DEFAULT_LIMITS, Limits
from .processes import ProcessReading, is_executable
from .roots import check_roots, root_elements
from .rules import check_process
from .rules.documents import NO_PROCESS, NOT_BPMN, XML_LIMIT
from .rules.gateways import INCLUSIVE_PATHS, inclusive_paths
from .rules.identity import MISSING_ID, check_ids, check_references
from .rules.registry import quoted
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
        inside = [node for process in self._processes for node in elements_of(process)]
        self._dialect: Dialect = dialect_of(parsed, inside)
        self._syntax = document_syntax(self._root, self._dialect.syntax, self._findings)
        self._all = elements_of(self._root)
        self._by_id: dict[str, Node] = {}
        for node in self._all:
            if node.id:
                self._by_id.setdefault(node.id, node)
        self._roots = root_elements(self._root)
        self._paths = 0
        self._views = Views(self._syntax)
        for other in (node for node in self._root.bpmn_children() if node.name != "process"):
            self._views.add(elements_of(other), {})

    def read(self, file_name: str) -> Document:
        findings = self._findings
        most = self._limits.sources
        if length_of_sources(self._all) > most:
            sentence = f"Expected at most {most} characters of expressions, scripts and extensions but there are more"
            return Document(file_name=file_name, problems=(XML_LIMIT.problem(sentence),))
        findings.extend(check_ids(self._all, self._limits.id_length))
        findings.extend(check_roots(self._root))
        note_foreign(self._all, self._dialect, findings)
        if not self._processes:
            findings.add(NO_PROCESS.at(self._root, "A document needs a process but this one has none"))
        processes = [self._process(node) for node in self._processes]
        problems = findings.sorted(self._limits)
        if any(problem.severity == "error" for problem in problems):
            processes = [ReadProcess(process=one.process) for one in processes]
        return Document(file_name=file_name, dialect=self._dialect.name, processes=tuple(processes), problems=problems)

    def _process(self, node: Node) -> ReadProcess:
        findings = Findings()
        nodes = elements_of(node)
        said = {one: read_extensions(one, self._dialect, self._syntax, findings) for one in nodes}
        self._views.add(nodes, {one: each.extensions for one, each in said.items()})
        reading = ProcessReading(
            node,
            by_id=self._by_id,
            roots=self._roots,
            said=said,
            views=self._views,
            syntax=self._syntax,
            findings=findings,
        )
        if not node.id:
            findings.add(MISSING_ID.at(node, "A process needs an id but this one has none"))
        process = reading.read()
        findings.extend(check_contents(nodes))
        findings.extend(check_references(nodes, self._by_id))
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
