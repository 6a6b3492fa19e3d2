"""The three little services of the environment: network, database and compute, each of which can create and delete.

    python services.py compute --port 7003 --log compute.jsonl

Environments whose name ends with "-crowded" find no address range for a network (503 every time), those that end with
"-tight" get no database, and a machine with the role "gpu" is sold out.
"""

from __future__ import annotations

from collections.abc import Callable

from api.demo.little_service import Answer, Body, Operation, serve

CROWDED, TIGHT, SOLD_OUT = "-crowded", "-tight", "gpu"


def _network(body: Body, number: str) -> Answer:
    if body["environment"].endswith(CROWDED):
        return 503, {"problem": "No address range is free at the moment"}
    return 201, {"network": f"net-{number}"}


def _database(body: Body, number: str) -> Answer:
    if body["environment"].endswith(TIGHT):
        return 503, {"problem": "No storage is free at the moment"}
    return 201, {"database": f"db-{number}"}


def _machine(body: Body, number: str) -> Answer:
    if body["role"] == SOLD_OUT:
        return 503, {"problem": "No such machine is free at the moment"}
    return 201, {"machine": f"{body['role']}-{number}"}


def _delete(name: str) -> Callable[[Body, str], Answer]:
    return lambda body, _number: (201, {name: body[name]})


SERVICES = {
    "network": {
        "/networks": Operation("do", _network),
        "/network-deletions": Operation("undo", _delete("network")),
    },
    "database": {
        "/databases": Operation("do", _database),
        "/database-deletions": Operation("undo", _delete("database")),
    },
    "compute": {
        "/machines": Operation("do", _machine),
        "/machine-deletions": Operation("undo", _delete("machine")),
    },
}

if __name__ == "__main__":
    serve(SERVICES)
