"""The shape of ids in paths where another word could stand at the same place."""

from __future__ import annotations

from werkzeug.routing import BaseConverter


class PartId(BaseConverter):
    """The id of a part of an instance, "INSTANCE.KEY": it has a dot, which no word of a path has."""

    regex = r"[^/]*\.[^/]*"
