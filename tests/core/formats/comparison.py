"""One layout of events on one capture, beside what the reference prints for the same words."""

from __future__ import annotations

import re
import shlex
import subprocess
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hopscope.cli.commands import COMMANDS
from hopscope.cli.events import Layout, rows_to_print
from hopscope.formats import Printer
from hopscope.store.build import open_store
from hopscope.store.store import Store
from paths import SHARED

CAPTURES = {
    "kubernetes-dns": ("-n", "11000"),
    "run_as_user_0_container": (),
    "single_ipv6_conn": (),
    "cat_write": (),
}
"""What the installed reference can read and has events, and words that keep a comparison short."""


def layouts() -> list[str]:
    """The rows of ``formats.tsv``: options and filters as words of a shell."""
    text = Path(__file__).with_name("formats.tsv").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


@cache
def store_of(capture: str) -> Store:
    return open_store(SHARED / f"{capture}.scap")


@dataclass(frozen=True)
class Comparison:
    """Lines that differ.

    Attributes:
        rows: event row of each.
        shown: the first of them, ours and theirs.
        of: lines of the reference.
        fields: what the format prints.
    """

    rows: list[int]
    shown: list[tuple[str, str]]
    of: int
    fields: frozenset[str]


def compare(capture: str, layout: str) -> Comparison:
    words = shlex.split(layout)
    path = str(SHARED / f"{capture}.scap")
    arguments = _parsed([path, *words])
    extra: tuple[str, ...] = CAPTURES[capture]
    if arguments.filter and arguments.numevents is None:
        # A filter of the reference loses state without this option, and with it limits count otherwise.
        extra = ("-d",)
    elif arguments.numevents is not None:
        extra = ()
    if "-n" in extra:
        arguments = _parsed([path, *words, *extra])
    theirs = subprocess.run(
        ["sysdig", "-r", path, *extra, *words], capture_output=True, check=True, timeout=120
    ).stdout.decode("utf-8", "surrogateescape")
    made = Layout.of(arguments)
    names = frozenset(one.use.field.name for one in made.format.placeholders)
    return _differences(_numbered(store_of(capture), made, arguments), theirs.split("\n")[:-1], names)


def _parsed(words: list[str]) -> Namespace:
    return COMMANDS["events"].parser().parse_intermixed_args(words)


Line = tuple[int, str]


def _numbered(store: Store, layout: Layout, arguments: Namespace) -> list[Line]:
    """Our lines, each with the row of its event; -1 for objects that do not tell."""
    if layout.json:
        return [(_row_in(store, line), line) for line in layout.lines(store, arguments)]
    stretches = Printer(store, layout.format, layout.style).stretches(rows_to_print(store, arguments))
    return [
        (row, line)
        for rows, texts in stretches
        for row, text in zip(rows.tolist(), texts, strict=True)
        for line in text.split("\n")
    ]


def _row_in(store: Store, line: str) -> int:
    found = re.search(r'"evt\.num":(\d+)', line)
    return store.row_of(int(found[1])) if found else -1


def _differences(ours: list[Line], theirs: list[str], names: frozenset[str]) -> Comparison:
    if len(ours) == len(theirs):
        found = [
            (row, (mine, other)) for (row, mine), other in zip(ours, theirs, strict=True) if mine != other
        ]
    else:
        found = _by_number(ours, theirs)
    return Comparison([row for row, _ in found], [pair for _, pair in found][:3], len(theirs), names)


def _by_number(ours: list[Line], theirs: list[str]) -> list[tuple[int, tuple[str, str]]]:
    """The same for lines that begin with the number of their event and some of which are missing."""
    mine = {_number(line): line for _, line in ours}
    others = {_number(line): line for line in theirs}
    assert len(mine) == len(ours)
    assert len(others) == len(theirs)
    pairs = {number: (mine.get(number, ""), others.get(number, "")) for number in sorted({*mine, *others})}
    return [(-number, pair) for number, pair in pairs.items() if pair[0] != pair[1]]


def _number(line: str) -> int:
    found = re.match(r"\d+", line)
    assert found, line
    return int(found[0])


Reason = Callable[[Store, int, frozenset[str]], bool]


def _asks_for_client(store: Store, row: int, names: frozenset[str]) -> bool:
    return bool(names & {"fd.cport", "fd.cproto"}) and int(store.descriptor[row]) >= 0


def _asks_for_protocol(store: Store, row: int, names: frozenset[str]) -> bool:
    return bool(names & {"fd.l4proto", "fd.sproto"}) and int(store.descriptor[row]) >= 0


REASONS: dict[str, Reason] = {
    "client-port": _asks_for_client,
    "socket-flags": _asks_for_protocol,
}
"""What must be true of an event for a line of it to differ, by the name of the reason."""


def reasons(store: Store, found: Comparison) -> list[str]:
    """The reasons that explain all lines, the first that fits each; an empty one where none does."""
    rows = [row if row >= 0 else store.row_of(-row) for row in found.rows]
    given = [
        next((name for name, fits in REASONS.items() if fits(store, row, found.fields)), "") for row in rows
    ]
    return sorted({*given})
