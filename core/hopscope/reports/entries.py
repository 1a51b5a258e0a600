"""Logs: what happened one after the other, as rows of named values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from hopscope.fields.column import Mask
from hopscope.store.store import Store

Report = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Part:
    """One value of an entry.

    Attributes:
        name: its key in JSON.
        title: above its column.
        unit: ``time``, ``ns``, ``bytes``, ``number`` or empty for text.
    """

    name: str
    title: str
    unit: str = ""

    @property
    def is_right(self) -> bool:
        """True for what stands at the right of its column."""
        return self.unit in ("ns", "bytes", "number")


@dataclass(frozen=True, slots=True)
class Log:
    """One kind of log.

    Attributes:
        name: as it is asked for.
        help: what is in it, in a few words.
        parts: the values of an entry, in order; the first is its time, the second the number of its event.
        read: the entries of events that may count, in order. It is told whom to say how far it is.
    """

    name: str
    help: str
    parts: tuple[Part, ...]
    read: Callable[[Store, Mask, Report], Iterator[tuple[Any, ...]]]


TIME = Part("time", "TIME", "time")
EVENT = Part("event", "EVENT", "number")
PROCESS = (Part("process", "PROCESS"), Part("pid", "PID", "number"), Part("container", "CONTAINER"))
"""Who it was; :func:`who` gives the values."""


def who(store: Store, row: int) -> tuple[str | None, int | None, str | None]:
    """Program, pid and container's name at an event row, None for what is not known."""
    thread = int(store.thread[row])
    if thread < 0:
        return None, None, None
    threads = store.threads
    number = int(threads.container[thread])
    container = store.containers[number] if number > 0 else None
    return (
        threads.comm[thread] or None,
        int(threads.pid[thread]),
        (container.name or container.id) if container is not None else None,
    )
