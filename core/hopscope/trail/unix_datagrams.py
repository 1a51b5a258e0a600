"""Matching messages of unix datagram sockets, which have many senders and no offsets."""

from __future__ import annotations

import numpy as np

from hopscope.conversation.transfers import RECEIVE, SEND, UNIX, UNKNOWN_SIZE
from hopscope.trail.candidate import Evidence, duration
from hopscope.trail.index import TrailIndex

LONGEST_FLIGHT = 10_000_000_000
MOST_TRIED = 500
SHORTEST = 4
"""Fewer bytes than this link nothing."""


def unix_datagram_peers(index: TrailIndex, message: int) -> list[tuple[int, Evidence]]:
    """``(message, evidence)`` of the same bytes on another unix socket near in time."""
    columns = index.transfers
    sending = int(columns.direction[message]) == SEND
    others = index.of_family(UNIX, RECEIVE if sending else SEND)
    if sending:
        others = others[columns.row[others] > columns.begin[message]][:MOST_TRIED]
    else:
        others = others[columns.begin[others] <= columns.row[message]][::-1][:MOST_TRIED]
    others = others[index.run[others] == index.run[message]]
    size = int(columns.size[message])
    sizes = columns.size[others]
    others = others[(sizes == size) | (sizes == UNKNOWN_SIZE)]
    near = np.abs(index.store.time[columns.row[others]] - index.time(message)) <= LONGEST_FLIGHT
    found = []
    for other in others[near].tolist():
        evidence = _match(index, *((message, other) if sending else (other, message)))
        if evidence is not None:
            found.append((other, evidence))
    for place, (_, evidence) in enumerate(found):
        if place:
            evidence.doubt("another in between", "another message that fits is nearer")
    return found


def _match(index: TrailIndex, send: int, receive: int) -> Evidence | None:
    """What speaks for these two being one message; None without an address and equal bytes."""
    evidence = Evidence()
    if not _match_sockets(evidence, index, send, receive):
        return None
    one, two = index.payload(send), index.payload(receive)
    both = min(len(one), len(two))
    if both and one[:both] != two[:both]:
        return None
    size = int(index.transfers.size[receive])
    if both:
        evidence.add("payload equal", f"the same {size} bytes")
    else:
        evidence.add("size equal", f"the same size, {size} bytes")
    apart = index.time(receive) - index.time(send)
    evidence.add("nearest in time", f"{duration(apart)} apart", 1 / (1 + abs(apart) / 1_000_000))
    return evidence


def _match_sockets(evidence: Evidence, index: TrailIndex, send: int, receive: int) -> bool:
    """Whether a kernel address or the path of the receiving socket links the two."""
    sender, receiver = index.endpoint_of(send), index.endpoint_of(receive)
    if sender is None or receiver is None or sender is receiver:
        return False
    sent, got = index.unix_ends(send), index.unix_ends(receive)
    from_sender = sender.pointers | (set(sent[:2]) if sent else set())
    to_receiver = receiver.pointers | (set(got[:2]) if got else set())
    shared = (from_sender & to_receiver) - {0}
    if shared:
        evidence.add("one kernel address equal", f"both name the socket {max(shared):x}")
        return True
    path = (sent[2] if sent else b"") or _path(sender.label)
    other = _path(receiver.label) or (got[2] if got else b"")
    if path and (path.startswith(other) or other.startswith(path)) and other:
        evidence.add("one kernel address equal", f"both name the path {path.decode('utf-8', 'replace')}")
        return True
    if len(sender.pointers) < 2 and len(receiver.pointers) < 2 and len(index.payload(receive)) >= SHORTEST:
        evidence.doubt("no address in common", "nothing but the bytes links the two sockets")
        return bool(index.payload(send))
    return False


def _path(label: str) -> bytes:
    """The path in a unix socket's name (``source->peer path``, or the path alone)."""
    head, arrow, tail = label.partition("->")
    return (tail.partition(" ")[2] if arrow else head).encode("utf-8", "surrogateescape")
