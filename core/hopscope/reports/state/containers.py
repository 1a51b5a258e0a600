"""The containers of a moment: those that had been told of, and those in which something ran."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson

from hopscope.decode.event_table import codes_named
from hopscope.reports.entries import Part
from hopscope.reports.kinds import passing
from hopscope.reports.snapshot import snapshots
from hopscope.reports.state.listing import HOST, Listing, Moment
from hopscope.store.store import Store

_TELLS = codes_named("container")


def _read(store: Store, moment: Moment) -> Iterator[tuple[Any, ...]]:
    told = _told_until(store, moment.row)
    for host, now in snapshots(store, moment.row):
        mask = passing(now, moment.condition)
        threads = now.threads
        running = threads.tid == threads.pid
        processes = np.bincount(threads.container[running], minlength=len(store.containers))
        chosen = np.unique(threads.container[now.thread[mask]])
        for number, one in enumerate(store.containers):
            idle = not moment.condition and one.id in told and _is_of(store, number, host)
            if number and (number in chosen or idle):
                yield (
                    host or None, one.type or None, one.image or None, one.name or None, one.id,
                    int(processes[number]),
                )  # fmt: skip


def _is_of(store: Store, number: int, host: str) -> bool:
    """Whether a container is one of a host; all are where there is one host only."""
    return not host or store.hosts[int(store.container_host[number])].name == host


def _told_until(store: Store, row: int) -> set[str]:
    """Identities of containers that events up to a row describe."""
    found = set()
    for event in store.rows_of_codes(_TELLS).tolist():
        if event > row:
            break
        raw = store.raw_param(event, "json")
        if raw:
            try:
                told = orjson.loads(raw.rstrip(b"\0"))
            except orjson.JSONDecodeError:
                continue
            if isinstance(told, dict):
                one = told.get("container", told)
                found.add(str(one.get("id", "")) if isinstance(one, dict) else "")
    return found


LISTING = Listing(
    "containers",
    "containers with the number of processes in them",
    (
        HOST, Part("type", "TYPE"), Part("image", "IMAGE"), Part("name", "NAME"), Part("id", "ID"),
        Part("processes", "PROCESSES", "number"),
    ),
    _read,
)  # fmt: skip
