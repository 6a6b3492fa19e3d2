"""Random chains of jobs with data inputs and outputs give exactly what the drawing says, computed independently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.core import events as e
from tests.core.test_data import WORK, into, io, objects, out, refs
from tests.support.drawings import process
from tests.support.instances import Instance

from .profile import examples

OBJECTS = ("a", "b", "c")


@dataclass(frozen=True)
class Job:
    """A job: (source, whether it may be missing) of each data input; (target, required, given) of each output."""

    inputs: tuple[tuple[str, bool], ...]
    outputs: tuple[tuple[str, bool, bool], ...]


JOBS = st.lists(
    st.builds(
        Job,
        st.lists(st.tuples(st.sampled_from(OBJECTS), st.booleans()), max_size=3).map(tuple),
        st.lists(
            st.tuples(st.sampled_from(OBJECTS), st.booleans(), st.booleans()), max_size=3, unique_by=lambda one: one[0]
        ).map(tuple),
    ),
    max_size=4,
)
GIVEN = st.fixed_dictionaries({}, optional={name: st.integers(0, 9) for name in OBJECTS})


def drawn(jobs: list[Job]) -> bytes:
    diagram = objects(process("p"), *OBJECTS).start()
    for number, job in enumerate(jobs):
        names = [f"i{number}{place}" for place in range(len(job.inputs))]
        results = [f"o{number}{place}" for place in range(len(job.outputs))]
        optional = " ".join(name for name, (_, may_lack) in zip(names, job.inputs, strict=True) if may_lack)
        lax = " ".join(name for name, (_, required, _) in zip(results, job.outputs, strict=True) if not required)
        sets = refs("inputSet", dataInputRefs=" ".join(names), optionalInputRefs=optional)
        sets += refs("outputSet", dataOutputRefs=" ".join(results), optionalOutputRefs=lax)
        body = io(" ".join(names), " ".join(results), sets)
        body += "".join(into(f"{source}_object", name) for name, (source, _) in zip(names, job.inputs, strict=True))
        body += "".join(out(name, f"{one[0]}_object") for name, one in zip(results, job.outputs, strict=True))
        diagram = diagram.node("serviceTask", f"t{number}", {}, body, extensions=WORK)
    return diagram.end().xml()


def expected(jobs: list[Job], given_: dict[str, Any]) -> tuple[str, list[dict[str, Any]], dict[str, Any]]:
    """How it ends, the inputs of each job, and what the data objects hold then."""
    held: dict[str, Any] = dict.fromkeys(OBJECTS) | given_
    calls: list[dict[str, Any]] = []
    for number, job in enumerate(jobs):
        if any(held[source] is None and not may_lack for source, may_lack in job.inputs):
            return f"stuck at the beginning of t{number}", calls, held
        calls.append({f"i{number}{place}": held[source] for place, (source, _) in enumerate(job.inputs)})
        if any(required and not is_given for _, required, is_given in job.outputs):
            return f"stuck at the end of t{number}", calls, held
        for place, (target, _, is_given) in enumerate(job.outputs):
            if is_given:
                held[target] = f"o{number}{place}"
    return "completed", calls, held


@examples(40)
@given(JOBS, GIVEN)
def test_jobs_get_and_give_what_is_drawn(jobs: list[Job], given_: dict[str, Any]) -> None:
    # Given a chain of jobs, some of which lack data or give less than they should
    instance = Instance(drawn(jobs), **given_)
    # When each is answered as far as it comes
    for number, job in enumerate(jobs):
        if instance.state.incidents:
            break
        answers = {f"o{number}{place}": f"o{number}{place}" for place, one in enumerate(job.outputs) if one[2]}
        instance.complete(f"t{number}", unasked=1, **answers)
    # Then it comes as far as expected, with these inputs and these values
    ending, calls, held = expected(jobs, given_)
    stuck = [f"stuck at the {_WHEN[one.stage]} of {one.element}" for one in instance.state.incidents.values()]
    assert (stuck or [instance.state.status]) == [ending]
    made = [event.inputs for event in instance.history if isinstance(event, e.JobCreated)]
    assert len(made) == len(calls)
    assert [one for one, call in zip(made, calls, strict=True) if call] == [call for call in calls if call]
    assert {name: instance.variables.get(name) for name in OBJECTS} == held
    assert {one.kind for one in instance.state.incidents.values()} <= {"data"}


_WHEN = {"enter": "beginning", "complete": "end"}
