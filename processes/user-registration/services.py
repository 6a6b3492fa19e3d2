"""The four little services of a registration: accounts, profiles, billing and mail, each with a log of every call.

    python services.py accounts --port 7001 --log accounts.jsonl

The address "taken@example.org" has an account already (409), and billing never answers well for addresses at
"unbillable.example" (503).
"""

from __future__ import annotations

from collections.abc import Callable

from api.demo.little_service import Answer, Body, Operation, serve

TAKEN, UNBILLABLE = "taken@example.org", "@unbillable.example"


def _account(body: Body, number: str) -> Answer:
    if body["email"] == TAKEN:
        return 409, {"problem": f"Expected an address without an account but {TAKEN} has one"}
    return 201, {"account": f"acc-{number}"}


def _profile(_body: Body, number: str) -> Answer:
    return 201, {"profile": f"pro-{number}"}


def _customer(body: Body, number: str) -> Answer:
    if body["email"].endswith(UNBILLABLE):
        return 503, {"problem": "The ledger is closed at the moment"}
    return 201, {"customer": f"cus-{number}"}


def _mail(body: Body, number: str) -> Answer:
    return 201, {"mail": f"mail-{number}", "text": body["text"]}


def _delete(name: str) -> Callable[[Body, str], Answer]:
    return lambda body, _number: (201, {name: body[name]})


SERVICES = {
    "accounts": {
        "/accounts": Operation("do", _account),
        "/account-deletions": Operation("undo", _delete("account")),
    },
    "profiles": {
        "/profiles": Operation("do", _profile),
        "/profile-deletions": Operation("undo", _delete("profile")),
    },
    "billing": {"/customers": Operation("do", _customer)},
    "mail": {"/mails": Operation("do", _mail)},
}

if __name__ == "__main__":
    serve(SERVICES)
