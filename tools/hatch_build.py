"""Lets every wheel carry the UI bundle, so that who installs it needs no Node."""

from __future__ import annotations

import os
import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WITHOUT_UI = "BATON_WITHOUT_UI"
"""Set to 1, this environment variable lets a wheel be built without the pages (no npm registry in reach)."""


class BundleHook(BuildHookInterface[Any]):
    """Runs the step of `make ui` before a wheel is packed; an editable install leaves it to `make setup`."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable" or os.environ.get(WITHOUT_UI) == "1":
            return
        sys.path.append(self.root)
        from tools import build_ui

        try:
            build_ui.build()
        except build_ui.BundleFailed as failed:
            message = f"The wheel needs the UI bundle but it was not built ({WITHOUT_UI}=1 leaves it out): {failed}"
            raise SystemExit(message) from failed
