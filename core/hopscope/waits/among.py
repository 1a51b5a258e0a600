"""Which targets of a few processes lie among themselves, so that one waits for what another one does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hopscope.conversation.addresses import Address, fits, normal
from hopscope.store.store import Store
from hopscope.waits.targets import ASKED, ASKING, CHILD_TARGET, PIPE_TARGET, Targets


def among(store: Store, targets: Targets, processes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """For each target, whether another of these processes is what stands behind it.

    A connection does where another one has a socket with the same client end, which address translation
    leaves alone, or listens where the connection leads.

    Args:
        store: the events.
        targets: of the processes.
        processes: int64, lives of main threads.
    """
    table = store.descriptors
    own = np.flatnonzero(np.isin(table.process, processes))
    clients: dict[object, set[int]] = {}
    heard: dict[int, set[tuple[Address, int]]] = {}
    for row in own.tolist():
        process = int(table.process[row])
        for key in _keys(store, row):
            clients.setdefault(key, set()).add(process)
        server = table.server[row]
        if server is not None and (table.listening[row] or table.client[row] is None):
            heard.setdefault(server[1], set()).add((normal(server), process))
    found = np.zeros(len(targets), np.bool_)
    for place in np.flatnonzero(np.isin(targets.kind, (ASKED, ASKING, PIPE_TARGET))).tolist():
        row = int(targets.number[place])
        if row < 0:
            continue
        process, server = int(table.process[row]), table.server[row]
        found[place] = any(clients.get(key, set()) - {process} for key in _keys(store, row)) or (
            server is not None
            and targets.kind[place] == ASKED
            and any(fits(one, normal(server)) and other != process for one, other in heard.get(server[1], ()))
        )
    children = targets.kind == CHILD_TARGET
    found[children] = np.isin(targets.number[children], processes)
    return found


def _keys(store: Store, row: int) -> list[object]:
    """What both ends of a row of the descriptor table have in common."""
    table = store.descriptors
    client = table.client[row]
    if table.kind[row] == "pipe" and table.ino[row]:
        return [("pipe", int(table.ino[row]))]
    if table.kind[row] == "unix":
        pointers = int(table.source[row]), int(table.peer[row])
        return [("unix", *sorted(pointers))] if all(pointers) else []
    return [normal(client)] if client is not None else []
