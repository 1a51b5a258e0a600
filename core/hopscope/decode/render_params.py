"""One parameter as the reference prints it: a number or text, and what it stands for.

Every renderer takes the event's moment and the stored bytes and gives ``(text, resolved)``; resolved
is empty where there is nothing to say. ``renderer`` chooses one by type. The rules are those of
sysdig 0.29.3, where its behaviour was tried; wrong lengths, which it does not check, are named.
"""

from __future__ import annotations

from collections.abc import Callable

from .addresses import (
    AF_INET,
    AF_INET6,
    OtherFamily,
    SocketTuple,
    address_text,
    decode_address,
    decode_tuple,
    endpoint_text,
    tuple_text,
)
from .clock import date_and_time
from .dialect import Dialect
from .dynamic import DYNAMIC_TYPES
from .event_table import FIXED_WIDTH, SIGNED_TYPES, Param
from .flags import enumeration_text, flag_text
from .moment import EventMoment
from .names import errno_name, signal_name, signal_set_text
from .paths import dotted, join_path
from .payload import BufferForm, payload_text
from .values import dynamic_param

Rendered = tuple[str, str]
Renderer = Callable[[EventMoment, bytes], Rendered]

AT_FDCWD = -100
NO_ID = 0xFFFFFFFF
NO_TIME = 0xFFFFFFFFFFFFFFFF
NS = 1_000_000_000


def _wrong_length(raw: bytes) -> Rendered:
    return f"<{len(raw)} bytes>", ""


def _number(raw: bytes, width: int, signed: bool) -> int | None:
    return int.from_bytes(raw, "little", signed=signed) if len(raw) == width else None


# --- numbers -----------------------------------------------------------------------------------------


def _integer(param: Param, dialect: Dialect) -> Renderer:
    """Decimal, octal or hexadecimal. Unsigned numbers of 4 and 8 bytes are printed as signed ones."""
    width = FIXED_WIDTH[param.type]
    signed = param.type in SIGNED_TYPES or width >= 4
    promoted = (1 << 8 * max(width, 4)) - 1

    def decimal(_: EventMoment, raw: bytes) -> Rendered:
        if len(raw) != width:
            return _wrong_length(raw)
        return str(int.from_bytes(raw, "little", signed=signed)), ""

    def other_base(_: EventMoment, raw: bytes) -> Rendered:
        value = _number(raw, width, signed)
        if value is None:
            return _wrong_length(raw)
        value &= promoted
        return (f"{value:X}" if param.format == "HEX" else _octal(value)), ""

    return other_base if param.format in {"HEX", "OCT"} else decimal


def _octal(value: int) -> str:
    return f"0{value:o}" if value else "0"


def _errno(event: EventMoment, raw: bytes) -> Rendered:
    value = _number(raw, 8, True)
    return _wrong_length(raw) if value is None else (str(value), errno_name(value))


def _fd(width: int) -> Renderer:
    def render(event: EventMoment, raw: bytes) -> Rendered:
        fd = _number(raw, width, True)
        if fd is None:
            return _wrong_length(raw)
        if fd >= 0:
            found = event.moments.descriptor(event.thread, fd, event.row)
            return str(fd), "" if found is None else event.moments.descriptor_text(found)
        if event.thread < 0:
            return str(fd), ""
        return str(fd), "AT_FDCWD" if fd == AT_FDCWD else errno_name(fd)

    return render


def _pid(width: int) -> Renderer:
    def render(event: EventMoment, raw: bytes) -> Rendered:
        tid = _number(raw, width, True)
        if tid is None:
            return _wrong_length(raw)
        return str(tid), event.moments.comm_of(tid, event.row) or ""

    return render


def _account(users: bool) -> Renderer:
    def render(event: EventMoment, raw: bytes) -> Rendered:
        number = _number(raw, 4, False)
        if number is None:
            return _wrong_length(raw)
        if number == NO_ID:
            return "-1", "<NONE>"
        name = event.moments.user(number, event.row) if users else event.moments.group(number, event.row)
        return str(_signed32(number)), event.moments.text(name)

    return render


def _signed32(number: int) -> int:
    return number - (1 << 32) if number >= 1 << 31 else number


def _flags(param: Param, dialect: Dialect) -> Renderer:
    """A decimal number and the names of its bits, or of the one entry of an enumeration."""
    width = FIXED_WIDTH[param.type]
    table, unknown, aliases = param.table, dialect.no_symbols, dialect.all_aliases
    is_enumeration = param.type.startswith("ENUM")

    def render(_: EventMoment, raw: bytes) -> Rendered:
        if len(raw) != width:
            return _wrong_length(raw)
        value = int.from_bytes(raw, "little")
        if is_enumeration:
            return str(value), enumeration_text(table, value, unknown, aliases)
        return str(value), flag_text(table, value, unknown)

    return render


def _mode(param: Param, dialect: Dialect) -> Renderer:
    table, unknown = param.table, dialect.no_symbols

    def render(_: EventMoment, raw: bytes) -> Rendered:
        value = _number(raw, 4, False)
        if value is None:
            return _wrong_length(raw)
        return _octal(value), flag_text(table, value, unknown)

    return render


def _boolean(_: EventMoment, raw: bytes) -> Rendered:
    value = _number(raw, 4, False)
    return _wrong_length(raw) if value is None else ("true" if value else "false", "")


def _signal(_: EventMoment, raw: bytes) -> Rendered:
    value = _number(raw, 1, False)
    return _wrong_length(raw) if value is None else (str(value), signal_name(value))


def _signal_set(_: EventMoment, raw: bytes) -> Rendered:
    value = _number(raw, 4, False)
    return _wrong_length(raw) if value is None else (signal_set_text(value), "")


def _syscall(event: EventMoment, raw: bytes) -> Rendered:
    value = _number(raw, 2, False)
    if value is None:
        return _wrong_length(raw)
    name = event.moments.dialect.syscalls.get(value)
    return ("<unknown syscall>", "") if name is None else (str(value), name)


def _duration(_: EventMoment, raw: bytes) -> Rendered:
    value = _number(raw, 8, False)
    if value is None:
        return _wrong_length(raw)
    return ("none", "") if value == NO_TIME else (str(value), f"{value / NS:g}s")


def _absolute_time(event: EventMoment, raw: bytes) -> Rendered:
    value = _number(raw, 8, False)
    return _wrong_length(raw) if value is None else (date_and_time(value, event.zone), "")


# --- texts and buffers -------------------------------------------------------------------------------


def _decoded(raw: bytes) -> str:
    return raw.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _text(event: EventMoment, raw: bytes) -> Rendered:
    """A text as it is; no release of the reference drops anything from it."""
    return _decoded(raw), ""


def _path(dirfd: int) -> Renderer:
    """A path, and where it leads when it is relative to the process's folder or to a descriptor."""

    def render(event: EventMoment, raw: bytes) -> Rendered:
        path = _decoded(raw)
        text = event.moments.text(path)
        if path.startswith("/") or path == "<NA>" or event.thread < 0:
            return text, ""
        if not path and not event.moments.dialect.resolves_empty_paths:
            return text, ""
        whole = join_path(_base(event, dirfd), path)
        return text, dotted(whole) if event.moments.dialect.ascii_only else whole

    return render


def _base(event: EventMoment, dirfd: int) -> str:
    if 0 <= dirfd < len(event.raws):
        fd = _number(event.raws[dirfd], 8, True)
        if fd is not None and fd != AT_FDCWD:
            return event.moments.folder(event.thread, fd, event.row)
    return event.moments.cwd(event.thread)


def _buffer(form: BufferForm, longest: int) -> Renderer:
    def render(_: EventMoment, raw: bytes) -> Rendered:
        return payload_text(raw, form, longest), ""

    return render


# --- sockets -----------------------------------------------------------------------------------------


def _other_family(other: OtherFamily) -> str:
    if other.family == AF_INET:
        return "INVALID IPv4"
    return "INVALID IPv6" if other.family == AF_INET6 else f"family {other.family}"


def _socket_address(event: EventMoment, raw: bytes) -> Rendered:
    address = decode_address(raw)
    if address is None:
        return "NULL", ""
    if isinstance(address, str):
        return event.moments.text(address), ""
    if isinstance(address, OtherFamily):
        return _other_family(address), ""
    return endpoint_text(*address), ""


def _socket_tuple(event: EventMoment, raw: bytes) -> Rendered:
    ends = decode_tuple(raw)
    if ends is None:
        return "NULL", ""
    if isinstance(ends, SocketTuple):
        return tuple_text(ends), ""
    if isinstance(ends, OtherFamily):
        return _other_family(ends), ""
    return f"{ends.source:x}->{ends.peer:x} {event.moments.text(ends.path)}", ""


def _fd_list(event: EventMoment, raw: bytes) -> Rendered:
    return event.moments.polled_text(event.thread, raw, event.row), ""


def _ip(_: EventMoment, raw: bytes) -> Rendered:
    return address_text(raw), ""


# --- the choice --------------------------------------------------------------------------------------


def _dynamic(param: Param, dialect: Dialect) -> Renderer:
    """The type that the first byte chooses."""
    renderers = {chosen: renderer(chosen, dialect) for chosen in DYNAMIC_TYPES.get(param.table, ())}

    def render(event: EventMoment, raw: bytes) -> Rendered:
        chosen = dynamic_param(param, raw)
        if chosen is None:
            return "INVALID DYNAMIC PARAMETER", ""
        return renderers[chosen](event, raw[1:])

    return render


_BY_TYPE: dict[str, Renderer] = {
    "ERRNO": _errno,
    "FD": _fd(8),
    "FD32": _fd(4),
    "PID": _pid(8),
    "PID32": _pid(4),
    "UID": _account(True),
    "GID": _account(False),
    "BOOL": _boolean,
    "SIGTYPE": _signal,
    "SIGSET": _signal_set,
    "SYSCALLID": _syscall,
    "RELTIME": _duration,
    "ABSTIME": _absolute_time,
    "CHARBUF": _text,
    "SOCKADDR": _socket_address,
    "SOCKTUPLE": _socket_tuple,
    "FDLIST": _fd_list,
    "IPV4ADDR": _ip,
    "IPV6ADDR": _ip,
}

_MADE: dict[str, Callable[[Param, Dialect], Renderer]] = {
    "MODE": _mode,
    "DYN": _dynamic,
    "FSPATH": lambda param, dialect: _path(-1),
    "FSRELPATH": lambda param, dialect: _path(param.dirfd),
} | {f"{kind}FLAGS{bits}": _flags for kind in ("", "ENUM") for bits in (8, 16, 32)}

_TEXTS = frozenset({"CHARBUF", "FSPATH", "FSRELPATH"})
_INTEGERS = frozenset({"INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64", "PORT"})


def renderer(param: Param, dialect: Dialect, buffers: BufferForm = BufferForm.CUT) -> Renderer:
    """How a parameter is printed, chosen once for each parameter of an event type.

    Args:
        param: the parameter.
        dialect: the release that the capture is printed like.
        buffers: how recorded bytes are printed.
    """
    kind = param.type
    if kind in _INTEGERS:
        render = _integer(param, dialect)
    elif kind == "BYTEBUF":
        render = _buffer(buffers, dialect.longest_buffer)
    elif kind in _MADE:
        render = _MADE[kind](param, dialect)
    else:
        render = _BY_TYPE.get(kind, _not_printed)
    empty = "NULL"
    if kind in _TEXTS:
        empty = dialect.empty_text
    elif kind == "BYTEBUF":
        empty = dialect.empty_buffer

    def render_or_empty(event: EventMoment, raw: bytes) -> Rendered:
        return render(event, raw) if raw else (empty, "")

    return render_or_empty


def _not_printed(_: EventMoment, raw: bytes) -> Rendered:
    return "(n.a.)", ""
