"""Two pools in one file talk by messages; a correlation key says which instance an answer is for (8.4.2)."""

from __future__ import annotations

from tests.core.test_correlation import key, prop
from tests.support.drawings import Drawing, process

from .parts import engine

ORDER = '<bpmn:messageEventDefinition messageRef="order_message"/>'
OFFER = '<bpmn:messageEventDefinition messageRef="offer_message"/>'
GIVEN = '<baton:properties><baton:property name="input.order" value="{\'id\': number}"/></baton:properties>'
OFFERED = (
    '<baton:properties><baton:property name="input.of" value="id"/>'
    '<baton:property name="input.price" value="order.id * 10"/></baton:properties>'
)
ROOTS = (
    '<bpmn:message id="order_message" name="order"/>',
    '<bpmn:message id="offer_message" name="offer"/>',
    """<bpmn:collaboration id="c0">
<bpmn:participant id="x" processRef="buyer"/><bpmn:participant id="y" processRef="seller"/>
<bpmn:messageFlow id="f" sourceRef="ask" targetRef="asked"/><bpmn:messageFlow id="g" sourceRef="tell" targetRef="wait"/>
</bpmn:collaboration>""",
    key("id"),
    prop("id", order="order.id", offer="of"),
)


def with_roots(diagram: Drawing) -> Drawing:
    for number, root in enumerate(ROOTS):
        diagram = diagram.root_xml(f"r{number}", root)
    return diagram


def two_pools(patience: str = "user") -> bytes:
    """A buyer who sends an order and waits for the offer, and a seller whom an order starts."""
    buyer = with_roots(process("buyer")).start().node("intermediateThrowEvent", "ask", {}, ORDER, extensions=GIVEN)
    buyer = buyer.node("intermediateCatchEvent", "wait", {}, OFFER).end()
    seller = process("seller").node("startEvent", "asked", {}, ORDER, connect=False).user("think")
    seller = seller.node("endEvent", "tell", {}, OFFER, extensions=OFFERED)
    xml = seller.xml().decode()
    second = xml[xml.index("<bpmn:process") : xml.index("</bpmn:process>")] + "</bpmn:process></bpmn:definitions>"
    return buyer.xml().decode().replace("</bpmn:definitions>", second).encode()


def test_each_answer_reaches_the_instance_that_asked() -> None:
    with engine() as baton:
        # Given two buyers who have asked, and a seller working for each
        baton.deploy({"two-pools.bpmn": two_pools()})
        buyers = [baton.start("buyer", variables={"number": number}).id for number in (7, 8)]
        baton.drain()
        tasks = {baton.instance(one.instance_id, variables=True).variables["id"]: one.id for one in baton.tasks().items}
        assert sorted(tasks) == [7, 8]
        # When the second one is answered first
        baton.complete_task(tasks[8])
        baton.drain()
        # Then only that buyer goes on
        assert [baton.instance(one).status for one in buyers] == ["waiting", "completed"]
        assert baton.instance(buyers[1], variables=True).variables["price"] == 80
        baton.complete_task(tasks[7])
        baton.drain()
        assert baton.instance(buyers[0], variables=True).variables["price"] == 70


def test_a_message_from_outside_gets_its_key_from_what_it_carries() -> None:
    with engine() as baton:
        baton.deploy({"two-pools.bpmn": two_pools()})
        buyer = baton.start("buyer", variables={"number": 7})
        baton.drain()
        kept = baton.send_message("offer", variables={"of": 9, "price": 1}, ttl_seconds=60)
        assert kept.result == "buffered"
        found = baton.send_message("offer", variables={"of": 7, "price": 2})
        assert (found.result, found.instance) == ("continued", buyer.id)
        assert [one.kind for one in baton.start_events().items] == ["message"]
