"""Rules about pools, the messages between them, lanes, and what tells one conversation from another."""

from __future__ import annotations

from .registry import rule

_TOPIC = "Collaborations"

MESSAGE_FLOW_WITHIN_POOL = rule(
    "message-flow-within-pool",
    "error",
    "A message flow connects two pools, or what stands in two pools.",
    reason="BPMN 2.0.2, 7.6.2 and 9.4",
    topic=_TOPIC,
    hint="draw a sequence flow inside a pool",
    drawn=False,
)
MESSAGE_FLOW_ENDS = rule(
    "message-flow-ends",
    "warning",
    "A message flow leads from what sends messages to what receives them.",
    reason="BPMN 2.0.2, 7.6.2 and table 9.3",
    topic=_TOPIC,
    hint="start it at a pool, a task or a throw event; end it at a pool, a task or a catch event",
)
COLLABORATION_REFERENCE = rule(
    "collaboration-reference",
    "warning",
    "A pool, a message flow and a correlation name elements of the document.",
    reason="BPMN 2.0.2, chapter 9 and 8.4.2",
    topic=_TOPIC,
    hint="draw it again",
)
LANE_REFERENCE = rule(
    "lane-reference",
    "warning",
    "A lane names flow nodes of its process.",
    reason="BPMN 2.0.2, 10.8",
    topic=_TOPIC,
    hint="draw the lane again",
    drawn=False,
)
NOT_A_PROCESS = rule(
    "not-a-process",
    "error",
    "A document describes processes and collaborations, not choreographies or conversations.",
    reason="BPMN 2.0.2, chapters 9.5 and 11: they agree on an exchange and are executed by nobody",
    topic=_TOPIC,
    hint="draw the processes that send and receive the messages",
)
CORRELATION = rule(
    "correlation",
    "error",
    "A correlation says for each of its properties where a message and a waiting process have its value.",
    reason="BPMN 2.0.2, 8.4.2",
    topic=_TOPIC,
    hint="add a retrieval expression for the message, and a binding to the correlation subscription",
    drawn=False,
)
