"""The six little services around an order: three that it needs before it is answered, three that react to it.

    python services.py payment --port 7002 --log payment.jsonl

The cart has no "unobtainium" (409), the card "4000-0002" is declined (402), and "contraband" is not taken as an order
(409).
"""

from __future__ import annotations

from api.demo.little_service import Answer, Body, Operation, serve

PRICE = 40
OUT_OF_STOCK, DECLINED, FORBIDDEN = "unobtainium", "4000-0002", "contraband"


def _check(body: Body, _number: str) -> Answer:
    if body["item"] == OUT_OF_STOCK:
        return 409, {"problem": f"Expected {body['item']} in stock but there is none"}
    return 201, {"total": body["quantity"] * PRICE}


def _charge(body: Body, number: str) -> Answer:
    if body["card"] == DECLINED:
        return 402, {"problem": "The bank said no"}
    return 201, {"payment_id": f"pay-{number}"}


def _refund(body: Body, number: str) -> Answer:
    return 201, {"refund_id": f"ref-{number}", "payment_id": body["payment_id"]}


def _create(body: Body, number: str) -> Answer:
    if body["item"] == FORBIDDEN:
        return 409, {"problem": "Expected something that may be sold"}
    return 201, {"number": f"R-{number}"}


def _ship(_body: Body, number: str) -> Answer:
    return 201, {"shipment": f"shp-{number}"}


def _mail(body: Body, number: str) -> Answer:
    return 201, {"mail": f"mail-{number}", "to": body["to"]}


def _count(body: Body, _number: str) -> Answer:
    return 201, {"counted": body["what"]}


SERVICES = {
    "cart": {"/checks": Operation("do", _check)},
    "payment": {"/payments": Operation("do", _charge), "/refunds": Operation("undo", _refund)},
    "orders": {"/orders": Operation("do", _create)},
    "shipping": {"/shipments": Operation("do", _ship)},
    "notification": {"/mails": Operation("do", _mail)},
    "analytics": {"/counts": Operation("do", _count)},
}

if __name__ == "__main__":
    serve(SERVICES)
