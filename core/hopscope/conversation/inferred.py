"""The descriptor of transfers that were recorded without one, as far as their thread's calls tell it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hopscope.conversation.transfers import PIPE, READS, RECEIVE, TCP, UDP, UNIX, Transfers, without_peer
from hopscope.decode.addresses import SocketTuple
from hopscope.decode.event_table import codes_named
from hopscope.store.store import Rows, Store
from hopscope.store.tables import NONE

MOST_INFERRED = 20_000
"""So many transfers get a descriptor this way."""


def infer_descriptors(store: Store, transfers: Transfers, family_of: NDArray[np.int8]) -> None:
    """Give transfers without a descriptor the one that their thread used just before or after.

    Older captures record sendmmsg and recvmmsg without any parameter: these are on a datagram socket.
    Of a call that was entered before the capture began there is only the exit, which tells bytes and
    perhaps addresses but no descriptor: the next that such a thread reads is taken to be the same.
    """
    unknown = np.flatnonzero((transfers.descriptor < 0) & (transfers.thread >= 0))[:MOST_INFERRED]
    if not len(unknown) or not len(family_of):
        return
    using = np.flatnonzero((store.descriptor >= 0) & (store.thread >= 0))
    family = family_of[store.descriptor[using]]
    datagram = (family == UDP) | ((family == TCP) & without_peer(store)[store.descriptor[using]])
    datagrams = _Uses(store, using[datagram])
    reads = np.isin(store.code[using], codes_named(*READS))
    streams = _Uses(store, using[np.isin(family, (TCP, UNIX, PIPE)) & ~datagram & reads])
    for transfer in unknown.tolist():
        row = int(transfers.row[transfer])
        ends = store.message_tuple(row)
        if ends is not None or not store.nparams[row]:
            found = datagrams.near(row, ends, back=True)
        elif (
            store.twin[row] < 0
            and transfers.begin[transfer] == 0
            and transfers.direction[transfer] == RECEIVE
        ):
            found = streams.near(row, None, back=False)
        else:
            continue
        if found != NONE:
            transfers.descriptor[transfer] = found
            transfers.inferred[transfer] = True
            known = int(family_of[found])
            alone = known == TCP and store.descriptors.client[found] is None
            transfers.family[transfer] = UDP if alone else known


class _Uses:
    """Event rows that use descriptors of some kind, by thread."""

    def __init__(self, store: Store, rows: Rows) -> None:
        self.store = store
        key = store.thread_life[rows].astype(np.int64) * len(store) + rows
        order = np.argsort(key)
        self.key, self.rows = key[order], rows[order]

    def near(self, row: int, ends: SocketTuple | None, *, back: bool) -> int:
        """The descriptor that the thread of an event row used last before (with ``back``) or first after it.

        NONE where that was not open at the row, or has no port that the event's own tuple names.
        """
        store = self.store
        place = int(np.searchsorted(self.key, int(store.thread_life[row]) * len(store) + row))
        for i in (place - 1, place) if back else (place,):
            if 0 <= i < len(self.rows) and store.thread_life[self.rows[i]] == store.thread_life[row]:
                descriptor = int(store.descriptor[self.rows[i]])
                if _can_be(store, descriptor, row, ends):
                    return descriptor
        return NONE


def _can_be(store: Store, descriptor: int, row: int, ends: SocketTuple | None) -> bool:
    """Whether a descriptor was open at an event row and has a port that the event's own tuple names."""
    table = store.descriptors
    opened, closed = int(table.opened[descriptor]), int(table.closed[descriptor])
    if not ((opened == NONE or opened < row) and (closed == NONE or closed > row)):
        return False
    known = [end[1] for end in (table.client[descriptor], table.server[descriptor]) if end is not None]
    return ends is None or not known or any(end[1] in known for end in ends)
