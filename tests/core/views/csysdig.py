"""What csysdig shows for a view, and how it compares with ours.

csysdig's JSON has totals where its screen has rates, and one row for each connection name where ours
has one for each end, so ours are added up by name before they are compared.
"""

from __future__ import annotations

import json
import math
import subprocess
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from hopscope.store.store import Store
from hopscope.views import evaluate
from hopscope.views.attributes import Value

Row = dict[str, Value]


@dataclass(frozen=True)
class Compared:
    """A view that both have.

    Attributes:
        name: in csysdig.
        ours: name here.
        key: our column that csysdig groups by.
        sums: ``(title in csysdig, our column)`` of numbers that are added up.
        values: the same for those that one of our rows must have.
    """

    name: str
    ours: str
    key: str
    sums: tuple[tuple[str, str], ...]
    values: tuple[tuple[str, str], ...]


COMPARED = (
    Compared(
        "containers", "containers", "id",
        sums=(("FILE", "file_bytes"), ("NET", "net_bytes"), ("VIRT", "virt"), ("RES", "res"),
              ("PROCS", "procs"), ("THREADS", "threads")),
        values=(("CPU", "cpu"), ("ENGINE", "engine"), ("IMAGE", "image"), ("ID", "id"), ("NAME", "name")),
    ),
    Compared(
        "procs", "processes", "pid",
        sums=(("FILE", "file_bytes"), ("NET", "net_bytes")),
        values=(("PID", "pid"), ("PPID", "ppid"), ("CPU", "cpu"), ("USER", "user"), ("TH", "th"),
                ("VIRT", "virt"), ("RES", "res"), ("Command", "command")),
    ),
    Compared(
        "connections", "connections", "name",
        sums=(("BPS IN", "bytes_in"), ("BPS OUT", "bytes_out"), ("IOPS", "events")),
        values=(("L4PROTO", "l4proto"), ("LIP", "lip"), ("LPORT", "lport"), ("RIP", "rip"),
                ("RPORT", "rport"), ("Command", "command")),
    ),
    Compared(
        "files", "files", "filename",
        sums=(("BYTES IN", "bytes_in"), ("BYTES OUT", "bytes_out"), ("OPS", "ops"), ("OPENS", "opens"),
              ("ERRORS", "errors")),
        values=(("FILENAME", "filename"),),
    ),
)  # fmt: skip
"""All views and all columns that both have, apart from the names of containers that ``-pc`` adds."""


@dataclass(frozen=True)
class Difference:
    """A cell in which the two differ, or a row that one of them does not have (column ``row``)."""

    view: str
    key: str
    column: str
    theirs: Value
    ours: Value


@dataclass
class Merged:
    """Rows of ours that csysdig has as one: sums of numbers, the different values of the rest."""

    sums: Counter[str] = field(default_factory=Counter)
    values: dict[str, set[Value]] = field(default_factory=lambda: defaultdict(set))


def csysdig_rows(capture: Path, view: str) -> dict[str, Row]:
    """The rows of a view by key, values by column title.

    What csysdig prints is not JSON: commas are missing between rows, so each line is read for itself.
    """
    output = subprocess.run(
        ["csysdig", "-r", str(capture), "-v", view, "-j"], capture_output=True, check=True
    ).stdout.decode(errors="replace")
    decoder = json.JSONDecoder()
    info = output[output.index('"legend":') + len('"legend":') :]
    titles = [column["name"] for column in decoder.raw_decode(info)[0]]
    rows = [decoder.raw_decode(line)[0] for line in output.splitlines() if line.startswith('{"d"')]
    return {row["k"]: dict(zip(titles, row["d"], strict=True)) for row in rows}


def our_rows(store: Store, compared: Compared) -> dict[str, Merged]:
    """Our rows put together by the column that csysdig groups by."""
    found: dict[str, Merged] = defaultdict(Merged)
    sums = {name for _, name in compared.sums}
    for row in evaluate(store, compared.ours).as_json():
        merged = found[str(row[compared.key])]
        for name, value in row.items():
            if name in sums:
                merged.sums[name] += int(value or 0)
            merged.values[name].add(value)
    return dict(found)


def differences(compared: Compared, theirs: dict[str, Row], ours: dict[str, Merged]) -> list[Difference]:
    """All cells in which the two differ, and the rows that only one of them has."""
    view = compared.name
    found = [Difference(view, key, "row", key, None) for key in theirs.keys() - ours.keys()]
    found += [Difference(view, key, "row", None, key) for key in ours.keys() - theirs.keys()]
    for key in theirs.keys() & ours.keys():
        row, merged = theirs[key], ours[key]
        for title, name in compared.sums:
            if row[title] != merged.sums[name]:
                found.append(Difference(view, key, title, row[title], merged.sums[name]))
        for title, name in compared.values:
            if not any(_same(row[title], value) for value in merged.values[name]):
                found.append(Difference(view, key, title, row[title], next(iter(merged.values[name]))))
    return found


def _same(theirs: Value, ours: Value) -> bool:
    """Equal but for blanks at the end, the last digits of a fraction, and how a missing value is written."""
    if isinstance(theirs, float) and isinstance(ours, int | float):
        return math.isclose(theirs, ours)
    if isinstance(theirs, str) and isinstance(ours, str):
        return theirs.rstrip() == ours.rstrip()
    return theirs == ours or (ours is None and theirs in ("", -1))
