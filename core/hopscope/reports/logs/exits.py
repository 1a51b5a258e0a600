"""Processes that ended, and how long they ran."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from hopscope.decode.wait_status import end_words
from hopscope.fields.column import Mask
from hopscope.fields.values import field_value
from hopscope.redaction import shown_arguments
from hopscope.reports.entries import EVENT, PROCESS, TIME, Log, Part, Report, who
from hopscope.reports.kinds import passing
from hopscope.store.store import Store


def _read(store: Store, mask: Mask, report: Report) -> Iterator[tuple[Any, ...]]:
    for row in np.flatnonzero(passing(store, "evt.type=procexit", within=mask)).tolist():
        duration = field_value(store, row, "proc.duration")
        if duration is None:
            continue
        thread = int(store.thread[row])
        words = shown_arguments(store.threads.exe[thread], store.threads.args[thread]) if thread >= 0 else ()
        status = field_value(store, row, "evt.rawarg.status")
        yield (
            int(store.time[row]), int(store.number[row]), *who(store, row), int(store.tid[row]), duration,
            (end_words(status) or None) if isinstance(status, int) else None, " ".join(words),
        )  # fmt: skip


LOG = Log(
    "exits",
    "processes that ended, and how long they ran",
    (
        TIME, EVENT, *PROCESS, Part("tid", "TID", "number"), Part("duration_ns", "RAN", "ns"),
        Part("outcome", "ENDED"), Part("arguments", "ARGUMENTS"),
    ),
    _read,
)  # fmt: skip
