"""The view of network connections."""

from __future__ import annotations

from dataclasses import replace

from hopscope.views.builtin.shared import (
    BYTES_IN,
    BYTES_OUT,
    COMMAND,
    CONTAINER,
    ERRORS,
    EVENTS,
    POD,
    host_column,
)
from hopscope.views.definition import Aggregation, Column, Kind, ViewDefinition

CONNECTIONS = ViewDefinition(
    name="connections",
    aliases=("conns",),
    title="Connections",
    description=(
        "Network connections that something happened on, one row for each process that has an end of one."
        " A datagram socket that talks to many has a row for each of them."
    ),
    key="connection",
    sort="bps_in",
    targets=("events", "descriptors", "processes", "threads"),
    columns=(
        host_column("connection"),
        Column("l4proto", "L4PROTO", "connection.protocol", Kind.TEXT, 7, "Transport protocol.", rank=1),
        Column("lip", "LIP", "connection.local_address", Kind.TEXT, 15, "Local address."),
        Column("lport", "LPORT", "connection.local_port", Kind.INTEGER, 5, "Local port."),
        Column("rip", "RIP", "connection.remote_address", Kind.TEXT, 15, "Remote address."),
        Column("rport", "RPORT", "connection.remote_port", Kind.INTEGER, 5, "Remote port."),
        Column("bps_in", "BPS IN", "bytes_in", Kind.RATE, 8, "Bytes in a second.", Aggregation.TIME_AVG),
        Column("bps_out", "BPS OUT", "bytes_out", Kind.RATE, 8, "Bytes out a second.", Aggregation.TIME_AVG),
        Column(
            "iops", "IOPS", "calls", Kind.FREQUENCY, 8, "Calls finished per second.",
            Aggregation.TIME_AVG, rank=2,
        ),
        replace(BYTES_IN, rank=3),
        replace(BYTES_OUT, rank=3),
        Column("calls", "CALLS", "calls", Kind.INTEGER, 7, "Calls finished.", Aggregation.COUNT, rank=4),
        EVENTS,
        ERRORS,
        CONTAINER,
        POD,
        Column("pid", "PID", "process.pid", Kind.INTEGER, 7, "Process that has this end.", rank=3),
        Column(
            "peer", "PEER", "connection.peer", Kind.TEXT, 16,
            "Process at the other end, where the capture has it: the same addresses from the other side, or"
            " the same client where the address was translated.", rank=1,
        ),
        Column("name", "NAME", "connection.name", Kind.TEXT, 40, "Client and server.", rank=6),
        replace(COMMAND, width=10),
    ),
)  # fmt: skip
