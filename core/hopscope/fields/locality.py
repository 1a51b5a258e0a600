"""Which addresses the reference takes for addresses of this machine.

A thread in a container with an address of its own finds that one local, a thread in one without
finds the addresses of all containers local; every thread finds the addresses of the interfaces
local, of IPv6 their whole networks, but no IPv6 address is local in a container (sysdig 0.29.3).
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import numpy as np

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
        host_of = store.process_host
        container_of = dict(zip(threads.life.tolist(), threads.container.tolist(), strict=True))
        ends = held.server if server else held.client
        decided = [
            local[int(host_of[process]) if 0 <= process < len(host_of) else 0].has(
                _NOWHERES[kind] if end is None else end[0], max(container_of.get(process, HOST), HOST)
            )
            if kind in _NOWHERES
            else False
            for kind, end, process in zip(held.kind, ends, held.process.tolist(), strict=True)
        ]
        return np.array(decided, dtype=np.bool_)

    return once(store, ("end is local", server), make)
