"""Fields of the reference that files do not answer: they are accepted and have no value.

Mesos and Marathon were dropped by later releases, and what they need was never in a capture
itself but asked from servers or gathered while it was read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hopscope.fields.column import Column, nothing
from hopscope.fields.field import Argument, ArgumentForm, Domain, Field, FieldType

if TYPE_CHECKING:
    from hopscope.store.store import Store

_TEXT, _INTEGER, _DURATION = FieldType.TEXT, FieldType.INTEGER, FieldType.DURATION


def _nothing(store: Store, argument: Argument) -> Column:
    return nothing(len(store))


def _row(name: str, kind: FieldType, text: str) -> Field:
    """A field by its usage: ``span.tag[position]`` needs an argument."""
    plain, bracket, argument = name.partition("[")
    form = ArgumentForm.REQUIRED if bracket else ArgumentForm.NONE
    return Field(plain, kind, Domain.TYPE, text, _nothing, form, argument.removesuffix("]"))


_CLUSTER_FIELDS = (
    "mesos.task.name", "mesos.task.id", "mesos.task.label[key]", "mesos.task.labels", "mesos.framework.name",
    "mesos.framework.id", "marathon.app.name", "marathon.app.id", "marathon.app.label[key]",
    "marathon.app.labels", "marathon.group.name", "marathon.group.id",
)  # fmt: skip
_OTHERS = (
    ("evt.infra.docker.name", _TEXT, "name of an event of the Docker daemon; files do not tell"),
    ("evt.infra.docker.container.id", _TEXT, "container of an event of the Docker daemon; files do not tell"),
    (
        "evt.infra.docker.container.name",
        _TEXT,
        "container of an event of the Docker daemon; files do not tell",
    ),
    ("evt.infra.docker.container.image", _TEXT, "image of an event of the Docker daemon; files do not tell"),
    ("util.cnt", _INTEGER, "counts how often it was asked, which means nothing here"),
    ("proc.pidns_init_start_ts", _INTEGER, "when the process namespace began; files do not tell"),
    (
        "proc.exe_ino.ctime_duration_pidns_start",
        _DURATION,
        "ns from the last change of the program to its namespace; files do not tell",
    ),
    ("k8s.pod.cni.json", _TEXT, "network of the pod as JSON; files do not tell"),
)


def _rows() -> Iterator[Field]:
    for name in _CLUSTER_FIELDS:
        yield _row(name, _TEXT, f"of {name.partition('.')[0].capitalize()}; files do not tell")
    for row in _OTHERS:
        yield _row(*row)


FIELDS: tuple[Field, ...] = tuple(_rows())
