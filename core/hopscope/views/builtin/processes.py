"""The view of processes."""

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
    POD,
    RESIDENT,
    VIRTUAL,
    host_column,
)
from hopscope.views.definition import Column, Kind, ViewDefinition

PROCESSES = ViewDefinition(
    name="processes",
    aliases=("procs",),
    title="Processes",
    description=(
        "The processes of the selection with processor time, memory, file and network traffic. Idle ones"
        " are listed where the selection is a container or the whole capture."
    ),
    key="process",
    sort="cpu",
    targets=("descriptors", "connections", "files", "threads", "events"),
    columns=(
        host_column("process"),
        Column("pid", "PID", "process.pid", Kind.INTEGER, 7, "Number of the process."),
        Column("ppid", "PPID", "process.ppid", Kind.INTEGER, 7, "Number of the parent process.", rank=3),
        Column(
            "vpid", "VPID", "process.vpid", Kind.INTEGER, 7, "Number that the process has in its container.",
            rank=4, metadata="containers",
        ),
        CPU,
        Column("user", "USER", "process.user", Kind.TEXT, 12, "User the process runs as.", rank=2),
        Column("th", "TH", "peak_threads", Kind.INTEGER, 5, "Most threads at one moment.", rank=2),
        VIRTUAL,
        RESIDENT,
        FILE_RATE,
        NET_RATE,
        FILE_BYTES,
        NET_BYTES,
        EVENTS,
        CONTAINER,
        POD,
        COMMAND,
    ),
)  # fmt: skip
