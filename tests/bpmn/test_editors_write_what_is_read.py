"""Diagrams that the editors' own libraries read and write again mean the same to Baton: nothing it reads is lost.

The libraries are bpmn-moddle with camunda-bpmn-moddle and zeebe-bpmn-moddle, as bpmn-js and the Camunda Modeler use
them; the extensions of SpiffWorkflow are described in editors/spiffworkflow.json, as its editor describes them.
"""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine import Engine, Settings
from engine.bpmn import Document, read
from engine.bpmn.dialects import CAMUNDA, DIALECTS, ZEEBE

from ..support.packages import node, node_modules_of
from .editors.samples import SAMPLES

FOLDER = Path(__file__).resolve().parent / "editors"
LIBRARIES = node_modules_of(FOLDER)

ROOT = FOLDER.parents[2]
FILES = sorted([*ROOT.glob("processes/*/*.bpmn"), *ROOT.glob("docs/tutorial/*.bpmn")])
MODELS = sorted((ROOT.parent / "shared" / "models").rglob("*.bpmn"))
DOCUMENTS = {**SAMPLES, **{str(file.relative_to(ROOT.parent)): file.read_bytes() for file in (*FILES, *MODELS)}}


CANNOT_BE_WRITTEN = {"C.1.0.bpmn", "C.1.1.bpmn"}
"""Reference diagrams with attributes that the library reads and refuses to write."""


@pytest.fixture(scope="module")
def rewritten() -> dict[str, dict[str, Any]]:
    """Every document as the libraries write it, all in one call."""
    asked = [{"dialect": read(xml).dialect, "xml": xml.decode("utf-8-sig")} for xml in DOCUMENTS.values()]
    done = subprocess.run(
        [node(), FOLDER / "write.mjs"], input=json.dumps(asked), capture_output=True, text=True, check=True, timeout=120
    )
    return dict(zip(DOCUMENTS, json.loads(done.stdout), strict=True))


def meant(document: Document) -> Any:
    """What the document says, without its lines, and with what has no order in one."""
    return [_bare(msgspec.to_builtins(one.process)) for one in document.processes]


DEFAULTS = {
    **dict.fromkeys(("startQuantity", "completionQuantity"), "1"),
    **dict.fromkeys(("isForCompensation", "parallelMultiple", "isSequential", "isCollection", "testBefore"), "false"),
    **dict.fromkeys(("triggeredByEvent", "instantiate", "isClosed"), "false"),
    **dict.fromkeys(("cancelActivity", "isInterrupting", "cancelRemainingInstances", "waitForCompletion"), "true"),
    "gatewayDirection": "Unspecified",
    "implementation": "##WebService",
    "processType": "None",
    "ordering": "Parallel",
    "method": "##Compensate",
    "behavior": "All",
    "associationDirection": "None",
    "eventGatewayType": "Exclusive",
}
"""Values of attributes that the standard gives them where they are absent; the libraries leave them out."""


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {name: each for name, each in value.items() if name != "line" and DEFAULTS.get(name) != each}
        return {name: _bare(each) for name, each in kept.items()}
    if isinstance(value, list | tuple):
        return sorted((_bare(each) for each in value), key=lambda each: json.dumps(each, sort_keys=True))
    if value == "formalExpression":
        return "expression"
    return " ".join(value.split()) if isinstance(value, str) else value


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_means_the_same_when_an_editor_has_written_it(name, rewritten):
    # Given a document, and the same as the editor's library writes it
    given, written = read(DOCUMENTS[name]), rewritten[name]
    if written["xml"] is None:
        assert Path(name).name in CANNOT_BE_WRITTEN
        return
    # When both are read
    again = read(written["xml"].encode())
    # Then they are in the same dialect, say the same, and have the same problems
    assert again.dialect == given.dialect
    assert meant(again) == meant(given)
    assert Counter(one.rule for one in again.problems) == Counter(one.rule for one in given.problems)


DEPLOYED = [name for name in DOCUMENTS if "shared" not in name and read(DOCUMENTS[name]).ok]


def test_what_an_editor_has_written_is_deployed_as_it_means(rewritten):
    # Given an engine, and every document that can run as an editor writes it
    with Engine("sqlite://", settings=Settings(manual_clock=True, workers=0)) as engine:
        for name in DEPLOYED:
            xml = rewritten[name]["xml"].encode()
            # When it is deployed
            deployed = engine.deploy({"written.bpmn": xml})
            # Then the engine keeps its bytes, and they still mean what the document said
            for definition in deployed.definitions:
                assert engine.definition_xml(definition.id) == xml
            keys = {definition.key for definition in deployed.definitions}
            assert keys == {one.process.id for one in read(DOCUMENTS[name]).processes}


def test_there_is_something_to_deploy():
    assert len(DEPLOYED) > len(FILES)


@pytest.mark.parametrize("name", SAMPLES)
def test_an_editor_knows_everything_in_the_samples(name, rewritten):
    assert rewritten[name]["warnings"] == []


INSIDE = {"formField", "validation", "constraint", "linkedResource"}
"""What stands inside of elements that are kept or refused as a whole."""

DESCRIBED = {
    "camunda": (CAMUNDA, "camunda-bpmn-moddle/resources/camunda.json"),
    "zeebe": (ZEEBE, "zeebe-bpmn-moddle/resources/zeebe.json"),
}


@pytest.mark.parametrize("name", DESCRIBED)
def test_every_attribute_and_element_that_an_editor_may_write_is_known(name):
    # Given the description of the dialect that its editor works by
    dialect, file = DESCRIBED[name]
    types = json.loads((LIBRARIES / file).read_text("utf-8"))["types"]
    # When an attribute extends an element of the standard, then it has a row
    on_bpmn = {
        one["name"].rpartition(":")[2]
        for each in types
        for one in each.get("properties", [])
        if one.get("isAttr") and any(extended.startswith("bpmn:") for extended in each.get("extends", []))
    }
    assert on_bpmn - set(dialect.attributes) == set()
    # And every type that stands in extensionElements has one
    elements = {
        each["name"][:1].lower() + each["name"][1:]
        for each in types
        if "Element" in each.get("superClass", []) and not each.get("isAbstract")
    }
    parts = {part.partition("@")[0] for known in dialect.elements.values() for part in known.parts}
    assert elements - set(dialect.elements) - parts - INSIDE == set()


def test_all_dialects_have_samples():
    assert {read(xml).dialect for xml in SAMPLES.values()} == {dialect.name for dialect in DIALECTS}
