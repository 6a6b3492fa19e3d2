"""Events on the wire: what we write the makers' own library reads, and what it writes, in either mode, we read."""

from __future__ import annotations

import contextlib

import pytest
from cloudevents.core.bindings import amqp, kafka
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent as Theirs
from hypothesis import given
from hypothesis import strategies as st

from engine.bus import CloudEvent, Delivery, MalformedEvent, decode_event, encode_event

ATTRIBUTES = {
    "specversion": "1.0",
    "id": "e-1",
    "source": "https://shop.example",
    "type": "sold",
    "subject": "s",
    "region": "eu",
    "datacontenttype": "application/json",
}
DATA = {"an object": {"n": 1, "ä": ["ü", None, 1.5]}, "a list": [1, 2], "a text": "sold", "a number": 7}


@pytest.mark.parametrize("data", DATA.values(), ids=DATA.keys())
def test_what_we_write_is_read_by_the_makers_library(data):
    event = CloudEvent(id="e-1", source="s", type="t", subject="x", data=data, extensions={"partitionkey": "k"})
    read = JSONFormat().read(None, encode_event(event))
    assert read.get_data() == data
    expected = {"id": "e-1", "source": "s", "type": "t", "subject": "x", "partitionkey": "k", "specversion": "1.0"}
    assert {name: read.get_attributes()[name] for name in expected} == expected


def as_kafka(message) -> Delivery:
    headers = {name: value.decode() for name, value in message.headers.items()}
    return Delivery(topic="t", body=message.value, content_type=headers.pop("content-type"), headers=headers)


def as_amqp(message) -> Delivery:
    headers = {name: str(value) for name, value in message.application_properties.items()}
    kind = message.properties["content-type"]
    return Delivery(topic="t", body=message.application_data, content_type=kind, headers=headers)


WRITERS = {
    "kafka, binary": lambda event: as_kafka(kafka.to_binary(event, JSONFormat())),
    "kafka, structured": lambda event: as_kafka(kafka.to_structured(event, JSONFormat())),
    "amqp, binary": lambda event: as_amqp(amqp.to_binary(event, JSONFormat())),
    "amqp, structured": lambda event: as_amqp(amqp.to_structured(event, JSONFormat())),
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS.keys())
def test_what_the_makers_library_writes_is_read(write):
    event = decode_event(write(Theirs(dict(ATTRIBUTES), {"n": [1, "ä"]})))
    assert (event.id, event.source, event.type, event.subject) == ("e-1", "https://shop.example", "sold", "s")
    assert (event.data, event.extensions["region"]) == ({"n": [1, "ä"]}, "eu")


BODIES = {
    "text as text": ({"datacontenttype": "text/plain"}, b"hello", "hello"),
    "bytes as base64": ({"datacontenttype": "application/octet-stream"}, b"\xff\x00", "/wA="),
    "JSON of a kind": ({"datacontenttype": "application/vnd.shop+json; charset=utf-8"}, b'{"a": 1}', {"a": 1}),
    "nothing": ({}, b"", None),
}


@pytest.mark.parametrize("said, body, expected", BODIES.values(), ids=BODIES.keys())
def test_data_of_binary_mode_is_read_by_its_kind(said, body, expected):
    headers = {"ce_specversion": "1.0", "ce_id": "1", "ce_source": "s", "ce_type": "t"}
    kind = said.get("datacontenttype", "")
    assert decode_event(Delivery(topic="t", body=body, content_type=kind, headers=headers)).data == expected


@pytest.mark.parametrize("prefix", ["ce-", "ce_", "cloudEvents:", "cloudEvents_"])
def test_every_protocol_has_its_prefix(prefix):
    headers = {f"{prefix}{name}": text for name, text in ATTRIBUTES.items()}
    event = decode_event(Delivery(topic="t", body=b"{}", content_type="application/json", headers=headers))
    assert (event.id, event.extensions) == ("e-1", {"region": "eu"})


_TEXTS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=40)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(id=_TEXTS, source=_TEXTS, type=_TEXTS, data=_VALUES, key=_TEXTS)
def test_writing_and_reading_changes_nothing(id, source, type, data, key):
    event = CloudEvent(id=id, source=source, type=type, data=data, extensions={"partitionkey": key})
    assert decode_event(Delivery(topic="t", body=encode_event(event))) == event


@given(st.binary(max_size=200))
def test_bytes_are_an_event_or_refused_and_nothing_else(body):
    with contextlib.suppress(MalformedEvent):
        assert decode_event(Delivery(topic="t", body=body)).id
