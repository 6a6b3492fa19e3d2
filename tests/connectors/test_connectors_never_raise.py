"""The registry of connectors: one owner per job type, and every call ends as an outcome."""

import pytest

from engine.connectors import Completed, Connectors, Failed, Finding, FunctionConnector, TaskRegistry


class Fake:
    """A connector of one type that answers, or raises, what it is given."""

    def __init__(self, type, result):
        self.type, self.result, self.closed = type, result, False

    def types(self):
        return frozenset({self.type})

    def run(self, call):
        return self._give()

    def check(self, type, input_names, properties):
        return [Finding(f"{type} is checked")]

    def close(self):
        self.closed = True
        self._give()

    def _give(self):
        if isinstance(self.result, BaseException):
            raise self.result
        return self.result


def test_a_call_goes_to_the_owner_of_its_type(call):
    connectors = Connectors([Fake("a", Completed({"by": "a"})), Fake("b", Completed({"by": "b"}))])
    assert connectors.types() == {"a", "b"}
    assert connectors.run(call(_type="b")) == Completed({"by": "b"})
    assert connectors.check("b", frozenset(), {}) == [("b is checked", "")]


@pytest.mark.parametrize("error", [ValueError("broken"), SystemExit(1), MemoryError()])
def test_what_a_connector_raises_is_a_failure_that_may_be_retried(call, error):
    outcome = Connectors([Fake("a", error)]).run(call(_type="a"))
    assert isinstance(outcome, Failed)
    assert outcome.retryable
    assert type(error).__name__ in outcome.message
    assert "in _give" in outcome.detail["traceback"]


def test_an_interruption_by_the_user_is_not_swallowed(call):
    with pytest.raises(KeyboardInterrupt):
        Connectors([Fake("a", KeyboardInterrupt())]).run(call(_type="a"))


def test_a_type_that_nobody_does_is_a_warning_at_deployment_and_a_failure_at_run_time(call):
    connectors = Connectors([Fake("charge-card", None)])
    ((sentence, hint),) = connectors.check("charge-crad", frozenset(), {})
    assert connectors.check("charge-crad", frozenset(), {})[0].severity == "warning"
    assert "none is registered" in sentence
    assert "Did you mean 'charge-card'?" in hint
    outcome = connectors.run(call(_type="charge-crad"))
    assert (outcome.message, outcome.retryable) == (sentence, True)


def test_a_function_registered_later_is_found(call):
    registry = TaskRegistry()
    connectors = Connectors([FunctionConnector(registry)])
    registry.task("late")(lambda: {"a": 1})
    assert connectors.run(call(_type="late")) == Completed({"a": 1})


def test_two_owners_of_one_type_are_refused():
    with pytest.raises(ValueError, match="one connector for job type 'a' but got two: Fake and Fake"):
        Connectors([Fake("a", None), Fake("a", None)])


def test_closing_closes_all_also_when_one_fails():
    fakes = [Fake("a", ValueError("stuck")), Fake("b", None)]
    with pytest.raises(ValueError, match="stuck"):
        Connectors(fakes).close()
    assert all(fake.closed for fake in fakes)
