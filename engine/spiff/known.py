"""Where SpiffWorkflow and Baton are known to differ, each with the clause of the standard and how to recognise it.

The tests draw one diagram for each and see the difference; the page docs/howto/crosscheck.md prints this table. A
difference that none of these explains is a bug, in one engine or the other.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from .evidence import (
    Evidence,
    begins_or_ends_implicitly,
    compensates,
    drops_excess_tokens,
    goes_on_after_the_end,
    has_complex_gateway,
    holds_data,
    is_caught_by_a_neighbour,
    is_too_deep,
    is_too_long_to_parse,
    is_uncaught,
    joins_in_or_after_a_loop,
    joins_too_early,
    loses_a_link,
    names_the_result,
    runs_error_handler_without_error,
    shares_data_between_branches,
    splits_at_an_activity,
    was_cut_off_elsewhere,
)


class KnownDifference(msgspec.Struct, frozen=True, kw_only=True):
    """One known difference.

    name: short and stable. clause: of BPMN 2.0.2, "" where it is not a matter of the standard. baton,
    spiffworkflow: what each does. explains: whether it is the reason for the evidence.
    """

    name: str
    clause: str
    baton: str
    spiffworkflow: str
    explains: Callable[[Evidence], bool]


KNOWN_DIFFERENCES = (
    KnownDifference(
        name="compensation",
        clause="13.5.5",
        baton="undoes what completed, strictly last-completed-first, one activity at a time",
        spiffworkflow="its parser refuses compensation boundary events",
        explains=compensates,
    ),
    KnownDifference(
        name="implicit-start-or-end",
        clause="10.3.5",
        baton="without a start event every node that no flow leads to begins; without an end event a path just ends",
        spiffworkflow="its parser refuses a process without a start event, a sub-process without a start or end event",
        explains=begins_or_ends_implicitly,
    ),
    KnownDifference(
        name="activity-splits",
        clause="13.3.1",
        baton="several flows out of an activity split; conditions and the default flow choose among them",
        spiffworkflow="its parser refuses an activity with more than one outgoing flow",
        explains=splits_at_an_activity,
    ),
    KnownDifference(
        name="complex-gateway",
        clause="13.4.5",
        baton="joins by its activation condition, then waits for its reset",
        spiffworkflow="its parser refuses it",
        explains=has_complex_gateway,
    ),
    KnownDifference(
        name="long-path",
        clause="",
        baton="a path may be as long as the document may be large",
        spiffworkflow="its parser follows the flows recursively and refuses a path of some hundred elements",
        explains=is_too_long_to_parse,
    ),
    KnownDifference(
        name="error-handler-without-error",
        clause="13.5.4",
        baton="an event sub-process with an error start event runs when that error was thrown",
        spiffworkflow="it runs although no error was thrown",
        explains=runs_error_handler_without_error,
    ),
    KnownDifference(
        name="link-events",
        clause="10.5.5",
        baton="a token goes from the link throw event to the link catch event of its name",
        spiffworkflow="the token ends at the throw event, what is behind the catch event does not run",
        explains=loses_a_link,
    ),
    KnownDifference(
        name="deep-run",
        clause="13.4.2",
        baton="a loop has as many turns as its condition says",
        spiffworkflow="stops silently some 1,000 tasks deep (333 turns of a loop of three); a ready task is not run",
        explains=is_too_deep,
    ),
    KnownDifference(
        name="uncaught-error",
        clause="10.5.7",
        baton="an error end event that nobody catches ends the instance as failed, with its code",
        spiffworkflow="the workflow completes; the error is one of the events that it keeps for the application",
        explains=is_uncaught,
    ),
    KnownDifference(
        name="excess-tokens",
        clause="13.4.1",
        baton="a parallel join takes one token from each incoming flow, further tokens stay for the next time",
        spiffworkflow="whatever has arrived is taken at once, so tokens are lost or the join completes for too few",
        explains=drops_excess_tokens,
    ),
    KnownDifference(
        name="inclusive-join-and-loops",
        clause="13.4.3",
        baton="the join waits while a token elsewhere can still reach it, in and around loops",
        spiffworkflow="in and after loops it goes on too early or waits for what cannot come",
        explains=joins_in_or_after_a_loop,
    ),
    KnownDifference(
        name="inclusive-join-too-early",
        clause="13.4.3",
        baton="the join waits for a token that is still on its way through other gateways, and goes on once",
        spiffworkflow="it may go on with the first token, and then once more for each that follows",
        explains=joins_too_early,
    ),
    KnownDifference(
        name="error-caught-by-neighbours",
        clause="10.5.7",
        baton="an error is caught at the activity that it leaves, or further outside",
        spiffworkflow="every waiting boundary event of the scope with that code catches it, at other activities too",
        explains=is_caught_by_a_neighbour,
    ),
    KnownDifference(
        name="goes-on-after-the-end",
        clause="13.5.6",
        baton="terminate end events and caught errors stop their scope at once; nothing in it runs after",
        spiffworkflow="other branches of the scope run on until they end by themselves",
        explains=goes_on_after_the_end,
    ),
    KnownDifference(
        name="interruption-order",
        clause="13.5.6",
        baton="one step of each parallel branch after the other",
        spiffworkflow="its own order; how far other branches have come when a scope is interrupted is left open",
        explains=was_cut_off_elsewhere,
    ),
    KnownDifference(
        name="service-task-result",
        clause="",
        baton="the variables of a worker's answer become variables of the process, through output.NAME where mapped",
        spiffworkflow="its service task without a resultVariable puts the whole answer into spiff__ID_result",
        explains=names_the_result,
    ),
    KnownDifference(
        name="data-objects",
        clause="10.4.1",
        baton="data objects, properties, data inputs and outputs are variables; null until something is written",
        spiffworkflow="its data objects are apart from the variables, there only once an association has led to them",
        explains=holds_data,
    ),
    KnownDifference(
        name="data-between-branches",
        clause="10.4.1",
        baton="parallel branches share the variables of their process; the last write counts",
        spiffworkflow="each branch has a copy; the one merged last at the join brings old values back, key by key",
        explains=shares_data_between_branches,
    ),
)
"""In the order in which they are asked: what is certain before what is likely."""


def explanation(evidence: Evidence) -> KnownDifference | None:
    """The known difference that is the reason for what was found, None when there is none."""
    return next((known for known in KNOWN_DIFFERENCES if known.explains(evidence)), None)
