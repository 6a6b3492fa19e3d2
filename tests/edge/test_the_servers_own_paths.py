"""What the server has itself no route can take: every page and resource begins with a reserved word."""

from __future__ import annotations

import pytest

from engine import DeploymentRefused
from engine.core.elements.route_paths import RESERVED

from .routed import answering, routed


def test_every_rule_of_the_app_begins_with_a_reserved_word(client):
    firsts = {rule.rule.split("/")[1] for rule in client.application.url_map.iter_rules()} - {""}
    assert firsts <= RESERVED, f"add {firsts - RESERVED} to engine.core.elements.route_paths.RESERVED"
    assert {"api", "edge", "health", "static"} <= firsts


@pytest.mark.parametrize("path", ["/.well-known/acme-challenge/{token}", "/.Well-Known/security.txt", "/Login/again"])
def test_no_diagram_speaks_for_the_whole_host(engine, path):
    with pytest.raises(DeploymentRefused, match="another first part"):
        engine.deploy({"p.bpmn": answering(routed(f"GET {path}", access="public"), "", "1").xml()})
