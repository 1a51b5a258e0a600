"""Lines that processes write into log files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from hopscope.fields.column import Mask
from hopscope.fields.values import field_value
from hopscope.reports.echo import CHANNELS
from hopscope.reports.entries import EVENT, PROCESS, TIME, Log, Part, Report, who
from hopscope.reports.kinds import passing
from hopscope.store.store import Store


def _read(store: Store, mask: Mask, report: Report) -> Iterator[tuple[Any, ...]]:
    """Each line of each write; a line that is written by two calls makes two entries."""
    rows = np.flatnonzero(passing(store, CHANNELS["logs"], "evt.dir=< and evt.failed=false", within=mask))
    for row in rows.tolist():
        data = store.payload(row) or b""
        name = field_value(store, row, "fd.name")
        for line in data.split(b"\n"):
            if line:
                text = line.removesuffix(b"\r").decode("utf-8", "surrogateescape")
                yield int(store.time[row]), int(store.number[row]), *who(store, row), name, text


LOG = Log(
    "files",
    "lines written to log files",
    (TIME, EVENT, *PROCESS, Part("file", "FILE"), Part("line", "LINE")),
    _read,
)
