"""Whatever the bytes are, reading them gives one clear problem and costs little; nothing is raised or fetched."""

from __future__ import annotations

import gzip
import io
import tracemalloc
import zipfile

import pytest

from engine.bpmn import DEFAULT_LIMITS, Limits, read
from tests.support.diagrams import NAMESPACES, process

GOOD = process().start().script("a", "x = 1").end().xml()
OPEN = f'<definitions xmlns="{NAMESPACES["bpmn"]}"><process id="p">'
CLOSE = "</process></definitions>"


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("../../evil.bpmn", GOOD)
    return buffer.getvalue()


def bomb(doctype: str) -> bytes:
    return f'<?xml version="1.0"?>{doctype}{OPEN}<startEvent id="s" name="&e;"/>{CLOSE}'.encode()


ATTRIBUTES = " ".join(f'a{n}="1"' for n in range(100_000))
DECLARATIONS = " ".join(f'xmlns:a{n}="u:{n}"' for n in range(5_000))
LAUGHS = "".join(f"<!ENTITY e{n} '{('&e' + str(n - 1) + ';') * 10}'>" for n in range(1, 12))

HOSTILE = {
    "external entity": (bomb('<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>'), "doctype"),
    "external parameter entity": (
        bomb('<!DOCTYPE d [<!ENTITY % e SYSTEM "http://169.254.169.254/x"> %e;]>'),
        "doctype",
    ),
    "external DTD": (bomb('<!DOCTYPE d SYSTEM "http://127.0.0.1:1/evil.dtd">'), "doctype"),
    "public DTD": (bomb('<!DOCTYPE d PUBLIC "-//X//Y" "http://127.0.0.1:1/evil.dtd">'), "doctype"),
    "DOCTYPE without anything": (bomb("<!DOCTYPE d>"), "doctype"),
    "billion laughs": (bomb(f'<!DOCTYPE d [<!ENTITY e0 "ha">{LAUGHS}<!ENTITY e "&e11;">]>'), "doctype"),
    "quadratic blow-up": (bomb(f'<!DOCTYPE d [<!ENTITY e "{"a" * 50_000}">]>'), "doctype"),
    "DOCTYPE in UTF-16": (bomb("<!DOCTYPE d>").decode().encode("utf-16"), "doctype"),
    "entity that is not declared": (bomb(""), "not-xml"),
    "100,000 nested elements": (b"<a>" * 100_000, "xml-limit"),
    "1,000,000 nested elements": (b"<a>" * 1_000_000 + b"</a>" * 1_000_000, "xml-limit"),
    "100,000 nested sub-processes": ((OPEN + '<subProcess id="s">' * 100_000).encode(), "xml-limit"),
    "251 levels": ((OPEN + "<a>" * 249 + "</a>" * 249 + CLOSE).encode(), "xml-limit"),
    "many elements": ((OPEN + "<task/>" * 200_000 + CLOSE).encode(), "xml-limit"),
    "many attributes": (f"<d {ATTRIBUTES}/>".encode(), "xml-limit"),
    "many namespaces": (f"<d {DECLARATIONS}/>".encode(), "not-bpmn"),
    "huge text": ((OPEN + "x" * 1_000_001 + CLOSE).encode(), "xml-limit"),
    "huge text in pieces": ((OPEN + "<![CDATA[xx]]>" * 500_001 + CLOSE).encode(), "xml-limit"),
    "huge attribute": (f'{OPEN}<task id="t" name="{"x" * 1_000_001}"/>{CLOSE}'.encode(), "xml-limit"),
    "more bytes than allowed": (b" " * (DEFAULT_LIMITS.bytes + 1), "xml-limit"),
    "gzip": (gzip.compress(GOOD), "not-xml"),
    "zip with a path that climbs": (archive(), "not-xml"),
    "nothing": (b"", "not-xml"),
    "blank space": (b" \r\n\t\0", "not-xml"),
    "text": (b"hello", "not-xml"),
    "JSON": (b'{"a": 1}', "not-xml"),
    "cut off": (GOOD[:-30], "not-xml"),
    "two roots": (GOOD + b"<a/>", "not-xml"),
    "NUL inside": (GOOD.replace(b"x = 1", b"x = \0"), "not-xml"),
    "duplicate attribute": (GOOD.replace(b' id="a"', b' id="a" id="b"'), "not-xml"),
    "prefix without namespace": (GOOD.replace(b"<bpmn:startEvent", b"<nope:startEvent", 1), "not-xml"),
    "encoding that does not exist": (b"<?xml version='1.0' encoding='nonsense'?><a/>", "not-xml"),
    "encoding that is not true": (b"<?xml version='1.0' encoding='UTF-8'?><a>\xff\xfe</a>", "not-xml"),
    "UTF-16 said, UTF-8 written": (b"<?xml version='1.0' encoding='UTF-16'?><a/>", "not-xml"),
    "half of a surrogate pair": (b"<a>&#xD800;</a>", "not-xml"),
    "HTML": (b"<html><body/></html>", "not-bpmn"),
    "definitions of something else": (b'<definitions xmlns="urn:other"/>', "not-bpmn"),
    "BPMN 1": (b'<definitions xmlns="http://schema.omg.org/spec/BPMN/1.1"/>', "not-bpmn"),
    "a process as the root": (f'<process xmlns="{NAMESPACES["bpmn"]}"/>'.encode(), "not-bpmn"),
    "no process": (f'<definitions xmlns="{NAMESPACES["bpmn"]}"/>'.encode(), "no-process"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_become_one_problem(name):
    # Given bytes that somebody uploads
    data, rule = HOSTILE[name]
    # When they are read
    document = read(data, "evil.bpmn")
    # Then there is one problem, and no process
    assert [one.rule for one in document.problems] == [rule]
    assert not document.ok
    assert document.processes == ()
    # And its sentence is short, on one line, and says what was expected
    (problem,) = document.problems
    assert problem.sentence.startswith(("Expected ", "A document needs "))
    assert len(problem.sentence) < 300
    assert "\n" not in problem.sentence
    assert "/etc/passwd" not in problem.sentence


@pytest.mark.parametrize("name", ["billion laughs", "1,000,000 nested elements", "many attributes"])
def test_hostile_bytes_cost_no_more_than_a_few_times_their_size(name):
    data, _ = HOSTILE[name]
    tracemalloc.start()
    try:
        read(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20 * len(data) + 1_000_000


@pytest.mark.parametrize(
    "limits, what",
    [
        (Limits(bytes=100), "100 bytes"),
        (Limits(elements=3), "3 elements"),
        (Limits(depth=3), "3 levels"),
        (Limits(attributes=2), "2 attributes"),
        (Limits(text_length=4), "4 characters"),
        (Limits(sources=4), "4 characters of expressions"),
    ],
)
def test_every_limit_is_a_setting_and_says_its_number(limits, what):
    (problem,) = read(GOOD, limits=limits).problems
    assert problem.rule == "xml-limit"
    assert what in problem.sentence


def test_the_paths_to_inclusive_joins_are_limited():
    # Given a join with two flows into it, among four flows: 2 * 4 are searched
    diagram = process().start().inclusive("split").when("x").task("a").inclusive("join").at("split").otherwise()
    diagram.task("b").to("join")
    data = diagram.xml()
    # Then one less than the flows there are is too few
    flows = data.count(b"<bpmn:sequenceFlow")
    assert [one.rule for one in read(data, limits=Limits(inclusive_paths=2 * flows)).problems] == []
    assert [one.rule for one in read(data, limits=Limits(inclusive_paths=2 * flows - 1)).problems] == [
        "inclusive-paths"
    ]


def test_a_document_at_the_limit_of_depth_is_read():
    # Given 200 sub-processes in one another, the deepest diagram that must run
    diagram = process().start()
    for number in range(200):
        diagram.subprocess(f"s{number}").start(f"start{number}")
    diagram.script("deep", "x = 1")
    for _ in range(200):
        diagram.close()
    # Then it is read without a problem
    document = read(diagram.end().xml())
    assert document.problems == ()
    assert document.processes[0].process.nodes["deep"].container == "s199"


def test_a_broken_line_is_named():
    (problem,) = read(GOOD.replace(b"</bpmn:scriptTask>", b"</bpmn:oops>")).problems
    assert problem.line == 11


def test_comments_and_instructions_change_nothing():
    spoilt = GOOD.replace(b"x = 1", b"x <!-- not --><?even this?>= 1")
    document = read(spoilt)
    assert document.problems == ()
    assert document.processes[0].process.nodes["a"].view.child("script").text == "x = 1"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_declared_encodings_are_read(encoding):
    text = GOOD.decode().replace("UTF-8", {"utf-8-sig": "UTF-8"}.get(encoding, encoding)).replace('"a"', '"ä"')
    document = read(text.encode(encoding))
    assert "ä" in document.processes[0].process.nodes
    assert document.ok


def test_a_long_list_of_problems_is_cut_and_says_so():
    # Given a diagram with 300 errors and 300 infos
    diagram = process().start().subprocess("s").task("t")
    for number in range(300):
        diagram.node("dataObject", f"d{number}", connect=False)
    diagram.close()
    for number in range(300):
        diagram.node("callActivity", f"c{number}")
    # When it is read
    problems = read(diagram.xml()).problems
    # Then the errors come through, and the last problem says how many are left
    assert len(problems) == DEFAULT_LIMITS.problems + 1
    assert {one.severity for one in problems[:-1]} == {"error"}
    assert problems[-1].rule == "more-problems"
    assert "400 more" in problems[-1].sentence


def test_names_that_are_hostile_stay_text():
    name = "<script>alert(1)</script>\r\n=cmd|' /C calc'!A0"
    document = read(process().start().node("task", "a", {"name": name}).end().xml())
    assert document.processes[0].process.nodes["a"].name == name


@pytest.mark.parametrize(
    "build",
    [
        lambda n: ['<sequenceFlow sourceRef="s" targetRef="s"/>' for _ in range(n)],
        lambda n: [f'<boundaryEvent id="b{i}" attachedToRef="s"><compensateEventDefinition/></boundaryEvent>'
                   f'<association id="x{i}" sourceRef="b{i}" targetRef="s"/>' for i in range(n)],
        lambda n: [f'<subProcess id="u{i}"><task id="t{i}"/></subProcess>' for i in range(n)],
        lambda n: ['<task id="same"/>' for _ in range(n)],
    ],
    ids=["flows without ids", "boundary events", "sub-processes", "duplicates"],
)  # fmt: skip
def test_reading_is_linear_in_the_size_of_the_document(build):
    # Given two documents of the same kind, one eight times as long
    def steps(n: int) -> int:
        import sys

        count = 0

        def tracer(frame, event, arg):
            nonlocal count
            count += 1

        data = (OPEN + '<task id="s"/>' + "".join(build(n)) + CLOSE).encode()
        sys.setprofile(tracer)
        try:
            read(data)
        finally:
            sys.setprofile(None)
        return count

    # Then the long one takes at most about eight times the calls: 8 * 1.5
    assert steps(800) < 12 * steps(100)
