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
SECRET_OUTSIDE_INPUT = rule(
    "secret-outside-input",
    "error",
    "Secrets are used in the inputs of tasks that a worker does, and nowhere else.",
    reason="docs/howto/secrets.md: what is computed with is stored",
    topic=_TOPIC,
    hint="a variable needs another name than `secrets`",
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
CALLED_ELEMENT = rule(
    "called-element",
    "error",
    "A call activity names the process or global task that it calls.",
    reason="BPMN 2.0.2, 10.3.6",
    topic=_TOPIC,
)
CALL_BINDING = rule(
    "call-binding",
    "error",
    "A call activity is bound to the latest version, its own deployment, or a version or version tag that it names.",
    reason="docs/howto/call-processes.md",
    topic=_TOPIC,
)
MISSING_MESSAGE = rule(
    "missing-message",
    "error",
    "What throws or waits for a message names the message.",
    reason="BPMN 2.0.2, 10.5.5; messages are told apart by their names",
    topic=_TOPIC,
    hint="choose a message; a send task may have a job type instead",
)
MISSING_SIGNAL = rule(
    "missing-signal",
    "error",
    "What throws or waits for a signal names the signal.",
    reason="BPMN 2.0.2, 10.5.5",
    topic=_TOPIC,
    hint="choose a signal",
)
MISSING_EVENT_CONDITION = rule(
    "missing-event-condition",
    "error",
    "A conditional event has a condition.",
    reason="BPMN 2.0.2, 10.5.5",
    topic=_TOPIC,
    hint="write the condition that it waits for",
)
TIMER = rule(
    "timer",
    "error",
    "A timer has one of date, duration and cycle, in a form that can be read.",
    reason="BPMN 2.0.2, 10.5.5; ISO 8601",
    topic=_TOPIC,
    hint="for example 2026-12-31T12:00:00Z, PT15M, R3/PT1H or the cron schedule 0 8 * * 1-5",
)
EVENT_GATEWAY = rule(
    "event-gateway",
    "error",
    "An event-based gateway leads to events or receive tasks only; a parallel one instantiates.",
    reason="BPMN 2.0.2, 10.6.6",
    topic=_TOPIC,
)
INSTANTIATE = rule(
    "instantiate",
    "error",
    "What instantiates a process begins it: no flow leads to it, and it is in no sub-process.",
    reason="BPMN 2.0.2, 10.3.3 and 10.6.6",
    topic=_TOPIC,
)
START_TRIGGER = rule(
    "start-trigger",
    "error",
    "The name or time that starts a process depends on no variables.",
    reason="BPMN 2.0.2, 10.5.2; before an instance there are none",
    topic=_TOPIC,
)
LONG_NAME = rule(
    "long-name",
    "error",
    "The name of a message or signal is at most 500 characters long.",
    reason="names are compared and searched for",
    topic=_TOPIC,
    hint="keep the name short, and put what varies into variables or the correlation key",
)
MULTIPLE_END = rule(
    "multiple-end",
    "error",
    "A multiple end event ends in one way: by an error, by terminating or by cancelling.",
    reason="BPMN 2.0.2, 10.5.3; the order of the others would decide what happens",
    topic=_TOPIC,
)
AD_HOC = rule(
    "ad-hoc",
    "error",
    "An ad-hoc sub-process is Parallel or Sequential, and names both an output collection and its element, or neither.",
    reason="BPMN 2.0.2, 13.3.5",
    topic=_TOPIC,
)
MULTI_INSTANCE_BEHAVIOR = rule(
    "multi-instance-behavior",
    "error",
    "The behavior of a multi-instance activity is All, or says which signals, messages and escalations are thrown.",
    reason="BPMN 2.0.2, table 10.30",
    topic=_TOPIC,
)
