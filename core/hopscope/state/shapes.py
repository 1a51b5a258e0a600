"""What a descriptor is, from list entries and from addresses (rules of sysdig 0.29.3)."""

from __future__ import annotations

from collections.abc import Iterable

from hopscope.capture.lists import DescriptorEntry
from hopscope.decode.addresses import Endpoint, SocketTuple, UnixTuple, endpoint_text, unmapped
from hopscope.state.addresses import LocalAddresses, connection_name, is_any, unix_name
from hopscope.state.descriptor_log import CLIENT, SERVER, Shape

LISTED_KINDS: dict[int, tuple[str, str]] = {
    0: ("other", "o"), 1: ("file", "f"), 2: ("directory", "d"), 3: ("ipv4", "4"), 4: ("ipv6", "6"),
    5: ("ipv4", "4"), 6: ("ipv6", "6"), 7: ("pipe", "p"), 8: ("unix", "u"), 9: ("event", "e"),
    10: ("other", "o"), 11: ("signalfd", "s"), 12: ("eventpoll", "l"), 13: ("inotify", "i"),
    14: ("timerfd", "t"), 15: ("netlink", "n"), 16: ("file", "f"), 17: ("bpf", "b"),
    18: ("userfaultfd", "u"), 19: ("io_uring", "r"), 20: ("memfd", "m"), 21: ("pidfd", "P"),
}  # fmt: skip
"""Kind and letter of each descriptor type of the lists."""

TRANSPORTS = {2: "tcp", 3: "udp", 4: "icmp", 5: "raw"}
"""Names of the transport numbers of the lists."""

_LISTENING = frozenset({5, 6})


def listed_shapes(
    entries: Iterable[tuple[object, DescriptorEntry]], local: LocalAddresses
) -> list[tuple[object, int, Shape]]:
    """Shapes of all descriptors of the lists.

    The direction of a listed connection is not stored: one whose source port is among the machine's
    listening ports is a server's end, all others are client ends.

    Args:
        entries: pairs of anything (whose descriptor it is) and the entry.
        local: the machine's own addresses.

    Returns:
        Triples of that thing, the number and the shape, in the same order.
    """
    kept = list(entries)
    listening = {entry.source[1] for _, entry in kept if entry.type in _LISTENING and entry.source}
    return [(owner, entry.fd, _listed_shape(entry, listening, local)) for owner, entry in kept]


def _listed_shape(entry: DescriptorEntry, listening: set[int], local: LocalAddresses) -> Shape:
    kind, letter = LISTED_KINDS.get(entry.type, ("other", "o"))
    l4 = TRANSPORTS.get(entry.l4, "")
    if entry.source is not None and entry.destination is not None:
        source, destination = unmapped(SocketTuple(Endpoint(*entry.source), Endpoint(*entry.destination)))
        if is_any(source[0]):
            source = Endpoint(local.infer(destination[0]) or source[0], source[1])
        if source[1] in listening:
            return connection_shape(destination, source, l4, SERVER, ino=entry.ino)
        return connection_shape(source, destination, l4, CLIENT, ino=entry.ino)
    if entry.source is not None:
        return listening_shape(Endpoint(*entry.source), l4, ino=entry.ino)
    if kind == "unix":
        return Shape(
            kind, letter, entry.name, source=entry.unix_source, peer=entry.unix_peer, ino=entry.ino,
            role=SERVER if entry.name else CLIENT, listening=bool(entry.name) and not entry.unix_peer,
        )  # fmt: skip
    return Shape(kind, letter, entry.name, ino=entry.ino, dev=entry.dev, open_flags=entry.open_flags)


def connection_shape(
    client: Endpoint, server: Endpoint, l4: str, role: int, *, ino: int = 0,
    connected: bool | None = None,
) -> Shape:  # fmt: skip
    """An internet socket with both ends known."""
    four = len(client[0]) == 4
    return Shape(
        "ipv4" if four else "ipv6",
        "4" if four else "6",
        connection_name(client, server, l4),
        l4=l4,
        role=role,
        connected=l4 == "tcp" if connected is None else connected,
        local_is_client=int(role == CLIENT) if role else -1,
        client=client,
        server=server,
        ino=ino,
    )


def listening_shape(end: Endpoint, l4: str, *, ino: int = 0, serves_ipv4: bool = False) -> Shape:
    """A bound internet socket without a peer.

    Args:
        end: its own address.
        l4: transport protocol.
        ino: inode.
        serves_ipv4: count one bound to ``::`` as IPv4, as the reference does on a bind event.
    """
    name = endpoint_text(*end)
    if serves_ipv4 and len(end[0]) == 16 and is_any(end[0]):
        end = Endpoint(bytes(4), end[1])
    four = len(end[0]) == 4
    return Shape(
        "ipv4" if four else "ipv6", "4" if four else "6", name, l4=l4, role=SERVER, listening=True,
        local_is_client=0, server=end, ino=ino,
    )  # fmt: skip


def unix_shape(ends: UnixTuple, role: int) -> Shape:
    """A connected unix socket."""
    return Shape(
        "unix", "u", unix_name(ends), role=role, connected=True, source=ends.source, peer=ends.peer,
        local_is_client=int(role == CLIENT) if role else -1,
    )  # fmt: skip
