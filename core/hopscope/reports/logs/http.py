"""HTTP requests that were answered, as an access log of every end that took part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from hopscope.conversation.exchange import halves
from hopscope.conversation.messages import PROTOCOLS, Messages, messages_of
from hopscope.conversation.transfers import RECEIVE
from hopscope.fields.column import Mask
from hopscope.protocols.http_head import read_head
from hopscope.reports.entries import EVENT, PROCESS, TIME, Log, Part, Report, who
from hopscope.store.store import Store
from hopscope.store.tables import NONE

NAMES = frozenset({"http", "http2"})
LONGEST_LENGTH = 18
"""Digits of a length that are believed."""


class Exchange(NamedTuple):
    """One request and its response, as one end saw them.

    Attributes:
        message: place of the request in the messages.
        row: event row of the response's first byte; that of the request where there is none.
        received: True at the end that got the request.
        method, url: host and target of the request together.
        status: of the response, -1 without one.
        latency: ns from the request's first event to the response's, -1 without a response.
        size: length of the body as the response gives it, -1 where it does not.
    """

    message: int
    row: int
    received: bool
    method: str
    url: str
    status: int
    latency: int
    size: int


def exchanges(store: Store, mask: Mask, report: Report) -> Iterator[Exchange]:
    """Requests of HTTP in the order of their responses; those without a response are left out."""
    messages = messages_of(store, report)
    found = []
    for one in messages.exchanges(mask).tolist():
        request, response = halves(messages, one)
        if PROTOCOLS[messages.protocol[one]] in NAMES and NONE not in (request, response):
            found.append(_exchange(messages, request, response))
    yield from sorted(found, key=lambda one: one.row)


def _exchange(messages: Messages, request: int, response: int) -> Exchange:
    method, _, target = messages.texts[request].subject.partition(" ")
    asked = read_head(_beginning(messages, request))
    said = read_head(_beginning(messages, response))
    words = asked.start.decode("utf-8", "surrogateescape").split(" ")
    if len(words) > 1:
        method, target = words[0], words[1]
    host = asked.value(b"host").decode("utf-8", "surrogateescape")
    length = said.value(b"content-length").decode("ascii", "replace")
    return Exchange(
        message=request,
        row=messages.row(response),
        received=messages.direction[request] == RECEIVE,
        method=method,
        url=host + target,
        status=int(messages.status[response]),
        latency=int(messages.latency[request]),
        size=int(length) if length.isdecimal() and len(length) < LONGEST_LENGTH else NONE,
    )


def _beginning(messages: Messages, message: int) -> bytes:
    """The recorded bytes from the first one of a message up to a gap."""
    data = b""
    for piece in messages.pieces(message):
        if piece.data is None or len(data) > 1 << 16:
            break
        data += piece.data
    return data


def _read(store: Store, mask: Mask, report: Report) -> Iterator[tuple[Any, ...]]:
    for one in exchanges(store, mask, report):
        yield (
            int(store.time[one.row]), int(store.number[one.row]), *who(store, one.row),
            "<" if one.received else ">", one.method, one.url, one.status, one.latency,
            one.size if one.size != NONE else None,
        )  # fmt: skip


LOG = Log(
    "http",
    "HTTP requests with status, latency and size, at the time of the response; > sent, < received",
    (
        TIME, EVENT, *PROCESS, Part("direction", ""), Part("method", "METHOD"), Part("url", "URL"),
        Part("status", "STATUS", "number"), Part("latency_ns", "LATENCY", "ns"),
        Part("bytes", "SIZE", "bytes"),
    ),
    _read,
)  # fmt: skip
