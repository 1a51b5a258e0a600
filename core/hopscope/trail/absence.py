"""Why an event has no peer: what was looked for, in one sentence."""

from __future__ import annotations

from hopscope.conversation.addresses import Address, known, shown
from hopscope.conversation.endpoints import CLIENT, SERVER, Endpoint
from hopscope.conversation.transfers import CONNECT, EVENTFD, FILE, NO_FAMILY, SEND, UDP
from hopscope.store.store import NO_RESULT, Store
from hopscope.text import visible
from hopscope.trail.index import TrailIndex, index_of
from hopscope.trail.replies import answers_to
from hopscope.trail.unix_pairs import partners_of


def absence(store: Store, row: int) -> str:
    """What was looked for at the other end of an event and is not in the capture.

    Meant for events for which :func:`hopscope.trail.peers.peers` finds nothing.
    """
    index = index_of(store)
    row = index.exit_row(row)
    messages = index.transfers.of_row(row)
    if not messages:
        name = store.event_type(row).name
        if store.result[row] != NO_RESULT and store.result[row] < 0:
            return f"the {name} failed, so nothing moved"
        return f"{name} neither moves bytes nor opens a connection"
    return visible(_of_message(index, messages[0]))


def _of_message(index: TrailIndex, message: int) -> str:
    columns = index.transfers
    family = int(columns.family[message])
    if family == FILE:
        return "a file has no other end"
    endpoint = index.endpoint_of(message)
    if endpoint is None or family == NO_FAMILY:
        return "the descriptor is not known, or leads to the kernel and not to another process"
    ends = index.ends(message)
    if ends is not None:
        sending = int(columns.direction[message]) in (SEND, CONNECT)
        return _of_internet(index, message, ends[1] if sending else ends[0], sending, family == UDP)
    if family == EVENTFD:
        read = columns.direction[message] == SEND
        return "nobody read this eventfd after it" if read else "nobody wrote to this eventfd before it"
    if partners_of(index, int(index.endpoint[message])):
        return f"the other end of {endpoint.label or 'this socket'} is known, but did not move these bytes"
    return f"no other descriptor in the capture leads to {endpoint.label or 'this socket'}"


def _of_internet(index: TrailIndex, message: int, far: Address, sending: bool, datagram: bool) -> str:
    here = index.ends(message)
    near = (here[0] if sending else here[1]) if here is not None else (b"", 0)
    if not known(far):
        what = "receives from" if sending else "sends to"
        return f"the address of the other end was not recorded, and no process {what} {shown(near)}"
    owned = any(far == _own(one) for one in index.endpoints.rows)
    where = "is used by a process of the capture" if owned else "belongs to no process of the capture"
    text = f"the other end {shown(far)} {where}, and no {'datagram' if datagram else 'message'} there fits"
    if sending and not answers_to(index, message, 1):
        text += "; no answer came back either"
    return text


def _own(endpoint: Endpoint) -> Address | None:
    """The address that an endpoint's own process uses."""
    if endpoint.side == SERVER:
        return endpoint.server or endpoint.local
    return endpoint.client if endpoint.side == CLIENT else endpoint.local
