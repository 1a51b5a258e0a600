"""Stored parameters as Python values.

Nothing in a capture is trusted: a parameter of the wrong length gives its bytes, an empty one None.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from .addresses import decode_address, decode_tuple
from .dynamic import DYNAMIC_TYPES
from .event_table import FIXED_WIDTH, SIGNED_TYPES, Param

NULL_TEXT = b"(NULL)"
"""What stands in the place of a text whose pointer was null."""

TEXT_LISTS = frozenset({"args", "env", "cgroups"})
"""Names of the buffers that hold texts, each with a NUL behind it."""

_POLLED = struct.Struct("<qh")


def decode_param(param: Param, raw: bytes) -> object:
    """The value of a parameter.

    Returns:
        By type
            integers, flags, modes, ids, times, BOOL: int, signed for the signed types. Also what means
            "none" (all bits set in a user or a timeout) stays the number that is stored;
            DOUBLE: float;
            texts and paths: str up to the first NUL, UTF-8 with ``surrogateescape``, None for ``(NULL)``;
            BYTEBUF: bytes; a tuple of str for ``args``, ``env`` and ``cgroups``;
            SOCKADDR, SOCKTUPLE: see :mod:`hopscope.decode.addresses`;
            IPV4ADDR, IPV6ADDR: packed bytes;
            FDLIST: list of ``(fd, poll flags)``, as many as are there whole;
            DYN: ``(index, value)`` with the index of the type in the parameter's table.
        None for an empty parameter of a type that cannot be empty, the bytes themselves for one of
        the wrong length and for unknown types.
    """
    kind = param.type
    if kind in FIXED_WIDTH:
        return _fixed(kind, raw)
    decode = _DECODERS.get(kind)
    if decode is not None:
        return decode(raw)
    if kind == "BYTEBUF" and param.name in TEXT_LISTS:
        return decode_text_list(raw)
    if kind == "DYN":
        chosen = dynamic_param(param, raw)
        return raw or None if chosen is None else (raw[0], decode_param(chosen, raw[1:]))
    return bytes(raw)


def _fixed(kind: str, raw: bytes) -> object:
    if len(raw) != FIXED_WIDTH[kind]:
        return bytes(raw) or None
    if kind == "DOUBLE":
        return struct.unpack("<d", raw)[0]
    if kind == "IPV4ADDR":
        return bytes(raw)
    return int.from_bytes(raw, "little", signed=kind in SIGNED_TYPES)


def dynamic_param(param: Param, raw: bytes) -> Param | None:
    """The type that a dynamic parameter's first byte chooses, or None; its value begins behind that byte."""
    types = DYNAMIC_TYPES.get(param.table, ())
    return types[raw[0]] if raw and raw[0] < len(types) else None


def decode_text(raw: bytes) -> str | None:
    """A text up to its first NUL; None for a null pointer."""
    text = raw.partition(b"\0")[0]
    return None if text == NULL_TEXT else text.decode("utf-8", "surrogateescape")


def decode_text_list(raw: bytes) -> tuple[str, ...]:
    """Texts with a NUL behind each; the last one may have been cut before its NUL."""
    if not raw:
        return ()
    texts = raw.split(b"\0")
    if not texts[-1]:
        del texts[-1]
    return tuple(text.decode("utf-8", "surrogateescape") for text in texts)


def decode_fd_list(raw: bytes) -> list[tuple[int, int]]:
    """``(fd, poll flags)`` of each entry that is there whole; the count in front is not trusted."""
    count = int.from_bytes(raw[:2], "little")
    whole = min(count, max(len(raw) - 2, 0) // _POLLED.size)
    return list(_POLLED.iter_unpack(raw[2 : 2 + _POLLED.size * whole]))


_DECODERS: dict[str, Callable[[bytes], object]] = {
    "CHARBUF": decode_text,
    "FSPATH": decode_text,
    "FSRELPATH": decode_text,
    "SOCKADDR": decode_address,
    "SOCKTUPLE": decode_tuple,
    "FDLIST": decode_fd_list,
}
