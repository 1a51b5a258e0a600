"""The open descriptors of a moment, as ``lsof`` lists them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hopscope.reports.entries import Part
from hopscope.reports.state.listing import CONTAINER, HOST, Listing, Moment, container_name, held, user_name
from hopscope.store.store import Store


def _read(store: Store, moment: Moment) -> Iterator[tuple[Any, ...]]:
    for host, now, rows in held(store, moment):
        threads, descriptors = now.threads, now.descriptors
        for row in rows.tolist():
            one, opened = int(now.thread[row]), int(now.descriptor[row])
            if opened >= 0:
                yield (
                    host or None, threads.comm[one], int(threads.pid[one]), int(threads.tid[one]),
                    user_name(now, one), container_name(now, one), int(descriptors.fd[opened]),
                    descriptors.kind[opened], descriptors.name[opened],
                )  # fmt: skip


LISTING = Listing(
    "lsof",
    "open descriptors of each process",
    (
        HOST, Part("process", "PROCESS"), Part("pid", "PID", "number"), Part("tid", "TID", "number"),
        Part("user", "USER"), CONTAINER, Part("fd", "FD", "number"), Part("type", "TYPE"),
        Part("name", "NAME"),
    ),
    _read,
)  # fmt: skip
