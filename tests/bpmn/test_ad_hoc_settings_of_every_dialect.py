"""What an ad-hoc sub-process starts by itself and collects reads the same in every dialect that can say it."""

from __future__ import annotations

import pytest

from engine.bpmn import read
from tests.support.drawings import Drawing, process
from tests.support.instances import Instance

PROPERTIES = (
    '<{0}:properties><{0}:property name="adHoc.activities" value="{1}"/>'
    '<{0}:property name="adHoc.output.collection" value="results"/>'
    '<{0}:property name="adHoc.output.element" value="{2}"/></{0}:properties>'
)
ZEEBE = '<zeebe:adHoc activeElementsCollection="{}" outputCollection="results" outputElement="=answer"/>'


def chores(dialect: str, extensions: str, completion: str = "") -> Drawing:
    diagram = (
        process("p", dialect=dialect).start().ad_hoc("chores", completion).user("a").apart().user("b").close().end()
    )
    diagram._nodes["chores"].extensions.append(extensions)
    return diagram


SAID = [
    ("plain", PROPERTIES.format("baton", "wanted", "answer"), "over"),
    ("camunda", PROPERTIES.format("camunda", "${wanted}", "${answer}"), "${over}"),
    ("zeebe", ZEEBE.format("=wanted"), "=over"),
]


@pytest.mark.parametrize("dialect, extensions, completion", SAID, ids=[row[0] for row in SAID])
def test_what_starts_what_is_collected_and_when_it_ends(dialect: str, extensions: str, completion: str) -> None:
    xml = chores(dialect, extensions, completion).xml()
    instance = Instance(xml, wanted=["b", "a"], answer=0, over=False)
    assert instance.active == ["chores", "b", "a"]
    instance.complete("a", answer=1).complete("b", answer=2, over=True)
    assert instance.variables["results"] == [1, 2]
    assert instance.status == "completed"


def test_zeebe_may_leave_all_of_it_out() -> None:
    assert Instance(chores("zeebe", "<zeebe:adHoc/>").xml()).active == ["chores"]


WRONG = [
    ('<zeebe:adHoc outputCollection="results"/>', "ad-hoc"),
    ('<zeebe:taskDefinition type="agent"/>', "unsupported-attribute"),
]


@pytest.mark.parametrize("extensions, rule", WRONG, ids=[row[1] for row in WRONG])
def test_what_baton_does_not_execute_is_refused(extensions: str, rule: str) -> None:
    problems = read(chores("zeebe", extensions).xml()).problems
    assert {(one.rule, one.element_id) for one in problems if one.severity == "error"} == {(rule, "chores")}


def test_a_property_that_is_misspelt_is_named() -> None:
    wrong = PROPERTIES.format("baton", "wanted", "answer").replace("adHoc.activities", "adhoc.activities")
    assert [one.rule for one in read(chores("plain", wrong).xml()).problems] == ["unknown-extension"]
