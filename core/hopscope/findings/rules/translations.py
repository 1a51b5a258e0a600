"""Connections that arrived at another address than they were made to: it was translated on the way."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hopscope.conversation.addresses import Address, is_own, known, shown
from hopscope.conversation.endpoints import CLIENT, SERVER, Endpoint, overlap
from hopscope.conversation.transfers import ACCEPT, CONNECT, TCP, UDP
from hopscope.findings.case import Case
from hopscope.findings.finding import Finding, Rule
from hopscope.findings.words import times

MOST_CITED = 8
MOST_ALIKE = 16
"""Ends with one client address that are compared; a port is seldom used again so often."""


def _find(case: Case) -> Iterator[Finding]:
    ends = case.streams.endpoints.rows
    asked: dict[tuple[int, Address], list[int]] = {}
    for number, end in enumerate(ends):
        if end.side == CLIENT and end.client is not None and _tells(end):
            asked.setdefault((end.family, end.client), []).append(number)
    groups: dict[tuple[Address, Address], list[tuple[int, int]]] = {}
    for number, end in enumerate(ends):
        if end.side != SERVER or end.client is None or end.server is None or not _tells(end):
            continue
        for other in asked.get((end.family, end.client), ())[:MOST_ALIKE]:
            wanted = ends[other].server
            if wanted is not None and wanted != end.server and overlap(end, ends[other]):
                groups.setdefault((wanted, end.server), []).append((other, number))
    if groups:
        rows = _opening_rows(case)
        for (wanted, real), pairs in groups.items():
            found = [(rows.get(one, -1), rows.get(other, -1)) for one, other in pairs]
            yield from _finding(case, wanted, real, [row for pair in found for row in pair if row >= 0])


def _tells(end: Endpoint) -> bool:
    """Whether an end is of a connection between machines or containers, with both addresses."""
    return (
        end.family in (TCP, UDP)
        and end.client is not None
        and end.server is not None
        and known(end.client)
        and known(end.server)
        and not is_own(end.client[0])
    )


def _opening_rows(case: Case) -> dict[int, int]:
    """The event row at which each end was connected or accepted, or else first used."""
    transfers, endpoint = case.streams.transfers, case.streams.endpoint
    first = np.flatnonzero(endpoint >= 0)[::-1]
    found = dict(zip(endpoint[first].tolist(), transfers.row[first].tolist(), strict=True))
    opened = np.flatnonzero((endpoint >= 0) & np.isin(transfers.direction, (CONNECT, ACCEPT)))[::-1]
    found.update(zip(endpoint[opened].tolist(), transfers.row[opened].tolist(), strict=True))
    return found


def _finding(case: Case, wanted: Address, real: Address, rows: list[int]) -> Iterator[Finding]:
    if len(rows) < 2:
        return
    accepting = next((row for row in rows[1::2]), rows[-1])
    count = len(rows) // 2
    often = f", {times(count)}" if count > 1 else ""
    name = f"connection{'s' if count > 1 else ''}"
    yield Finding(
        f"{name} to {shown(wanted)} arrived at {shown(real)}, where {case.who(accepting)} serves{often}: "
        "the address was translated on the way",
        rows[0],
        tuple(rows[:MOST_CITED]),
        rows=np.unique(np.array(rows, np.int64)),
    )


RULE = Rule(
    name="address-translated",
    title="Addresses that were translated on the way",
    evidence=(
        "the connect and the accept of a connection whose two ends name the same client and different servers"
    ),
    lost="none: it says why the two ends of a connection do not look alike",
    find=_find,
)
