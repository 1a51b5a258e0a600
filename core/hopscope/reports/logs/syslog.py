"""Messages that processes write to syslog."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from hopscope.fields.column import Mask
from hopscope.fields.values import field_value
from hopscope.reports.entries import EVENT, PROCESS, TIME, Log, Part, Report, who
from hopscope.reports.kinds import passing
from hopscope.store.store import Store

WRITES = "fd.name contains /dev/log and evt.is_io_write=true and evt.dir=< and evt.failed=false"
"""Ends of calls that hand something to syslog (sysdig 0.29.3)."""


def _read(store: Store, mask: Mask, report: Report) -> Iterator[tuple[Any, ...]]:
    for row in np.flatnonzero(passing(store, WRITES, within=mask)).tolist():
        yield (
            int(store.time[row]), int(store.number[row]), *who(store, row), int(store.tid[row]),
            field_value(store, row, "syslog.facility.str"), field_value(store, row, "syslog.severity.str"),
            field_value(store, row, "syslog.message"),
        )  # fmt: skip


LOG = Log(
    "syslog",
    "messages to syslog",
    (
        TIME, EVENT, *PROCESS, Part("tid", "TID", "number"), Part("facility", "FACILITY"),
        Part("severity", "SEVERITY"), Part("message", "MESSAGE"),
    ),
    _read,
)  # fmt: skip
