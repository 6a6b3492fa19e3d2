"""Messages whose diagrams name no topic, connected by the configuration; what is wrong with it is named by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.bus_config import read_bus_config
from engine import BusConfig, IncomingMessage, InvalidRequest, MessageOnBus, OutgoingMessage
from engine.bus import safe_url
from tests.support.event_drawings import process

from .diagrams import files, variables
from .test_events_reach_everybody_who_is_bound import event


def plain_seller(**said: str):
    return process("seller").start().throw("tell", "message:Sold", input__n="n", **said).end()


def plain_shop():
    return process("shop").start_on("got", "message:Sold-elsewhere").end()


def configured(make, **outgoing: str):
    said = {
        "Sold": MessageOnBus(outgoing=OutgoingMessage(topic="orders", **outgoing)),
        "Sold-elsewhere": MessageOnBus(incoming=IncomingMessage(topic="orders", data="{'n': event.data.n}")),
    }
    engine = make(config=BusConfig(messages=said))
    engine.deploy(files(plain_seller(), plain_shop()))
    return engine


def test_diagrams_that_know_nothing_of_a_bus_talk_over_it(make):
    engine = configured(make, key="'k-' + str(n)", type="sold", data="{'n': n + 1}")
    engine.start("seller", business_key="b", variables={"n": 1})
    engine.drain()
    assert variables(engine, "shop") == [{"n": 2}]
    (published,) = engine.bus.publications().items
    assert (published.key, published.type, published.business_key) == ("k-1", "sold", "b")
    assert [one.name for one in engine.messages().items] == ["Sold-elsewhere"]


def test_what_the_diagram_says_without_a_topic_goes_with_it(make):
    said = {"Sold": MessageOnBus(outgoing=OutgoingMessage(topic="orders", key="'file'", type="file"))}
    engine = make(config=BusConfig(messages=said))
    engine.deploy(files(plain_seller(bus__key="'drawn'", bus__data="{'drawn': n}")))
    engine.start("seller", variables={"n": 1})
    engine.drain()
    (published,) = engine.bus.publications().items
    assert (published.topic, published.key, published.type) == ("orders", "drawn", "file")


def test_a_diagram_that_names_its_topic_wins(make):
    said = {"Got": MessageOnBus(incoming=IncomingMessage(topic="elsewhere"))}
    engine = make(config=BusConfig(messages=said))
    assert [one.topic for one in engine.bus.state().bindings] == ["elsewhere"]
    engine.deploy(files(process("shop").start_on("got", "message:Got", bus__topic="orders").end()))
    assert [one.topic for one in engine.bus.state().bindings] == ["orders"]


def test_an_expression_that_fails_keeps_the_message_and_is_told(make):
    # Given a key that some messages do not have
    engine = configured(make, key="n.id")
    engine.start("seller", variables={"n": 1})
    engine.drain()
    # Then nothing is published, and the reason is there to be seen
    state = engine.bus.state()
    assert (engine.bus.publications().items, state.unaddressed) == ([], 1)
    assert "Sold" in state.unaddressed_error


GOOD = """
messages:
  Sold:
    out: {topic: orders, key: "= n", type: sold}
  Paid:
    in:
      topic: payments
      correlation: event.data.order
"""


def test_a_file_is_read(tmp_path: Path):
    file = tmp_path / "bus.yaml"
    file.write_text(GOOD)
    assert read_bus_config(file) == BusConfig(
        messages={
            "Sold": MessageOnBus(outgoing=OutgoingMessage(topic="orders", key="= n", type="sold")),
            "Paid": MessageOnBus(incoming=IncomingMessage(topic="payments", correlation="event.data.order")),
        }
    )


WRONG = {
    "a misspelt property": ("messages:\n  Sold:\n    out: {topic: orders, keys: n}", "line 3", "keys"),
    "a misspelt direction": ("messages:\n  Sold:\n    outgoing: {topic: orders}", "line 3", "outgoing"),
    "no topic": ("messages:\n  Sold:\n    out:\n      type: sold", "line 3", "topic"),
    "a number": ("messages:\n  Sold:\n    out:\n      topic: 7", "line 4", "str"),
    "a key twice": ("messages:\n  Sold: {}\n  Sold: {}", "line 3", "again"),
    "another section": ("topics: {}", "line 1", "topics"),
    "no YAML": ("messages: [", "line", "YAML"),
    "nothing": ("", "", "empty"),
}


@pytest.mark.parametrize("text, line, word", WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_with_a_file_is_named_by_its_line(tmp_path: Path, text, line, word):
    file = tmp_path / "bus.yaml"
    file.write_text(text)
    with pytest.raises(InvalidRequest) as refusal:
        read_bus_config(file)
    assert str(file) in refusal.value.sentence
    assert line in refusal.value.sentence
    assert word in refusal.value.sentence


def test_a_file_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(InvalidRequest, match="cannot be read"):
        read_bus_config(tmp_path / "none.yaml")


BAD = {
    "a topic with blanks": {"topic": "my orders"},
    "an expression that does not compile": {"topic": "orders", "key": "1 +"},
    "a FEEL expression that does not compile": {"topic": "orders", "key": "= 1 +"},
}


@pytest.mark.parametrize("said", BAD.values(), ids=BAD.keys())
def test_a_configuration_that_cannot_be_opens_no_engine(make, tmp_path: Path, said):
    database = f"sqlite:///{tmp_path}/baton.db"
    with pytest.raises(InvalidRequest, match="Sold"):
        make(database, config=BusConfig(messages={"Sold": MessageOnBus(outgoing=OutgoingMessage(**said))}))
    make(database)


ADDRESSES = {
    "an unknown kind": ("nats://u:hush@somewhere", "nats"),
    "no address": ("rabbit", "Expected the address"),
    "a setting of Kafka's client that is not about security": ("kafka://h:9?acks=0&sasl.password=hush", "acks"),
    "a password with a slash": ("amqp://u:a/hush@h//", "cannot be read"),
    "a secret with a slash": ("sqs://KEY:a/hush@?region=eu", "cannot be read"),
    "a password with a question mark": ("redis://:a?hush@h/0", "cannot be read"),
    "a password with a number sign": ("amqp://u:a#hush@h", "cannot be read"),
    "a port that is none": ("amqp://u:hush@h:99999//", "cannot be read"),
}


@pytest.mark.parametrize("address, word", ADDRESSES.values(), ids=ADDRESSES.keys())
def test_an_address_that_is_none_is_told_without_its_password(make, address, word):
    with pytest.raises(InvalidRequest, match=word) as refusal:
        make(bus=address)
    assert "hush" not in str(refusal.value)


def test_a_package_that_is_missing_is_named_with_what_installs_it(make, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "kombu", None)
    monkeypatch.delitem(__import__("sys").modules, "engine.bus.amqp", raising=False)
    with pytest.raises(InvalidRequest) as refusal:
        make(bus="amqp://guest:guest@127.0.0.1//")
    assert 'pip install "baton[bus]"' in str(refusal.value)


def test_events_of_foreign_expressions_are_mapped(make):
    said = {"Got": MessageOnBus(incoming=IncomingMessage(topic="orders", data="= {n: event.data.n}"))}
    engine = make(config=BusConfig(messages=said))
    engine.deploy(files(process("shop").start_on("got", "message:Got").end()))
    engine.bus.receive("orders", event({"n": 3, "more": 4}))
    assert variables(engine, "shop") == [{"n": 3}]


SHOWN = {
    "amqp://u:hush@h:1//": "amqp://u:***@h:1//",
    "amqp://u:hu@sh@h//": "amqp://u:***@h//",
    "AMQP://h//": "amqp://h//",
    "redis://:hush@h/0": "redis://:***@h/0",
    "redis://:a?hush@h": "redis://...",
    "sqs://KEY:a/hush@?region=eu": "sqs://KEY:***@",
    "sqs://KEY:hush": "sqs://...",
    "kafka://a:1,b:2?sasl.password=hush": "kafka://a:1,b:2",
    "kafka://a:1?sasl.password=hu@sh": "kafka://...",
}


@pytest.mark.parametrize("address, shown", SHOWN.items(), ids=SHOWN.values())
def test_an_address_is_shown_without_its_password(address, shown):
    assert safe_url(address) == shown
