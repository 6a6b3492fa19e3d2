"""Python functions as service tasks: how they are registered, called, and how their end becomes an outcome."""

import functools
import math

import pytest

from engine.connectors import (
    BpmnError,
    Completed,
    ErrorThrown,
    Failed,
    FinalFailure,
    FunctionConnector,
    RetryLater,
    TaskRegistry,
    task,
)
from engine.connectors.tasks import TASKS


@pytest.fixture
def registry():
    return TaskRegistry()


@pytest.fixture
def run(registry, call):
    """Register a function as job type "work" and run it with these inputs."""

    def run(function, **inputs):
        registry.task("work")(function)
        return FunctionConnector(registry).run(call(_type="work", **inputs))

    return run


def test_parameters_are_filled_by_name_and_the_result_is_the_variables(run):
    def charge(amount, currency="EUR", *, note=None):
        return {"paid": [amount, currency, note]}

    assert run(charge, amount=5, note="hi", extra=1) == Completed({"paid": [5, "EUR", "hi"]})


def test_other_inputs_go_to_keyword_arguments(run):
    assert run(lambda a, **rest: {"rest": rest}, a=1, b=2, job=3) == Completed({"rest": {"b": 2, "job": 3}})


def test_a_parameter_named_job_gets_the_call(run):
    def work(job, **rest):
        return {"key": job.idempotency_key, "attempt": job.attempt, "rest": rest}

    assert run(work, job="ignored").variables == {"key": "i1/charge/1", "attempt": 1, "rest": {}}


def test_no_result_is_no_variables(run):
    assert run(lambda: None) == Completed({})


def test_missing_inputs_fail_for_good_and_are_named(run):
    outcome = run(lambda amount, order, note="": None, note="x")
    assert outcome.message == "Job type 'work' needs inputs amount, order but got note"
    assert not outcome.retryable


def test_a_single_missing_input_is_named(run):
    assert run(lambda amount: None).message == "Job type 'work' needs input amount but got no inputs"


@pytest.mark.parametrize(
    "value,words",
    [
        (5, "Expected a dict or None"),
        ([], "Expected a dict or None"),
        ({"a": math.nan}, "Expected JSON values"),
        ({"a": {1, 2}}, "Expected JSON values"),
        ({1: "a"}, "Expected JSON values"),
        ({"a": object()}, "Expected JSON values"),
    ],
)
def test_results_that_cannot_be_variables_fail_for_good(run, value, words):
    outcome = run(lambda: value)
    assert isinstance(outcome, Failed)
    assert words in outcome.message
    assert not outcome.retryable
    assert outcome.detail["hint"]


def test_a_result_that_contains_itself_fails_for_good(run):
    value = {}
    value["self"] = value
    outcome = run(lambda: value)
    assert isinstance(outcome, Failed)
    assert not outcome.retryable


def test_the_engines_values_do_not_change_with_the_functions(run, registry, call):
    # Given a function that changes its input and keeps its result
    kept = {"items": []}

    def work(order):
        order["lines"].append("more")
        kept["items"].append(order)
        return kept

    given = {"lines": ["one"]}
    # When it ran twice
    first = run(work, order=given)
    FunctionConnector(registry).run(call(_type="work", order=given))
    # Then the input is as it was, and so is the first result
    assert given == {"lines": ["one"]}
    assert first == Completed({"items": [{"lines": ["one", "more"]}]})


def test_a_bpmn_error_carries_code_message_and_variables(run):
    def work():
        raise BpmnError("OUT_OF_STOCK", "nothing left", left=0, code="c")

    assert run(work) == ErrorThrown("OUT_OF_STOCK", "nothing left", {"left": 0, "code": "c"})


def test_a_bpmn_error_with_values_that_cannot_be_stored_fails_for_good(run):
    def work():
        raise BpmnError("X", value=math.inf)

    assert not run(work).retryable


@pytest.mark.parametrize("code", ["", None, 5])
def test_a_bpmn_error_needs_a_code(code):
    with pytest.raises(TypeError, match="needs an error code"):
        BpmnError(code)


def test_a_final_failure_is_not_tried_again(run):
    def work():
        raise FinalFailure("the card is closed")

    outcome = run(work)
    assert (outcome.message, outcome.retryable) == ("the card is closed", False)


@pytest.mark.parametrize(
    "after,expected", [(7, 7.0), (0.5, 0.5), (None, None), (-1, None), (math.nan, None), ("a", None)]
)
def test_retry_later_says_when(run, after, expected):
    def work():
        raise RetryLater("busy", after=after)

    outcome = run(work)
    assert (outcome.message, outcome.retryable, outcome.retry_after) == ("busy", True, expected)


@pytest.mark.parametrize("error", [ValueError("no\nluck"), SystemExit(3), RecursionError("deep")])
def test_any_other_exception_may_be_tried_again_and_shows_where_it_was_raised(run, error):
    def work():
        raise error

    outcome = run(work)
    assert outcome.retryable
    assert (
        outcome.message == f"Function of job type 'work' raised {type(error).__name__}: {' '.join(str(error).split())}"
    )
    assert "in work" in outcome.detail["traceback"]
    assert "function.py" not in outcome.detail["traceback"]


def test_an_exception_that_cannot_be_shown_is_still_a_failure(run):
    class Broken(Exception):
        def __str__(self):
            raise ValueError("no text")

    def work():
        raise Broken

    assert "Broken" in run(work).message


def test_long_exceptions_are_cut(run):
    def work():
        raise ValueError("x" * 100_000)

    outcome = run(work)
    assert len(outcome.message) < 1_000
    assert len(outcome.detail["traceback"]) <= 4_000


def test_a_second_function_of_one_type_is_refused_with_both_places(registry):
    @registry.task("pay")
    def first():
        """One place."""

    with pytest.raises(ValueError, match=r"'pay' but got two: .*first .*\.py:\d+\) and .*second .*\.py:\d+\)"):

        @registry.task("pay")
        def second():
            """Another place."""


def test_a_reloaded_function_replaces_itself(registry):
    def define():
        @registry.task("pay")
        def pay():
            """The same place each time."""

        return pay

    define()
    again = define()
    assert registry.get("pay").function is again


def test_decorated_and_partial_functions_are_called_with_their_own_parameters(registry, run):
    def logged(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return function(*args, **kwargs)

        return wrapper

    @logged
    def work(amount):
        return {"amount": amount}

    assert run(work, amount=1, other=2) == Completed({"amount": 1})
    registry.task("part")(functools.partial(work, amount=5))
    assert registry.get("part").optional == {"amount"}


async def an_async_function():
    """Not plain."""


def a_generator():
    yield 1


@pytest.mark.parametrize(
    "function,words",
    [
        (an_async_function, "async or a generator"),
        (a_generator, "async or a generator"),
        (lambda a, /: None, "by position"),
        (lambda *a: None, "by position"),
        (5, "Expected a function below @task"),
    ],
)
def test_functions_that_cannot_be_called_by_name_are_refused(registry, function, words):
    with pytest.raises(TypeError, match=words):
        registry.task("work")(function)


@pytest.mark.parametrize("type", [an_async_function, "", " ", None])
def test_a_job_type_is_needed(registry, type):
    with pytest.raises(TypeError, match=r'as in @task\("charge-card"\)'):
        registry.task(type)


def test_the_public_decorator_leaves_the_function_as_it_is():
    def work(amount):
        return {"amount": amount}

    try:
        assert task("test-the-public-decorator")(work) is work
        assert "test-the-public-decorator" in FunctionConnector().types()
    finally:
        TASKS._tasks.pop("test-the-public-decorator")


def test_unmapped_required_parameters_are_a_warning_when_the_element_maps_inputs(registry):
    registry.task("work")(lambda amount, order, note="": None)
    connector = FunctionConnector(registry)
    assert connector.check("work", frozenset(), {}) == []
    assert connector.check("work", frozenset({"amount", "order"}), {}) == []
    (finding,) = connector.check("work", frozenset({"order"}), {})
    assert "needs an input 'amount' but the element maps only order" in finding[0]
    assert finding.severity == "warning"
