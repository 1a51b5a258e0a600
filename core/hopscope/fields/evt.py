"""Fields of class ``evt`` that the event's header and type decide."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from hopscope.decode.event_table import EVENTS, EventFlag, codes_named
from hopscope.fields import event_types
from hopscope.fields.column import Choices, Column, Lazy, Mask, Numbers, nothing, ones
from hopscope.fields.field import Argument, ArgumentForm, Domain, Field, FieldType, Match
from hopscope.fields.memo import once

if TYPE_CHECKING:
    from hopscope.store.store import Store

_DESCRIPTOR_CLASS = {
    "file": "file", "directory": "file", "ipv4": "net", "ipv6": "net",
    "unix": "ipc", "pipe": "ipc", "event": "ipc", "signalfd": "ipc", "inotify": "ipc",
}  # fmt: skip
"""What ``evt.category`` calls an I/O event by the kind of its descriptor (sysdig 0.29.3)."""


_IS_PROCINFO: Mask = np.array([event.name == "procinfo" for event in EVENTS])


def _number(store: Store, argument: Argument) -> Column:
    return Column(Numbers(store.number))


def _cpu(store: Store, argument: Argument) -> Column:
    return Column(Numbers(store.cpu))


def _direction(store: Store, argument: Argument) -> Column:
    return event_types.per_type([event.direction for event in EVENTS], store)


def _type(store: Store, argument: Argument) -> Column:
    def make() -> Column:
        dialect = store.dialect
        names: list[str | None] = [dialect.event_name(event.code) for event in EVENTS]
        return event_types.with_generic(names, None, store)

    return once(store, "evt.type", make)


def _syscall_type(store: Store, argument: Argument) -> Column:
    def make() -> Column:
        column = _type(store, argument)
        assert isinstance(column.entries, Choices)
        codes = column.entries.codes.copy()
        if column.index is None:
            codes[~event_types.IS_CALL[store.code]] = -1
        else:
            codes[~event_types.IS_CALL] = -1
        return Column(Choices(codes, column.entries.values), column.index)

    return once(store, "syscall.type", make)


def _check_type(text: str) -> str:
    if (text.isdigit() and int(text) < len(EVENTS)) or any(event.name == text for event in EVENTS):
        return ""
    return f"there is no event type {text!r}"


def _type_is(store: Store, argument: Argument) -> Column:
    # The reference looks at the first version of a type and its exit only (0.29.3).
    if argument.text.isdigit():
        matches = np.arange(len(EVENTS)) == int(argument.text)
    else:
        first = next(event.code for event in EVENTS if event.name == argument.text)
        matches = (np.arange(len(EVENTS)) == first) | (np.arange(len(EVENTS)) == first + 1)
    return Column(Numbers(matches.astype(np.int64)), store.code)


def _generic_categories() -> dict[str, str]:
    text = resources.files(__package__).joinpath("syscall_categories.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return {name: category for category, names in rows for name in names.split()}


def _category(store: Store, argument: Argument) -> Column:
    def make() -> Column:
        by_type = [event_types.category_of(event.code) for event in EVENTS]
        column = event_types.with_generic(list(by_type), _generic_categories(), store)
        assert isinstance(column.entries, Choices)
        values = [*column.entries.values]
        codes = column.entries.codes if column.index is None else column.entries.codes[column.index]
        classes = np.array(
            [
                _place(values, _DESCRIPTOR_CLASS.get(kind, "unknown"))
                for kind in [*store.descriptors.kind, "other"]
            ],
            dtype=np.int32,
        )
        is_io = event_types.IS_IO[store.code]
        return Column(Choices(np.where(is_io, classes[store.descriptor], codes).astype(np.int32), values))

    return once(store, "evt.category", make)


def _place(values: list[str], value: str) -> int:
    if value not in values:
        values.append(value)
    return values.index(value)


def _flag(mask: Mask, store: Store) -> Column:
    return Column(Numbers(mask), store.code)


def _is_io(store: Store, argument: Argument) -> Column:
    return _flag(event_types.has_flag(store, EventFlag.READS_FROM_FD | EventFlag.WRITES_TO_FD), store)


def _is_io_read(store: Store, argument: Argument) -> Column:
    return _flag(event_types.has_flag(store, EventFlag.READS_FROM_FD), store)


def _is_io_write(store: Store, argument: Argument) -> Column:
    return _flag(event_types.has_flag(store, EventFlag.WRITES_TO_FD), store)


def _is_wait(store: Store, argument: Argument) -> Column:
    return _flag(event_types.has_flag(store, EventFlag.WAITS), store)


def _io_dir(store: Store, argument: Argument) -> Column:
    writes, reads = (
        event_types.has_flag(store, EventFlag.WRITES_TO_FD),
        event_types.has_flag(store, EventFlag.READS_FROM_FD),
    )
    names = ["write" if w else "read" if r else None for w, r in zip(writes, reads, strict=True)]
    return event_types.per_type(names, store)


def _count(store: Store, argument: Argument) -> Column:
    return Column(Numbers(np.ones(len(EVENTS), dtype=np.int64)), store.code)


def _count_exit(store: Store, argument: Argument) -> Column:
    return Column(Numbers(np.ones(len(EVENTS), dtype=np.int64), event_types.IS_EXIT), store.code)


def _source(store: Store, argument: Argument) -> Column:
    return event_types.per_type(["syscall" for _ in EVENTS], store)


def _is_async(store: Store, argument: Argument) -> Column:
    return _flag(np.array([event.name == "asyncevent" for event in EVENTS]), store)


def _async_type(store: Store, argument: Argument) -> Lazy:
    def read(row: int) -> str | None:
        raw = store.raw_param(row, "name")
        return None if raw is None else raw.partition(b"\0")[0].decode("utf-8", "surrogateescape")

    return Lazy(read, store.rows_of_codes(codes_named("asyncevent")))


def _host(store: Store, argument: Argument) -> Column:
    if store.members is not None:
        names = [host.name for host in store.hosts]
        return Column(Choices(np.arange(len(names), dtype=np.int32), names), store.host)
    name = store.machine.hostname if store.machine else ""
    return event_types.per_type([name or None for _ in EVENTS], store)


def _count_procinfo(store: Store, argument: Argument) -> Column:
    is_main = np.append(store.threads.tid == store.threads.pid, False)[store.thread]
    return Column(Numbers(ones(len(store)), _IS_PROCINFO[store.code] & is_main))


def _count_threadinfo(store: Store, argument: Argument) -> Column:
    return Column(Numbers(np.ones(len(EVENTS), dtype=np.int64), _IS_PROCINFO), store.code)


def _nothing(store: Store, argument: Argument) -> Column:
    return nothing(len(store))


def _around(store: Store, argument: Argument) -> Column:
    return Column(Numbers(np.abs(store.time - int(argument.text))))


def _check_moment(text: str) -> str:
    fits = text.isascii() and text.isdigit() and len(text) < 20 and int(text) < 1 << 63
    return "" if fits else "the argument is a time in ns since 1970"


FIELDS: tuple[Field, ...] = (
    Field("evt.num", FieldType.INTEGER, Domain.EVENT, "number of the event", _number),
    Field("evt.cpu", FieldType.INTEGER, Domain.EVENT, "CPU on which the event happened", _cpu),
    Field("evt.dir", FieldType.TEXT, Domain.TYPE, "> at the start of a call, < at its end", _direction),
    Field("evt.type", FieldType.TEXT, Domain.TYPE, "name of the event, such as open", _type),
    Field(
        "evt.type.is",
        FieldType.INTEGER,
        Domain.TYPE,
        "1 for events of the type in the argument, else 0",
        _type_is,
        ArgumentForm.REQUIRED,
        "type",
        _check_type,
    ),
    Field(
        "syscall.type",
        FieldType.TEXT,
        Domain.TYPE,
        "name of the system call, missing for other events",
        _syscall_type,
    ),
    Field(
        "evt.category",
        FieldType.TEXT,
        Domain.EVENT,
        "kind of operation: file, net, process, memory …",
        _category,
    ),
    Field("evt.io_dir", FieldType.TEXT, Domain.TYPE, "read or write, for events that move bytes", _io_dir),
    Field("evt.is_io", FieldType.BOOLEAN, Domain.TYPE, "true for events that read or write", _is_io),
    Field("evt.is_io_read", FieldType.BOOLEAN, Domain.TYPE, "true for events that read", _is_io_read),
    Field("evt.is_io_write", FieldType.BOOLEAN, Domain.TYPE, "true for events that write", _is_io_write),
    Field("evt.is_wait", FieldType.BOOLEAN, Domain.TYPE, "true for calls that wait, such as poll", _is_wait),
    Field("evt.count", FieldType.INTEGER, Domain.TYPE, "always 1", _count),
    Field("evt.count.exit", FieldType.INTEGER, Domain.TYPE, "1 for the end of a call", _count_exit),
    Field(
        "evt.count.procinfo",
        FieldType.INTEGER,
        Domain.EVENT,
        "1 for CPU reports of a main thread",
        _count_procinfo,
    ),
    Field(
        "evt.count.threadinfo",
        FieldType.INTEGER,
        Domain.TYPE,
        "1 for CPU reports of a thread",
        _count_threadinfo,
    ),
    Field(
        "evt.is_async",
        FieldType.BOOLEAN,
        Domain.TYPE,
        "true for events that plugins add on their own",
        _is_async,
    ),
    Field(
        "evt.asynctype",
        FieldType.TEXT,
        Domain.EVENT,
        "name of an event that plugins add on their own",
        _async_type,
    ),
    Field("evt.hostname", FieldType.TEXT, Domain.EVENT, "name of the recorded machine", _host),
    Field("evt.source", FieldType.TEXT, Domain.TYPE, "where events come from: syscall", _source),
    Field(
        "evt.pluginname",
        FieldType.TEXT,
        Domain.EVENT,
        "plugin that made the event; captures do not tell",
        _nothing,
    ),
    Field(
        "evt.plugininfo",
        FieldType.TEXT,
        Domain.EVENT,
        "what a plugin says of its event; captures do not tell",
        _nothing,
    ),
    Field(
        "evt.around",
        FieldType.INTEGER,
        Domain.EVENT,
        "evt.around[T]=D accepts events within D ms of the time T in ns",
        _around,
        ArgumentForm.REQUIRED,
        "time in ns",
        _check_moment,
        match=Match.AROUND,
        filter_only=True,
    ),
)
