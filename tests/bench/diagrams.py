"""The diagrams that are measured; plain BPMN with Python scripts, so that SpiffWorkflow can run the same bytes."""

from __future__ import annotations

from ..support.diagrams import process


def straight_line(tasks: int = 10) -> bytes:
    """Script tasks in a row."""
    diagram = process("p").start()
    for number in range(tasks):
        diagram.script(f"t{number}", "n = n + 1")
    return diagram.end().xml()


def fork_join(branches: int = 20, tasks: int = 2) -> bytes:
    """Parallel branches of script tasks; each branch has a variable of its own."""
    diagram = process("p").start().parallel("fork")
    for branch in range(branches):
        diagram.at("fork")
        for task in range(tasks):
            diagram.script(f"b{branch}_{task}", f"v{branch} = {task}")
        diagram.to("join")
    return diagram.node("parallelGateway", "join", connect=False).end().xml()


def loop() -> bytes:
    """An exclusive-gateway loop of `turns` turns."""
    return (
        process("p").start().exclusive("head").script("turn", "n = n + 1").exclusive("again")
        .when("n < turns").to("head").at("again").otherwise().end().xml()
    )  # fmt: skip


def multi_instance(count: int, kind: str = "scriptTask") -> bytes:
    """A parallel multi-instance activity: scripts, or jobs of the type "charge"."""
    loop = f"<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>{count}</bpmn:loopCardinality>"
    body = f"<bpmn:script>x = 1</bpmn:script>{loop}</bpmn:multiInstanceLoopCharacteristics>"
    if kind == "scriptTask":
        return process("p").start().node(kind, "each", {}, body).end().xml()
    job = '<baton:properties><baton:property name="job.type" value="charge"/></baton:properties>'
    body = f"{loop}</bpmn:multiInstanceLoopCharacteristics>"
    return process("p").start().node(kind, "each", {}, body, extensions=job).end().xml()


def saga() -> bytes:
    """The order saga's happy path with local functions: three service tasks, two of them with a handler."""
    diagram = (
        process("p").start().service("charge", "charge", inputs={"amount": "amount"}, outputs={"payment": "id"})
        .service("reserve", "reserve", inputs={"sku": "sku"}, outputs={"reservation": "id"})
        .service("ship", "ship", inputs={"payment": "payment"}, outputs={"shipment": "id"}).end("done")
        .error_boundary("failed", on="ship", code="SHIPPING_FAILED").throw_compensation("undo").end("rejected")
    )  # fmt: skip
    diagram.compensation(on="charge", handler="refund")
    diagram.service("refund", "refund", inputs={"payment": "payment"}, for_compensation=True)
    diagram.compensation(on="reserve", handler="release")
    return diagram.service("release", "release", inputs={"reservation": "reservation"}, for_compensation=True).xml()


def saga_scripts() -> bytes:
    """The same path as script tasks, for SpiffWorkflow, whose service tasks need an extension of their own."""
    diagram = process("p").start()
    for name, result in (("charge", "payment"), ("reserve", "reservation"), ("ship", "shipment")):
        diagram.script(name, f"{result} = call('{name}')")
    return diagram.end("done").xml()


def one_user_task() -> bytes:
    """A process that waits for a person."""
    return process("p").start().user("approve").end().xml()
