"""The three little services that the order saga calls: payment, inventory and shipping, each with a log of every call.

    python services.py payment --port 7001 --log payment.jsonl

Amounts above 10,000 are declined (402), the item "unobtainium" is out of stock (409), and shipping to the country "XX"
always fails (503).
"""

from __future__ import annotations

from api.demo.little_service import Answer, Body, Operation, serve

HIGHEST_AMOUNT = 10_000
OUT_OF_STOCK = "unobtainium"
UNREACHABLE_COUNTRY = "XX"


def _charge(body: Body, number: str) -> Answer:
    if body["amount"] > HIGHEST_AMOUNT:
        return 402, {"problem": f"Expected an amount up to {HIGHEST_AMOUNT} but got {body['amount']}"}
    return 201, {"payment_id": f"pay-{number}"}


def _refund(body: Body, number: str) -> Answer:
    return 201, {"refund_id": f"ref-{number}", "payment_id": body["payment_id"]}


def _reserve(body: Body, number: str) -> Answer:
    if body["item"] == OUT_OF_STOCK:
        return 409, {"problem": f"Expected {body['item']} in stock but there is none"}
    return 201, {"reservation_id": f"res-{number}"}


def _release(body: Body, number: str) -> Answer:
    return 201, {"release_id": f"rel-{number}", "reservation_id": body["reservation_id"]}


def _ship(body: Body, number: str) -> Answer:
    if body["address"]["country"] == UNREACHABLE_COUNTRY:
        return 503, {"problem": "No carrier answers at the moment"}
    return 201, {"shipment_id": f"shp-{number}"}


SERVICES = {
    "payment": {"/payments": Operation("do", _charge), "/refunds": Operation("undo", _refund)},
    "inventory": {"/reservations": Operation("do", _reserve), "/releases": Operation("undo", _release)},
    "shipping": {"/shipments": Operation("do", _ship)},
}

if __name__ == "__main__":
    serve(SERVICES)
