"""docs/api.md describes every route of the app with its method, and none that does not exist.

Those of Camunda 7 have a page of their own, docs/engine-rest.md, which is generated from them.
"""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
HEADING = re.compile(r"^### `(GET|POST|DELETE|PUT|PATCH) ([^`]+)`", re.MULTILINE)


OTHERS = "/engine-rest"
"""What is described elsewhere: docs/howto/camunda7-clients.md."""


def routes(app):
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/engine-rest/"):
            continue
        if rule.rule.startswith(OTHERS):
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda name: "{path}" if name[1] == "filename" else "{id}", rule.rule)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            yield method, path


def test_the_page_and_the_app_have_the_same_routes(client):
    documented = HEADING.findall(PAGE.read_text())
    assert len(documented) == len(set(documented))
    assert set(documented) == set(routes(client.application))
