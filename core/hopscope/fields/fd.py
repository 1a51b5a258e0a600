"""Fields of class ``fd`` about what a descriptor is: its number, kind, name and place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import EVENTS
from hopscope.fields import descriptors
from hopscope.fields.attempted import attempted_names
from hopscope.fields.column import (
    Answer,
    Choices,
    Column,
    Lazy,
    Numbers,
    combined,
    encode,
    nothing,
    spread,
)
from hopscope.fields.container import container_prefix
from hopscope.fields.field import Argument, ArgumentForm, Domain, Field, FieldType, Match
from hopscope.fields.memo import once
from hopscope.lookup import look_up, look_up_or
from hopscope.store.tables import NONE

if TYPE_CHECKING:
    from hopscope.fields.field import Compute
    from hopscope.store.store import Store

_TEXT, _INTEGER, _BOOLEAN = FieldType.TEXT, FieldType.INTEGER, FieldType.BOOLEAN

_EXPECTED_TYPECHAR = {
    "open": "f", "openat": "f", "openat2": "f", "creat": "f", "socket": "4", "accept": "4", "accept4": "4",
    "pipe": "p", "pipe2": "p", "eventfd": "e", "eventfd2": "e", "signalfd": "s", "signalfd4": "s",
    "timerfd_create": "t", "inotify_init": "i", "inotify_init1": "i",
}  # fmt: skip
"""``fd.typechar`` of a call that has no descriptor yet or got none (sysdig 0.29.3); ``o`` for others."""

_UPPER_LAYER, _LOWER_LAYER = 32768, 65536


def _number(store: Store, argument: Argument) -> Column:
    return Column(Numbers(descriptors.number(store), descriptors.touching(store)))


def _type(store: Store, argument: Argument) -> Column:
    return Column(descriptors.types(store), descriptors.index(store))


def _typechar(store: Store, argument: Argument) -> Column:
    def make() -> Column:
        own = descriptors.column(store, "typechar")
        expected = [_EXPECTED_TYPECHAR.get(event.name, "o") for event in EVENTS]
        both = encode([*own.values, *expected])
        of_type = look_up(both.codes[len(own.values) :], store.code)
        codes = look_up_or(own.codes, descriptors.index(store), NONE)
        codes = np.where(descriptors.index(store) < 0, of_type, codes)
        return Column(
            Choices(np.where(descriptors.touching(store), codes, NONE).astype(np.int32), both.values)
        )

    return once(store, "fd.typechar", make)


def name_column(store: Store) -> Column:
    """``fd.name`` with one entry an event.

    Ends of calls that got no descriptor have the name they tried, or an empty one; a connect that
    failed has the address it tried (sysdig 0.29.3).
    """

    def make() -> Column:
        own = descriptors.names(store)
        codes = look_up_or(own.codes, descriptors.index(store), NONE)
        values = [*own.values]
        attempted = attempted_names(store)
        place = dict(zip(values, range(len(values)), strict=True)) if attempted else {}
        for row, tried in attempted.items():
            if tried not in place:
                place[tried] = len(values)
                values.append(tried)
            codes[row] = place[tried]
        return Column(Choices(codes, values))

    return once(store, "fd.name", make)


def _name(store: Store, argument: Argument) -> Column:
    return name_column(store)


def _directory_of(kind: str, name: str) -> str | None:
    if kind == "file":
        return descriptors.directory_of(name)
    return name if kind == "directory" else None


def _directory(store: Store, argument: Argument) -> Column:
    def make() -> Column:
        own = combined(descriptors.kinds(store), descriptors.names(store), _directory_of)
        bare = {
            row: descriptors.directory_of(tried)
            for row, tried in attempted_names(store).items()
            if descriptors.index(store)[row] < 0
        }
        both = encode([*own.values, *bare.values()])
        codes = look_up_or(own.codes, descriptors.index(store), NONE)
        codes[np.fromiter(bare, dtype=np.int64, count=len(bare))] = both.codes[len(own.values) :]
        return Column(Choices(codes, both.values))

    return once(store, "fd.directory", make)


def _file_name_of(kind: str, name: str) -> str | None:
    return descriptors.file_name_of(name) if kind == "file" else None


def _file_name(store: Store, argument: Argument) -> Column:
    choices = once(
        store,
        "file names",
        lambda: combined(descriptors.kinds(store), descriptors.names(store), _file_name_of),
    )
    return Column(choices, descriptors.index(store))


def _unique(store: Store, argument: Argument) -> Column:
    """Thread and descriptor number written one after the other, as the reference does."""

    def make() -> Column:
        tids, tid = np.unique(store.tid, return_inverse=True)
        fds, fd = np.unique(descriptors.number(store), return_inverse=True)
        pairs, place = np.unique(tid * len(fds) + fd, return_inverse=True)
        choices = encode(f"{tids[pair // len(fds)]}{fds[pair % len(fds)]}" for pair in pairs.tolist())
        codes = np.where(descriptors.touching(store), choices.codes[place], NONE)
        return Column(Choices(codes.astype(np.int32), choices.values))

    return once(store, "fd.uid", make)


def _container_name(store: Store, argument: Argument) -> Column:
    def make() -> Column:
        return descriptors.prefixed(store, container_prefix(store), name_column(store))

    return once(store, "fd.containername", make)


def _container_directory(store: Store, argument: Argument) -> Column:
    def make() -> Column:
        return descriptors.prefixed(store, container_prefix(store), spread(_directory(store, argument)))

    return once(store, "fd.containerdirectory", make)


def _name_changed(store: Store, argument: Argument) -> Column:
    """True where this event gave the descriptor another name than it had; a new one had an empty name."""

    def make() -> Column:
        table = descriptors.table(store)
        order = np.lexsort((table.first, table.life))
        choices = descriptors.names(store)
        unnamed = choices.values.index("") if "" in choices.values else NONE
        names = choices.codes[order]
        again = np.diff(table.life[order], prepend=NONE - 1) == 0
        before = np.where(again, np.concatenate(([unnamed], names[:-1])), unnamed)
        renamed = np.zeros(len(table) + 1, dtype=np.bool_)
        born = np.maximum.accumulate(np.where(again, 0, np.arange(len(order))))
        # A copy has its name from the start.
        copied = (table.origin[order] >= 0) & (table.first[order] == table.first[order][born])
        renamed[order] = (names != before) & ~copied
        index = descriptors.index(store)
        here = np.append(table.first, NONE)[index] == np.arange(len(store))
        return Column(Numbers(renamed[index] & here, index >= 0))

    return once(store, "fd.name_changed", make)


def _device(part: str) -> Compute:
    def compute(store: Store, argument: Argument) -> Column:
        dev = descriptors.table(store).dev
        values = {"": dev, "major": (dev & 0xFFF00) >> 8, "minor": (dev & 0xFF) | ((dev >> 12) & 0xFFF00)}[
            part
        ]
        return Column(Numbers(values), descriptors.index(store))

    return compute


def _inode(store: Store, argument: Argument) -> Column:
    return Column(Numbers(descriptors.table(store).ino), descriptors.index(store))


def _connected(store: Store, argument: Argument) -> Column:
    return Column(Numbers(descriptors.table(store).connected), descriptors.index(store))


def _layer(flag: int) -> Compute:
    def compute(store: Store, argument: Argument) -> Column:
        return Column(Numbers((descriptors.table(store).open_flags & flag) != 0), descriptors.index(store))

    return compute


def _types(store: Store, argument: Argument) -> Answer:
    kinds = descriptors.table(store).kind
    number = argument.number()
    if number is not None:
        of_row = descriptors.types(store)
        index: NDArray[np.int32] = np.where(
            descriptors.touching(store), descriptors.numbered(store, number), NONE
        )
        return Column(of_row, index)

    def read(row: int) -> tuple[str, ...] | None:
        table = int(store.threads.table[store.thread[row]])
        found = {descriptors.type_name(kinds[one]) for one in store.descriptors_at(table, row).tolist()}
        return tuple(sorted(found)) or None

    return Lazy(read, np.flatnonzero(descriptors.touching(store)))


def _check_number(text: str) -> str:
    return "" if Argument(text, True).number() is not None else "the argument is the number of a descriptor"


def _standard(number: int, what: str) -> Compute:
    """Kind or name of the descriptor that is the standard input, output or error of the process."""

    def compute(store: Store, argument: Argument) -> Column:
        entries = descriptors.types(store) if what == "type" else descriptors.names(store)
        return Column(entries, descriptors.numbered(store, number))

    return compute


def _nothing(store: Store, argument: Argument) -> Column:
    return nothing(len(store))


def _row(
    name: str, kind: FieldType, text: str, compute: Compute, domain: Domain = Domain.DESCRIPTOR
) -> Field:
    return Field(name, kind, domain, text, compute)


FIELDS: tuple[Field, ...] = (
    _row("fd.num", _INTEGER, "number of the descriptor", _number, Domain.EVENT),
    _row(
        "fd.type",
        _TEXT,
        "file, directory, ipv4, ipv6, unix, pipe, event …",
        _type,
    ),
    _row("fd.typechar", _TEXT, "one letter for fd.type: f, d, 4, 6, u, p, e …", _typechar, Domain.EVENT),
    _row("fd.name", _TEXT, "path of a file, both ends of a connection", _name, Domain.EVENT),
    _row("fd.nameraw", _TEXT, "the name as it was given; captures do not keep it", _nothing, Domain.EVENT),
    _row("fd.directory", _TEXT, "directory of a file", _directory, Domain.EVENT),
    _row("fd.filename", _TEXT, "name of a file without its directory", _file_name),
    _row("fd.uid", _TEXT, "thread and descriptor number, one after the other", _unique, Domain.EVENT),
    _row(
        "fd.containername",
        _TEXT,
        "container.id and fd.name with a colon between",
        _container_name,
        Domain.EVENT,
    ),
    _row("fd.containerdirectory", _TEXT, "container.id and fd.directory", _container_directory, Domain.EVENT),
    _row("fd.connected", _BOOLEAN, "true once a socket is connected", _connected),
    _row("fd.name_changed", _BOOLEAN, "true when the event changed fd.name", _name_changed, Domain.EVENT),
    _row("fd.dev", _INTEGER, "device of a file", _device("")),
    _row("fd.dev.major", _INTEGER, "major number of the device", _device("major")),
    _row("fd.dev.minor", _INTEGER, "minor number of the device", _device("minor")),
    _row("fd.ino", _INTEGER, "inode of a file or pipe", _inode),
    _row(
        "fd.is_upper_layer",
        _BOOLEAN,
        "true for a file of the upper layer of an overlay",
        _layer(_UPPER_LAYER),
    ),
    _row(
        "fd.is_lower_layer",
        _BOOLEAN,
        "true for a file of the lower layer of an overlay",
        _layer(_LOWER_LAYER),
    ),
    Field(
        "fd.types",
        _TEXT,
        Domain.ARGUMENTS,
        "kinds of all open descriptors, or of the one with a number",
        _types,
        ArgumentForm.OPTIONAL,
        "number",
        _check_number,
        match=Match.ANY,
    ),
    *(
        _row(
            f"proc.{name}.{what}",
            _TEXT,
            f"fd.{what} of the process's {words}",
            _standard(number, what),
            Domain.EVENT,
        )
        for number, (name, words) in enumerate(
            (
                ("stdin", "standard input"),
                ("stdout", "standard output"),
                ("stderr", "standard error"),
            )
        )
        for what in ("type", "name")
    ),
)
