"""Filters on an indexed capture, beside ``sysdig -r`` with the same filter.

What counts is the time to find the events: sysdig reads the file and prints only the numbers of what it
finds (``-p %evt.num``, its shortest output), here the open program parses the filter and finds the rows. Each
time the index is opened afresh, so that nothing is known from an evaluation before; what the same filter
costs once more stands beside it. The last column is the whole command ``hopscope events`` up to its first
1,000 lines, with the start of the program and opening the index.

    python benchmarks/filters.py [--events N] [--runs N] [--record]

To add a filter: a row of FILTERS.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import generate
import numpy as np
import report
from programs import alternating, hopscope, missing, own_folders, run, warm

from hopscope.filters import compile_filter
from hopscope.index import open_indexed
from hopscope.store.store import Store

FILTERS = (
    "proc.name=gatewayd",
    "proc.name contains data and fd.num>8",
    "proc.pid=10100",
    "container.name=catalog",
    "container.id!=host",
    "fd.port=5432",
    "fd.cip=203.0.113.9",
    "fd.type=file and fd.name startswith /srv/catalog",
    "fd.name endswith .csv",
    "evt.type=openat and evt.dir=<",
    "evt.type in (accept, connect) and evt.failed=true",
    "proc.aname=batchd and evt.type=execve",
    "(proc.name=sort or proc.name=uniq) and not fd.type=file",
    "user.uid=33 and fd.l4proto=tcp and fd.sport in (8000, 8443)",
)
"""Conditions over tables: threads, descriptors, containers, types of events."""

CONTENT = ("evt.buffer contains 90000123", 'evt.buffer contains "HTTP/1.1 404"')
"""Conditions on the bytes that were moved."""


@dataclass(frozen=True)
class Row:
    """What one filter costs, in seconds, medians.

    Attributes:
        text: of the filter.
        events: how many pass it.
        sysdig: the reference's whole command.
        first: finding the events in a store that was only just opened.
        again: the same once more.
        command: ``hopscope events`` to its first 1,000 lines.
    """

    text: str
    events: int
    sysdig: float
    first: float
    again: float
    command: float


def find(store: Store, text: str) -> tuple[int, float]:
    """How many shown events pass a filter, and seconds until that is known."""
    begun = time.perf_counter()
    rows = np.flatnonzero(compile_filter(text).mask(store) & ~store.hidden)
    return len(rows), time.perf_counter() - begun


def measure(capture: Path, text: str, runs: int, environment: Mapping[str, str]) -> Row:
    """Time one filter in all ways, in turns."""
    found: list[int] = []
    again: list[float] = []

    def first() -> float:
        store = open_indexed(capture)
        count, passed = find(store, text)
        found.append(count)
        again.append(find(store, text)[1])
        return passed

    times = alternating(
        {
            "sysdig": partial(run, ["sysdig", "-r", str(capture), "-p", "%evt.num", text]),
            "first": first,
            "command": partial(
                run, [hopscope(), "events", "--limit", "1000", str(capture), text], environment
            ),
        },
        runs,
    )
    medians = {name: median(values) for name, values in times.items()}
    return Row(text, found[0], again=median(again), **medians)


def written(events: int, runs: int, tables: Sequence[Row], content: Sequence[Row]) -> str:
    """The result as Markdown."""
    lines = report.table(
        ("filter", "events", "sysdig", "first", "sysdig / first", "again", "sysdig / again", "command"),
        [
            (
                f"`{row.text}`",
                f"{row.events:,}",
                f"{row.sysdig:.2f} s",
                report.milliseconds(row.first),
                f"{row.sysdig / row.first:.0f}",
                report.milliseconds(row.again),
                f"{row.sysdig / row.again:.0f}",
                f"{row.command:.2f} s",
            )
            for row in (*tables, *content)
        ],
    )
    told = [
        f"{events:,} events, medians of {runs} runs in turns, {report.machine()}:\n",
        lines,
        f"Conditions over tables are answered at least {_least(tables):.0f} times as fast as by sysdig the "
        f"first time and {_least(tables, again=True):.0f} times from then on, those on bytes "
        f"{_least(content):.0f} and {_least(content, again=True):.0f} times. The slowest over tables takes "
        f"{report.milliseconds(max(row.first for row in tables))}, and "
        f"{report.milliseconds(max(row.again for row in tables))} from then on.",
    ]
    return "\n".join(told)


def _least(rows: Sequence[Row], *, again: bool = False) -> float:
    return min(row.sysdig / (row.again if again else row.first) for row in rows)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Time filters on an indexed capture and with sysdig.")
    parser.add_argument("--events", type=int, default=generate.DEFAULT_EVENTS, help="default: %(default)s")
    parser.add_argument("--runs", type=int, default=5, help="of each; default: %(default)s")
    parser.add_argument("--record", action="store_true", help="write the result into benchmarks/README.md")
    arguments = parser.parse_args(argv)
    absent = missing("sysdig")
    if absent:
        print(f"filters: {absent} not installed; nothing to compare", file=sys.stderr)
        return 2
    capture = generate.cached(arguments.events)
    warm(capture)
    with own_folders() as environment:
        os.environ.update(environment)
        run([hopscope(), "index", str(capture)], environment)
        tables, content = (
            [measure(capture, text, arguments.runs, environment) for text in filters]
            for filters in (FILTERS, CONTENT)
        )
    text = written(arguments.events, arguments.runs, tables, content)
    print(text)
    if arguments.record:
        report.record("filters", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
