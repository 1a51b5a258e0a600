"""Turns the values of a filter into what a field's values are compared with."""

from __future__ import annotations

import re
import socket
from typing import Any, NamedTuple

from hopscope.fields import FieldType
from hopscope.filters.quoting import to_bytes

_INTEGER = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F]+|[0-9]+)")
_REAL = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")
_WITH_UNIT = re.compile(r"([0-9]+)(ns|us|ms|s|m|h)")
_BITS = re.compile(r"[0-9]{1,3}")
_UNITS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}


class LiteralError(ValueError):
    """A value that a field of this type cannot have.

    Attributes:
        hint: what may be meant, or an empty string.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Prefix(NamedTuple):
    """A network as two numbers, so that a packed address is compared without making an object.

    Attributes:
        width: bytes of an address, 4 or 16.
        mask, base: the bits that count, and what they are.
    """

    width: int
    mask: int
    base: int

    def holds(self, packed: bytes) -> bool:
        """True for an address of this network."""
        return len(packed) == self.width and int.from_bytes(packed) & self.mask == self.base


def literal(kind: FieldType, text: str) -> Any:
    """A value of a field's type.

    Raises:
        LiteralError: the text is no such value; it says what was expected.
    """
    match kind:
        case FieldType.TEXT:
            return text
        case FieldType.BYTES:
            return to_bytes(text)
        case FieldType.BOOLEAN:
            return _boolean(text)
        case FieldType.ADDRESS:
            return _address(text)
        case FieldType.NETWORK:
            return _network(text)
        case FieldType.PORT:
            return _port(text)
        case FieldType.REAL:
            return _real(text)
    return _integer(kind, text)


def _integer(kind: FieldType, text: str) -> int:
    if _INTEGER.fullmatch(text) and len(text) < 40:
        return int(text, 16 if "x" in text.lower() else 10)
    unit = _WITH_UNIT.fullmatch(text) if kind in (FieldType.DURATION, FieldType.TIME) else None
    hint = f"durations are in ns: {int(unit[1]) * _UNITS[unit[2]]}" if unit and len(text) < 20 else ""
    raise LiteralError(f"a number was expected and not {text!r}", hint)


def _real(text: str) -> float:
    if _REAL.fullmatch(text) and len(text) < 40:
        return float(text)
    raise LiteralError(f"a number was expected and not {text!r}")


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise LiteralError(f"true or false was expected and not {text!r}")
    return text == "true"


def packed_address(text: str) -> bytes | None:
    """The 4 or 16 bytes of an address, None when it is none."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            return socket.inet_pton(family, text)
        except (OSError, ValueError):
            continue
    return None


def _address(text: str) -> bytes:
    packed = packed_address(text)
    if packed is None:
        hint = "networks are compared with fd.net, fd.cnet, fd.snet …" if "/" in text else ""
        raise LiteralError(f"an IP address was expected and not {text!r}", hint)
    return packed


def _network(text: str) -> Prefix:
    address, slash, bits = text.partition("/")
    packed = packed_address(address)
    if packed is None or not slash or not _BITS.fullmatch(bits) or int(bits) > 8 * len(packed):
        hint = f"such as {text}/24" if packed is not None and not slash else "such as 10.0.0.0/8"
        raise LiteralError(f"a network was expected and not {text!r}", hint)
    width = 8 * len(packed)
    mask = (1 << width) - (1 << width - int(bits))
    return Prefix(len(packed), mask, int.from_bytes(packed) & mask)


def _port(text: str) -> int:
    if _INTEGER.fullmatch(text) and len(text) < 40:
        return int(text, 16 if "x" in text.lower() else 10)
    for protocol in ("tcp", "udp"):
        try:
            return socket.getservbyname(text, protocol)
        except (OSError, UnicodeError, ValueError):
            continue
    raise LiteralError(f"a port was expected and not {text!r}")


def hex_bytes(text: str) -> bytes:
    """The bytes of a hexadecimal number.

    Raises:
        LiteralError: it is none.
    """
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise LiteralError(
            f"bytes in hexadecimal digits were expected and not {text!r}", "such as 0a1bff"
        ) from None
