"""What can be wrong with a diagram: one flat record that every layer reports and every front door prints."""

from typing import Literal

import msgspec

Severity = Literal["error", "warning", "info"]


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One finding about a document.

    severity: "error" refuses the deployment, "warning" and "info" do not.
    rule: the short stable name of the rule that found it, e.g. "dangling-reference".
    element_id: the id of the BPMN element, None when it concerns the document.
    line: 1-based line in the document, None when there is none.
    sentence: "Expected X but Y" or "X needs Y".
    hint: what to do about it, "" when the sentence says it all.
    """

    severity: Severity
    rule: str
    sentence: str
    element_id: str | None = None
    line: int | None = None
    hint: str = ""

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        element = f"{self.element_id}: " if self.element_id else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}{element}{self.sentence}{hint}"
