"""Commands to memcached, and what came of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hopscope.conversation.exchange import halves
from hopscope.conversation.messages import PROTOCOLS, Messages, messages_of
from hopscope.conversation.transfers import RECEIVE
from hopscope.fields.column import Mask
from hopscope.protocols import memcached
from hopscope.protocols.message import printable
from hopscope.reports.entries import EVENT, PROCESS, TIME, Log, Part, Report, who
from hopscope.store.store import Store
from hopscope.store.tables import NONE

LONGEST = 1 << 14
"""Bytes of a command that are looked at."""


def _read(store: Store, mask: Mask, report: Report) -> Iterator[tuple[Any, ...]]:
    messages = messages_of(store, report)
    for one in messages.exchanges(mask).tolist():
        request, response = halves(messages, one)
        if PROTOCOLS[messages.protocol[one]] != memcached.NAME or request == NONE:
            continue
        line = _line(messages, request)
        if not memcached.sniff(line) or not line.split():
            continue
        row, latency = messages.row(request), int(messages.latency[request])
        size = memcached.size_of(line)
        yield (
            int(store.time[row]), int(store.number[row]), *who(store, row),
            "<" if messages.direction[request] == RECEIVE else ">",
            line.split()[0].decode("ascii", "replace"),
            " ".join(printable(key, 250) for key in memcached.keys_of(line)), size if size >= 0 else None,
            messages.texts[response].outcome if response != NONE else None, latency if latency >= 0 else None,
        )  # fmt: skip


def _line(messages: Messages, request: int) -> bytes:
    """The first line of a command as far as it was recorded."""
    data = b""
    for piece in messages.pieces(request):
        if piece.data is None or len(data) > LONGEST or b"\n" in data:
            break
        data += piece.data
    return data[: data.find(b"\n") + 1]


LOG = Log(
    "memcached",
    "commands to memcached with keys, size and outcome; > sent, < received",
    (
        TIME, EVENT, *PROCESS, Part("direction", ""), Part("command", "COMMAND"), Part("keys", "KEYS"),
        Part("bytes", "SIZE", "bytes"), Part("outcome", "OUTCOME"), Part("latency_ns", "LATENCY", "ns"),
    ),
    _read,
)  # fmt: skip
