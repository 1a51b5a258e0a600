"""The ends of connections, sockets and pipes: one row for each open socket or pipe of the kernel.

A descriptor that was duplicated or inherited by fork is another way to the same end, so all its
lives share one endpoint, and so do both ends of a pipe. Which endpoints belong together is the
matter of the trail.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hopscope.conversation.addresses import Address, normal
from hopscope.conversation.transfers import EVENTFD, PIPE, TCP, UDP, UNIX, exit_codes
from hopscope.store.store import Store
from hopscope.store.tables import FOREVER, NONE, DescriptorTable

CLIENT, SERVER, EITHER = 1, 0, -1

BEFORE = -1
"""``first`` of an endpoint that was open before the capture began."""


@dataclass(slots=True)
class Endpoint:
    """One end of a connection, or a whole pipe.

    Attributes:
        family: TCP, UDP, UNIX, PIPE or EVENTFD.
        first: event row that made it, BEFORE when it was there already.
        last: event row from which nobody had it open any more, FOREVER.
        side: CLIENT, SERVER or EITHER when unknown.
        client, server: normal addresses of an internet connection, None where unknown.
        local: the own address of a bound socket without a peer.
        pointers: kernel addresses of a unix socket and its peer.
        label: the descriptor's name, for words.
        run: of the machine whose process has it; kernel addresses and inodes mean something within one only.
        host: place of that machine in ``Store.hosts``.
    """

    family: int
    first: int
    last: int
    side: int = EITHER
    client: Address | None = None
    server: Address | None = None
    local: Address | None = None
    pointers: set[int] = field(default_factory=set)
    label: str = ""
    run: int = 0
    host: int = 0


@dataclass(slots=True)
class Endpoints:
    """All endpoints.

    Attributes:
        of_life: int32, endpoint of each descriptor life, NONE for lives of other kinds.
        rows: the endpoints.
        roots: int64, the life from which each descriptor life was copied in the first place.
    """

    of_life: NDArray[np.int32]
    rows: list[Endpoint]
    roots: NDArray[np.int64]


def collect(store: Store, family_of: NDArray[np.int8]) -> Endpoints:
    """The endpoints of a capture, from the table of descriptors."""
    table = store.descriptors
    lives = int(max(table.life.max(), table.origin.max())) + 1 if len(table) else 0
    of_life = np.full(lives, NONE, np.int32)
    if not lives:
        return Endpoints(of_life, [], np.zeros(0, np.int64))
    roots = _roots(table, lives)
    opened = np.full(lives, NONE, np.int64)
    opened[table.life] = table.opened
    accepted = np.zeros(len(store) + 1, np.bool_)
    accepted[store.rows_of_codes(exit_codes("accept", "accept4"))] = True
    rows: list[Endpoint] = []
    numbers: dict[object, int] = {}
    runs, hosts = store.process_run, store.process_host
    wanted = np.flatnonzero(np.isin(family_of, (TCP, UDP, UNIX, PIPE, EVENTFD)))
    for i in wanted.tolist():
        life = int(table.life[i])
        family = int(family_of[i])
        root = int(roots[life])
        process = int(table.process[i])
        known = 0 <= process < len(runs)
        run, host = (int(runs[process]), int(hosts[process])) if known else (0, 0)
        # Inodes and kernel addresses mean something within one run of a machine only.
        key = run, _identity(table, i, family, root, int(opened[root]))
        number = numbers.get(key)
        if number is None:
            number = numbers[key] = len(rows)
            first = int(opened[root])
            rows.append(Endpoint(family, first, NONE, label=table.name[i], run=run, host=host))
        of_life[life] = number
        _extend(rows[number], table, i, family)
    for endpoint in rows:
        if endpoint.side == EITHER and endpoint.first >= 0 and accepted[endpoint.first]:
            endpoint.side = SERVER
    return Endpoints(of_life, rows, roots)


def _roots(table: DescriptorTable, lives: int) -> NDArray[np.int64]:
    """The life from which each life was copied in the first place."""
    origin = np.arange(lives)
    copied = np.flatnonzero(table.origin >= 0)
    origin[table.life[copied]] = table.origin[copied]
    while True:
        further = origin[origin]
        if np.array_equal(further, origin):
            return origin
        origin = further


def _identity(table: DescriptorTable, i: int, family: int, root: int, opened: int) -> object:
    """What two lives have in common when they lead to the same end; ``opened`` is that of the root."""
    if family == PIPE:
        inode = int(table.ino[i]) or _inode_in(table.name[i])
        if inode:
            return ("pipe", inode)
        return ("pipe made", opened) if opened >= 0 else ("life", root)
    if opened == NONE:
        # What several processes inherited before the capture began has no common origin in it.
        if family == UNIX and int(table.source[i]):
            return ("unix", int(table.source[i]))
        if family == TCP and table.client[i] is not None and table.server[i] is not None:
            side = int(table.local_is_client[i])
            if side != EITHER:
                return ("tcp", table.client[i], table.server[i], side)
    return ("life", root)


def _inode_in(name: str) -> int:
    """The inode in ``pipe:[1234]``, 0 without one."""
    inside = name.partition(":[")[2].rstrip("]")
    return int(inside) if inside.isdigit() else 0


def _extend(endpoint: Endpoint, table: DescriptorTable, i: int, family: int) -> None:
    """Take over what one state of one life tells about the endpoint."""
    endpoint.family = family
    closed = int(table.closed[i])
    stop = int(table.stop[i])
    endpoint.last = max(endpoint.last, closed if closed != NONE else stop)
    if table.name[i]:
        endpoint.label = table.name[i]
    if int(table.local_is_client[i]) != EITHER:
        endpoint.side = int(table.local_is_client[i])
    client, server = table.client[i], table.server[i]
    if client is not None and server is not None:
        endpoint.client, endpoint.server = normal(client), normal(server)
    elif server is not None:
        endpoint.local = normal(server)
    endpoint.pointers.update(p for p in (int(table.source[i]), int(table.peer[i])) if p)


def overlap(one: Endpoint, other: Endpoint) -> bool:
    """Whether both were open at the same time."""
    return one.first < min(other.last, FOREVER) and other.first < min(one.last, FOREVER)
