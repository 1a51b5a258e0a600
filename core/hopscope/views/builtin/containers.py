"""The view of containers."""

from __future__ import annotations

from hopscope.views.builtin.shared import (
    CPU,
    EVENTS,
    FILE_BYTES,
    FILE_RATE,
    NAMESPACE,
    NET_BYTES,
    NET_RATE,
    POD,
    RESIDENT,
    SERVICE,
    VIRTUAL,
    host_column,
)
from hopscope.views.definition import Column, Kind, ViewDefinition

CONTAINERS = ViewDefinition(
    name="containers",
    title="Containers",
    description=(
        "All containers of the machine and what each of them uses. Processes outside any container are"
        " in the row of the host."
    ),
    key="container",
    sort="cpu",
    targets=("processes", "connections", "descriptors", "files", "threads", "events"),
    columns=(
        host_column("container"),
        CPU,
        Column("procs", "PROCS", "processes", Kind.INTEGER, 6, "Processes of the selection."),
        Column("threads", "THREADS", "threads", Kind.INTEGER, 8, "Threads of the selection.", rank=1),
        VIRTUAL,
        RESIDENT,
        FILE_RATE,
        NET_RATE,
        FILE_BYTES,
        NET_BYTES,
        EVENTS,
        POD,
        NAMESPACE,
        SERVICE,
        Column("engine", "ENGINE", "container.type", Kind.TEXT, 8, "What runs the container.", rank=5),
        Column("image", "IMAGE", "container.image", Kind.TEXT, 30, "Image it was made from.", rank=3),
        Column(
            "id", "ID", "container.id", Kind.TEXT, 13,
            "Identifier, for docker the first twelve hexadecimal digits.", rank=2,
        ),
        Column("name", "NAME", "container.name", Kind.TEXT, 24, "Name of it, or `host`.", stretch=True),
    ),
)  # fmt: skip
