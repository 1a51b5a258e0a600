"""``hopscope waits``: where the time of processes went, longest part first."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.cli.capture import matching, open_capture
from hopscope.cli.command import Request
from hopscope.cli.output import json_array
from hopscope.cli.table import Heading, print_table
from hopscope.conversation.exchange import Owner, owner_at
from hopscope.errors import UsageError
from hopscope.findings.case import who
from hopscope.store.store import Store
from hopscope.text import visible
from hopscope.views.text import format_duration
from hopscope.waits import Breakdown, Part, breakdown_of, waits_of
from hopscope.waits.kinds import NAMES, WAIT
from hopscope.waits.targets import NAMES as TARGETS

HEADINGS = (
    Heading("TIME", right=True), Heading("SHARE", right=True), Heading("TIMED OUT", right=True),
    Heading("WAITED FOR"), Heading("IN"), Heading("EVENTS"),
)  # fmt: skip

MOST_CITED = 6
"""Events of one part in the table."""

MOST_LISTED = 1_000
"""Events of one part in JSON."""


@dataclass(frozen=True, slots=True)
class _Subject:
    """Whose time it is.

    Attributes:
        rows: int64, event rows of theirs that were chosen, ascending.
        lives: of the threads.
        title: in words.
        owner: whose the first event is; None for several.
        edges: first and last event row of that time.
        breakdown: where the time went.
    """

    rows: NDArray[np.int64]
    lives: tuple[int, ...]
    title: str
    owner: Owner | None
    edges: tuple[int, int]
    breakdown: Breakdown


def run(request: Request) -> int:
    """Print the breakdowns of the chosen processes."""
    arguments = request.arguments
    store = open_capture(arguments)
    chosen = _chosen(store, arguments)
    groups = _groups(store, chosen, arguments)
    subjects = (_subject(store, group, arguments) for group in groups[: arguments.most])
    if arguments.json:
        request.output.lines(json_array(_object(store, one, arguments.limit) for one in subjects))
        return 0
    for number, subject in enumerate(subjects):
        request.output.lines(["", _heading(store, subject)] if number else [_heading(store, subject)])
        print_table(request.output, HEADINGS, _rows(store, subject.breakdown, arguments.limit))
    if len(groups) > arguments.most:
        left = len(groups) - arguments.most
        request.output.lines(["", f"{left:,} more; choose some with a filter, or print more with --most"])
    return 0


def _chosen(store: Store, arguments: Namespace) -> NDArray[np.int64]:
    """Event rows of the threads whose time is asked for."""
    mask = matching(store, arguments.filter) & (store.thread >= 0) & ~store.hidden
    if arguments.process:
        threads = store.threads
        known = np.isin(threads.pid, arguments.process)
        for pid in arguments.process:
            if not (threads.pid == pid).any():
                raise UsageError(f"no process has the number {pid}")
        mask &= np.isin(store.process, np.unique(threads.process[known]))
    for number, edge in ((arguments.first, "first"), (arguments.last, "last")):
        if number is not None:
            row = store.row_of(number)
            mask[: row if edge == "first" else 0] = False
            mask[row + 1 if edge == "last" else len(mask) :] = False
    return np.flatnonzero(mask)


def _groups(store: Store, rows: NDArray[np.int64], arguments: Namespace) -> list[NDArray[np.int64]]:
    """Event rows by thread or process, the one with most events first; all of them for ``--together``."""
    if not len(rows):
        return []
    if arguments.together:
        return [rows]
    owner = (store.thread_life if arguments.threads else store.process)[rows]
    order = np.argsort(owner, kind="stable")
    parts = np.split(rows[order], np.flatnonzero(np.diff(owner[order])) + 1)
    return sorted((part for part in parts if len(part)), key=len, reverse=True)


def _subject(store: Store, rows: NDArray[np.int64], arguments: Namespace) -> _Subject:
    waits = waits_of(store)
    if arguments.threads:
        lives = tuple(np.unique(store.thread_life[rows]).tolist())
    else:
        processes = np.unique(store.process[rows]).tolist()
        lives = tuple(life for process in processes for life in waits.threads_of(process))
    begin, stop = (
        int(store.time[store.row_of(number)]) if number is not None else None
        for number in (arguments.first, arguments.last)
    )
    line = waits.line(lives, begin, stop)
    processes = np.unique(store.process[rows])
    owner = owner_at(store, int(rows[0])) if len(processes) == 1 else None
    title = f"{len(processes)} processes together" if owner is None else who(owner_at(store, int(rows[-1])))
    if arguments.threads and owner is not None:
        title += f", thread {owner.tid}"
    edges = np.concatenate([line.first, line.last])
    edges = edges[edges >= 0] if (edges >= 0).any() else rows
    found = int(edges.min()), int(edges.max())
    return _Subject(rows, lives, title, owner, found, breakdown_of(store, line))


def _heading(store: Store, subject: _Subject) -> str:
    first, last = store.number[list(subject.edges)].tolist()
    elapsed = format_duration(subject.breakdown.elapsed)
    return f"{visible(subject.title)}: {elapsed}, events {first} to {last}"


def _rows(store: Store, found: Breakdown, limit: int | None) -> Iterator[Sequence[str]]:
    parts = found.parts if limit is None else found.parts[:limit]
    for part in parts:
        cited = [str(number) for number in store.number[list(part.evidence[:MOST_CITED])].tolist()]
        more = " …" if len(part.rows) > len(cited) else ""
        yield _cells(
            found, part.elapsed, part.timed_out, part.what, " ".join(part.calls), " ".join(cited) + more
        )
    left = found.parts[len(parts) :]
    if left:
        spent = sum(part.elapsed for part in left)
        timed_out = sum(part.timed_out for part in left)
        yield _cells(found, spent, timed_out, f"{len(left)} other things", "", "")


def _cells(found: Breakdown, spent: int, timed_out: int, what: str, calls: str, events: str) -> Sequence[str]:
    share = 100 * spent / found.elapsed if found.elapsed else 0
    over = format_duration(timed_out) if timed_out else ""
    return format_duration(spent), f"{share:.1f}%", over, what, calls, events


def _object(store: Store, subject: _Subject, limit: int | None) -> dict[str, Any]:
    owner, found = subject.owner or Owner(), subject.breakdown
    return {
        "process": owner.process or None,
        "pid": owner.pid if owner.pid >= 0 else None,
        "container": owner.container.name or owner.container.id if owner.container is not None else None,
        "pod": owner.pod or None,
        "namespace": owner.namespace or None,
        "host": owner.machine or None,
        "threads": np.unique(store.threads.tid[np.isin(store.threads.life, subject.lives)]).tolist(),
        "begin": found.begin,
        "end": found.stop,
        "elapsed_ns": found.elapsed,
        "events": store.number[list(subject.edges)].tolist(),
        "parts": [part_object(store, found, part) for part in found.parts[:limit]],
    }


def part_object(store: Store, found: Breakdown, part: Part) -> dict[str, Any]:
    """A part of a breakdown as plain data."""
    return {
        "state": NAMES[part.kind],
        "waited_for": part.what if part.kind == WAIT else None,
        "target": TARGETS[part.target_kind] if part.target_kind is not None else None,
        "elapsed_ns": part.elapsed,
        "share": round(part.elapsed / found.elapsed, 6) if found.elapsed else 0,
        "timed_out_ns": part.timed_out,
        "stretches": part.count,
        "calls": list(part.calls),
        "evidence": store.number[list(part.evidence)].tolist(),
        "count": len(part.rows),
        "events": store.number[part.rows[:MOST_LISTED]].tolist(),
    }
