"""Which addresses the reference takes for addresses of this machine.

A thread in a container with an address of its own finds that one local, a thread in one without
finds the addresses of all containers local; every thread finds the addresses of the interfaces
local, of IPv6 their whole networks, but no IPv6 address is local in a container (sysdig 0.29.3).
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import numpy as np

from hopscope.fields import descriptors
from hopscope.fields.column import Mask
from hopscope.fields.memo import once

if TYPE_CHECKING:
    from hopscope.store.members import Host
    from hopscope.store.store import Store

HOST = 0
"""Row of the container table that stands for the machine itself."""

_NOWHERE = bytes(4)
_NOWHERES = {"ipv4": _NOWHERE, "ipv6": bytes(16)}


class LocalAddresses:
    """The addresses of one machine and of the containers of a capture."""

    def __init__(self, store: Store, host: Host) -> None:
        self._interfaces = {one.address for one in host.interfaces if len(one.address) == 4}
        self._networks = {one.address[:8] for one in host.interfaces if len(one.address) == 16}
        self._containers = [_packed(one.ip) for one in store.containers]
        self._of_all = set(self._containers[HOST + 1 :])
        self._is_machine = [one.id == "host" for one in store.containers]

    def has(self, address: bytes, container: int) -> bool:
        """True when a thread in a container (row of the table) finds an address local."""
        if len(address) == 16:
            return self._is_machine[container] and address[:8] in self._networks
        if not self._is_machine[container]:
            own = self._containers[container]
            if address == own or (own == _NOWHERE and address in self._of_all):
                return True
        return address in self._interfaces


def _packed(text: str) -> bytes:
    """The bytes of an IPv4 address, zeros for anything else."""
    try:
        return socket.inet_pton(socket.AF_INET, text)
    except (OSError, ValueError):
        return _NOWHERE


def end_is_local(store: Store, server: bool) -> Mask:
    """Whether the server or client address of each row of the descriptor table is local, bool.

    A socket without a peer counts as one with the address zero.
    """

    def make() -> Mask:
        held, threads = store.heard.table, store.threads
        local = [LocalAddresses(store, host) for host in store.hosts]
        container_of = np.full(len(store.process_host), HOST, np.int64)
        container_of[threads.life] = np.maximum(threads.container, HOST)
        known = (held.process >= 0) & (held.process < len(container_of))
        process = np.where(known, held.process, 0)
        ends, kinds = descriptors.column(store, "server" if server else "client"), descriptors.kinds(store)
        # Where the process is, the address and the kind decide, and few of these occur together.
        places = (
            np.where(known, store.process_host[process], 0) if len(container_of) else np.zeros(len(held), int)
        )
        containers = np.where(known, container_of[process], HOST) if len(container_of) else places
        width = len(ends.values) + 1
        keys = (places.astype(np.int64) * len(store.containers) + containers) * len(
            kinds.values
        ) + kinds.codes
        distinct, row, place = np.unique(
            keys * width + ends.codes + 1, return_index=True, return_inverse=True
        )
        decided = np.zeros(len(distinct), np.bool_)
        for i, at in enumerate(row.tolist()):
            kind, end = held.kind[at], (held.server if server else held.client)[at]
            if kind in _NOWHERES:
                address = _NOWHERES[kind] if end is None else end[0]
                decided[i] = local[int(places[at])].has(address, int(containers[at]))
        found: Mask = decided[place.reshape(-1)]
        return found

    return once(store, ("end is local", server), make)
