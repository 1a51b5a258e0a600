"""Connections that were refused, reset or timed out, and those that nobody accepted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hopscope.conversation.addresses import Address, fits, shown
from hopscope.conversation.endpoints import SERVER
from hopscope.conversation.transfers import (
    CONNECT,
    EINPROGRESS,
    READS,
    RECEIVE,
    SEND,
    TCP,
    WRITES,
    exit_codes,
)
from hopscope.decode.dynamic import DYNAMIC_TYPES
from hopscope.fields.tried_paths import named_path
from hopscope.findings.case import Case, once_per_case
from hopscope.findings.finding import Finding, Rule
from hopscope.findings.spans import spans_of
from hopscope.store.tables import NONE

REFUSED = {
    -111: "refused", -104: "reset", -110: "timed out", -103: "aborted",
    -113: "not made, there is no way to the host", -101: "not made, there is no way to the network",
}  # fmt: skip
"""What an error says about a connection. A unix socket that is not there counts among failed opens."""

BROKEN = {-104: "reset", -110: "timed out", -32: "gone when it was written to"}
"""What an error of a read or write says about a connection that had been made."""

SOCKETS = ("ipv4", "ipv6", "unix")
MOST_CITED = 8

LEAST_OPEN = 1_000_000_000
"""ns up to the end of the capture after which a connection that nobody accepted counts as such."""

_ERROR = [one.type for one in DYNAMIC_TYPES["sockopt_dynamic_param"]].index("ERRNO")
"""First byte of a value of a socket option that is an error."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One connection that came to nothing.

    Attributes:
        row: event row at which that became known.
        begun: event row at which the wait for it began.
        what: what happened to it.
        where: address or path.
    """

    row: int
    begun: int
    what: str
    where: str


def _find(case: Case) -> Iterator[Finding]:
    groups: dict[tuple[int, str, str], list[Broken]] = {}
    for one in broken_connections(case):
        groups.setdefault((case.process(one.row), one.what, one.where), []).append(one)
    for (_, what, where), members in groups.items():
        place = f" to {where}" if where else ""
        name = f"connection{'s' if len(members) > 1 else ''}{place}"
        count = f"{len(members):,} " if len(members) > 1 else "a "
        rows = np.array([row for one in members for row in dict.fromkeys((one.begun, one.row))], np.int64)
        yield Finding(
            f"{count}{name} {'were' if len(members) > 1 else 'was'} {what}",
            members[0].row,
            tuple(rows[:MOST_CITED].tolist()),
            rows=rows,
            spans=spans_of((case.time(one.begun), case.time(one.row)) for one in members),
        )


@once_per_case
def broken_connections(case: Case) -> list[Broken]:
    """All connections that came to nothing, in the order in which that became known."""
    found = (*_refused(case), *_told_later(case), *_broken(case), *_never(case))
    return sorted(found, key=lambda one: one.row)


def _refused(case: Case) -> Iterator[Broken]:
    """Connects that failed at once or after they had waited."""
    store = case.store
    rows = store.rows_of_codes(exit_codes("connect"))
    for row in rows[np.isin(store.result[rows], list(REFUSED))].tolist():
        yield Broken(row, _begun(case, row), REFUSED[int(store.result[row])], _wanted(case, row))


def _told_later(case: Case) -> Iterator[Broken]:
    """Connects in the background whose failure was asked for with SO_ERROR."""
    store = case.store
    for row in store.rows_of_codes(exit_codes("getsockopt")).tolist():
        error = _socket_error(case, row)
        if error not in REFUSED:
            continue
        descriptor = int(store.descriptor[row])
        if descriptor == NONE:
            continue
        connect = _connect_of(case, descriptor, row)
        begun = row if connect == NONE else _begun(case, connect)
        what = REFUSED[error]
        yield Broken(row, begun, what, _server(store.descriptors.name[descriptor]))


def _socket_error(case: Case, row: int) -> int:
    """What SO_ERROR told, as a negative number; 0 for other options, whose values have another type."""
    value = case.store.raw_param(row, "val")
    if not value or value[0] != _ERROR:
        return 0
    return -abs(int.from_bytes(value[1:], "little", signed=True))


def _connect_of(case: Case, descriptor: int, row: int) -> int:
    """The last connect of a descriptor before an event row, NONE."""
    store = case.store
    used = store.rows_of_descriptor_life(int(store.descriptors.life[descriptor]))
    used = used[(used < row) & np.isin(store.code[used], exit_codes("connect"))]
    return int(used[-1]) if len(used) else NONE


def _broken(case: Case) -> Iterator[Broken]:
    """Connections that broke while they were read or written."""
    store = case.store
    rows = store.rows_of_codes(exit_codes(*READS, *WRITES, "sendfile", "splice"))
    rows = rows[np.isin(store.result[rows], list(BROKEN)) & (store.descriptor[rows] >= 0)]
    table = store.descriptors
    for row in rows.tolist():
        descriptor = int(store.descriptor[row])
        if table.kind[descriptor] in SOCKETS:
            begun = _begun(case, row)
            yield Broken(row, begun, BROKEN[int(store.result[row])], _server(table.name[descriptor]))


def _never(case: Case) -> Iterator[Broken]:
    """Connections on which nothing came back: in the background up to the close, or never accepted."""
    store, transfers, ends = case.store, case.streams.transfers, case.streams.endpoints
    connects = np.flatnonzero((transfers.direction == CONNECT) & (transfers.family == TCP))
    if not len(connects):
        return
    moved = transfers.size > 0
    heard = set(case.streams.endpoint[(transfers.direction == RECEIVE) & moved].tolist())
    used = set(case.streams.endpoint[(transfers.direction == SEND) & moved].tolist())
    served = {one.client for one in ends.rows if one.side == SERVER and one.client is not None}
    listening = {one.local for one in ends.rows if one.family == TCP and one.local is not None}
    asked = store.rows_of_codes(exit_codes("getsockopt"))
    settled = set(case.streams.endpoint_of(store.descriptor[asked]).tolist())
    for transfer in connects.tolist():
        number, row = int(case.streams.endpoint[transfer]), int(transfers.row[transfer])
        if number == NONE or number in heard:
            continue
        endpoint = ends.rows[number]
        if endpoint.server is None or endpoint.client in served or endpoint.last <= row:
            continue
        if endpoint.last >= len(store):
            if case.end - case.time(row) >= LEAST_OPEN and _listened(endpoint.server, listening):
                last = int(store.rows_of_process(case.process(row))[-1])
                what = "never accepted, up to the end of the capture"
                yield Broken(last, _begun(case, row), what, shown(endpoint.server))
            continue
        background = int(store.result[row]) == EINPROGRESS
        if background and number not in settled and number not in used:
            yield Broken(
                endpoint.last,
                _begun(case, row),
                "not answered before it was given up",
                shown(endpoint.server),
            )
        elif _listened(endpoint.server, listening):
            yield Broken(endpoint.last, _begun(case, row), "never accepted", shown(endpoint.server))


def _listened(server: Address, listening: set[Address]) -> bool:
    return any(fits(one, server) and one[1] == server[1] for one in listening)


def _begun(case: Case, row: int) -> int:
    """The enter of a call, or the exit itself where there is none."""
    twin = int(case.store.twin[row])
    return twin if twin != NONE else row


def _wanted(case: Case, row: int) -> str:
    """Where a connect was to lead."""
    store = case.store
    for place in (row, int(store.twin[row])):
        if place != NONE:
            for name in ("addr", "tuple"):
                if store.raw_param(place, name):
                    return _server(named_path(store, place, name) or "")
    descriptor = int(store.descriptor[row])
    return _server(store.descriptors.name[descriptor]) if descriptor != NONE else ""


def _server(name: str) -> str:
    """The far end in ``10.0.0.1:4000->10.0.0.2:80``; the path of a unix socket."""
    far = name.rpartition("->")[2]
    path = far.rpartition(" ")[2]
    return path if path.startswith(("/", "@")) else far


RULE = Rule(
    name="connection-failed",
    title="Connections refused, reset, timed out or never accepted",
    evidence="the call that began it, and the one that told of the failure or gave it up",
    lost="in the call that failed, or from the connect until the failure was known",
    find=_find,
)
