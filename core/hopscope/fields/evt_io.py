"""Fields of class ``evt`` about the outcome of calls and the bytes they moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import EVENTS, EventFlag, codes_named
from hopscope.decode.names import errno_name
from hopscope.fields import event_types
from hopscope.fields.column import Choices, Column, Lazy, Mask, Numbers, encode, ones
from hopscope.fields.field import Argument, Domain, Field, FieldType
from hopscope.fields.memo import once
from hopscope.fields.spans import containing, payloads
from hopscope.store.store import NO_RESULT

if TYPE_CHECKING:
    from hopscope.fields.field import Compute
    from hopscope.store.store import Store

_O_RDONLY, _O_WRONLY, _O_CREAT, _O_TMPFILE, _O_F_CREATED = 1, 2, 4, 8192, 16384
_ANY_EXECUTE = 0o111

_OPENS = codes_named("open", "openat", "openat2", "open_by_handle_at")
_CREATS = codes_named("creat")
_ACCEPTS = codes_named("accept", "accept4", "connect")

_FILES = frozenset({"file", "directory"})
_SOCKETS = frozenset({"ipv4", "ipv6", "unix"})
_INTERNET = frozenset({"ipv4", "ipv6"})


def _result(store: Store, argument: Argument) -> Column:
    return Column(Numbers(store.result, store.result != NO_RESULT))


def _result_name(store: Store, argument: Argument) -> Column:
    def make() -> Column:
        distinct, place = np.unique(store.result, return_inverse=True)
        texts = [None if one == NO_RESULT else _outcome(one) for one in distinct.tolist()]
        choices = encode(texts)
        return Column(Choices(choices.codes[place], choices.values))

    return once(store, "evt.res", make)


def _outcome(result: int) -> str:
    return "SUCCESS" if result >= 0 else errno_name(result) or str(result)


def failed(store: Store) -> Mask:
    """True for ends of calls that returned an error."""
    mask: Mask = (store.result < 0) & (store.result != NO_RESULT)
    return mask


def _failed(store: Store, argument: Argument) -> Column:
    return Column(Numbers(failed(store)))


def _of_kinds(store: Store, kinds: frozenset[str]) -> Mask:
    """True for events whose descriptor is of one of these kinds."""

    def make() -> Mask:
        wanted = np.array([*(kind in kinds for kind in store.descriptors.kind), False])
        mask: Mask = wanted[store.descriptor]
        return mask

    return once(store, ("descriptor of", kinds), make)


def _is_of(store: Store, codes: tuple[int, ...]) -> Mask:
    wanted = np.zeros(len(EVENTS), dtype=np.bool_)
    wanted[[code for code in codes if EVENTS[code].is_exit]] = True
    return wanted[store.code]


def _errors(kind: str) -> Compute:
    """1 for failed calls of one kind. A failed call without a descriptor is classed by its type."""

    def compute(store: Store, argument: Argument) -> Column:
        bare = store.descriptor < 0
        memory = np.array([event.category == "MEMORY" for event in EVENTS])[store.code]
        file = _of_kinds(store, _FILES) | (bare & _is_of(store, _OPENS + _CREATS))
        net = _of_kinds(store, _SOCKETS) | (bare & _is_of(store, _ACCEPTS))
        chosen = {
            "": np.ones(len(store), dtype=np.bool_),
            "file": file,
            "net": net,
            "memory": memory,
            "other": ~(file | net) & ~(bare & memory),
        }[kind]
        return Column(Numbers(ones(len(store)), failed(store) & chosen))

    return compute


def _bytes_moved(direction: str, kinds: frozenset[str] | None) -> Compute:
    """What successful I/O calls on a descriptor returned: all of them, or those that read or write.

    The reference counts closing and copying descriptors too where no direction is asked for
    (sysdig 0.29.3); these return 0 or a number.
    """
    category = {"in": "IO_READ", "out": "IO_WRITE"}.get(direction, "IO_")

    def compute(store: Store, argument: Argument) -> Column:
        moves = np.array([event.is_exit and event.category.startswith(category) for event in EVENTS])
        present = moves[store.code] & (store.descriptor >= 0) & (store.result >= 0)
        if kinds is not None:
            present &= _of_kinds(store, kinds)
        return Column(Numbers(store.result, present))

    return compute


def _buffer(store: Store, argument: Argument) -> Lazy:
    carriers = tuple(event.code for event in EVENTS if "data" in event.param_index)
    return Lazy(store.payload, store.rows_of_codes(carriers), lambda name, part: _found(store, name, part))


def _found(store: Store, operator: str, part: bytes) -> NDArray[np.int64]:
    """Rows whose bytes satisfy an operator; stored but empty ones only where the part is empty too."""
    if part:
        return containing(store, part) if operator == "contains" else payloads(store).find(operator, part)
    rows, start, stop = store.payload_spans()
    return rows[start == stop] if operator == "=" else rows


def _is_syslog(store: Store, argument: Argument) -> Column:
    to_log = np.array([*("/dev/log" in name for name in store.descriptors.name), False])[store.descriptor]
    return Column(Numbers(to_log & event_types.has_flag(store, EventFlag.WRITES_TO_FD)[store.code]))


def _open_flags(store: Store) -> NDArray[np.int64]:
    """The open flags of events that open a file, 0 elsewhere.

    Only the first version of openat has them on its enter event alone; elsewhere the exit counts.
    """

    def make() -> NDArray[np.int64]:
        flags = np.zeros(len(store), dtype=np.int64)
        for code in _OPENS:
            if EVENTS[code].is_exit or code == codes_named("openat")[0]:
                rows, values = _fixed(store, code, "flags")
                flags[rows] = values
        return flags

    return once(store, "open flags", make)


def _fixed(store: Store, code: int, name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if name not in EVENTS[code].param_index:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty
    return store.fixed_param(code, name)


def _open(kind: str) -> Compute:
    def compute(store: Store, argument: Argument) -> Column:
        flags = _open_flags(store)
        if kind == "read":
            return Column(Numbers((flags & _O_RDONLY) != 0))
        if kind == "write":
            return Column(Numbers((flags & _O_WRONLY) != 0))
        if kind == "create":
            made = (flags & _O_TMPFILE != 0) & (store.result >= 0)
            return Column(Numbers((flags & _O_F_CREATED != 0) | made))
        return Column(Numbers(_creates_executable(store, flags)))

    return compute


def _creates_executable(store: Store, flags: NDArray[np.int64]) -> Mask:
    executable = np.zeros(len(store), dtype=np.bool_)
    for code in _OPENS + _CREATS:
        if EVENTS[code].is_exit or code == codes_named("openat")[0]:
            rows, modes = _fixed(store, code, "mode")
            creates = (flags[rows] & (_O_CREAT | _O_TMPFILE) != 0) | (code in _CREATS)
            executable[rows] = creates & (modes & _ANY_EXECUTE != 0)
    return executable


_INTEGER, _BOOLEAN = FieldType.INTEGER, FieldType.BOOLEAN


def _row(name: str, kind: FieldType, text: str, compute: Compute, domain: Domain = Domain.EVENT) -> Field:
    return Field(name, kind, domain, text, compute)


FIELDS: tuple[Field, ...] = (
    _row("evt.res", FieldType.TEXT, "SUCCESS or the name of the error, at the end of a call", _result_name),
    _row("evt.rawres", _INTEGER, "what the call returned, as a number", _result),
    _row("evt.failed", _BOOLEAN, "true when the call returned an error", _failed),
    _row("evt.count.error", _INTEGER, "1 for calls that failed", _errors("")),
    _row("evt.count.error.file", _INTEGER, "1 for failed calls on files", _errors("file")),
    _row("evt.count.error.net", _INTEGER, "1 for failed calls on sockets", _errors("net")),
    _row("evt.count.error.memory", _INTEGER, "1 for failed calls about memory", _errors("memory")),
    _row("evt.count.error.other", _INTEGER, "1 for other failed calls", _errors("other")),
    _row("evt.buffer", FieldType.BYTES, "the bytes that were read or written", _buffer, Domain.ARGUMENTS),
    _row("evt.buflen", _INTEGER, "how many bytes were read or written", _bytes_moved("", None)),
    _row("evt.buflen.in", _INTEGER, "bytes read", _bytes_moved("in", None)),
    _row("evt.buflen.out", _INTEGER, "bytes written", _bytes_moved("out", None)),
    _row("evt.buflen.file", _INTEGER, "bytes moved on files", _bytes_moved("", frozenset({"file"}))),
    _row("evt.buflen.file.in", _INTEGER, "bytes read from files", _bytes_moved("in", frozenset({"file"}))),
    _row("evt.buflen.file.out", _INTEGER, "bytes written to files", _bytes_moved("out", frozenset({"file"}))),
    _row("evt.buflen.net", _INTEGER, "bytes moved over IP sockets", _bytes_moved("", _INTERNET)),
    _row("evt.buflen.net.in", _INTEGER, "bytes received over IP sockets", _bytes_moved("in", _INTERNET)),
    _row("evt.buflen.net.out", _INTEGER, "bytes sent over IP sockets", _bytes_moved("out", _INTERNET)),
    _row("evt.is_syslog", _BOOLEAN, "true for writes to /dev/log", _is_syslog),
    _row("evt.is_open_read", _BOOLEAN, "true for opening a file to read", _open("read")),
    _row("evt.is_open_write", _BOOLEAN, "true for opening a file to write", _open("write")),
    _row("evt.is_open_exec", _BOOLEAN, "true for making an executable file", _open("exec")),
    _row("evt.is_open_create", _BOOLEAN, "true for making a file", _open("create")),
)
