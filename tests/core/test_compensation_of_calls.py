"""What a called process did is undone from outside it: by its own handlers, in order, in its own version (13.5.5)."""

from __future__ import annotations

import pytest

from ..support.drawings import Drawing, process
from ..support.instances import Instance


def undoing(instance: Instance) -> list[str]:
    """What was undone, in order, and what was reopened for it."""
    words = ("undo ", "reopen ", "restore ")
    return [line for line in instance.trace if line.startswith(words)]


def undone(instance: Instance) -> list[str]:
    """The handlers in their order."""
    return [line.removeprefix("undo ") for line in instance.trace if line.startswith("undo ")]


def undoable(diagram: Drawing, *tasks: str) -> Drawing:
    """Give each task a handler "un" + its name that notes what it saw."""
    for task in tasks:
        diagram = diagram.compensation(on=task, handler=f"un{task}")
        diagram = diagram.script(f"un{task}", "log = log + [seen]", for_compensation=True)
    return diagram


def leaf(id: str, *tasks: str) -> Drawing:
    """A process of service tasks that can be undone."""
    diagram = process(id).start()
    for task in tasks:
        diagram = diagram.service(task, "w")
    return undoable(diagram.end(), *tasks)


def test_a_completed_process_is_undone_in_reverse_between_its_neighbours() -> None:
    # Given a, a call that does b and c, and d, all undoable
    diagram = (
        process("p").start().service("a", "w").call("call", "child").service("d", "w").throw_compensation("back").end()
    )
    instance = Instance(
        undoable(diagram, "a", "d").xml(), called={"child:1": leaf("child", "b", "c").xml()}, log=[], seen=0
    )
    # When all is done and thrown away
    for number, task in enumerate("abcd"):
        instance.complete(task, seen=number)
    # Then the last is undone first, across the border
    assert undoing(instance) == ["undo und", "reopen call", "reopen called child", "undo unc", "undo unb", "undo una"]
    assert instance.status == "completed"


def test_handlers_see_the_called_process_as_it_was_and_write_to_it_alone() -> None:
    diagram = process("p").start().call("call", "child", output_n="seen").throw_compensation("back").end()
    instance = Instance(diagram.xml(), called={"child:1": leaf("child", "b", "c").xml()}, log=[], seen=0)
    instance.complete("b", seen=1).complete("c", seen=2)
    written = [one.variables for one in instance.history if type(one).__name__ == "VariablesSet"]
    assert [one["log"] for one in written if one.get("log")] == [[2], [1]]
    assert instance.variables == {"log": [], "seen": 0, "n": 2}


def test_a_handler_of_the_call_itself_undoes_it_alone() -> None:
    diagram = process("p").start().call("call", "child").throw_compensation("back").end()
    diagram = diagram.compensation(on="call", handler="uncall").task("uncall", for_compensation=True)
    instance = Instance(diagram.xml(), called={"child:1": leaf("child", "b").xml()}, log=[], seen=0).complete("b")
    assert undoing(instance) == ["undo uncall"]


def test_a_compensation_event_sub_process_of_the_called_process_undoes_it_as_a_whole() -> None:
    inner = leaf("child", "b", "c").event_subprocess("whole").start_compensation("ws").throw_compensation("wt", "b")
    inner = inner.task("also").end("we").close()
    diagram = process("p").start().call("call", "child").throw_compensation("back").end()
    instance = Instance(diagram.xml(), called={"child:1": inner.xml()}, log=[], seen=0).complete("b").complete("c")
    assert undoing(instance) == ["reopen call", "reopen called child", "undo unb"]
    assert "also" in instance.path
    assert instance.status == "completed"


def test_processes_that_call_processes_are_undone_to_the_innermost() -> None:
    middle = process("middle").start().service("x", "w").call("inner_call", "leaf").service("y", "w").end()
    called = {"middle:1": undoable(middle, "x", "y").xml(), "leaf:3": leaf("leaf", "b", "c").xml()}
    diagram = process("p").start().call("call", "middle").throw_compensation("back").end()
    instance = Instance(diagram.xml(), called=called, log=[], seen=0)
    for task in "xbcy":
        instance.complete(task)
    assert undone(instance) == ["uny", "unc", "unb", "unx"]


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_each_process_of_a_multi_instance_call_is_undone_last_completed_first(sequential: str) -> None:
    diagram = process("p").start().call("call", "child", loop_collection="[1, 2]", loop_element="i", input_i="i")
    diagram = diagram.repeated("call", f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}"/>')
    diagram = diagram.throw_compensation("back").end()
    inner = process("child").start().script("b", "seen = i").end().compensation(on="b", handler="unb")
    inner = inner.service("unb", "w", inputs={"i": "i"}, for_compensation=True)
    instance = Instance(diagram.xml(), called={"child:1": inner.xml()})
    given = []
    while instance.state.waits:
        (job,) = [one for one in instance.history if type(one).__name__ == "JobCreated"][-1:]
        given.append(job.inputs["i"])
        instance.complete("unb")
    assert given == [2, 1]
    assert instance.status == "completed"


def test_a_called_process_that_failed_was_not_completed_and_is_not_undone() -> None:
    inner = undoable(process("child").start().task("b").end_error("bad", "E"), "b")
    diagram = process("p").start().call("call", "child").end()
    diagram = diagram.error_boundary("caught", on="call").throw_compensation("back").end("over")
    instance = Instance(diagram.xml(), called={"child:1": inner.xml()}, log=[], seen=0)
    assert undone(instance) == []
    assert instance.path[-2:] == ["back", "over"]


def test_a_throw_inside_undoes_the_called_process_only() -> None:
    inner = undoable(process("child").start().task("b").throw_compensation("back").end(), "b")
    diagram = undoable(process("p").start().task("a").call("call", "child").end(), "a")
    instance = Instance(diagram.xml(), called={"child:1": inner.xml()}, log=[], seen=0)
    assert undone(instance) == ["unb"]


def test_a_call_undoes_what_an_activity_did() -> None:
    diagram = process("p").start().task("a").throw_compensation("back").end().compensation(on="a", handler="una")
    diagram = diagram.call("una", "child").attribute("una", "isForCompensation", "true")
    instance = Instance(diagram.xml(), called={"child:1": process("child").start().user("u").end().xml()}, x=1)
    assert instance.active == ["back", "una", "u"]
    instance.complete("u", x=2)
    assert (instance.path[-2:], instance.variables, instance.status) == (["back", "end"], {"x": 2}, "completed")


def test_a_handler_that_fails_inside_is_an_incident_and_the_rest_is_undone_when_it_is_resolved() -> None:
    inner = process("child").start().task("b").task("c").end()
    inner = inner.compensation(on="c", handler="unc").script("unc", "x = 1 / zero", for_compensation=True)
    inner = inner.compensation(on="b", handler="unb").task("unb", for_compensation=True)
    diagram = process("p").start().call("call", "child").throw_compensation("back").end()
    instance = Instance(diagram.xml(), called={"child:1": inner.xml()}, zero=0)
    assert instance.incident("unc").kind == "expression"
    instance.resolve("unc", variables={"zero": 1})
    assert undone(instance) == ["unc", "unb"]
    assert instance.status == "completed"


def test_what_was_done_is_undone_by_the_version_that_did_it() -> None:
    diagram = process("p").start().call("call", "child").user("u").throw_compensation("back").end()
    instance = Instance(diagram.xml(), called={"child:1": leaf("child", "b").xml()}, log=[], seen=0).complete("b")
    # Given that a later version is deployed meanwhile
    instance.definitions["child:2"] = Instance(leaf("child", "other").xml(), log=[], seen=0).definitions["p:1"]
    assert undone(instance.complete("u")) == ["unb"]


def test_a_cancelled_transaction_undoes_what_its_calls_did() -> None:
    diagram = process("p").start().transaction("t").start("ts").call("call", "child").end_cancel("te").close().end()
    diagram = diagram.cancel_boundary("cancelled", on="t").end("out")
    instance = Instance(diagram.xml(), called={"child:1": leaf("child", "b").xml()}, log=[], seen=0).complete("b")
    assert undone(instance) == ["unb"]
    assert instance.path[-1] == "out"
