"""The three little services of a product page: catalogue, prices and reviews, each with a log of every call.

    python services.py reviews --port 7003 --log reviews.jsonl

Only "lamp" and "chair" exist (else 404); the price of the chair cannot be told (503).
"""

from __future__ import annotations

from api.demo.little_service import Answer, Body, Operation, serve

NAMES = {"lamp": "A lamp to read by", "chair": "A chair to sit on"}
UNPRICED = "chair"


def _details(sent: Body, _number: str) -> Answer:
    name = NAMES.get(sent["product"])
    return (200, {"name": name}) if name else (404, {"problem": f"Expected a product but got {sent['product']}"})


def _price(sent: Body, _number: str) -> Answer:
    if sent["product"] == UNPRICED:
        return 503, {"problem": "The price list is being printed"}
    return (200, {"price": 40}) if sent["product"] in NAMES else (404, {"problem": "There is no price for that"})


def _reviews(sent: Body, _number: str) -> Answer:
    return 200, {"reviews": [{"stars": 5, "text": f"The best {sent['product']} I ever had"}]}


SERVICES = {
    "catalogue": {"/products/<product>": Operation("read", _details)},
    "prices": {"/prices/<product>": Operation("read", _price)},
    "reviews": {"/reviews/<product>": Operation("read", _reviews)},
}

if __name__ == "__main__":
    serve(SERVICES)
