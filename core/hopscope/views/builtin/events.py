"""The list of events."""

from __future__ import annotations

from hopscope.views.definition import Column, Kind, ViewDefinition

EVENTS = ViewDefinition(
    name="events",
    title="Events",
    description="Every event of the selection, as `sysdig -r` prints it.",
    key="event",
    sort="number",
    columns=(
        Column("number", "NUM", "event.number", Kind.INTEGER, 8, "Number of the event, as `evt.num`."),
        Column("time", "TIME", "event.time", Kind.TIME, 13, "Seconds since the first event."),
        Column("cpu", "CPU", "event.cpu", Kind.INTEGER, 4, "Processor it happened on.", rank=3),
        Column(
            "container", "CONTAINER", "event.container", Kind.TEXT, 14, "Container of the thread, in short.",
            rank=4, metadata="containers",
        ),
        Column("process", "PROCESS", "event.process", Kind.TEXT, 12, "Short name of the program."),
        Column("tid", "TID", "event.tid", Kind.INTEGER, 6, "Thread."),
        Column("direction", "DIR", "event.direction", Kind.TEXT, 3, "`>` enters a call, `<` leaves it."),
        Column("type", "TYPE", "event.type", Kind.TEXT, 12, "System call or kind of event."),
        Column("latency", "LATENCY", "event.latency", Kind.DURATION, 10, "Time in the call.", rank=3),
        Column("info", "INFO", "event.info", Kind.TEXT, 20, "Arguments.", stretch=True, sortable=False),
    ),
)  # fmt: skip
