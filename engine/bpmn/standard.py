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
MESSAGE_TASKS = frozenset({"sendTask", "receiveTask"})
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
CATCH_EVENTS = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent"})
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

DATA = frozenset({"dataObject", "dataObjectReference", "dataStoreReference"})
"""Data that stands beside the flow nodes of a process or sub-process (10.4.1)."""

_PROPERTY = frozenset({"property"})
_DATA_OF_ACTIVITIES = _PROPERTY | {"ioSpecification", "dataInputAssociation", "dataOutputAssociation"}
_DATA_OF_CATCHERS = _PROPERTY | {"dataOutput", "dataOutputAssociation", "outputSet"}
_DATA_OF_THROWERS = _PROPERTY | {"dataInput", "dataInputAssociation", "inputSet"}

ON_PAPER: Mapping[str, str] = {
    **dict.fromkeys(
        ("resourceRole", "performer", "humanPerformer", "potentialOwner", "rendering"),
        "set assignee, candidate users or candidate groups in the way of the diagram's dialect",
    ),
    "ioBinding": "the process's own data inputs and outputs say what it is given",
}
"""What changes how a process runs elsewhere and does nothing here -> what to do instead."""

LOOPS = frozenset({"standardLoopCharacteristics", "multiInstanceLoopCharacteristics"})

OWN_CHILDREN: Mapping[str, frozenset[str]] = {
    "process": _PROPERTY | {"ioSpecification", "correlationSubscription"},
    **dict.fromkeys(ACTIVITIES, LOOPS | _DATA_OF_ACTIVITIES),
    "scriptTask": LOOPS | _DATA_OF_ACTIVITIES | {"script"},
    "complexGateway": frozenset({"activationCondition"}),
    "adHocSubProcess": LOOPS | _DATA_OF_ACTIVITIES | {"completionCondition"},
    "sequenceFlow": frozenset({"conditionExpression"}),
    **dict.fromkeys(CATCH_EVENTS, _DATA_OF_CATCHERS | {*EVENT_DEFINITIONS, "eventDefinitionRef"}),
    **dict.fromkeys(EVENTS - CATCH_EVENTS, _DATA_OF_THROWERS | {*EVENT_DEFINITIONS, "eventDefinitionRef"}),
    **dict.fromkeys(
        ("choreographyTask", "subChoreography", "callChoreography"),
        frozenset({"participantRef", "correlationKey", "messageFlowRef", "participantAssociation"}),
    ),
}
"""Elements that only some kind of flow element has inside."""

GLOBAL_TASKS: Mapping[str, str] = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}
"""Root elements that call activities call -> the task that runs then (10.3.6)."""

UNEXECUTED_ROOTS: Mapping[str, str] = {
    "choreography": "a choreography",
    "globalChoreographyTask": "a global choreography task",
    "conversation": "a conversation",
    "globalConversation": "a global conversation",
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
        *GLOBAL_TASKS,
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
    "dataObject": _NAMED | {"itemSubjectRef", "isCollection"},
    "dataObjectReference": _NAMED | {"itemSubjectRef", "dataObjectRef"},
    "dataStoreReference": _NAMED | {"itemSubjectRef", "dataStoreRef"},
    "dataInput": _NAMED | {"itemSubjectRef", "isCollection"},
    "dataOutput": _NAMED | {"itemSubjectRef", "isCollection"},
    "property": _NAMED | {"itemSubjectRef"},
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
        "isCollection",
    }
)
TRUTH: Mapping[str, bool] = {"true": True, "1": True, "false": False, "0": False}
"""The spellings of xsd:boolean."""

QUANTITIES = ("startQuantity", "completionQuantity")
