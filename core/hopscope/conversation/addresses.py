"""Internet addresses as hops compare them: mapped and wildcard forms folded together."""

from __future__ import annotations

import ipaddress

Address = tuple[bytes, int]
"""Packed address and port; the address is empty where the capture holds a wildcard (``0.0.0.0``, ``::``)."""

_MAPPED = bytes(10) + b"\xff\xff"


def normal(address: Address) -> Address:
    """The address with an IPv4-mapped IPv6 form (RFC 4291, 2.5.5.2) as IPv4 and a wildcard as nothing."""
    packed, port = address
    if len(packed) == 16 and packed.startswith(_MAPPED):
        packed = packed[12:]
    if not any(packed):
        packed = b""
    return packed, port


def shown(address: Address) -> str:
    """``10.0.0.1:80``, ``[::1]:80``; a wildcard is ``*``."""
    packed, port = address
    if len(packed) == 4:
        host = str(ipaddress.IPv4Address(packed))
    elif len(packed) == 16:
        host = f"[{ipaddress.IPv6Address(packed)}]"
    else:
        host = "*"
    return f"{host}:{port}"


def fits(one: Address, other: Address) -> bool:
    """Whether two normal addresses can be the same end: equal, or a wildcard where they differ."""
    return (not one[0] or not other[0] or one[0] == other[0]) and (
        not one[1] or not other[1] or one[1] == other[1]
    )


def known(address: Address) -> bool:
    """True when neither address nor port is a wildcard."""
    return bool(address[0]) and bool(address[1])


def is_own(packed: bytes) -> bool:
    """Whether every machine uses this address for itself: loopback and link-local ones (RFC 6890)."""
    if len(packed) == 16:
        if packed.startswith(_MAPPED):
            return is_own(packed[12:])
        return packed == bytes(15) + b"\1" or (packed[0] == 0xFE and packed[1] & 0xC0 == 0x80)
    return len(packed) == 4 and (packed[0] == 127 or packed[:2] == b"\xa9\xfe")
