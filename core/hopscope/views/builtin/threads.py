"""The view of threads."""

from __future__ import annotations

from hopscope.views.builtin.shared import (
    COMMAND,
    CONTAINER,
    CPU,
    EVENTS,
    FILE_BYTES,
    FILE_RATE,
    NET_BYTES,
    NET_RATE,
    host_column,
)
from hopscope.views.definition import Column, Kind, ViewDefinition

THREADS = ViewDefinition(
    name="threads",
    title="Threads",
    description="The threads of the selection, each with its processor time, file and network traffic.",
    key="thread",
    sort="cpu",
    targets=("descriptors", "connections", "files", "events"),
    columns=(
        host_column("thread"),
        Column("pid", "PID", "process.pid", Kind.INTEGER, 7, "Number of the process."),
        Column("tid", "TID", "thread.tid", Kind.INTEGER, 7, "Number of the thread."),
        Column(
            "vpid", "VPID", "process.vpid", Kind.INTEGER, 7, "Number that the process has in its container.",
            rank=4, metadata="containers",
        ),
        Column(
            "vtid", "VTID", "thread.vtid", Kind.INTEGER, 7, "Number that the thread has in its container.",
            rank=4, metadata="containers",
        ),
        CPU,
        FILE_RATE,
        NET_RATE,
        FILE_BYTES,
        NET_BYTES,
        EVENTS,
        CONTAINER,
        Column("name", "NAME", "thread.comm", Kind.TEXT, 16, "Name of the thread.", rank=1),
        COMMAND,
    ),
)  # fmt: skip
