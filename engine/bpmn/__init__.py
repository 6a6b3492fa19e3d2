"""BPMN documents: hostile bytes in, processes and all their problems out. The only user of lxml."""

from __future__ import annotations

from .document import Document, ReadProcess
from .limits import DEFAULT_LIMITS, Limits
from .reader import read
from .xml import parse_tree

__all__ = ["DEFAULT_LIMITS", "Document", "Limits", "ReadProcess", "parse_tree", "read"]
