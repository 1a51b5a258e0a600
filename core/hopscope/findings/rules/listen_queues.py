"""Queues of listening sockets that were full: further connections wait, or are refused by silence."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hopscope.conversation.addresses import normal, shown
from hopscope.conversation.transfers import ACCEPTS, exit_codes, parameter_of
from hopscope.findings.case import Case
from hopscope.findings.finding import Finding, Rule
from hopscope.store.tables import NONE

FULL = 90
"""Percent of its places from which on a queue counts as full: the accept that tells has just emptied one."""

MOST_CITED = 8


def _find(case: Case) -> Iterator[Finding]:
    store = case.store
    rows = store.rows_of_codes(exit_codes(*ACCEPTS))
    rows = rows[store.result[rows] >= 0]
    if not len(rows):
        return
    length, places = parameter_of(store, rows, "queuelen"), parameter_of(store, rows, "queuemax")
    told = (length >= 0) & (places > 0)
    percent = np.where(told, length * 100 // np.maximum(places, 1), parameter_of(store, rows, "queuepct"))
    groups: dict[tuple[int, str], list[int]] = {}
    accepts: dict[tuple[int, str], int] = {}
    for place in np.flatnonzero(percent >= 0).tolist():
        key = case.process(int(rows[place])), _socket(case, int(rows[place]))
        accepts[key] = accepts.get(key, 0) + 1
        if percent[place] >= FULL:
            groups.setdefault(key, []).append(place)
    for key, full in groups.items():
        worst = max(full, key=lambda one: (percent[one], length[one]))
        how = f"{length[worst]} of {places[worst]} places" if told[worst] else f"{percent[worst]}%"
        where = f" at {key[1]}" if key[1] else ""
        found = rows[full]
        yield Finding(
            f"the queue of connections{where} was full, {how} taken, "
            f"at {len(full):,} of {accepts[key]:,} accepts",
            int(rows[worst]),
            tuple(dict.fromkeys([int(rows[worst]), *found[: MOST_CITED - 1].tolist()])),
            rows=found,
        )


def _socket(case: Case, row: int) -> str:
    """Address or path at which a connection was accepted; empty where the capture does not tell."""
    descriptor = int(case.store.descriptor[row])
    if descriptor == NONE:
        return ""
    table = case.store.descriptors
    server = table.server[descriptor]
    return shown(normal(server)) if server is not None else table.name[descriptor].rpartition(" ")[2]


RULE = Rule(
    name="queue-full",
    title="Queues of listening sockets that were full",
    evidence="the accepts that found 90% or more of the places in the queue taken, the fullest one first",
    lost="none: how long connections were in the queue is not recorded",
    find=_find,
)
