"""From a value that a person sees to the filter that asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from hopscope.decode.addresses import address_text
from hopscope.decode.render import decoded_args
from hopscope.errors import UsageError
from hopscope.fields import FieldType, UnknownFieldError
from hopscope.fields.values import answer_of, as_text, use_of
from hopscope.filters.quoting import quote_argument, quote_value
from hopscope.text import visible
from hopscope.views.census import TRAITS
from hopscope.views.definition import Aggregation

if TYPE_CHECKING:
    from hopscope.fields import FieldUse
    from hopscope.store.store import Store
    from hopscope.views.definition import Column
    from hopscope.views.result import ViewResult

FIELDS_OF: dict[str, tuple[str, ...]] = {
    "process.pid": ("proc.pid",),
    "process.ppid": ("proc.ppid",),
    "process.vpid": ("proc.vpid",),
    "process.comm": ("proc.name",),
    "process.command": ("proc.exeline", "proc.cmdline"),
    "process.user": ("user.name", "user.uid"),
    "thread.tid": ("thread.tid",),
    "thread.vtid": ("thread.vtid",),
    "thread.comm": ("proc.name",),
    "container.id": ("container.id",),
    "container.name": ("container.name",),
    "container.label": ("container.name",),
    "container.image": ("container.image",),
    "container.type": ("container.type",),
    "container.pod": ("k8s.pod.name",),
    "container.namespace": ("k8s.ns.name",),
    "container.service": ("k8s.svc.name",),
    "descriptor.fd": ("fd.num",),
    "descriptor.type": ("fd.type",),
    "descriptor.name": ("fd.name",),
    "connection.protocol": ("fd.l4proto",),
    "connection.name": ("fd.name",),
    "connection.local_address": ("fd.lip", "fd.cip", "fd.sip", "fd.ip"),
    "connection.local_port": ("fd.lport", "fd.cport", "fd.sport", "fd.port"),
    "connection.remote_address": ("fd.rip", "fd.sip", "fd.cip", "fd.ip"),
    "connection.remote_port": ("fd.rport", "fd.sport", "fd.cport", "fd.port"),
    **{
        f"{subject}.host": ("evt.hostname",)
        for subject in ("process", "thread", "container", "descriptor", "connection")
    },
}  # fmt: skip
"""By the source of a column: the fields that may have its value, the closest first.

Which one does is seen at the events of the row. A field of the filter language has its own values.
"""

_LOOKED_AT = 64
"""Events of a row at which is seen which field has the value of a cell."""

_OF_EVENTS = (
    "proc.name", "proc.pid", "thread.tid", "proc.exeline", "proc.pname", "proc.ppid", "user.name",
    "container.name", "container.id", "container.image", "k8s.pod.name", "k8s.ns.name", "k8s.svc.name",
    "fd.num", "fd.name", "fd.type", "fd.l4proto", "fd.lip", "fd.lport", "fd.rip", "fd.rport", "fd.directory",
    "evt.type", "evt.category", "evt.dir", "evt.cpu", "evt.io_dir", "evt.buflen", "evt.rawres", "evt.failed",
    "evt.latency", "evt.rawtime", "evt.num", "evt.hostname", "hopscope.file",
)  # fmt: skip
"""Fields of one event that are offered, in this order; its arguments follow."""


class FieldValue(NamedTuple):
    """A value and the field that has it.

    Attributes:
        field: as a filter writes it.
        text: the value for a person, not yet safe to show; empty where it is missing.
        condition: the filter that accepts the events with this value.
    """

    field: str
    text: str
    condition: str


def without(condition: str) -> str:
    """The filter that accepts all other events, also those in which the field has no value."""
    return condition[len("not ") :] if condition.startswith("not ") else f"not {condition}"


def fields_of(column: Column) -> tuple[str, ...]:
    """The fields that may have the values of a column, the closest first; none where they are worked out."""
    if column.aggregation is not Aggregation.NONE or column.source in TRAITS:
        return ()
    if column.source in FIELDS_OF:
        return FIELDS_OF[column.source]
    try:
        use_of(column.source)
    except UnknownFieldError:
        return ()
    return (column.source,)


def cell_value(result: ViewResult, i: int, j: int) -> FieldValue:
    """The field behind a cell of a view and the filter for its value.

    Args:
        result: the view.
        i, j: row and column.

    Raises:
        UsageError: no field has the value, with what to do instead.
    """
    column = result.columns[j]
    names = fields_of(column)
    if not names:
        raise UsageError(f"{column.title} is worked out for the row; no field of an event has it")
    if result.definition.lists_events:
        return field_value_of(result.store, result.event_row(i), names[0])
    value = result.value(i, j)
    text = "" if value is None else result.text(i, j)
    rows = result.event_rows(i)[:_LOOKED_AT].tolist()
    for use in map(use_of, names):
        answer = answer_of(result.store, use)
        for row in rows:
            found = answer.at(row)
            for one in found if isinstance(found, tuple) else (found,):
                if one is not None and _written(use, one).strip() == text.strip():
                    return FieldValue(use.name, text, _condition(use, one))
    if rows and value is not None and column.source.startswith("connection."):
        # A message on an open datagram socket carries its ends; fields tell those of the socket.
        raise UsageError(f"no field has {visible(text)} at these messages; Enter goes into the row")
    return FieldValue(names[0], text, _condition(use_of(names[0]), value))


def field_value_of(store: Store, row: int, name: str) -> FieldValue:
    """The value of a field at an event row and the filter for it."""
    use = use_of(name)
    value = answer_of(store, use).at(row)
    return FieldValue(name, "" if value is None else as_text(use, value), _condition(use, value))


def event_values(store: Store, row: int) -> Iterator[FieldValue]:
    """What an event has values of: its process, descriptor and container, the call and its arguments.

    One by one, because each may have to work out a field for the whole capture at first.
    """
    names = [*_OF_EVENTS, *(f"evt.arg[{quote_argument(one.name)}]" for one in decoded_args(store, row))]
    for name in dict.fromkeys(names):
        found = _known_value(store, row, name)
        if found.text:
            yield found


def _known_value(store: Store, row: int, name: str) -> FieldValue:
    try:
        return field_value_of(store, row, name)
    except UnknownFieldError:
        return FieldValue(name, "", "")


def _condition(use: FieldUse, value: Any) -> str:
    if value is None:
        return f"not {use.name} exists"
    return f"{use.name}={quote_value(_written(use, value))}"


def _written(use: FieldUse, value: Any) -> str:
    """A value as a filter compares with it, which is not always how it is printed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes) and use.type is FieldType.ADDRESS:
        return address_text(value)
    return str(value) if use.type.is_numeric else as_text(use, value)


def only_thread(store: Store, row: int) -> str:
    """The filter for the thread of an event. Raises UsageError where it has none."""
    return _only(store, row, "thread", "thread.tid")


def only_process(store: Store, row: int) -> str:
    """The filter for the process of an event. Raises UsageError where it has none."""
    return _only(store, row, "process", "proc.pid")


def only_descriptor(store: Store, row: int) -> str:
    """The filter for the descriptor of an event: number, process and name, as numbers are used again.

    Raises UsageError where the event has none.
    """
    return _only(store, row, "descriptor", "fd.num", "proc.pid", "fd.name")


def _only(store: Store, row: int, what: str, first: str, *others: str) -> str:
    values = [field_value_of(store, row, name) for name in (first, *others)] if row >= 0 else []
    if not values or not values[0].text:
        raise UsageError(f"no {what} belongs to this event" if row >= 0 else "nothing happened on this row")
    return " and ".join(one.condition for one in values if one.text)
