"""Python functions as service tasks: the `task` decorator, the registry behind it, and the exceptions tasks raise."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

Function = TypeVar("Function", bound=Callable[..., Any])

JOB_PARAMETER = "job"
_BY_NAME = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class BpmnError(Exception):
    """Raised by a task to end its element with a BPMN error, which boundary events catch by `code`.

    code: the error code, not empty. message: one sentence for people.
    variables: JSON values that the catching side gets.
    """

    def __init__(self, code: str, message: str = "", /, **variables: Any) -> None:
        if not _is_text(code):
            raise TypeError(f"BpmnError needs an error code that is a text but got {code!r}")
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.message = message
        self.variables = variables


class FinalFailure(Exception):
    """Raised by a task to fail at once, without the attempts that are left: nobody could succeed with this input."""


class RetryLater(Exception):
    """Raised by a task to fail for now and to be tried again, not before `after` seconds (a number >= 0)."""

    def __init__(self, message: str = "the task asked to be tried again later", *, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class RegisteredTask(msgspec.Struct, frozen=True):
    """One registered function: how its parameters are filled, and the place ("file:line") where it stands."""

    type: str
    function: Callable[..., Any]
    place: str
    required: tuple[str, ...]
    optional: frozenset[str]
    takes_job: bool
    takes_all: bool


class TaskRegistry:
    """Functions by job type. The module-level registry behind `task` is `TASKS`; tests make their own."""

    def __init__(self) -> None:
        self._tasks: dict[str, RegisteredTask] = {}

    def types(self) -> frozenset[str]:
        """The job types that have a function."""
        return frozenset(self._tasks)

    def get(self, type: str) -> RegisteredTask | None:
        """The function of a job type, None if there is none."""
        return self._tasks.get(type)

    def task(self, type: str) -> Callable[[Function], Function]:
        """Decorator that makes a plain function do the jobs of one type; the function itself stays as it is.

        Parameters are filled by name from the element's inputs; one named `job` gets the `Call`; `**kwargs` gets every
        other input. It returns a dict of variables or None.

        Raises ValueError when the type has a function from another place already, TypeError when the function cannot
        be called that way.
        """
        if not _is_text(type):
            raise TypeError('task needs a job type in parentheses, as in @task("charge-card")')

        def register(function: Function) -> Function:
            self._add(_describe(type, function))
            return function

        return register

    def _add(self, new: RegisteredTask) -> None:
        old = self._tasks.get(new.type)
        # The same place again is a module that was reloaded.
        if old is not None and old.place != new.place:
            raise ValueError(
                f"Expected one function for job type {new.type!r} but got two: {old.place} and {new.place}"
            )
        self._tasks[new.type] = new


def _describe(job_type: str, function: Callable[..., Any]) -> RegisteredTask:
    place = _place(function)
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        raise TypeError(f"Expected a plain function for job type {job_type!r} but {place} is async or a generator")
    parameters = list(inspect.signature(function).parameters.values())
    for parameter in parameters:
        if parameter.kind in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.VAR_POSITIONAL):
            raise TypeError(f"Expected parameters with names but {parameter} of {place} can only be given by position")
    named = [parameter for parameter in parameters if parameter.kind in _BY_NAME and parameter.name != JOB_PARAMETER]
    return RegisteredTask(
        type=job_type,
        function=function,
        place=place,
        required=tuple(parameter.name for parameter in named if parameter.default is inspect.Parameter.empty),
        optional=frozenset(parameter.name for parameter in named if parameter.default is not inspect.Parameter.empty),
        takes_job=any(parameter.name == JOB_PARAMETER for parameter in parameters if parameter.kind in _BY_NAME),
        takes_all=any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters),
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _place(function: Callable[..., Any]) -> str:
    if not callable(function):
        raise TypeError(f"Expected a function below @task but got {function!r}")
    plain = inspect.unwrap(function)
    name = getattr(plain, "__qualname__", type(plain).__qualname__)
    code = getattr(plain, "__code__", None)
    return f"{name} ({code.co_filename}:{code.co_firstlineno})" if code else f"{plain.__module__}.{name}"


TASKS = TaskRegistry()
"""The registry that `task` fills and that an engine uses unless it is given another."""

task = TASKS.task
