"""The view of files."""

from __future__ import annotations

from hopscope.views.builtin.shared import BYTES_IN, BYTES_OUT, CONTAINER, ERRORS
from hopscope.views.definition import Aggregation, Column, Kind, ViewDefinition

FILES = ViewDefinition(
    name="files",
    title="Files",
    description=(
        "Files and directories that something was done with, by path; the same path in two containers is"
        " two files."
    ),
    key="file",
    sort="ops",
    targets=("processes", "descriptors", "threads", "events"),
    columns=(
        BYTES_IN,
        BYTES_OUT,
        Column(
            "ops", "OPS", "calls", Kind.INTEGER, 8,
            "Calls on the file that finished: open, close, read, write, stat and so on.", Aggregation.COUNT,
        ),
        Column(
            "opens", "OPENS", "opens", Kind.INTEGER, 8,
            "Successful opens by open, openat, openat2, creat and open_by_handle_at.", Aggregation.COUNT,
        ),
        ERRORS,
        CONTAINER,
        Column("filename", "FILENAME", "descriptor.name", Kind.TEXT, 24, "Path of the file.", stretch=True),
    ),
)  # fmt: skip
