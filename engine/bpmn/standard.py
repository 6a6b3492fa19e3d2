"""The vocabulary of BPMN 2.0.2: which elements and attributes the standard has, and what each is to an engine."""

from __future__ import annotations

from collections.abc import Mapping

TASKS = frozenset(
    {
        "task",
        "manualTask",
        "scriptTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "userTask",
        "businessRuleTask",
    }
)
SUB_PROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES = TASKS | SUB_PROCESSES | {"callActivity"}
DATA_DRIVEN_GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway"})
GATEWAYS = DATA_DRIVEN_GATEWAYS | {"parallelGateway", "complexGateway", "eventBasedGateway"}
EVENTS = frozenset(
    {
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
        "implicitThrowEvent",
    }
)
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS | {"choreographyTask", "subChoreography", "callChoreography"}
"""Everything that sequence flows may connect (10.1); which of it runs is the element registry's matter."""

EVENT_DEFINITIONS = {
    name + "EventDefinition": name
    for name in (
        "message",
        "timer",
        "error",
        "escalation",
        "cancel",
        "compensate",
        "conditional",
        "link",
        "signal",
        "terminate",
    )
}
"""Tag of an event definition -> its kind (10.5.5)."""

REFERENCED_ROOTS = {"error": "errorCode", "escalation": "escalationCode", "message": "", "signal": ""}
"""Root elements that event definitions point to -> the attribute that is their code ("" for none)."""

DESCRIPTIVE = frozenset(
    {
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "auditing",
        "monitoring",
        "categoryValueRef",
        "laneSet",
        "textAnnotation",
        "group",
        "association",
        "supports",
        "supportedInterfaceRef",
    }
)
"""Elements that describe and never change what runs: known, and without a finding."""

DATA_ON_PAPER = frozenset({"dataObject", "dataObjectReference", "dataStoreReference"})
"""Data that the diagram shows; the values themselves live in variables."""

WORK_ON_PAPER = frozenset({"resourceRole", "performer", "humanPerformer", "potentialOwner", "rendering"})
"""Who should do a task, in the standard's own form, which no editor for engines writes."""

NOT_YET_EXECUTED: Mapping[str, str] = {
    "ioSpecification": "map variables with input and output mappings",
    "ioBinding": "map variables with input and output mappings",
    "dataInput": "map variables with input and output mappings",
    "dataOutput": "map variables with input and output mappings",
    "inputSet": "map variables with input and output mappings",
    "outputSet": "map variables with input and output mappings",
    "dataInputAssociation": "map variables with input and output mappings",
    "dataOutputAssociation": "map variables with input and output mappings",
    "property": "set the variable at the start or in a script",
    "correlationSubscription": "correlation is not executed yet",
}
"""Elements of a process that change what runs and that Baton does not execute -> what to do instead."""

LOOPS = frozenset({"standardLoopCharacteristics", "multiInstanceLoopCharacteristics"})

OWN_CHILDREN: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(ACTIVITIES, LOOPS),
    "scriptTask": LOOPS | {"script"},
    "complexGateway": frozenset({"activationCondition"}),
    "adHocSubProcess": LOOPS | {"completionCondition"},
    "sequenceFlow": frozenset({"conditionExpression"}),
    **dict.fromkeys(EVENTS, frozenset({*EVENT_DEFINITIONS, "eventDefinitionRef"})),
    **dict.fromkeys(
        ("choreographyTask", "subChoreography", "callChoreography"),
        frozenset({"participantRef", "correlationKey", "messageFlowRef", "participantAssociation"}),
    ),
}
"""Elements that only some kind of flow element has inside."""

UNEXECUTED_ROOTS: Mapping[str, str] = {
    "choreography": "a choreography",
    "globalChoreographyTask": "a global choreography task",
    "conversation": "a conversation",
    "globalConversation": "a global conversation",
    "globalTask": "a global task",
    "globalUserTask": "a global user task",
    "globalManualTask": "a global manual task",
    "globalScriptTask": "a global script task",
    "globalBusinessRuleTask": "a global business rule task",
}
"""Root elements that would run something elsewhere, in words."""

DESCRIPTIVE_ROOTS = frozenset(
    {
        "process",
        "collaboration",
        "itemDefinition",
        "interface",
        "endPoint",
        "resource",
        "partnerEntity",
        "partnerRole",
        "category",
        "correlationProperty",
        "dataStore",
        "relationship",
        "import",
        "extension",
        "documentation",
        "extensionElements",
        *REFERENCED_ROOTS,
        *EVENT_DEFINITIONS,
    }
)
"""Root elements that are used by others or only describe."""

_ANY = frozenset({"id"})
_NAMED = _ANY | {"name"}
_ACTIVITY = _NAMED | {"isForCompensation", "startQuantity", "completionQuantity", "default"}
_GATEWAY = _NAMED | {"gatewayDirection"}
_SUB_PROCESS = _ACTIVITY | {"triggeredByEvent"}

ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "process": _NAMED | {"isExecutable", "processType", "isClosed", "definitionalCollaborationRef"},
    "task": _ACTIVITY,
    "manualTask": _ACTIVITY,
    "scriptTask": _ACTIVITY | {"scriptFormat"},
    "serviceTask": _ACTIVITY | {"implementation", "operationRef"},
    "sendTask": _ACTIVITY | {"implementation", "operationRef", "messageRef"},
    "receiveTask": _ACTIVITY | {"implementation", "operationRef", "messageRef", "instantiate"},
    "userTask": _ACTIVITY | {"implementation"},
    "businessRuleTask": _ACTIVITY | {"implementation"},
    "callActivity": _ACTIVITY | {"calledElement"},
    "subProcess": _SUB_PROCESS,
    "transaction": _SUB_PROCESS | {"method", "protocol"},
    "adHocSubProcess": _SUB_PROCESS | {"cancelRemainingInstances", "ordering"},
    "exclusiveGateway": _GATEWAY | {"default"},
    "inclusiveGateway": _GATEWAY | {"default"},
    "complexGateway": _GATEWAY | {"default"},
    "parallelGateway": _GATEWAY,
    "eventBasedGateway": _GATEWAY | {"instantiate", "eventGatewayType"},
    "startEvent": _NAMED | {"parallelMultiple", "isInterrupting"},
    "intermediateCatchEvent": _NAMED | {"parallelMultiple"},
    "boundaryEvent": _NAMED | {"parallelMultiple", "attachedToRef", "cancelActivity"},
    "intermediateThrowEvent": _NAMED,
    "endEvent": _NAMED,
    "standardLoopCharacteristics": _ANY | {"testBefore", "loopMaximum"},
    "multiInstanceLoopCharacteristics": _ANY
    | {"isSequential", "behavior", "oneBehaviorEventRef", "noneBehaviorEventRef"},
    "sequenceFlow": _NAMED | {"sourceRef", "targetRef", "isImmediate"},
    "association": _ANY | {"sourceRef", "targetRef", "associationDirection"},
    "conditionExpression": _ANY | {"language", "evaluatesToTypeRef"},
    "messageEventDefinition": _ANY | {"messageRef", "operationRef"},
    "errorEventDefinition": _ANY | {"errorRef"},
    "escalationEventDefinition": _ANY | {"escalationRef"},
    "signalEventDefinition": _ANY | {"signalRef"},
    "compensateEventDefinition": _ANY | {"activityRef", "waitForCompletion"},
    "linkEventDefinition": _NAMED,
    "timerEventDefinition": _ANY,
    "conditionalEventDefinition": _ANY,
    "terminateEventDefinition": _ANY,
    "cancelEventDefinition": _ANY,
    "error": _NAMED | {"errorCode", "structureRef"},
    "escalation": _NAMED | {"escalationCode", "structureRef"},
    "message": _NAMED | {"itemRef"},
    "signal": _NAMED | {"structureRef"},
}
"""Element -> its attributes of the standard; an element that is not listed is not checked."""

BOOLEANS = frozenset(
    {
        "isExecutable",
        "isForCompensation",
        "triggeredByEvent",
        "cancelActivity",
        "isInterrupting",
        "parallelMultiple",
        "instantiate",
        "waitForCompletion",
        "isClosed",
        "cancelRemainingInstances",
        "isImmediate",
    }
)
TRUTH: Mapping[str, bool] = {"true": True, "1": True, "false": False, "0": False}
"""The spellings of xsd:boolean."""

QUANTITIES = ("startQuantity", "completionQuantity")
