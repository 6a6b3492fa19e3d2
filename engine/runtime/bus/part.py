"""The bus as a part of the house: its transport, the way out, the way in, and the thread that consumes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ...bus import BusError, Options, Transport, open_transport
from ...store.outbox import Outgoing
from ...store.publications import publication_row
from ..errors import InvalidRequest
from .bindings import Bindings
from .config import BusConfig, ConfiguredOutgoing
from .consumer import Consuming
from .incoming import Incoming
from .publisher import Publishing

if TYPE_CHECKING:
    from ..house import House


class Bus:
    """Everything between instances and the message bus; raises InvalidRequest for a configuration that cannot be."""

    def __init__(self, house: House, config: BusConfig) -> None:
        self._house = house
        settings = house.settings
        self.bindings = Bindings(house, config)
        self._configured = ConfiguredOutgoing(config)
        self.incoming = Incoming(house, self.bindings, settings.bus_source, settings.bus_event_bytes)
        self._transport = self._made(Options(group=settings.bus_group, exchange=settings.bus_exchange))
        self.publishing = Publishing(house, self._transport, self.bindings)
        self._consuming = Consuming(house, self._transport, self.bindings, self.incoming)

    def _made(self, options: Options) -> Transport:
        try:
            return open_transport(self._house.settings.bus, options, self.incoming.take)
        except BusError as error:
            raise InvalidRequest(error.sentence, error.hint) from None

    @property
    def error(self) -> str:
        """Why the broker cannot be reached, "" when it can."""
        return self.publishing.error or self._consuming.error

    @property
    def is_consuming(self) -> bool:
        """Whether this process is the one that consumes."""
        return self._consuming.active

    def start(self) -> None:
        """Begin to consume; the scheduler that publishes is the house's."""
        self.bindings.refresh()
        if not self._transport.embedded:
            self._consuming.start()

    def stop_consuming(self) -> None:
        """Finish what is being taken; the rest comes to whoever consumes next."""
        self._consuming.close()

    def run(self) -> int:
        """Publish what is ready: on the thread that publishes, or on any while there are none."""
        self.bindings.refresh()
        return self.publishing.run()

    def publish_now(self) -> None:
        """Somebody wants what waits to be tried at once."""
        self.publishing.look()
        self._house.publisher.notice(self._house.clock.now())

    def deployed(self) -> None:
        """A deployment may have changed what is bound; whoever publishes or consumes next looks."""
        self._consuming.wake()

    def taking_over(self, row: Outgoing, now: int) -> Callable[[], None] | None:
        """What makes a thrown message one for the bus, as the configuration says; None when it stays inside.

        Raises InvalidRequest when an expression of the configuration cannot be evaluated for it.
        """
        address = self._configured.address(row, now)
        if address is None:
            return None
        thrown = (row.name, row.correlation, row.variables)
        made = publication_row(row.instance, row.key, *thrown, address, row.created_at)
        made.trace = row.trace
        return partial(self._house.store.publications.take_over, row.instance, row.key, made, now)
