"""Every scenario file of the repository passes, its diagrams are clean, and its pictures are those of its diagrams."""

from __future__ import annotations

import hashlib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from api.scenarios import run_file
from engine import Engine, Settings

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([*ROOT.glob("processes/*/scenario.yaml"), *ROOT.glob("docs/**/scenario.yaml")])
DIAGRAMS = sorted([*ROOT.glob("processes/*/*.bpmn"), *ROOT.glob("docs/**/*.bpmn")])
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_are_examples() -> None:
    assert {path.parent.name for path in FILES} >= {"order-saga", "approval", "parallel-checks", "tutorial"}


@pytest.mark.parametrize("path", FILES, ids=name)
def test_scenarios_pass_and_reach_the_whole_diagram(path: Path) -> None:
    report = run_file(path)
    assert report.problems == []
    assert [(result.name, result.failures) for result in report.results if result.failures] == []
    assert [(each.process, each.nodes.missing, each.flows.missing) for each in report.coverage] == [
        (each.process, (), ()) for each in report.coverage
    ]


@pytest.mark.parametrize("path", DIAGRAMS, ids=name)
def test_diagrams_have_nothing_to_complain_about(path: Path) -> None:
    with Engine("sqlite://", settings=Settings(manual_clock=True, workers=0)) as engine:
        [problems] = engine.lint({path.name: path.read_bytes()}).values()
    assert [str(problem) for problem in problems if problem.severity == "error"] == []
    warnings = [problem for problem in problems if problem.severity == "warning" and "pay-out" not in problem.sentence]
    expected = {"parallel-checks.bpmn": 3}  # nobody here does its three job types
    assert len(warnings) <= expected.get(path.name, 0), [str(problem) for problem in warnings]


@pytest.mark.parametrize("path", DIAGRAMS, ids=name)
def test_every_element_is_drawn(path: Path) -> None:
    root = ElementTree.fromstring(path.read_bytes())
    drawings = [*root.iter(f"{BPMN}process"), *root.iter(f"{BPMN}collaboration")]
    assert drawings
    kinds = (
        "Event",
        "Task",
        "Gateway",
        "subProcess",
        "SubProcess",
        "transaction",
        "callActivity",
        "sequenceFlow",
        "association",
        "textAnnotation",
        "participant",
        "messageFlow",
        "dataObjectReference",
        "dataStoreReference",
        "dataInputAssociation",
        "dataOutputAssociation",
    )
    wanted = {element.get("id") for drawn in drawings for element in drawn.iter() if element.tag.endswith(kinds)}
    drawn = {shape.get("bpmnElement") for shape in root.iter() if shape.tag in (f"{DI}BPMNShape", f"{DI}BPMNEdge")}
    assert wanted == drawn


@pytest.mark.parametrize("path", DIAGRAMS, ids=name)
def test_the_picture_is_that_of_the_diagram(path: Path) -> None:
    picture = (ROOT / "docs" / "images" / f"{path.stem}.svg").read_text("utf-8")
    stamp = hashlib.sha256(path.read_bytes()).hexdigest()
    assert stamp in picture.splitlines()[0], "draw it again with `python docs/images/pictures.py`"
