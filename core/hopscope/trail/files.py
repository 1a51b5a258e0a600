"""What a file that was read has to do with what was sent afterwards, where no text is in common."""

from __future__ import annotations

from hopscope.conversation.addresses import shown
from hopscope.conversation.transfers import UDP
from hopscope.trail.candidate import Evidence
from hopscope.trail.index import TrailIndex

DNS_PORT = 53

SERVERS_FILE = "/etc/resolv.conf"
"""The file that names the DNS servers."""

RESOLVER_FILES = {
    SERVERS_FILE: "which servers to ask, and the search list",
    "/etc/nsswitch.conf": "where names are looked up",
    "/etc/host.conf": "how names are looked up",
    "/etc/hosts": "which names need not be asked for",
}
"""Path to what it tells a resolver (resolv.conf(5), nsswitch.conf(5), host.conf(5), hosts(5))."""

PROGRAM_CODE = b"\x7fELF"
"""First bytes of programs and libraries (elf(5))."""


def is_program_code(index: TrailIndex, read: int) -> bool:
    """Whether a read got the beginning of a program or library."""
    return index.payload(read).startswith(PROGRAM_CODE)


def tells_resolver(index: TrailIndex, read: int) -> bool:
    """Whether a read got a file of the resolver, which serves all its queries and explains no single one."""
    return _path(index, read) in RESOLVER_FILES


def weigh_file(evidence: Evidence, index: TrailIndex, read: int, send: int, nearest: bool) -> None:
    """Add what a file that was read says about a message that has no text in common with it.

    Args:
        evidence: to add to.
        index: of the store.
        read: message that read from a file.
        send: message that was sent afterwards.
        nearest: whether nothing else was read or sent by the same thread in between.
    """
    told = _told_resolver(index, read, send)
    if told:
        evidence.add("resolver file", told)
    elif is_program_code(index, read):
        evidence.doubt("unrelated file", "it is program code, which the loader reads")
    elif not nearest:
        evidence.doubt("unrelated file", "it is a file, and something else lies between")
    else:
        evidence.doubt("file", "one of the two is a file")


def names_address(index: TrailIndex, read: int, send: int) -> str:
    """In words that a file names the address to which something then goes; else empty."""
    ends = index.ends(send)
    if ends is None or not ends[1][0]:
        return ""
    if _asks_dns(index, send) and _path(index, read) != SERVERS_FILE:
        return ""
    host = shown((ends[1][0], 0)).rpartition(":")[0]
    words = index.payload(read).decode("latin-1").split()
    return f"{_path(index, read)} names the address {host}" if host in words else ""


def _told_resolver(index: TrailIndex, read: int, send: int) -> str:
    """In words what a file of the resolver tells for a query by DNS; else empty."""
    path = _path(index, read)
    what = RESOLVER_FILES.get(path)
    return f"{path} tells {what}" if what and _asks_dns(index, send) else ""


def _asks_dns(index: TrailIndex, send: int) -> bool:
    """Whether a message goes to the port of DNS, or asks for a socket to it."""
    ends = index.ends(send)
    return ends is not None and index.transfers.family[send] == UDP and ends[1][1] == DNS_PORT


def _path(index: TrailIndex, read: int) -> str:
    descriptor = int(index.transfers.descriptor[read])
    return index.store.descriptors.name[descriptor] if descriptor >= 0 else ""
