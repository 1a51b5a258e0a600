"""Socket addresses as captures store them, and the names that follow from them.

Layouts: capture format notes, section 10 (SOCKADDR, SOCKTUPLE). Addresses are in network order,
ports little-endian. Source of the naming rules: sysdig 0.29.3.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from hopscope.capture.lists import Interface

Endpoint = tuple[bytes, int]
"""Packed address of 4 or 16 bytes, and port."""

UNIX = 1
IPV4 = 2
IPV6 = 10

_ZERO10 = bytes(10)
_ANY6 = bytes(16)
_MAPPED = bytes(10) + b"\xff\xff"


class UnixEnds(NamedTuple):
    """Both kernel addresses of a unix connection and its path.

    Attributes:
        source, peer: kernel addresses; 0 unknown.
        path: may be empty.
    """

    source: int
    peer: int
    path: str


def decode_inet_tuple(raw: bytes) -> tuple[Endpoint, Endpoint] | None:
    """``(source, destination)`` of an internet SOCKTUPLE, None for any other or a damaged one."""
    if len(raw) == 13 and raw[0] == IPV4:
        return (
            (raw[1:5], int.from_bytes(raw[5:7], "little")),
            (raw[7:11], int.from_bytes(raw[11:13], "little")),
        )
    if len(raw) == 37 and raw[0] == IPV6:
        return (
            (raw[1:17], int.from_bytes(raw[17:19], "little")),
            (raw[19:35], int.from_bytes(raw[35:37], "little")),
        )
    return None


def decode_unix_tuple(raw: bytes) -> UnixEnds | None:
    """The ends of a unix SOCKTUPLE, None for any other or a damaged one."""
    if len(raw) < 17 or raw[0] != UNIX:
        return None
    source = int.from_bytes(raw[1:9], "little")
    peer = int.from_bytes(raw[9:17], "little")
    path = raw[17:].split(b"\0", 1)[0].decode("utf-8", "surrogateescape")
    return UnixEnds(source, peer, path)


def decode_inet_address(raw: bytes) -> Endpoint | None:
    """The endpoint of an internet SOCKADDR, None for any other or a damaged one."""
    if len(raw) == 7 and raw[0] == IPV4:
        return raw[1:5], int.from_bytes(raw[5:7], "little")
    if len(raw) == 19 and raw[0] == IPV6:
        return raw[1:17], int.from_bytes(raw[17:19], "little")
    return None


def decode_unix_address(raw: bytes) -> str | None:
    """The path of a unix SOCKADDR, None for any other."""
    if len(raw) < 1 or raw[0] != UNIX:
        return None
    return raw[1:].split(b"\0", 1)[0].decode("utf-8", "surrogateescape")


def is_mapped(address: bytes) -> bool:
    """True for an IPv6 address that stands for an IPv4 one: ``::ffff:a.b.c.d`` or all zero."""
    return len(address) == 16 and (address[:12] == _MAPPED or address == _ANY6)


def unmapped(end: Endpoint) -> Endpoint:
    """The IPv4 endpoint behind a mapped one; any other endpoint as it is."""
    return (end[0][12:], end[1]) if is_mapped(end[0]) else end


def unmap_ends(source: Endpoint, destination: Endpoint) -> tuple[Endpoint, Endpoint]:
    """Both ends as IPv4 when both are mapped, else as they are."""
    if is_mapped(source[0]) and is_mapped(destination[0]):
        return (source[0][12:], source[1]), (destination[0][12:], destination[1])
    return source, destination


@lru_cache(maxsize=65536)
def address_text(address: bytes) -> str:
    """Dotted or colon form of a packed address."""
    if len(address) == 4:
        return f"{address[0]}.{address[1]}.{address[2]}.{address[3]}"
    if len(address) == 16:
        return socket.inet_ntop(socket.AF_INET6, address)
    return "?"


def endpoint_text(end: Endpoint) -> str:
    """``address:port``, IPv6 without brackets as the reference prints it."""
    return f"{address_text(end[0])}:{end[1]}"


def connection_name(client: Endpoint, server: Endpoint) -> str:
    """``client->server`` as ``fd.name`` shows it."""
    return f"{endpoint_text(client)}->{endpoint_text(server)}"


def unix_name(ends: UnixEnds) -> str:
    """``source->peer path`` with the kernel addresses in hexadecimal."""
    return f"{ends.source:x}->{ends.peer:x} {ends.path}"


def is_any(address: bytes) -> bool:
    """True for ``0.0.0.0`` and ``::``."""
    return not any(address)


class LocalAddresses:
    """The machine's own addresses, for telling which end of a connection is here."""

    def __init__(self, interfaces: Sequence[Interface]) -> None:
        self._interfaces = list(interfaces)
        self._addresses = {one.address for one in interfaces}

    def __contains__(self, address: bytes) -> bool:
        if address in self._addresses or is_any(address):
            return True
        if len(address) == 4:
            return address[0] == 127
        return address == _ANY6[:15] + b"\x01"

    def infer(self, remote: bytes) -> bytes | None:
        """The local address from which this machine most likely reaches another.

        An interface with exactly that address, else one in the same network, else the first that is
        not the loopback (sysdig 0.29.3).
        """
        family = [one for one in self._interfaces if len(one.address) == len(remote)]
        for one in family:
            if one.address == remote:
                return one.address
        for one in family:
            if self._same_network(one, remote):
                return one.address
        for one in family:
            if one.address[0] != 127 and one.address != _ANY6[:15] + b"\x01":
                return one.address
        return None

    @staticmethod
    def _same_network(one: Interface, remote: bytes) -> bool:
        if len(remote) == 16:
            return one.address[:8] == remote[:8]
        return all((a & m) == (b & m) for a, b, m in zip(one.address, remote, one.netmask, strict=False))
