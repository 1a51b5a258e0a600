"""Names and kinds of descriptors, one text a row of the descriptor table, and their index by event."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import EventFlag
from hopscope.fields import event_types
from hopscope.fields.asof import States, follow
from hopscope.fields.column import Choices, Column, Mask, encode, renamed, spread
from hopscope.fields.memo import once
from hopscope.lookup import look_up, look_up_or
from hopscope.store.tables import NONE

if TYPE_CHECKING:
    from hopscope.store.store import Store
    from hopscope.store.tables import DescriptorTable

INTERNET = frozenset({"ipv4", "ipv6"})

_TABLE = 1 << 32
"""Distance between the keys of two descriptor tables; larger than any descriptor number."""


def touching(store: Store) -> Mask:
    """True for events of a known thread that make, use or close a descriptor."""

    def make() -> Mask:
        touches = EventFlag.CREATES_FD | EventFlag.USES_FD | EventFlag.DESTROYS_FD
        mask: Mask = look_up(event_types.has_flag(store, touches), store.code) & (store.thread >= 0)
        return mask

    return once(store, "touches a descriptor", make)


def _without_enter(store: Store) -> NDArray[np.int64]:
    """Ends of calls that began before their thread was first seen, and so do not say what they are about."""

    def make() -> NDArray[np.int64]:
        uses = event_types.has_flag(store, EventFlag.USES_FD) & event_types.IS_EXIT
        rows = np.flatnonzero(look_up(uses, store.code) & touching(store) & (store.twin < 0) & (store.fd < 0))
        if not len(rows):
            return rows
        begins = np.flatnonzero(event_types.BEGINS[store.code] & np.isin(store.tid, store.tid[rows]))
        tids, first = np.unique(store.tid[begins], return_index=True)
        if not len(tids):
            return rows
        place = np.minimum(np.searchsorted(tids, store.tid[rows]), len(tids) - 1)
        seen = (tids[place] == store.tid[rows]) & (begins[first[place]] < rows)
        lost: NDArray[np.int64] = rows[~seen]
        return lost

    return once(store, "ends without a beginning", make)


def number(store: Store) -> NDArray[np.int64]:
    """``fd.num`` of each event, int64.

    The end of a call that began before the capture is taken for one on descriptor 0 (sysdig 0.29.3).
    """

    def make() -> NDArray[np.int64]:
        lost = _without_enter(store)
        if not len(lost):
            return store.fd
        numbers = store.fd.copy()
        numbers[lost] = 0
        return numbers

    return once(store, "fd.num", make)


def table(store: Store) -> DescriptorTable:
    """The states of descriptors as the reference has them; fields speak of its rows."""
    return store.heard.table


def index(store: Store) -> NDArray[np.int32]:
    """Row in :func:`table` of the event's descriptor, int32; -1 for events that are not about one."""

    def make() -> NDArray[np.int32]:
        found = np.where(touching(store), store.descriptor, np.int32(NONE)).astype(np.int32, copy=False)
        lost = _without_enter(store)
        if len(lost):
            found[lost] = numbered(store, 0)[lost]
        return store.heard.rows(found).astype(np.int32, copy=False)

    return once(store, "descriptor of event", make)


def column(store: Store, name: str) -> Choices:
    """A column of :func:`table` that is a list: text, or the address and port of an end."""

    def make() -> Choices:
        own, more = getattr(store.descriptors, name), getattr(table(store), name)
        known = encode(own)
        if len(more) == len(own):
            return known
        places = dict(zip(known.values, range(len(known.values)), strict=True))
        added = [NONE if one is None else places.setdefault(one, len(places)) for one in more[len(own) :]]
        return Choices(np.append(known.codes, np.array(added, np.int32)), list(places))

    return once(store, ("descriptor column", name), make)


def kinds(store: Store) -> Choices:
    """The kind of each row of the descriptor table."""
    return column(store, "kind")


def names(store: Store) -> Choices:
    """The name of each row of the descriptor table."""
    return column(store, "name")


def types(store: Store) -> Choices:
    """What ``fd.type`` says of each row of the descriptor table."""
    return once(store, "descriptor types", lambda: renamed(kinds(store), type_name))


def of_internet(store: Store) -> Mask:
    """True for rows of the descriptor table that are IPv4 or IPv6 sockets."""

    def make() -> Mask:
        found = kinds(store)
        return look_up_or(
            np.array([value in INTERNET for value in found.values], np.bool_), found.codes, False
        )

    return once(store, "internet sockets", make)


def type_name(kind: str) -> str:
    """What ``fd.type`` says of a kind."""
    return "<NA>" if kind == "other" else kind


def directory_of(path: str) -> str:
    """The directory of a file as ``fd.directory`` has it: the path itself when it ends in a slash."""
    place = path.rfind("/")
    if place <= 0:
        return "/"
    return path[:place] if place < len(path) - 1 else path


def file_name_of(path: str) -> str:
    """The last part of a path as ``fd.filename`` has it: the path itself when it ends in a slash."""
    place = path.rfind("/")
    if place < 0:
        return "/"
    return path[place + 1 :] if place < len(path) - 1 else path


def numbered(store: Store, number: int) -> NDArray[np.int32]:
    """Row of the descriptor that the event's process has under a number, int32; -1 for none."""

    def make() -> NDArray[np.int32]:
        held, threads = store.descriptors, store.threads
        states = once(
            store,
            "descriptors by number",
            lambda: States(held.table.astype(np.int64) * _TABLE + held.fd, held.first, held.stop, len(store)),
        )
        key = threads.table.astype(np.int64) * _TABLE + number
        return follow(states, store.thread, threads.first, threads.stop, key)

    return once(store, ("descriptor numbered", number), make)


def prefixed(store: Store, before: Column, after: Column) -> Column:
    """Two texts joined by a colon, missing where either is."""
    left, right = spread(before).entries, spread(after).entries
    assert isinstance(left, Choices)
    assert isinstance(right, Choices)
    width = len(right.values) + 1
    pairs = (left.codes.astype(np.int64) + 1) * width + right.codes + 1
    distinct, place = np.unique(pairs, return_inverse=True)
    joined = [
        None
        if not pair // width or not pair % width
        else f"{left.values[pair // width - 1]}:{right.values[pair % width - 1]}"
        for pair in distinct.tolist()
    ]
    choices = encode(joined)
    return Column(Choices(choices.codes[place], choices.values))
