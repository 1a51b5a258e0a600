"""Requests and their answers as one process sees them: what it sent, and what came back the same way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hopscope.conversation.addresses import fits, known
from hopscope.conversation.endpoints import SERVER
from hopscope.conversation.transfers import RECEIVE, SEND, TCP, UDP, UNIX
from hopscope.protocols import Message
from hopscope.protocols.message import REQUEST, RESPONSE
from hopscope.trail.candidate import Evidence, duration
from hopscope.trail.content import in_common
from hopscope.trail.index import Indexes, TrailIndex
from hopscope.trail.timing import soon

TALKING = (TCP, UDP, UNIX)
"""Families on which an answer comes back the way the request went."""

MOST_SCANNED = 48
"""So many messages of a connection are looked at."""


def answers_to(index: TrailIndex, send: int, most: int = MOST_SCANNED) -> list[tuple[int, Evidence]]:
    """``(message, evidence)`` of what came back on the connection on which something was sent."""
    if not talks(index, send):
        return []
    columns = index.transfers
    received = index.of_endpoint(int(index.endpoint[send]), RECEIVE)
    first = int(np.searchsorted(columns.row[received], int(columns.start[send])))
    found = [(int(other), rate(index, send, int(other))) for other in received[first : first + most]]
    return [(other, evidence) for other, evidence in found if evidence is not None]


def requests_of(index: TrailIndex, receive: int, most: int = MOST_SCANNED) -> list[tuple[int, Evidence]]:
    """``(message, evidence)`` of what had been sent on the connection on which something came back."""
    if not talks(index, receive):
        return []
    columns = index.transfers
    sent = index.of_endpoint(int(index.endpoint[receive]), SEND)
    sent = sent[columns.start[sent] < columns.row[receive]][::-1][:most]
    found = [(int(other), rate(index, int(other), receive)) for other in sent]
    return [(other, evidence) for other, evidence in found if evidence is not None]


def talks(index: TrailIndex, message: int) -> bool:
    """Whether an answer to the message would come on the same endpoint."""
    return int(index.transfers.family[message]) in TALKING and int(index.endpoint[message]) >= 0


def rate(index: TrailIndex, send: int, receive: int) -> Evidence | None:
    """What speaks for the second being an answer to the first; None when they cannot belong together.

    Both are messages of one endpoint, the sending one begun before the receiving one ended.
    """
    columns = index.transfers
    if columns.size[receive] == 0 or not _same_partner(index, send, receive):
        return None
    if _another_question(index.decoded(send), index.decoded(receive)):
        return None
    sends, receives = _between(index, send, receive)
    apart = index.time(receive) - index.time(send)
    evidence = Evidence()
    first = "the next" if not receives and not sends else "one of the next"
    evidence.add(
        "response on the connection",
        f"{first} received on the same connection, {duration(apart)} later",
        1 / ((1 + receives) * (1 + sends)),
    )
    evidence.add("soon", "", soon(max(apart, 0)))
    asked, said = index.decoded(send), index.decoded(receive)
    for common in in_common(index.payload(send), index.payload(receive), asked, said):
        if common.weight != "words":
            evidence.add(common.weight, common.words, common.strength)
    if asked is not None and said is not None and asked.identifier != said.identifier:
        evidence.doubt("other transaction", "it answers another query")
    endpoint = index.endpoint_of(send)
    if asked is not None and asked.kind == RESPONSE:
        evidence.doubt("server's push", "what was sent is itself an answer")
    elif asked is None and endpoint is not None and endpoint.side == SERVER:
        evidence.doubt("server's push", "what was sent came from the server's end")
    return evidence


def _another_question(sent: Message | None, received: Message | None) -> bool:
    """Whether an answer was sent and a question came, of a protocol that numbers its transactions."""
    if sent is None or received is None or (sent.kind, received.kind) != (RESPONSE, REQUEST):
        return False
    return sent.identifier is not None


def _between(index: TrailIndex, send: int, receive: int) -> tuple[int, int]:
    """How many sends and receives of the endpoint lie between the two."""
    columns = index.transfers
    endpoint = int(index.endpoint[send])
    begin, row = int(columns.start[send]), int(columns.row[receive])
    sends, receives = index.of_endpoint(endpoint, SEND), index.of_endpoint(endpoint, RECEIVE)
    later = int(np.count_nonzero(_inside(columns.start[sends], begin, row)))
    earlier = _inside(columns.row[receives], begin, row) & (columns.size[receives] != 0)
    return later, int(np.count_nonzero(earlier))


def _inside(values: Indexes, low: int, high: int) -> NDArray[np.bool_]:
    return (values > low) & (values < high)


def _same_partner(index: TrailIndex, send: int, receive: int) -> bool:
    """On an unconnected datagram socket, whether the answer comes from where the request went."""
    if int(index.transfers.family[send]) != UDP:
        return True
    sent, got = index.ends(send), index.ends(receive)
    if sent is None or got is None or not known(sent[1]) or not known(got[0]):
        return True
    return fits(sent[1], got[0]) or not fits(sent[0], got[1])
