"""Fields of class ``fdlist``: the descriptors that poll and ppoll wait for, as comma separated texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hopscope.decode.addresses import address_text
from hopscope.decode.event_table import EVENTS
from hopscope.decode.values import decode_fd_list
from hopscope.fields.column import Lazy
from hopscope.fields.field import Argument, Domain, Field, FieldType
from hopscope.fields.memo import once

if TYPE_CHECKING:
    from collections.abc import Callable

    from hopscope.fields.field import Compute
    from hopscope.store.store import Store

_CARRIERS = tuple(event.code for event in EVENTS if "fds" in event.param_index)

_UNNAMED = "<NA>"


def _number(store: Store, fd: int, row: int) -> str | None:
    return str(fd)


def _name(store: Store, fd: int, row: int) -> str | None:
    return _UNNAMED if row < 0 else store.descriptors.name[row] or _UNNAMED


def _end(server: bool, part: int) -> Callable[[Store, int, int], str | None]:
    """Address (part 0) or port (part 1) of the client or server end; None for all but IP sockets."""

    def one(store: Store, fd: int, row: int) -> str | None:
        if row < 0 or store.descriptors.kind[row] not in ("ipv4", "ipv6"):
            return None
        end = (store.descriptors.server if server else store.descriptors.client)[row]
        if end is None:
            return None
        return address_text(end[0]) if part == 0 else str(end[1])

    return one


def _joined(one: Callable[[Store, int, int], str | None]) -> Compute:
    def compute(store: Store, argument: Argument) -> Lazy:
        def read(row: int) -> str | None:
            raw = store.raw_param(row, "fds")
            if raw is None:
                return None
            thread = int(store.thread[row])
            numbers = [fd for fd, _ in decode_fd_list(raw)]
            own = _at_once(store, thread, numbers, row)
            texts = [one(store, fd, state) for fd, state in zip(numbers, own, strict=True)]
            told = [text for text in texts if text is not None]
            return ",".join(told) if told else None

        rows = once(store, "poll rows", lambda: store.rows_of_codes(_CARRIERS))
        return Lazy(read, rows[np.asarray(store.thread)[rows] >= 0])

    return compute


def _at_once(store: Store, thread: int, numbers: list[int], row: int) -> list[int]:
    """Rows of ``descriptors`` for numbers of a ``threads`` row at an event row, NONE where unknown."""
    threads, rows = np.full(len(numbers), thread, np.int32), np.full(len(numbers), row, np.int64)
    found: list[int] = store.descriptors_of(threads, np.array(numbers, np.int64), rows).tolist()
    return found


def _row(name: str, text: str, one: Callable[[Store, int, int], str | None]) -> Field:
    return Field(name, FieldType.TEXT, Domain.ARGUMENTS, text, _joined(one))


FIELDS: tuple[Field, ...] = (
    _row("fdlist.nums", "numbers of the descriptors that poll waits for", _number),
    _row("fdlist.names", "names of the descriptors that poll waits for", _name),
    _row("fdlist.cips", "client addresses of the sockets that poll waits for", _end(False, 0)),
    _row("fdlist.sips", "server addresses of the sockets that poll waits for", _end(True, 0)),
    _row("fdlist.cports", "client ports of the sockets that poll waits for", _end(False, 1)),
    _row("fdlist.sports", "server ports of the sockets that poll waits for", _end(True, 1)),
)
