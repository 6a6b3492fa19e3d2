"""A process that throws an event on the bus and is killed by its environment (BATON_FAULT) while it publishes it."""

from __future__ import annotations

import sys

from engine import Engine, Settings

from .diagrams import files, seller, shop


def main(database: str, address: str, name: str, topic: str) -> None:
    settings = Settings(bus=address, bus_group=name, bus_exchange=name)
    with Engine(database, settings=settings) as engine:
        engine.deploy(files(seller(bus__topic=topic), shop("shipping", bus__topic=topic)))
        engine.start("seller", variables={"n": 1})
        engine.drain()


if __name__ == "__main__":
    main(*sys.argv[1:])
