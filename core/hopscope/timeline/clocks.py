"""How far apart the clocks of machines are, from messages that were recorded at both ends.

Of a message from A to B it is known that B had it only after A began to send it. With ``d`` for how far B's
clock is ahead of A's, each such message says ``d <= received - sent``, and each message the other way
``d >= sent - received`` (RFC 5905 rests on the same). The fastest message of each direction leaves an
interval; its middle is taken and half of it is what may be wrong. Of several machines all intervals are
narrowed through each other. Where no single offset satisfies all messages, the clocks run at different
speeds and a line takes the offset's place, or some connection was paired wrongly and is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hopscope.errors import UsageError
from hopscope.store.members import ESTIMATED, GIVEN, REFERENCE, Clock, Host
from hopscope.store.store import Store
from hopscope.text import visible
from hopscope.timeline.pairs import Pairs, find_pairs

MOST_DRIFT = 500e-6
"""Clocks differ in speed by no more; what adjusts them goes no faster than that."""

SHORTEST_DRIFT = 1_000_000_000
"""ns over which messages must be spread before they say something about the speed of clocks."""

MOST_LEFT_OUT = 0.2
"""Part of the connections that may be left out because they contradict the others."""

_STEPS = 80
_UNKNOWN = np.inf

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def given_clocks(hosts: Sequence[Host], offsets: Mapping[str, int]) -> list[Clock]:
    """The clocks as a person gives them.

    Raises:
        UsageError: there is no such host.
    """
    names = {host.name for host in hosts}
    for name in offsets:
        if name not in names:
            listed = ", ".join(visible(host.name) for host in hosts)
            raise UsageError(f"there is no host {visible(name)}; the captures are of {listed}")
    return [
        Clock(offset=offsets[host.name], origin=GIVEN, uncertainty=0) if host.name in offsets else Clock()
        for host in hosts
    ]


def estimate(stores: Sequence[Store], hosts: Sequence[int], given: Sequence[Clock]) -> list[Clock]:
    """The clocks of all machines.

    Args:
        stores: one a run.
        hosts: the machine of each.
        given: the clocks of the machines as far as they are given; these stay.
    """
    events = [
        sum(len(store) for store, own in zip(stores, hosts, strict=True) if own == host)
        for host in range(len(given))
    ]
    return solve(find_pairs(stores, hosts), given, events)


def solve(pairs: Pairs, given: Sequence[Clock], events: Sequence[int]) -> list[Clock]:
    """The clocks that agree with all pairs.

    Args:
        pairs: messages recorded at both ends.
        given: as for :func:`estimate`.
        events: how many events each machine has; the one with most is the reference among equals.
    """
    count = len(given)
    clocks = list(given)
    offsets = np.array([clock.offset for clock in given], np.int64)
    pairs = replace(
        pairs, sent=pairs.sent + offsets[pairs.sender], received=pairs.received + offsets[pairs.receiver]
    )
    fits = _fit_all(pairs, count)
    for group in _groups(fits, count):
        if len(group) < 2:
            continue
        fixed = [host for host in group if given[host].origin == GIVEN]
        reference = max(fixed or group, key=lambda host: (events[host], -host))
        found = _solve_group(pairs, group, reference, fits)
        for host, clock in found.items():
            if given[host].origin != GIVEN:
                clocks[host] = clock
        if reference not in fixed:
            clocks[reference] = replace(clocks[reference], origin=REFERENCE, uncertainty=0)
    return clocks


# --- two machines --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fit:
    """How the clock of one machine follows from that of another.

    Attributes:
        drift: ns that the second clock gains on the first for each ns.
        since: ns of the first clock from which drift counts.
        kept: bool for each pair of the two, False for those left out.
        margin: half of the interval that is left in ns, negative where pairs contradict each other.
        pairs: how many were kept.
        left_out: connections left out.
    """

    drift: float
    since: int
    kept: NDArray[np.bool_]
    margin: float
    pairs: int
    left_out: int


def _fit_all(pairs: Pairs, count: int) -> dict[tuple[int, int], Fit]:
    found = {}
    for one in range(count):
        for two in range(one + 1, count):
            between = _between(pairs, one, two)
            if between.any():
                found[one, two] = _fit(pairs, between, one)
    return found


def _between(pairs: Pairs, one: int, two: int) -> NDArray[np.bool_]:
    forward = (pairs.sender == one) & (pairs.receiver == two)
    chosen: NDArray[np.bool_] = forward | ((pairs.sender == two) & (pairs.receiver == one))
    return chosen


def _fit(pairs: Pairs, between: NDArray[np.bool_], one: int) -> Fit:
    """Speed of the clocks of two machines, and the pairs that agree."""
    at = np.flatnonzero(between)
    forward = pairs.sender[at] == one
    times = np.where(forward, pairs.sent[at], pairs.received[at])
    values = np.where(forward, pairs.received[at] - pairs.sent[at], pairs.sent[at] - pairs.received[at])
    since = int(times.min())
    base = int(np.median(values))
    x, y = (times - since).astype(np.float64), (values - base).astype(np.float64)
    connection = pairs.connection[at]
    kept = np.ones(len(at), np.bool_)
    connections = len(np.unique(connection))
    most = int(MOST_LEFT_OUT * connections)
    drift, margin = _best_line(x, y, forward)
    left_out = 0
    while margin < 0 and left_out < most:
        choices = []
        for suspect in _binding(x[kept], y[kept], forward[kept], connection[kept], drift):
            without = kept & (connection != suspect)
            choices.append(
                (*reversed(_best_line(x[without], y[without], forward[without])), suspect, without)
            )
        margin, drift, _, kept = max(choices, key=lambda choice: choice[0])
        left_out += 1
    if margin < 0:
        kept = np.ones(len(at), np.bool_)
        drift, margin = _best_line(x, y, forward)
        left_out = 0
    chosen = np.zeros(len(between), np.bool_)
    chosen[at] = kept
    return Fit(drift, since, chosen, margin, int(kept.sum()), left_out)


def _binding(x: Floats, y: Floats, forward: NDArray[np.bool_], connection: Ints, drift: float) -> set[int]:
    """The connections whose fastest messages contradict each other."""
    level = y - drift * x
    above, below = np.flatnonzero(forward), np.flatnonzero(~forward)
    return {
        int(connection[above[np.argmin(level[above])]]),
        int(connection[below[np.argmax(level[below])]]),
    }


def _best_line(x: Floats, y: Floats, forward: NDArray[np.bool_]) -> tuple[float, float]:
    """Drift and margin: no drift where that contradicts nothing, else the one that leaves most room.

    The room is a concave function of the drift, so that halving the interval finds its top.
    """
    if forward.all() or not forward.any():
        return 0.0, _UNKNOWN
    level = _margin(x, y, forward, 0.0)
    if level >= 0 or float(np.ptp(x)) < SHORTEST_DRIFT:
        return 0.0, level
    low, high = -MOST_DRIFT, MOST_DRIFT
    for _ in range(_STEPS):
        third = (high - low) / 3
        if _margin(x, y, forward, low + third) < _margin(x, y, forward, high - third):
            low += third
        else:
            high -= third
    drift = (low + high) / 2
    return drift, _margin(x, y, forward, drift)


def _margin(x: Floats, y: Floats, forward: NDArray[np.bool_], drift: float) -> float:
    level = y - drift * x
    return float(level[forward].min() - level[~forward].max()) / 2


# --- all machines --------------------------------------------------------------------------------


def _groups(fits: Mapping[tuple[int, int], Fit], count: int) -> list[list[int]]:
    """Machines that are joined by pairs, directly or through others."""
    group = list(range(count))
    for one, two in fits:
        first, second = sorted((group[one], group[two]))
        group = [first if number == second else number for number in group]
    return [[host for host in range(count) if group[host] == number] for number in sorted(set(group))]


def _drifts(group: list[int], reference: int, fits: Mapping[tuple[int, int], Fit]) -> dict[int, float]:
    """How much faster each clock runs than the reference, along the pairs of machines with most messages."""
    found = {reference: 0.0}
    while len(found) < len(group):
        edges = [
            (fit.pairs, one, two) for (one, two), fit in fits.items() if (one in found) != (two in found)
        ]
        _, one, two = max(edges)
        drift = fits[one, two].drift
        if one in found:
            found[two] = found[one] + drift
        else:
            found[one] = found[two] - drift
    return found


def _solve_group(
    pairs: Pairs, group: list[int], reference: int, fits: Mapping[tuple[int, int], Fit]
) -> dict[int, Clock]:
    """Clocks of machines that are joined by pairs, but for the reference."""
    drifts = _drifts(group, reference, fits)
    inside = {key: fit for key, fit in fits.items() if key[0] in drifts}
    since = min(fit.since for fit in inside.values())
    count = max(group) + 1
    ahead = np.full((count, count), _UNKNOWN)  # [a, b]: at most so many ns is b's clock ahead of a's
    np.fill_diagonal(ahead, 0)
    speed = np.array([drifts.get(host, 0.0) for host in range(count)])
    for fit in inside.values():
        at = np.flatnonzero(fit.kept)
        sender, receiver = pairs.sender[at], pairs.receiver[at]
        sent = pairs.sent[at] - np.rint(speed[sender] * (pairs.sent[at] - since)).astype(np.int64)
        received = pairs.received[at] - np.rint(speed[receiver] * (pairs.received[at] - since)).astype(
            np.int64
        )
        np.minimum.at(ahead, (sender, receiver), (received - sent).astype(np.float64))
    slack, bounds = _closed(ahead)
    recorded = np.isfinite(ahead) & (ahead < 0)
    keep = not recorded.any() and not speed.any()
    clocks = {}
    for host in group:
        if host == reference:
            continue
        most, least = bounds[reference, host], -bounds[host, reference]
        d, uncertainty, note = _choose(float(least), float(most), keep, slack)
        told = [fit for key, fit in inside.items() if host in key]
        left_out = sum(fit.left_out for fit in told)
        if left_out:
            words = "one connection contradicts" if left_out == 1 else f"{left_out} connections contradict"
            note = "; ".join(
                filter(None, (note, f"{words} the others and {'is' if left_out == 1 else 'are'} left out"))
            )
        clocks[host] = Clock(
            offset=-round(d),
            drift=-float(speed[host]),
            since=since,
            uncertainty=uncertainty,
            pairs=sum(fit.pairs for fit in told),
            origin=ESTIMATED,
            note=note,
        )
    return clocks


def _closed(ahead: Floats) -> tuple[float, Floats]:
    """All bounds narrowed through each other (Floyd and Warshall), wide enough not to contradict each other.

    Returns:
        By how many ns each bound had to be moved for that, and the bounds.
    """
    slack = 0.0
    while True:
        bounds = np.where(np.eye(len(ahead), dtype=np.bool_), 0, ahead + slack)
        for middle in range(len(bounds)):
            bounds = np.minimum(bounds, bounds[:, middle : middle + 1] + bounds[middle : middle + 1, :])
        worst = float(np.diagonal(bounds).min())
        if worst >= 0:
            return slack, bounds
        slack += max(1.0, -worst / len(ahead))


def _choose(least: float, most: float, keep: bool, slack: float) -> tuple[float, int, str]:
    """How far a clock is ahead, by how much that may be wrong, and what else is to be said."""
    both = np.isfinite(least) and np.isfinite(most)
    note = "the messages contradict each other" if slack > 0 else ""
    if both:
        uncertainty = round(max(abs(least), abs(most)) if keep else (most - least) / 2)
        return (0.0 if keep else (least + most) / 2), uncertainty + round(slack), note
    one_way = "messages went one way only"
    d = max(least, 0.0) if np.isfinite(least) else min(most, 0.0) if np.isfinite(most) else 0.0
    return d, -1, "; ".join(filter(None, (one_way, note)))
