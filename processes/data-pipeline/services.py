"""The two little services of the data pipeline: the sources of rows, and the warehouse they are loaded into.

    python services.py warehouse --port 7002 --log warehouse.jsonl

The source "returns" answers 503 to its first two questions, "legacy" sends what cannot be read (422), and half of the
rows of "imports" lack a customer. Runs whose id ends with "-full" find no room in the warehouse (507).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from api.demo.little_service import Answer, Body, Operation, serve

ROWS: dict[str, list[dict[str, Any]]] = {
    "orders": [
        {"customer": "ada", "amount": 120},
        {"customer": "lin", "amount": 80},
        {"customer": "ada", "amount": 40},
    ],
    "returns": [{"customer": "lin", "amount": 30}, {"customer": "", "amount": 5}],
    "shops": [{"customer": "mae", "amount": 75}, {"customer": "mae", "amount": 25}, {"customer": "lin", "amount": 10}],
    "imports": [{"customer": "", "amount": 9}, {"customer": "mae", "amount": 60}, {"customer": "", "amount": 1}],
}
UNREADABLE = "legacy"
SLEEPY, SLEEPS = "returns", 2
_asked: Counter[str] = Counter()


def _extract(sent: Body, _number: str) -> Answer:
    source = sent["source"]
    if source == UNREADABLE:
        return 422, {"problem": "Expected rows but the file is cut off in line 7"}
    _asked[source] += 1
    if source == SLEEPY and _asked[source] <= SLEEPS:
        return 503, {"problem": "The nightly backup is still running"}
    return 200, {"rows": ROWS[source]}


def _create(_body: Body, number: str) -> Answer:
    return 201, {"table": f"staging-{number}"}


def _load(body: Body, _number: str) -> Answer:
    if body["run_id"].endswith("-full"):
        return 507, {"problem": f"Expected room for {body['table']} but the disk is full"}
    return 201, {"rows": len(body["totals"])}


def _named_table(body: Body, _number: str) -> Answer:
    return 201, {"table": body["table"]}


def _quarantine(body: Body, number: str) -> Answer:
    return 201, {"ticket": f"quarantine-{number}", "source": body["source"]}


SERVICES = {
    "sources": {"/extracts/<source>": Operation("read", _extract)},
    "warehouse": {
        "/tables": Operation("do", _create),
        "/quarantines": Operation("do", _quarantine),
        "/loads": Operation("do", _load),
        "/publications": Operation("do", _named_table),
        "/drops": Operation("undo", _named_table),
    },
}

if __name__ == "__main__":
    serve(SERVICES)
