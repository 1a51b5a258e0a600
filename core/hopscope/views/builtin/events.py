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
        Column("number", "NUM", "evt.num", Kind.INTEGER, 8, "Number of the event, as `evt.num`."),
        Column("time", "TIME", "evt.rawtime", Kind.TIME, 13, "Seconds since the first event."),
        Column(
            "host", "HOST", "evt.hostname", Kind.TEXT, 12, "Machine it was recorded on.", rank=1,
            metadata="hosts",
        ),
        Column(
            "file", "FILE", "hopscope.file", Kind.TEXT, 14, "File it is in.", rank=5, metadata="files"
        ),
        Column(
            "file_number", "FILE NUM", "hopscope.filenum", Kind.INTEGER, 8,
            "Number it has where its file is opened alone.", rank=5, metadata="files",
        ),
        Column("cpu", "CPU", "evt.cpu", Kind.INTEGER, 4, "Processor it happened on.", rank=3),
        Column(
            "container", "CONTAINER", "container.label", Kind.TEXT, 14, "Container of the thread, in short.",
            rank=4, metadata="containers",
        ),
        Column("process", "PROCESS", "proc.name", Kind.TEXT, 12, "Short name of the program."),
        Column("tid", "TID", "thread.tid", Kind.INTEGER, 6, "Thread."),
        Column("direction", "DIR", "evt.dir", Kind.TEXT, 3, "`>` enters a call, `<` leaves it."),
        Column("type", "TYPE", "evt.type", Kind.TEXT, 12, "System call or kind of event."),
        Column("latency", "LATENCY", "evt.latency", Kind.DURATION, 10, "Time in the call.", rank=3),
        Column("info", "INFO", "evt.info", Kind.TEXT, 20, "Arguments.", stretch=True, sortable=False),
    ),
)  # fmt: skip
