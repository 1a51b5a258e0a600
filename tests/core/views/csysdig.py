"""What csysdig shows for a view, and how it compares with ours.

csysdig's JSON has totals where its screen has rates, and one row for each connection name where ours
has one for each end, so ours are added up by name before they are compared.
"""

from __future__ import annotations

import json
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from hopscope.store.store import Store
from hopscope.views import evaluate
from hopscope.views.attributes import Value

Row = dict[str, Value]


@dataclass(frozen=True)
class Difference:
    """A cell in which the two differ.

    Attributes:
        view, key, column: where.
        theirs, ours: the values; None for a row that one of them does not have.
    """

    view: str
    key: str
    column: str
    theirs: Value
    ours: Value


def csysdig_rows(capture: Path, view: str) -> dict[str, Row]:
    """The rows of a view by key, values by column title.

    What csysdig prints is not JSON: commas are missing between rows, so each line is read for itself.
    """
    output = subprocess.run(
        ["csysdig", "-r", str(capture), "-v", view, "-j"],
        capture_output=True,
        text=True,
        errors="replace",
        check=True,
    ).stdout
    decoder = json.JSONDecoder()
    lines = output.splitlines()
    info = next(line for line in lines if '"legend"' in line)
    legend, _ = decoder.raw_decode(info[info.index('"legend":') + len('"legend":') :])
    titles = [column["name"] for column in legend]
    rows = [decoder.raw_decode(line)[0] for line in lines if line.startswith('{"d"')]
    return {row["k"]: dict(zip(titles, row["d"], strict=True)) for row in rows}


@dataclass
class Merged:
    """Rows of ours that csysdig has as one."""

    sums: Counter[str] = field(default_factory=Counter)
    values: dict[str, set[Value]] = field(default_factory=lambda: defaultdict(set))


def our_rows(store: Store, view: str, key: str, sums: Iterable[str]) -> dict[str, Merged]:
    """Our rows put together by a column: sums of some columns, the different values of the others."""
    found: dict[str, Merged] = defaultdict(Merged)
    for row in evaluate(store, view).as_json():
        merged = found[str(row[key])]
        for name, value in row.items():
            if name in sums:
                merged.sums[name] += int(value or 0)
            else:
                merged.values[name].add(value)
    return dict(found)


@dataclass(frozen=True)
class Pair:
    """A column that both have.

    Attributes:
        theirs: title in csysdig.
        ours: name here.
        normal: what to do with their value before it is compared.
    """

    theirs: str
    ours: str
    normal: Callable[[Value], Value] = lambda value: value


def compare(
    view: str, theirs: dict[str, Row], ours: dict[str, Merged], pairs: Iterable[Pair]
) -> list[Difference]:
    """All cells in which the two differ, and the rows that only one of them has."""
    differences = [Difference(view, key, "row", key, None) for key in theirs.keys() - ours.keys()]
    differences += [Difference(view, key, "row", None, key) for key in ours.keys() - theirs.keys()]
    for key in theirs.keys() & ours.keys():
        for pair in pairs:
            their = pair.normal(theirs[key][pair.theirs])
            merged = ours[key]
            if pair.ours in merged.sums:
                if their != merged.sums[pair.ours]:
                    differences.append(Difference(view, key, pair.theirs, their, merged.sums[pair.ours]))
            elif their not in merged.values[pair.ours]:
                our = next(iter(merged.values[pair.ours]), None)
                differences.append(Difference(view, key, pair.theirs, their, our))
    return sorted(differences, key=lambda one: (one.column, one.key))
