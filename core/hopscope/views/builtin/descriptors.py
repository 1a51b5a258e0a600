"""The view of file descriptors."""

from __future__ import annotations

from hopscope.views.builtin.shared import BYTES_IN, BYTES_OUT, CONTAINER, ERRORS, host_column
from hopscope.views.definition import Aggregation, Column, Kind, ViewDefinition

DESCRIPTORS = ViewDefinition(
    name="descriptors",
    aliases=("fds", "lsof"),
    title="File Descriptors",
    description=(
        "What the processes of the selection have or had open: files, sockets, pipes. Also what was never"
        " used while the capture ran, where the selection is a process, a container or the whole capture."
    ),
    key="descriptor",
    sort="calls",
    targets=("events", "processes", "threads"),
    columns=(
        host_column("descriptor"),
        Column("command", "COMMAND", "process.comm", Kind.TEXT, 12, "Short name of the program."),
        Column("pid", "PID", "process.pid", Kind.INTEGER, 6, "Process that has it."),
        Column("tid", "TID", "descriptor.opener", Kind.INTEGER, 7, "Thread that opened it.", rank=4),
        Column("user", "USER", "process.user", Kind.TEXT, 8, "User the process runs as.", rank=4),
        Column("fd", "FD", "descriptor.fd", Kind.INTEGER, 4, "Number in the process."),
        Column("type", "TYPE", "descriptor.type", Kind.TEXT, 9, "Kind of descriptor."),
        Column("opened", "OPENED", "descriptor.opened", Kind.TIME, 14, "When it was opened.", rank=2),
        Column("closed", "CLOSED", "descriptor.closed", Kind.TIME, 14, "When it was closed.", rank=3),
        BYTES_IN,
        BYTES_OUT,
        Column("calls", "CALLS", "calls", Kind.INTEGER, 6, "Calls on it that finished.", Aggregation.COUNT),
        ERRORS,
        CONTAINER,
        Column("name", "NAME", "descriptor.name", Kind.TEXT, 18, "Path, addresses or inode.", stretch=True),
    ),
)  # fmt: skip
