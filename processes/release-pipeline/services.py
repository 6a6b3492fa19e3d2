"""The four little services of the release pipeline: ci builds, tests tests, platform runs it, chat tells the team.

    python services.py platform --port 7002 --log platform.jsonl

The unit tests of versions that end with "-broken" fail (422); the canary of versions that end with "-leaky" answers one
request in five with an error.
"""

from __future__ import annotations

from collections.abc import Callable

from api.demo.little_service import Answer, Body, Operation, serve

BROKEN, LEAKY = "-broken", "-leaky"


def _build(body: Body, number: str) -> Answer:
    return 201, {"artifact": f"{body['version']}-{number}.whl"}


def _tests(kind: str) -> Callable[[Body, str], Answer]:
    def answer(body: Body, _number: str) -> Answer:
        if kind == "unit" and body["version"].endswith(BROKEN):
            return 422, {"problem": "Expected 412 tests to pass but 3 failed"}
        return 201, {"passed": kind}

    return answer


def _publish(body: Body, _number: str) -> Answer:
    return 201, {"artifact": body["artifact"]}


def _deploy(_body: Body, number: str) -> Answer:
    return 201, {"canary": f"canary-{number}"}


def _watch(sent: Body, _number: str) -> Answer:
    return 200, {"canary": sent["canary"], "error_rate": 0.2 if sent["version"].endswith(LEAKY) else 0.001}


def _canary(body: Body, _number: str) -> Answer:
    return 201, {"canary": body["canary"]}


def _post(body: Body, number: str) -> Answer:
    return 201, {"post": f"post-{number}", "text": body["text"]}


SERVICES = {
    "ci": {"/builds": Operation("do", _build)},
    "tests": {f"/{kind}": Operation("do", _tests(kind)) for kind in ("unit", "integration", "security")},
    "platform": {
        "/artifacts": Operation("do", _publish),
        "/artifact-withdrawals": Operation("undo", _publish),
        "/canaries": Operation("do", _deploy),
        "/canaries/<canary>": Operation("read", _watch),
        "/canary-removals": Operation("undo", _canary),
        "/promotions": Operation("do", _canary),
    },
    "chat": {"/posts": Operation("do", _post)},
}

if __name__ == "__main__":
    serve(SERVICES)
