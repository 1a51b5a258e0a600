"""What a list of things at a moment is, and how its rows are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from hopscope.fields.column import Mask, Rows
from hopscope.reports.entries import Part
from hopscope.reports.kinds import passing
from hopscope.reports.snapshot import snapshots
from hopscope.store.store import Store


@dataclass(frozen=True, slots=True)
class Moment:
    """What a list is asked for.

    Attributes:
        row: event row behind which it is to hold.
        condition: a filter, empty for all.
        every_thread: list each thread, not only each process.
    """

    row: int
    condition: str
    every_thread: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """One kind of list.

    Attributes:
        name: as it is asked for.
        help: what is in it, in a few words.
        parts: the values of a row, in order. The last but one of them may be cut, not the others.
        read: the rows, in order.
    """

    name: str
    help: str
    parts: tuple[Part, ...]
    read: Callable[[Store, Moment], Iterator[tuple[Any, ...]]]


HOST = Part("host", "HOST")
CONTAINER = Part("container", "CONTAINER")


def held(store: Store, moment: Moment) -> Iterator[tuple[str, Store, Rows]]:
    """For each machine its name, the store of the moment, and the rows of it that pass."""
    for host, now in snapshots(store, moment.row):
        mask: Mask = passing(now, moment.condition)
        if not moment.every_thread:
            mask = mask & (now.threads.tid == now.threads.pid)[now.thread] if len(now) else mask
        yield host, now, np.flatnonzero(mask)


def container_name(store: Store, thread: int) -> str | None:
    """Name of the container of a row of the thread table, None on the host."""
    number = int(store.threads.container[thread])
    container = store.containers[number] if number > 0 else None
    return (container.name or container.id) if container is not None else None


def user_name(store: Store, thread: int) -> str | None:
    """Name of the user of a row of the thread table, its number where the capture has no name for it."""
    uid = int(store.threads.uid[thread])
    return store.users.users.get(uid) or (str(uid) if uid != 0xFFFFFFFF else None)
