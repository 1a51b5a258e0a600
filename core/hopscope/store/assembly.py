"""From the replay's logs to the small tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.columns import EventColumns
from hopscope.state.descriptor_log import DescriptorLog
from hopscope.state.thread_log import NOBODY, THREAD_FIELDS, UNKNOWN_NAME, Life, ThreadLog
from hopscope.store.intervals import IntervalIndex
from hopscope.store.tables import FOREVER, NONE, DescriptorTable, ThreadTable

Ints = NDArray[np.int64]

_PLACEHOLDER: Mapping[str, Any] = {
    "ptid": -1, "vtid": -1, "vpid": -1, "sid": -1, "vpgid": -1, "uid": NOBODY, "gid": NOBODY,
    "loginuid": NOBODY, "tty": 0, "flags": 0, "fdlimit": -1, "vmsize": 0, "vmrss": 0, "vmswap": 0,
    "pfmajor": 0, "pfminor": 0, "exe_writable": False, "comm": UNKNOWN_NAME, "exe": UNKNOWN_NAME,
    "exepath": "", "cwd": "", "args": (), "env": (), "cgroups": (), "container": "host",
}  # fmt: skip
_TEXTS = frozenset({"comm", "exe", "exepath", "cwd", "args", "env", "cgroups", "container"})


def add_placeholders(
    log: ThreadLog, descriptors: DescriptorLog, columns: EventColumns, threaded: NDArray[np.bool_]
) -> None:
    """Give events whose thread nobody introduced a row with the name ``<NA>``, as the reference does.

    Each stretch between two known lives of a tid becomes one life.
    """
    _, first, stop = _bounds(log)
    tids = np.array([row[0] for row in log.rows], np.int64)
    index = IntervalIndex(tids, first, stop, len(columns))
    rows = np.flatnonzero(threaded)
    lost = rows[index.find(columns.tid[rows], rows) < 0]
    if not len(lost):
        return
    order = np.argsort(tids, kind="stable")
    next_first = _next_start(tids[order], first[order], columns.tid[lost], lost)
    pairs = np.stack([columns.tid[lost], next_first])
    _, at = np.unique(pairs, axis=1, return_index=True)
    for place in at.tolist():
        row, until = int(lost[place]), int(next_first[place])
        _add_placeholder(log, descriptors, int(columns.tid[row]), row, until)


def _next_start(sorted_tids: Ints, first: Ints, tids: Ints, rows: Ints) -> Ints:
    """When the next known life of each tid begins after each event row; FOREVER without one."""
    found = np.full(len(rows), FOREVER, np.int64)
    start = np.searchsorted(sorted_tids, tids)
    stop = np.searchsorted(sorted_tids, tids, side="right")
    for place in np.flatnonzero(stop > start).tolist():
        starts = np.sort(first[start[place] : stop[place]])
        at = int(np.searchsorted(starts, rows[place]))
        if at < len(starts):
            found[place] = starts[at]
    return found


def _add_placeholder(log: ThreadLog, descriptors: DescriptorLog, tid: int, row: int, until: int) -> None:
    life = len(log.lives)
    log.lives.append(Life(life, -1, -1, 0, descriptors.new_files(life).number))
    log.bounds.append((life, row, until))
    values = {**_PLACEHOLDER, "tid": tid, "pid": tid}
    log.rows.append(tuple(values[name] for name in THREAD_FIELDS))


def _bounds(log: ThreadLog) -> tuple[Ints, Ints, Ints]:
    bounds = np.array(log.bounds, np.int64).reshape(-1, 3)
    return bounds[:, 0], bounds[:, 1], bounds[:, 2]


def thread_table(log: ThreadLog, containers: Mapping[str, int]) -> ThreadTable:
    """All thread states as columns.

    Args:
        log: closed states and lives.
        containers: container id to row of the container table.
    """
    life, first, stop = _bounds(log)
    lives = log.lives
    raw = list(zip(*log.rows, strict=True)) if log.rows else [() for _ in THREAD_FIELDS]
    column: dict[str, Any] = {}
    for name, values in zip(THREAD_FIELDS, raw, strict=True):
        if name == "container":
            column[name] = np.array([containers.get(one, 0) for one in values], np.int32)
        elif name in _TEXTS:
            column[name] = list(values)
        elif name == "exe_writable":
            column[name] = np.array(values, np.bool_)
        else:
            column[name] = _int64(values)
    of_life: dict[str, NDArray[Any]] = {
        "process": np.array([one.process for one in lives], np.int32),
        "parent": np.array([one.parent for one in lives], np.int32),
        "table": np.array([one.table for one in lives], np.int32),
        "born": np.array([one.born for one in lives], np.int64),
        "died": np.array([one.died for one in lives], np.int64),
        "born_time": np.array([one.born_time for one in lives], np.int64),
    }
    column.update({name: values[life] for name, values in of_life.items()})
    return ThreadTable(life=life.astype(np.int32), first=first, stop=stop, **column)


def descriptor_table(log: DescriptorLog) -> DescriptorTable:
    """All descriptor states as columns."""
    rows = log.rows
    shapes = [row.shape for row in rows]

    def ints(values: list[int], kind: Any = np.int64) -> Any:
        return _int64(values).astype(kind)

    life = ints([row.life for row in rows], np.int32)
    closed = np.full(max(log.lives, 1), NONE, np.int64)
    if log.closed:
        closed[list(log.closed)] = list(log.closed.values())
    return DescriptorTable(
        fd=ints([row.fd for row in rows]),
        table=ints([row.table for row in rows], np.int32),
        life=life,
        origin=ints([row.origin for row in rows], np.int32),
        process=ints([row.process for row in rows], np.int32),
        first=ints([row.first for row in rows]),
        stop=ints([row.stop for row in rows]),
        opened=ints([row.opened for row in rows]),
        closed=closed[life] if len(rows) else np.zeros(0, np.int64),
        opener=ints([row.opener for row in rows], np.int32),
        role=ints([shape.role for shape in shapes], np.int8),
        listening=np.array([shape.listening for shape in shapes], np.bool_),
        connected=np.array([shape.connected for shape in shapes], np.bool_),
        local_is_client=ints([shape.local_is_client for shape in shapes], np.int8),
        source=np.array([shape.source for shape in shapes], np.uint64),
        peer=np.array([shape.peer for shape in shapes], np.uint64),
        ino=np.array([shape.ino for shape in shapes], np.uint64),
        dev=ints([shape.dev for shape in shapes]),
        open_flags=ints([shape.open_flags for shape in shapes]),
        kind=[shape.kind for shape in shapes],
        typechar=[shape.typechar for shape in shapes],
        l4=[shape.l4 for shape in shapes],
        name=[shape.name for shape in shapes],
        client=[shape.client for shape in shapes],
        server=[shape.server for shape in shapes],
    )


def _int64(values: Any) -> Ints:
    """Integers of any size as int64, keeping the low 64 bits of those that do not fit."""
    try:
        return np.array(values, np.int64)
    except OverflowError:
        mask, half = (1 << 64) - 1, 1 << 63
        return np.array([((one & mask) ^ half) - half for one in values], np.int64)
