"""Calls a route by a client that openapi-python-client has generated of the edge's description; prints the answers."""

from __future__ import annotations

import json
import sys

from made import Client
from made.api.routed import post_orders_region
from made.models import PostOrdersRegionRequest


def use(address: str) -> list[object]:
    """A good call and one that does not fit, as (status, words)."""
    with Client(base_url=address) as client:
        good = post_orders_region.sync_detailed("eu", client=client, body=PostOrdersRegionRequest(item="book"))
        wrong = PostOrdersRegionRequest.from_dict({"item": 7})
        refused = post_orders_region.sync_detailed("eu", client=client, body=wrong)
    return [good.status_code, json.loads(good.content), refused.status_code, refused.parsed.field]


if __name__ == "__main__":
    print(json.dumps(use(sys.argv[1])))
