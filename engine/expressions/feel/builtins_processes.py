"""The one function that processes add to FEEL: throwing a BPMN error, as in the other syntaxes."""

from __future__ import annotations

from ..functions import FUNCTIONS
from .builtin import builtin
from .faults import FeelFrame


@builtin(
    "bpmn_error(code: string, message: string=)",
    "throws the BPMN error `code`: a boundary event or event sub-process catches it",
)
def _bpmn_error(frame: FeelFrame, code: str, message: str = "") -> None:
    FUNCTIONS["bpmn_error"].run(frame, code, message or "")
