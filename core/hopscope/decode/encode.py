"""Python values as stored parameters: the inverse of decoding."""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Callable, Sequence
from typing import Any

from hopscope.decode.dynamic import DYNAMIC_TYPES
from hopscope.decode.event_table import FIXED_WIDTH, SIGNED_TYPES, Param
from hopscope.errors import UsageError

AF_UNIX, AF_INET, AF_INET6 = 1, 2, 10

NULL_TEXT = b"(NULL)\0"
"""How a missing text is stored."""

_ALL_ONES_FOR_NONE = frozenset({"UID", "GID", "RELTIME"})
_TEXTS = frozenset({"CHARBUF", "FSPATH", "FSRELPATH"})
_BUFFERS = frozenset({"BYTEBUF", "CHARBUFARRAY", "CHARBUF_PAIR_ARRAY"})


def encode_param(param: Param, value: object) -> bytes:
    """The stored bytes of a value.

    Args:
        param: name and type; dynamic parameters name their table.
        value: by type
            integers, flags, ids and times: int;
            DOUBLE: float;
            texts and paths: str, or bytes that need not be UTF-8, without the final NUL;
            BYTEBUF: bytes, str, or a sequence of strings that are stored with a NUL after each;
            IPV4ADDR, IPV6ADDR: address as text or packed;
            SOCKADDR: ``(address, port)``, or a path for a unix socket;
            SOCKTUPLE: ``((address, port), (address, port))``, or ``(source, peer, path)`` with the
            kernel addresses of a unix socket;
            FDLIST: sequence of ``(fd, poll flags)``;
            DYN: ``(index, value)`` with the index of the type in the parameter's table.
            None means missing: ``(NULL)`` for texts, all bits set for users, groups and timeouts,
            otherwise no bytes at all. Socket addresses may also be given as stored bytes.

    Raises:
        UsageError: the value does not fit the type.
    """
    try:
        return _encode(param, value)
    except (TypeError, ValueError, struct.error, OverflowError, AttributeError) as error:
        raise UsageError(f"{value!r} is no value for the parameter {param.name} ({param.type})") from error


def neutral_param(param: Param) -> bytes:
    """The stored bytes of a parameter that nobody cares about: zero or empty."""
    if param.type in FIXED_WIDTH:
        return bytes(FIXED_WIDTH[param.type])
    if param.type in _TEXTS:
        return b"\0"
    if param.type == "DYN":
        return b"\0" + neutral_param(DYNAMIC_TYPES[param.table][0])
    return {"FDLIST": bytes(2), "IPV6ADDR": bytes(16)}.get(param.type, b"")


def _encode(param: Param, value: object) -> bytes:
    if param.type in FIXED_WIDTH:
        return _encode_fixed(param.type, value)
    if param.type in _TEXTS:
        return NULL_TEXT if value is None else _as_bytes(value) + b"\0"
    if value is None:
        return b""
    if param.type in _BUFFERS:
        return _encode_buffer(value)
    if param.type == "DYN":
        return _encode_dynamic(param, value)
    return _ENCODERS[param.type](value)


def _as_bytes(value: object) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape")
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    raise TypeError(value)


def _encode_fixed(kind: str, value: object) -> bytes:
    width = FIXED_WIDTH[kind]
    if value is None:
        return b"\xff" * width if kind in _ALL_ONES_FOR_NONE else b""
    if kind == "DOUBLE":
        return struct.pack("<d", value)
    if kind == "IPV4ADDR":
        return _packed_address(value, 4)
    if not isinstance(value, int):
        raise TypeError(value)
    return value.to_bytes(width, "little", signed=kind in SIGNED_TYPES)


def _encode_buffer(value: Any) -> bytes:
    if isinstance(value, str | bytes | bytearray | memoryview):
        return _as_bytes(value)
    return b"".join(_as_bytes(text) + b"\0" for text in value)


def _encode_dynamic(param: Param, value: Any) -> bytes:
    index, inner = value
    types = DYNAMIC_TYPES[param.table]
    if not 0 <= index < len(types):
        raise ValueError(value)
    return bytes([index]) + _encode(types[index], inner)


def _packed_address(address: Any, width: int = 0) -> bytes:
    packed = address if isinstance(address, bytes) else ipaddress.ip_address(address).packed
    if len(packed) != width and (width or len(packed) not in {4, 16}):
        raise ValueError(address)
    return packed


def _encode_ipv6(value: Any) -> bytes:
    return _packed_address(value, 16)


def _encode_socket_address(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return bytes([AF_UNIX]) + _as_bytes(value) + b"\0"
    address, port = value
    packed = _packed_address(address)
    return bytes([AF_INET if len(packed) == 4 else AF_INET6]) + packed + struct.pack("<H", port)


def _encode_socket_tuple(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if len(value) == 3:
        source, peer, path = value
        return struct.pack("<B2Q", AF_UNIX, source, peer) + _as_bytes(path) + b"\0"
    source, destination = (_encode_socket_address(tuple(end)) for end in value)
    if source[0] != destination[0]:
        raise ValueError(value)
    return source + destination[1:]


def _encode_fd_list(value: Sequence[tuple[int, int]]) -> bytes:
    return struct.pack("<H", len(value)) + b"".join(struct.pack("<qh", fd, flags) for fd, flags in value)


_ENCODERS: dict[str, Callable[[Any], bytes]] = {
    "IPV6ADDR": _encode_ipv6,
    "SOCKADDR": _encode_socket_address,
    "SOCKTUPLE": _encode_socket_tuple,
    "FDLIST": _encode_fd_list,
}
