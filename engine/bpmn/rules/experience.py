"""Rules that the standard does not have and experience demands; what looks at variables is in engine.bpmn.advice."""

from __future__ import annotations

from .registry import rule

_TOPIC = "Experience"

UNKNOWN_VARIABLE = rule(
    "unknown-variable",
    "warning",
    "A condition reads variables that something in the diagram sets, or that the process says it is started with.",
    reason="a misspelt name would be an incident in the first instance that gets there",
    topic=_TOPIC,
    hint="correct the name, or add it to the process's property start.variables",
)
PARALLEL_WRITES = rule(
    "parallel-writes",
    "warning",
    "Branches that run at the same time do not set the same variable.",
    reason="the last one wins, and nobody knows which that is",
    topic=_TOPIC,
    hint="give the variables different names, and put them together after the join",
)
COMPENSATION_UNREACHABLE = rule(
    "compensation-unreachable",
    "info",
    "Something can set off every compensation handler: a compensation throw event or a cancel end event that sees it.",
    reason="BPMN 2.0.2, 13.5.5: a throw undoes what completed on its own level, and inside of that",
    topic=_TOPIC,
    hint="draw a compensation event beside it; a process that calls this one may undo it, too",
)
UNDONE_TOO_LATE = rule(
    "undone-too-late",
    "warning",
    "What a sub-process completed is undone from inside, where an interrupting event leaves it.",
    reason="BPMN 2.0.2, 13.5.5: an interrupted sub-process is not completed, so nothing undoes it from outside",
    topic=_TOPIC,
    hint="throw the compensation in an event sub-process inside of it, or make it a transaction with a cancel event",
)
SECOND_RESPONSE = rule(
    "second-response",
    "info",
    "On each way through a process one event answers the caller of its route.",
    reason="docs/howto/publish-a-route.md: the first response is the answer, a later one is recorded and dropped",
    topic=_TOPIC,
    hint="take the response off one of the two, unless other ways lead to the second alone",
)
ADVICE_CUT = rule(
    "advice-cut",
    "info",
    "The advice of the rules above is looked for in diagrams of any real size, and not without end.",
    reason="everything has a limit",
    topic=_TOPIC,
)
CONNECTOR = rule(
    "connector",
    "warning",
    "Something does the jobs of every job type, and their inputs and properties are ones that it knows.",
    reason="a job that nobody does waits for ever; an input that cannot work is an error",
    topic=_TOPIC,
    hint="register a function for the job type, or start a worker elsewhere that does it",
)
UNKNOWN_SECRET = rule(
    "unknown-secret",
    "warning",
    "Every secret that a diagram asks for has a value, where the jobs are done that ask for it.",
    reason="docs/howto/secrets.md: a job without it is an incident",
    topic=_TOPIC,
    hint="give it one before the element is reached",
)
DUPLICATE_PROCESS = rule(
    "duplicate-process",
    "error",
    "A process id is used once in the files of a deployment.",
    reason="which one counts would be a guess",
    topic=_TOPIC,
)
MESSAGE_START_TAKEN = rule(
    "message-start-taken",
    "error",
    "One process at most starts on a message of a name.",
    reason="docs/howto/messages-and-timers.md: a message starts one instance",
    topic=_TOPIC,
)
