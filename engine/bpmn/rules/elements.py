"""The rules that elements check themselves (engine.core.elements), named here so that the list of rules is whole."""

from __future__ import annotations

from .registry import rule

_TOPIC = "Elements"

UNSUPPORTED_ELEMENT = rule(
    "unsupported-element",
    "error",
    "Every flow node is of a type that Baton executes.",
    reason="nothing is skipped silently",
    topic=_TOPIC,
    hint="docs/elements.md lists what is executed",
)
EXPRESSION = rule(
    "expression",
    "error",
    "Every expression and script compiles.",
    reason="docs/expressions.md",
    topic=_TOPIC,
)
MISSING_SCRIPT = rule(
    "missing-script",
    "error",
    "A script task has a script.",
    reason="BPMN 2.0.2, 10.3.3",
    topic=_TOPIC,
)
MISSING_JOB_TYPE = rule(
    "missing-job-type",
    "error",
    "A service task names the job type of its work.",
    reason="docs/howto/service-tasks.md",
    topic=_TOPIC,
    hint="set an external task topic, a task definition type or the property job.type",
)
JOB_POLICY = rule(
    "job-policy",
    "error",
    "The properties job.* of a service task have values of their kind.",
    reason="docs/howto/service-tasks.md",
    topic=_TOPIC,
)
MISSING_ERROR_CODE = rule(
    "missing-error-code",
    "error",
    "An error end event names the error it throws.",
    reason="BPMN 2.0.2, 10.5.3",
    topic=_TOPIC,
)
UNSUPPORTED_ATTRIBUTE = rule(
    "unsupported-attribute",
    "error",
    "An attribute that changes how an element runs has a value that Baton executes.",
    reason="nothing is skipped silently",
    topic=_TOPIC,
)
MISSING_ESCALATION = rule(
    "missing-escalation",
    "error",
    "An escalation throw event names the escalation it throws.",
    reason="BPMN 2.0.2, 10.5.5",
    topic=_TOPIC,
    hint="choose an escalation with a code",
)
MISSING_ACTIVATION_CONDITION = rule(
    "missing-activation-condition",
    "error",
    "A complex gateway that joins has an activation condition.",
    reason="BPMN 2.0.2, 10.6.5; without one it never starts",
    topic=_TOPIC,
)
COMPENSATION_TARGET = rule(
    "compensation-target",
    "error",
    "activityRef of a compensation throw event names an activity beside it.",
    reason="BPMN 2.0.2, 13.5.5: a throw sees its own level",
    topic=_TOPIC,
)
LOOP = rule(
    "loop",
    "error",
    "A loop says how often: a condition or maximum, a cardinality or a collection; outputs name what they collect.",
    reason="BPMN 2.0.2, 10.3.8",
    topic=_TOPIC,
)
