"""Counts the things of the overview over a selection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopscope.conversation import messages_of
from hopscope.conversation.messages import KINDS, PROTOCOLS
from hopscope.conversation.transfers import RECEIVE, SEND
from hopscope.fields.column import Rows
from hopscope.overview.tiles import TILES, Tile
from hopscope.protocols.message import RESPONSE
from hopscope.reports.columns import numbers
from hopscope.reports.kinds import passing
from hopscope.reports.logs.commands import shells
from hopscope.store.store import Store
from hopscope.store.tables import NONE
from hopscope.views.density import span
from hopscope.views.selection import Mask, Selection

Report = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Counted:
    """One thing, counted.

    Attributes:
        tile: what it is.
        value: events or bytes.
        over_time: int64, the same in equal stretches of the capture.
        rows: int64, the events behind it, ascending.
    """

    tile: Tile
    value: int
    over_time: NDArray[np.int64]
    rows: Rows


def overview_of(
    store: Store, selection: Selection, stretches: int, report: Report = lambda share: None
) -> Iterator[Counted]:
    """All things, one by one.

    Args:
        store: the capture.
        selection: whose events count.
        stretches: into how many the time of the capture is divided.
        report: told how much of the work is done, 0 to 1.
    """
    belongs = selection.mask(store)
    for done, tile in enumerate(TILES):
        report(done / len(TILES))
        rows = np.flatnonzero(passing(store, tile.filter, within=belongs) & belongs)
        if tile.rows:
            rows = _CHOSEN[tile.rows](store, rows, belongs)
        amounts = _moved(store, rows) if tile.adds == "bytes" else np.ones(len(rows), np.int64)
        yield Counted(tile, int(amounts.sum()), _by_time(store, rows, amounts, stretches), rows)


def _moved(store: Store, rows: Rows) -> NDArray[np.int64]:
    """Bytes that each event moved; 0 for enter events and failures."""
    moved, _ = numbers(store, "evt.rawarg.res", rows)
    found: NDArray[np.int64] = np.maximum(moved, 0).astype(np.int64)
    return found


def _by_time(store: Store, rows: Rows, amounts: NDArray[np.int64], stretches: int) -> NDArray[np.int64]:
    start, stop = span(store)
    inside = np.clip(store.time[rows] - start, 0, stop - start - 1)
    place = (inside.astype(np.float64) * stretches / (stop - start)).astype(np.int64)
    sums: NDArray[np.int64] = np.zeros(stretches, np.int64)
    np.add.at(sums, np.minimum(place, stretches - 1), amounts)
    return sums


def _commands(store: Store, rows: Rows, belongs: Mask) -> Rows:
    """Programs that ran below a shell."""
    pids, _ = shells(store, rows, np.zeros(len(rows), np.bool_))
    chosen: Rows = rows[pids != NONE]
    return chosen


def _failures(protocol: str) -> Callable[[Store, Rows, Mask], Rows]:
    def chosen(store: Store, rows: Rows, belongs: Mask) -> Rows:
        """First events of responses that tell a failure: where they were heard, else where they were said."""
        messages = messages_of(store)
        transfers = messages.streams.transfers
        wanted = (messages.protocol == PROTOCOLS.index(protocol)) & messages.failed
        wanted &= messages.kind == KINDS.index(RESPONSE)
        wanted &= belongs[transfers.row[messages.first]]
        heard, said = (np.flatnonzero(wanted & (messages.direction == way)) for way in (RECEIVE, SEND))
        known = {(int(messages.identifier[one]), messages.texts[one].summary) for one in heard.tolist()}
        alone = [
            one
            for one in said.tolist()
            if (int(messages.identifier[one]), messages.texts[one].summary) not in known
        ]
        found: Rows = np.unique(transfers.row[messages.first[[*heard.tolist(), *alone]]])
        return found

    return chosen


_CHOSEN: dict[str, Callable[[Store, Rows, Mask], Rows]] = {
    "commands": _commands,
    "http": _failures("http"),
    "dns": _failures("dns"),
}
