"""What rules look at: the capture, its messages, and what several rules ask of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, wraps
from typing import TypeVar, cast

from hopscope.conversation import Messages, Streams, messages_of, streams_of
from hopscope.conversation.addresses import Address, normal, shown
from hopscope.conversation.endpoints import Endpoint
from hopscope.conversation.exchange import Owner, owner_at
from hopscope.conversation.messages import KINDS, PROTOCOLS
from hopscope.conversation.transfers import SEND
from hopscope.protocols.message import REQUEST
from hopscope.store.store import Store
from hopscope.store.tables import NONE
from hopscope.views.names import container_label

Value = TypeVar("Value")


class Case:
    """A capture under examination.

    Args:
        store: the events.
        report: told now and then how much of the messages is read, 0 to 1.

    Attributes:
        kept: what several rules have worked out already, by function.
    """

    def __init__(self, store: Store, report: Callable[[float], None] | None = None) -> None:
        self.store = store
        self._report = report
        self.kept: dict[object, object] = {}

    @cached_property
    def messages(self) -> Messages:
        """All messages."""
        return messages_of(self.store, self._report)

    @cached_property
    def streams(self) -> Streams:
        """The bytes of all connections."""
        return streams_of(self.store)

    @property
    def end(self) -> int:
        """Time of the last event, ns."""
        return int(self.store.time[-1])

    def of_protocol(self, name: str) -> list[int]:
        """The messages of a protocol, in order of time."""
        found: list[int] = (self.messages.protocol == PROTOCOLS.index(name)).nonzero()[0].tolist()
        return found

    def is_request(self, message: int) -> bool:
        """Whether a message asks."""
        return KINDS[self.messages.kind[message]] == REQUEST

    def sent(self, message: int) -> bool:
        """Whether a message was sent by the one who recorded it, not received."""
        return int(self.messages.direction[message]) == SEND

    def time(self, row: int) -> int:
        """Time of an event row, ns."""
        return int(self.store.time[row])

    def process(self, row: int) -> int:
        """Life of the process of an event row, NONE."""
        return int(self.store.process[row])

    def server_of(self, message: int) -> str:
        """Address of the end that answers, ``10.0.0.1:53``; the name of the socket where it is unknown."""
        address = self.server_address(message)
        if address is not None:
            return shown(address)
        endpoint = self._endpoint(message)
        return endpoint.label if endpoint is not None else ""

    def server_address(self, message: int) -> Address | None:
        """Normal address of the end that answers, None where it is unknown."""
        endpoint = self._endpoint(message)
        if endpoint is not None and endpoint.server is not None and endpoint.client is not None:
            return endpoint.server
        ends = self.store.message_tuple(self.messages.row(message))
        if ends is None:
            return None
        return normal(ends[1] if self.is_request(message) else ends[0])

    def _endpoint(self, message: int) -> Endpoint | None:
        channel = int(self.messages.channel[message])
        endpoints = self.streams.endpoints.rows
        return endpoints[channel] if 0 <= channel < len(endpoints) else None

    def asked_at(self, response: int) -> int:
        """Row of the request of a response, or of what was last sent before it where no bytes tell; NONE."""
        messages = self.messages
        if messages.partner[response] != NONE:
            return messages.row(int(messages.partner[response]))
        row = messages.row(response)
        channel = int(messages.channel[response])
        sends = self.streams.transfers.row[self.streams.of_channel(channel, SEND)]
        place = int(sends.searchsorted(row))
        return int(sends[place - 1]) if place else NONE

    def owner(self, row: int) -> Owner:
        """Whose event one is."""
        return owner_at(self.store, row)

    def who(self, row: int) -> str:
        """``curl 22369 in client``: the process of an event and where it ran."""
        return who(self.owner(row))


def once_per_case(function: Callable[[Case], Value]) -> Callable[[Case], Value]:
    """The function with a memory that lasts as long as the examination."""

    @wraps(function)
    def remembered(case: Case) -> Value:
        if function not in case.kept:
            case.kept[function] = function(case)
        return cast(Value, case.kept[function])

    return remembered


def who(owner: Owner) -> str:
    """A process and its pod or container in words."""
    process = f"{owner.process} {owner.pid}" if owner.process else f"thread {owner.tid}"
    place = where(owner)
    return f"{process} in {place}" if place else process


def where(owner: Owner) -> str:
    """Machine, pod or container, as far as there are any."""
    label = container_label(owner.container) if owner.container is not None else ""
    return f"{owner.machine} {owner.pod or label}".strip()
