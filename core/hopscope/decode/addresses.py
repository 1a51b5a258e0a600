"""Socket addresses and the two ends of a socket, as stored in parameters.

The first byte is the family. IPv4 and IPv6 addresses are in network order, ports little-endian.
An empty parameter means that the kernel gave none.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import NamedTuple

AF_UNIX, AF_INET, AF_INET6 = 1, 2, 10

_MAPPED = bytes(10) + b"\xff\xff"
_UNSPECIFIED = bytes(16)


class Endpoint(NamedTuple):
    """One end: ``address`` packed to 4 or 16 bytes, ``port`` as a number."""

    address: bytes
    port: int

    def __str__(self) -> str:
        return endpoint_text(self.address, self.port)


class SocketTuple(NamedTuple):
    """Who sends and who receives."""

    source: Endpoint
    destination: Endpoint


class UnixTuple(NamedTuple):
    """Kernel addresses of a unix socket and its peer, and the path it is bound to."""

    source: int
    peer: int
    path: str


class OtherFamily(NamedTuple):
    """An address of a family whose layout is not recorded, or one of the wrong length."""

    family: int
    raw: bytes


def decode_address(raw: bytes) -> Endpoint | str | OtherFamily | None:
    """A ``SOCKADDR``: an end, the path of a unix socket, another family, or None where it is empty."""
    if not raw:
        return None
    family = raw[0]
    if family == AF_INET and len(raw) == 7:
        return Endpoint(raw[1:5], int.from_bytes(raw[5:7], "little"))
    if family == AF_INET6 and len(raw) == 19:
        return Endpoint(raw[1:17], int.from_bytes(raw[17:19], "little"))
    if family == AF_UNIX:
        return _path(raw[1:])
    return OtherFamily(family, raw)


@lru_cache(maxsize=1 << 14)
def decode_tuple(raw: bytes) -> SocketTuple | UnixTuple | OtherFamily | None:
    """A ``SOCKTUPLE``: both ends of a socket, or None where it is empty."""
    if not raw:
        return None
    family = raw[0]
    if family == AF_INET and len(raw) == 13:
        _, source, sport, destination, dport = struct.unpack("<B4sH4sH", raw)
        return SocketTuple(Endpoint(source, sport), Endpoint(destination, dport))
    if family == AF_INET6 and len(raw) == 37:
        _, source, sport, destination, dport = struct.unpack("<B16sH16sH", raw)
        return SocketTuple(Endpoint(source, sport), Endpoint(destination, dport))
    if family == AF_UNIX and len(raw) >= 17:
        _, here, there = struct.unpack_from("<BQQ", raw)
        return UnixTuple(here, there, _path(raw[17:]))
    return OtherFamily(family, raw)


def _path(raw: bytes) -> str:
    return raw.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def is_mapped(address: bytes) -> bool:
    """True for an IPv6 address that the reference takes for IPv4: ``::ffff:a.b.c.d`` or ``::``."""
    return len(address) == 16 and (address.startswith(_MAPPED) or address == _UNSPECIFIED)


def unmapped(ends: SocketTuple) -> SocketTuple:
    """The ends as IPv4 when both are v4-mapped IPv6 addresses, else as they are."""
    source, destination = ends
    if is_mapped(source.address) and is_mapped(destination.address):
        return SocketTuple(
            Endpoint(source.address[12:], source.port), Endpoint(destination.address[12:], destination.port)
        )
    return ends


@lru_cache(maxsize=1 << 14)
def address_text(address: bytes) -> str:
    """An address as text, IPv6 in the shortest form; in hex where it has another length."""
    if len(address) == 4:
        return "{}.{}.{}.{}".format(*address)
    if len(address) == 16:
        import socket  # noqa: PLC0415  dear to load, and few captures need it

        return socket.inet_ntop(socket.AF_INET6, address)
    return address.hex()


@lru_cache(maxsize=1 << 14)
def endpoint_text(address: bytes, port: int) -> str:
    """``address:port``, without brackets around IPv6 addresses, as the reference writes it."""
    return f"{address_text(address)}:{port}"


@lru_cache(maxsize=1 << 14)
def tuple_text(ends: SocketTuple) -> str:
    """``source->destination``, both as IPv4 when both are v4-mapped."""
    source, destination = unmapped(ends)
    return f"{endpoint_text(*source)}->{endpoint_text(*destination)}"
