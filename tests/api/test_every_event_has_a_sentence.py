"""Every event of the core can be told as a sentence without a brace or a hole left."""

from __future__ import annotations

import msgspec
import pytest

from api.sentences import MINOR, SENTENCES, sentence
from engine.core.events import EVENT_TYPES

TAGS = {kind.__struct_config__.tag: kind for kind in EVENT_TYPES}


def entry(event, element_name="Charge payment", **data):
    return {"event": event, "element_id": "charge", "element_name": element_name, "data": data}


def test_the_table_knows_exactly_the_events_of_the_core():
    assert set(SENTENCES) == set(TAGS)
    assert set(TAGS) >= MINOR


@pytest.mark.parametrize("tag", sorted(TAGS))
def test_its_fields_are_those_of_the_event(tag):
    # Given data with every field of the event
    data = {field.name: f"<{field.name}>" for field in msgspec.structs.fields(TAGS[tag])} | {
        "retries": 2,
        "variables": {},
    }
    data["names"] = ["<names>"]
    # Then each word of the sentence finds its value.
    text = sentence(entry(tag, **data))
    assert "{" not in text
    assert "  " not in text


SAID = [
    (entry("job-failed", message="503", retries=1), "Charge payment: an attempt failed: 503 (1 attempt left)"),
    (entry("job-failed", message="503", retries=0), "Charge payment: an attempt failed: 503 (no attempt left)"),
    (entry("error-caught", element_name=None, code="E"), "charge caught error E"),
    (entry("variables-set", variables={"a": 1, "b": 2}), "Charge payment set a, b"),
    (entry("variables-set", scope=1, variables={"a": 1}), "The process set a"),
    (entry("token-placed", flow="@charge"), "A token arrived at Charge payment"),
    (entry("user-task-claimed", assignee=None), "Charge payment now belongs to nobody"),
    (entry("incident-raised", message="{code} {0.__class__}"), "Charge payment is stuck: {code} {0.__class__}"),
    (entry("activity-started", element_name="a\nb\x00{x}"), "a b\x00{x} started"),
    (entry("next-years-event"), "Charge payment: next-years-event"),
]


@pytest.mark.parametrize("given, text", SAID)
def test_what_is_said(given, text):
    assert sentence(given) == text


def test_a_long_message_is_cut():
    assert len(sentence(entry("incident-raised", message="x" * 5_000))) < 400
