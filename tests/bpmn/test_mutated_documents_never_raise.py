"""A good document with random damage is read or refused, never an exception, and refused means a problem."""

# ruff: noqa: E501 - a diagram, or a row of a table of diagrams, reads best on one line
from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn import read
from tests.support.diagrams import process

GOOD = (
    process(dialect="camunda").start().exclusive("g").when("${x > 1}").script("a", "y = [1, 2]\nz = y[0]").inclusive("j")
    .at("g").otherwise().service("b", "http", inputs={"url": "${u}"}, outputs={"r": "${response}"}, properties={"job.retries": "3"})
    .to("j").at("j").subprocess("s").start("s1").user("u").end_terminate("t").close().throw_compensation("undo").end()
    .error_boundary("caught", on="b", code="X").end_error("failed", "Y").error_boundary("any", on="s").end("e2")
    .compensation(on="b", handler="h").service("h", "http", for_compensation=True)
    .xml()
)  # fmt: skip
LINES = GOOD.split(b"\n")
WORDS = sorted(
    {word for line in LINES for word in line.replace(b'"', b" ").replace(b"=", b" ").replace(b">", b" ").split()}
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """The good document with lines dropped, doubled and moved, and words exchanged for others of its words."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["drop", "double", "move", "exchange", "exchange", "exchange", "exchange"])):
            case "drop":
                del lines[at]
            case "double":
                lines.insert(draw(st.integers(0, len(lines))), lines[at])
            case "move":
                lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(at))
            case _:
                parts = lines[at].split(b'"')
                if len(parts) > 2:
                    parts[draw(st.integers(0, len(parts) // 2 - 1)) * 2 + 1] = draw(st.sampled_from(WORDS)).strip(
                        b"<>/"
                    )
                    lines[at] = b'"'.join(parts)
    return b"\n".join(lines)


def test_the_document_to_be_damaged_is_good():
    assert read(GOOD).problems == ()


@settings(max_examples=300, deadline=None)
@given(damaged())
def test_a_damaged_document_is_read_or_refused(data):
    # When a damaged document is read
    document = read(data)
    # Then it is refused with an error, or its processes can run
    for one in document.processes:
        assert (one.executable is not None) == (document.ok and one.process.executable)
    for problem in document.problems:
        assert problem.sentence
    # And reading it again gives the same answer
    assert read(data).problems == document.problems


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40), st.integers(0, len(GOOD)), st.integers(0, 40))
def test_random_bytes_anywhere_never_raise(junk, at, length):
    document = read(GOOD[:at] + junk + GOOD[at + length :])
    assert document.ok or any(problem.severity == "error" for problem in document.problems)
