"""What the reference calls a bound datagram socket at an event: after the ends of the last message on it.

The tables keep a socket's own name, because a message's two ends belong to the message. Lines and fields
follow the reference (sysdig 0.29.3), so that filters accept the same events:

- The first message over IPv4 makes the socket an IPv4 connection from its sender to the address that it
  came to; from the next transfer on it counts as connected.
- A message with the same two ends, in either direction, changes nothing. Any other overwrites the
  client, of the server only what is zero, in releases after sysdig 0.29.3 all of it; then a message
  that goes out swaps both.
- An address that is zero becomes the machine's own, unless both ports and so both ends would be equal.
- Messages over IPv6 change the name only: source and destination as they are.

The reference keeps both ends where it kept the bound address before, and so reads that address as the
server's; here it counts as zero.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.addresses import Endpoint, SocketTuple, decode_tuple, tuple_text, unmapped
from hopscope.decode.dialect import dialects
from hopscope.decode.event_table import EVENTS
from hopscope.lookup import distinct, look_up
from hopscope.state.addresses import LocalAddresses, connection_name, is_any
from hopscope.state.told import take_far
from hopscope.store.tables import NONE, DescriptorTable

if TYPE_CHECKING:
    from hopscope.store.store import Store

Rows = NDArray[np.int64]

_UNSET = Endpoint(bytes(4), 0)
_INTERNET = frozenset({"ipv4", "ipv6"})
_SENT = frozenset({"sendto", "sendmsg", "sendmmsg"})
_RECEIVED = frozenset({"recvfrom", "recvmsg", "recvmmsg"})


class HeardState(NamedTuple):
    """What a socket is called from an event on.

    Attributes:
        first: event row from which it holds.
        name: as ``fd.name``.
        client, server: both ends of an IPv4 connection; None where messages came over IPv6.
        connected: bytes moved since the reference has two ends.
    """

    first: int
    name: str
    client: Endpoint | None = None
    server: Endpoint | None = None
    connected: bool = False


@dataclass(slots=True)
class Heard:
    """The table of descriptors with one more row for each state that a bound datagram socket went through.

    Attributes:
        table: the store's own rows first, unchanged, then these states.
        bound: bool, own rows that such states may stand for; one more entry, False, for NONE.
        life, first: int64, descriptor's life and first event row of each state, ascending together.
    """

    table: DescriptorTable
    bound: NDArray[np.bool_]
    life: Rows
    first: Rows

    def rows(self, own: NDArray[Any], events: NDArray[Any] | None = None) -> NDArray[Any]:
        """Rows of :attr:`table` that hold instead of own rows at event rows; the same array where none do.

        Args:
            own: rows of the store's table, NONE and less for none.
            events: event rows, as many; without them ``own`` has one entry for each event.
        """
        if not len(self.life):
            return own
        chosen = np.flatnonzero(look_up(self.bound, np.maximum(own, NONE)))
        if not len(chosen):
            return own
        lives = self.table.life[own[chosen]].astype(np.int64)
        span = int(self.first[-1] if len(self.first) == 1 else self.first.max()) + 2
        rows = np.minimum(chosen if events is None else events[chosen].astype(np.int64), span - 2)
        place = np.searchsorted(self.life * span + self.first + 1, lives * span + rows + 1, side="right") - 1
        there = (place >= 0) & (self.life[np.maximum(place, 0)] == lives)
        found = own.copy()
        found[chosen[there]] = (place + (len(self.bound) - 1))[there]
        return found

    def row(self, own: int, event: int) -> int:
        """The same for one row."""
        if own < 0 or not len(self.life) or not self.bound[own]:
            return own
        return int(self.rows(np.array([own], np.int64), np.array([event], np.int64))[0])


class _Rules(NamedTuple):
    """What decides about names beside the messages.

    Attributes:
        local: addresses of the machine.
        l4: transport protocol of the socket.
        overwrites: the release overwrites the server with each message.
    """

    local: LocalAddresses
    l4: str
    overwrites: bool


class _Transfer(NamedTuple):
    """A transfer on a bound socket: event row, the stored ends of a message, whether it went out."""

    row: int
    ends: bytes | None
    outgoing: bool


def heard(store: Store) -> Heard:
    """The table of a store with the states that :attr:`Store.heard_states` has."""
    lives, states = store.heard_states
    first = np.array([one.first for one in states], np.int64)
    bound = _bound(store.descriptors)
    return Heard(_extended(store.descriptors, bound, lives, states), bound, lives, first)


def heard_states(store: Store) -> tuple[Rows, list[HeardState]]:
    """Descriptors' lives, ascending, and states, found by following each bound datagram socket in order."""
    bound = _bound(store.descriptors)
    of_life: dict[int, list[HeardState]] = {}
    if bound.any():
        transfers = _transfers(store, np.flatnonzero(look_up(bound, store.descriptor) & (store.size >= 0)))
        if any(one.ends for several in transfers.values() for one in several):
            of_life = _of_lives(store, bound, transfers)
    lives = np.array([life for life, found in of_life.items() for _ in found], np.int64)
    return lives, [one for found in of_life.values() for one in found]


def _bound(table: DescriptorTable) -> NDArray[np.bool_]:
    """:attr:`Heard.bound` of a table."""
    bound = np.zeros(len(table) + 1, np.bool_)
    for state in np.flatnonzero(table.listening).tolist():
        bound[state] = table.kind[state] in _INTERNET and table.l4[state] != "tcp"
    return bound


def _of_lives(
    store: Store, bound: NDArray[np.bool_], transfers: dict[int, list[_Transfer]]
) -> dict[int, list[HeardState]]:
    """States by life of the descriptor, lives ascending."""
    table, host_of = store.descriptors, store.process_host
    local = [LocalAddresses(host.interfaces) for host in store.hosts]
    unnumbered = _unnumbered(store, bound)
    overwrites = store.dialect.name != dialects()[0].name
    of_life: dict[int, list[HeardState]] = {}
    for life, state in _lives(store, bound):
        process = int(table.process[state])
        known = local[int(host_of[process]) if 0 <= process < len(host_of) else 0]
        begun = _copied(of_life.get(int(table.origin[state]), []), int(table.first[state]))
        begun = begun or HeardState(NONE, "", connected=life in unnumbered)
        found = list(_follow(begun, transfers.get(life, []), _Rules(known, table.l4[state], overwrites)))
        if found:
            of_life[life] = found
    return of_life


def _extended(
    table: DescriptorTable, bound: NDArray[np.bool_], lives: Rows, states: list[HeardState]
) -> DescriptorTable:
    """The table with the states behind its rows; what they do not say is as in the state they stand for."""
    if not states:
        return table
    rows = np.flatnonzero(bound)
    order = np.lexsort((table.first[rows], table.life[rows]))
    rows = rows[order]
    span = int(max(table.first[rows].max(), *(one.first for one in states))) + 2
    keys = table.life[rows].astype(np.int64) * span + table.first[rows] + 1
    wanted = lives * span + np.array([one.first for one in states], np.int64) + 1
    own = rows[np.maximum(np.searchsorted(keys, wanted, side="right") - 1, 0)]
    ends = np.array([one.client is not None for one in states], np.bool_)
    both = list(zip(ends.tolist(), own.tolist(), strict=True))
    told: dict[str, Any] = {
        "first": np.array([one.first for one in states], np.int64),
        "listening": ~ends,
        "connected": np.array([one.connected for one in states], np.bool_),
        "name": [one.name for one in states],
        "client": [one.client for one in states],
        "server": [one.server or table.server[row] for one, row in zip(states, own.tolist(), strict=True)],
        "kind": ["ipv4" if two else table.kind[row] for two, row in both],
        "typechar": ["4" if two else table.typechar[row] for two, row in both],
    }
    columns: dict[str, Any] = {}
    for column in fields(table):
        values = getattr(table, column.name)
        more = told.get(column.name)
        if isinstance(values, list):
            columns[column.name] = values + ([values[row] for row in own.tolist()] if more is None else more)
        else:
            columns[column.name] = np.concatenate((values, values[own] if more is None else more))
    return DescriptorTable(**columns)


def _lives(store: Store, bound: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Lives of bound sockets and the first bound state of each; copies come after what they copy."""
    states = np.flatnonzero(bound)
    lives = store.descriptors.life[states]
    order = np.lexsort((store.descriptors.first[states], lives))
    _, begin = np.unique(lives[order], return_index=True)
    chosen = order[begin]
    return zip(lives[chosen].tolist(), states[chosen].tolist(), strict=True)


def _transfers(store: Store, rows: Rows) -> dict[int, list[_Transfer]]:
    """The transfers at some event rows by life of their descriptor, in order."""
    ends: dict[int, tuple[bytes | None, bool]] = {}
    for code in distinct(store.code[rows]).tolist():
        name = EVENTS[code].name
        if name not in _SENT and name not in _RECEIVED:
            continue
        here = rows[store.code[rows] == code]
        told = take_far(store.columns, code, "tuple", here)
        if name in _SENT:
            asked = take_far(store.columns, code - 1, "tuple", store.twin[here].astype(np.int64))
            told = [one or other for one, other in zip(told, asked, strict=True)]
        ends.update(zip(here.tolist(), ((one, name in _SENT) for one in told), strict=True))
    found: dict[int, list[_Transfer]] = {}
    lives = store.descriptors.life[store.descriptor[rows]]
    for row, life in zip(rows.tolist(), lives.tolist(), strict=True):
        found.setdefault(life, []).append(_Transfer(row, *ends.get(row, (None, False))))
    return found


def _copied(states: list[HeardState], row: int) -> HeardState | None:
    """The state that a copy begins with."""
    place = bisect_right(states, row, key=lambda one: one.first) - 1
    return states[place]._replace(first=row) if place >= 0 else None


def _unnumbered(store: Store, bound: NDArray[np.bool_]) -> set[int]:
    """Lives of sockets that were bound to port 0, which the reference does not take for bound."""
    table = store.descriptors
    before = np.flatnonzero(
        ~table.listening & (table.role == 0) & np.isin(table.life, table.life[bound[:-1]])
    )
    return {int(table.life[state]) for state in before.tolist() if table.name[state]}


def _follow(now: HeardState, transfers: list[_Transfer], rules: _Rules) -> Iterator[HeardState]:
    """The states of one life, with the one that it begins with where that has a name."""
    if now.name:
        yield now
    for row, raw, outgoing in transfers:
        before = now
        if now.client is not None and not now.connected:
            now = now._replace(first=row, connected=True)
        ends = decode_tuple(raw) if raw else None
        if isinstance(ends, SocketTuple):
            now = _renamed(now, row, ends, rules, outgoing=outgoing)
        if now is not before:
            yield now


def _renamed(now: HeardState, row: int, ends: SocketTuple, rules: _Rules, *, outgoing: bool) -> HeardState:
    """The state after a message; the same one where it changes nothing."""
    source, destination = unmapped(ends)
    if len(source.address) != 4:
        name = tuple_text(ends)
        return now if now.client is not None or now.name == name else now._replace(first=row, name=name)
    if (now.client, now.server) in ((source, destination), (destination, source)):
        return now
    kept = _UNSET if rules.overwrites else now.server or _UNSET
    address = destination.address if is_any(kept.address) else kept.address
    client, server = _patched(source, Endpoint(address, kept.port or destination.port), rules.local)
    if outgoing:
        client, server = server, client
    return HeardState(row, connection_name(client, server, rules.l4), client, server, now.connected)


def _patched(source: Endpoint, destination: Endpoint, local: LocalAddresses) -> tuple[Endpoint, Endpoint]:
    """Both ends with the machine's own address for the one that is zero; the source's goes first."""
    unset_source = is_any(source.address)
    if not unset_source and not is_any(destination.address):
        return source, destination
    other = destination.address if unset_source else source.address
    own = local.infer(other) or bytes(4)
    if own == other and source.port == destination.port:
        return source, destination
    if unset_source:
        return Endpoint(own, source.port), destination
    return source, Endpoint(own, destination.port)
