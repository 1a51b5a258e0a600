"""The processes or threads of a moment, as ``ps`` lists them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from hopscope.redaction import shown_arguments
from hopscope.reports.entries import Part
from hopscope.reports.state.listing import CONTAINER, HOST, Listing, Moment, container_name, held, user_name
from hopscope.store.store import Store


def _read(store: Store, moment: Moment) -> Iterator[tuple[Any, ...]]:
    for host, now, rows in held(store, moment):
        threads = now.threads
        pids, counts = np.unique(threads.pid, return_counts=True)
        members = dict(zip(pids.tolist(), counts.tolist(), strict=True))
        tables, opened = np.unique(now.descriptors.table, return_counts=True)
        open_in = dict(zip(tables.tolist(), opened.tolist(), strict=True))
        for one in np.unique(now.thread[rows]).tolist():
            pid = int(threads.pid[one])
            program = threads.exe[one] or threads.comm[one]
            limit = int(threads.fdlimit[one])
            yield (
                host or None, int(threads.tid[one]), pid, int(threads.ptid[one]), user_name(now, one),
                int(threads.vmsize[one]) * 1024, int(threads.vmrss[one]) * 1024,
                limit if limit >= 0 else None, members[pid], open_in.get(int(threads.table[one]), 0),
                container_name(now, one), threads.comm[one],
                " ".join((program, *shown_arguments(program, threads.args[one]))),
            )  # fmt: skip


LISTING = Listing(
    "ps",
    "processes with user, memory, threads and open descriptors",
    (
        HOST, Part("tid", "TID", "number"), Part("pid", "PID", "number"), Part("ppid", "PPID", "number"),
        Part("user", "USER"), Part("virtual_bytes", "VIRT", "bytes"), Part("resident_bytes", "RES", "bytes"),
        Part("fdlimit", "FDLIMIT", "number"), Part("threads", "THREADS", "number"),
        Part("descriptors", "FDS", "number"), CONTAINER, Part("process", "PROCESS"),
        Part("command", "COMMAND"),
    ),
    _read,
)  # fmt: skip
