"""A store of one moment: which threads there were, and what each had open.

Its events are made up: one for each descriptor of each thread, and one for each thread without any. So
filters and fields about processes, descriptors, users and containers answer about that moment.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.columns import COLUMN_DTYPES, EventColumns
from hopscope.decode.event_table import codes_named
from hopscope.fields.column import Rows
from hopscope.store.intervals import IntervalIndex, descriptor_key
from hopscope.store.store import NO_RESULT, Store
from hopscope.store.tables import FOREVER, NONE, DescriptorTable, ThreadTable

Table = TypeVar("Table", ThreadTable, DescriptorTable)

_ABOUT_ONE = codes_named("close")[0]
"""A type of event that is about a descriptor; as it stores nothing here, nothing more is said with it."""


def snapshots(store: Store, row: int) -> list[tuple[str, Store]]:
    """What held behind an event, for each run of a machine: its host's name, empty for a single one."""
    members = store.members
    alive = _holding(store.threads, row)
    if members is None or members.runs < 2:
        return [("", _snapshot(store, row, alive))]
    out = []
    for run in range(members.runs):
        threads = alive[members.thread_run[alive] == run]
        if len(threads):
            host = store.hosts[int(store.thread_host[threads[0]])]
            own = replace(store, machine=host.machine, interfaces=host.interfaces, users=host.users)
            out.append((host.name, _snapshot(own, row, threads)))
    return out


def _holding(table: ThreadTable | DescriptorTable, row: int) -> Rows:
    """Rows that hold behind an event row."""
    return np.flatnonzero((table.first <= row) & (table.stop > row))


def _snapshot(store: Store, row: int, alive: Rows) -> Store:
    order = np.argsort(store.threads.tid[alive], kind="stable")
    threads = _taken(store.threads, alive[order])
    opened = _holding(store.descriptors, row)
    opened = opened[np.isin(store.descriptors.table[opened], threads.table)]
    opened = opened[np.lexsort((store.descriptors.fd[opened], store.descriptors.table[opened]))]
    descriptors = _taken(store.descriptors, opened)
    thread, descriptor = _pairs(threads.table, descriptors.table)
    count = len(thread)
    for table in (threads, descriptors):
        table.first = np.full(len(table), NONE, np.int64)
        table.stop = np.full(len(table), FOREVER, np.int64)
    fds = np.append(descriptors.fd, NONE)[descriptor]
    columns = _columns(store, row, threads.tid[thread])
    return replace(
        store,
        columns=columns,
        sections=[0],
        epochs=[store.epoch],
        number=np.arange(1, count + 1, dtype=np.int64),
        hidden=np.zeros(count, np.bool_),
        thread=thread.astype(np.int32),
        fd=fds,
        descriptor=descriptor.astype(np.int32),
        result=np.full(count, NO_RESULT, np.int64),
        size=np.full(count, NONE, np.int64),
        twin=np.full(count, NONE, np.int32),
        latency=np.zeros(count, np.int64),
        threads=threads,
        descriptors=descriptors,
        thread_index=IntervalIndex(threads.tid, threads.first, threads.stop, count),
        descriptor_index=IntervalIndex(
            descriptor_key(descriptors.table, descriptors.fd), descriptors.first, descriptors.stop, count
        ),
    )


def _taken(table: Table, rows: Rows) -> Table:
    """The chosen rows of a table."""
    values: dict[str, Any] = {}
    for column in fields(table):
        value = getattr(table, column.name)
        values[column.name] = (
            value[rows] if isinstance(value, np.ndarray) else [value[i] for i in rows.tolist()]
        )
    return type(table)(**values)


def _pairs(of_thread: NDArray[np.int32], of_descriptor: NDArray[np.int32]) -> tuple[Rows, Rows]:
    """Each thread with each descriptor of its table, in their order; NONE for a thread without any.

    Args:
        of_thread: int32, table of each thread.
        of_descriptor: int32, table of each descriptor, ascending.
    """
    first = np.searchsorted(of_descriptor, of_thread, side="left")
    held = np.searchsorted(of_descriptor, of_thread, side="right") - first
    entries = np.maximum(held, 1)
    thread = np.repeat(np.arange(len(of_thread)), entries)
    place = np.arange(len(thread)) - np.repeat(np.cumsum(entries) - entries, entries)
    descriptor = np.where(held[thread] > 0, first[thread] + place, NONE)
    return thread, descriptor


def _columns(store: Store, row: int, tid: NDArray[np.int64]) -> EventColumns:
    arrays: dict[str, NDArray[Any]] = {name: np.zeros(len(tid), kind) for name, kind in COLUMN_DTYPES.items()}
    arrays["time"][:] = store.time[row]
    arrays["code"][:] = _ABOUT_ONE
    arrays["tid"] = tid
    return EventColumns.from_sections(store.data, {}, {**arrays, "broken": np.zeros(0, np.int64)})
