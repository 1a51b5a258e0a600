"""Columns that several views have."""

from __future__ import annotations

from hopscope.views.definition import Aggregation, Column, Kind

CONTAINER = Column(
    "container", "CONTAINER", "container.name", Kind.TEXT, 20, "Name of the container.",
    rank=2, metadata="containers",
)  # fmt: skip


def host_column(subject: str) -> Column:
    """The machine of what a row stands for."""
    return Column(
        "host",
        "HOST",
        f"{subject}.host",
        Kind.TEXT,
        12,
        "Machine it was recorded on.",
        rank=1,
        metadata="hosts",
    )


POD = Column(
    "pod",
    "POD",
    "container.pod",
    Kind.TEXT,
    20,
    "Kubernetes pod of the container.",
    rank=3,
    metadata="kubernetes",
)
NAMESPACE = Column(
    "namespace", "NAMESPACE", "container.namespace", Kind.TEXT, 14, "Kubernetes namespace of the pod.",
    rank=4, metadata="kubernetes",
)  # fmt: skip
SERVICE = Column(
    "service", "SERVICE", "container.service", Kind.TEXT, 16, "Kubernetes services that select the pod.",
    rank=4, metadata="kubernetes",
)  # fmt: skip
CPU = Column(
    "cpu", "CPU", "cpu", Kind.PERCENT, 7,
    "Processor time in percent of one processor, the mean over the selection's window of time.",
)  # fmt: skip
VIRTUAL = Column(
    "virt", "VIRT", "virtual", Kind.BYTES, 9, "Greatest virtual memory, added up over processes.", rank=2
)
RESIDENT = Column(
    "res", "RES", "resident", Kind.BYTES, 9, "Greatest resident memory, added up over processes.", rank=2
)
FILE_RATE = Column(
    "file", "FILE", "bytes_file", Kind.RATE, 9, "File input and output in bytes per second.",
    Aggregation.TIME_AVG, rank=1,
)  # fmt: skip
NET_RATE = Column(
    "net", "NET", "bytes_net", Kind.RATE, 9, "Network input and output in bytes per second.",
    Aggregation.TIME_AVG, rank=1,
)  # fmt: skip
FILE_BYTES = Column(
    "file_bytes", "FILE BYTES", "bytes_file", Kind.BYTES, 11, "File input and output in bytes.",
    Aggregation.SUM, rank=5,
)  # fmt: skip
NET_BYTES = Column(
    "net_bytes", "NET BYTES", "bytes_net", Kind.BYTES, 11, "Network input and output in bytes.",
    Aggregation.SUM, rank=5,
)  # fmt: skip
BYTES_IN = Column(
    "bytes_in", "BYTES IN", "bytes_in", Kind.BYTES, 9, "Bytes read or received.", Aggregation.SUM
)
BYTES_OUT = Column(
    "bytes_out", "BYTES OUT", "bytes_out", Kind.BYTES, 9, "Bytes written or sent.", Aggregation.SUM
)
ERRORS = Column(
    "errors", "ERRORS", "errors", Kind.INTEGER, 7,
    "Calls that returned an error; EAGAIN and EINPROGRESS are among them.", Aggregation.COUNT, rank=1,
)  # fmt: skip
EVENTS = Column(
    "events",
    "EVENTS",
    "events",
    Kind.INTEGER,
    8,
    "Events, enters and exits alike.",
    Aggregation.COUNT,
    rank=3,
)
COMMAND = Column(
    "command", "COMMAND", "process.command", Kind.TEXT, 24, "Program and arguments.", stretch=True
)
