"""What is drawn around the flow of a process, as frozen data: what holds data, pools and the messages between them."""

from __future__ import annotations

import msgspec


class DataItem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that holds data, and the variable that it is (BPMN 2.0.2, 10.4.1).

    kind: "dataObject", "dataStore", "property", "dataInput", "dataOutput", "inputDataItem" or "outputDataItem"; a
    reference has the kind of what it refers to. owner: id of the process, sub-process or flow node whose scope holds
    the variable. collection: isCollection. state: what its dataState says. default: the JSON it begins with, "" for
    null. placeholder: an editor's stand-in for the end of an association, which holds nothing.
    """

    kind: str
    id: str
    variable: str
    owner: str
    collection: bool = False
    state: str = ""
    default: str = ""
    placeholder: bool = False
    line: int = 0


class Participant(msgspec.Struct, frozen=True, kw_only=True):
    """A pool: who takes part in a collaboration (9.3). process: id of what it executes, "" for a black box.

    minimum, maximum: participantMultiplicity, None where none is drawn.
    """

    id: str
    name: str = ""
    process: str = ""
    minimum: int | None = None
    maximum: int | None = None
    line: int = 0


class MessageFlow(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is drawn between two pools or what stands in them (9.4). message: id of the message, or ""."""

    id: str
    source: str
    target: str
    name: str = ""
    message: str = ""
    line: int = 0


class Collaboration(msgspec.Struct, frozen=True, kw_only=True):
    """Who takes part, and which messages go between them (BPMN 2.0.2, chapter 9)."""

    id: str
    name: str = ""
    participants: tuple[Participant, ...] = ()
    message_flows: tuple[MessageFlow, ...] = ()
    line: int = 0
