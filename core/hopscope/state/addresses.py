"""Names that follow from the two ends of a socket, and which end is this machine's.

Source of the rules: sysdig 0.29.3.
"""

from __future__ import annotations

from collections.abc import Sequence

from hopscope.capture.lists import Interface
from hopscope.decode.addresses import (
    SocketTuple,
    UnixTuple,
    address_text,
    decode_tuple,
    endpoint_text,
    is_mapped,
)

_LOOPBACK6 = bytes(15) + b"\x01"


def decode_inet_tuple(raw: bytes) -> SocketTuple | None:
    """``(source, destination)`` of an internet SOCKTUPLE, None for any other or a damaged one."""
    found = decode_tuple(raw)
    return found if isinstance(found, SocketTuple) else None


def unmapped_end(end: tuple[bytes, int]) -> tuple[bytes, int]:
    """The IPv4 endpoint behind a v4-mapped one; any other endpoint as it is."""
    return (end[0][12:], end[1]) if is_mapped(end[0]) else end


def connection_name(client: tuple[bytes, int], server: tuple[bytes, int], l4: str = "") -> str:
    """``client->server`` as ``fd.name`` shows it; without ports where the transport has none."""
    if l4 in {"icmp", "raw"}:
        return f"{address_text(client[0])}->{address_text(server[0])}"
    return f"{endpoint_text(*client)}->{endpoint_text(*server)}"


def unix_name(ends: UnixTuple) -> str:
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
        return address == _LOOPBACK6

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
            if one.address[0] != 127 and one.address != _LOOPBACK6:
                return one.address
        return None

    @staticmethod
    def _same_network(one: Interface, remote: bytes) -> bool:
        if len(remote) == 16:
            return one.address[:8] == remote[:8]
        return all((a & m) == (b & m) for a, b, m in zip(one.address, remote, one.netmask, strict=False))
