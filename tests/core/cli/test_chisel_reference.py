"""What answers each chisel, against what ``sysdig -c`` was recorded to print.

``docs/chisel-deviations.md`` lists what differs, with the reasons and counts. A sample is asked of the
installed reference again, so that the record stays true.
"""

from __future__ import annotations

import io
import json
import math
import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chisel_corpus.cases import CAPTURES, CASES, Case, recorded
from chisel_corpus.deviations import explained, settled
from chisel_corpus.made import MADE, written
from chisel_corpus.reference import COLUMNS, MAPS, TABLES, answer
from chisel_corpus.rows import SHAPES, Row, table_shape
from deviation_tables import reasons_of, table_of
from hopscope.cli import capture as opening
from hopscope.cli.chisel import split_words
from hopscope.cli.chisel_table import chisel_named, chisels, command_lines
from hopscope.cli.main import run_words
from hopscope.cli.output import Output
from hopscope.reports.heat import Heat, spectrogram, subsecond
from hopscope.reports.kinds import passing, shown
from hopscope.store.build import open_store
from hopscope.store.store import Store
from paths import needs_shared, needs_sysdig

PAGE = "chisel-deviations.md"

SAMPLE = 8
"""Questions that the installed reference is asked again."""

APART = frozenset({*MAPS, "udp_extract", "around", "flame"})
"""Chisels whose answers are no rows of text."""

_stores: dict[str, Store] = {}


def _kept(path: str, *_: object, **__: object) -> Store:
    if path not in _stores:
        _stores[path] = open_store(path)
    return _stores[path]


@pytest.fixture(scope="module", autouse=True)
def _one_store_a_capture() -> Iterator[None]:
    """Captures are opened once; the record was made in UTC."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        patch.setattr(opening, "open_indexed", _kept)
        yield
    time.tzset()
    _stores.clear()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("made")


@cache
def answers() -> dict[Case, Any]:
    return recorded()


def path_of(case: Case, folder: Path) -> Path:
    if case.capture not in MADE:
        return CAPTURES[case.capture]
    path = folder / f"{case.capture}.scap"
    return path if path.exists() else written(case.capture, folder)


def asked(case: Case, folder: Path, *options: str) -> str:
    """What the answer prints."""
    chisel = chisel_named(case.chisel)
    given, condition = split_words(chisel, case.words)
    (line,) = command_lines(chisel, str(path_of(case, folder)), given, condition)
    stream = io.StringIO()
    assert run_words([*line, *options], Output(stream), None) == 0
    return stream.getvalue()


def differences(case: Case, folder: Path) -> tuple[list[Row], list[Row], Counter[str]]:
    """Rows of the reference and of the answer that the other has not got, and what was counted before."""
    shape = table_shape(case.chisel, case.arguments) if case.chisel in TABLES else SHAPES[case.chisel]
    ours = shape.ours(json.loads(asked(case, folder, "--json", *shape.options)))
    theirs, ours, reasons = settled(case, shape.theirs(answers()[case]), ours)
    common = Counter(theirs) & Counter(ours)
    if shape.ordered:
        assert [row for row in theirs if row in common] == [row for row in ours if row in common]
    return [*(Counter(theirs) - common).elements()], [*(Counter(ours) - common).elements()], reasons


def of_capture(name: str) -> Any:
    return pytest.param(name, marks=needs_shared if name in CAPTURES and name != "story.scap" else ())


@pytest.mark.reference
@pytest.mark.parametrize("capture", [of_capture(name) for name in (*CAPTURES, *MADE)])
def test_answers_have_the_rows_numbers_and_order_of_the_chisels(capture: str, folder: Path) -> None:
    counted: Counter[str] = Counter()
    unexplained = []
    for case in CASES:
        if case.capture != capture or case.chisel in APART:
            continue
        theirs, ours, reasons = differences(case, folder)
        found = explained(case, theirs, ours)
        if found is None:
            unexplained.append((case, theirs[:3], ours[:3]))
        counted += reasons + Counter(found or {})
    assert unexplained == []
    listed = {row[0]: int(row[2]) for row in table_of(PAGE, "Counted differences") if row[1] == capture}
    assert dict(counted) == listed


def test_every_reason_is_explained() -> None:
    rows = table_of(PAGE, "Counted differences")
    assert {row[0] for row in rows} <= reasons_of(PAGE)


def test_every_chisel_with_an_answer_is_compared() -> None:
    uncompared = {row[0] for row in table_of(PAGE, "Not compared")}
    answered = {name for name, one in chisels().items() if one.answer is not None}
    assert answered - {case.chisel for case in CASES} == uncompared


@pytest.mark.reference
@needs_sysdig
@pytest.mark.skipif(shutil.which("script") is None, reason="script of util-linux is not installed")
def test_the_reference_still_says_what_was_recorded(tmp_path: Path) -> None:
    there = [case for case in CASES if case.capture in MADE or case.capture == "story.scap"]
    for number, case in enumerate(random.Random(time.time()).sample(there, SAMPLE)):
        own = tmp_path / str(number)
        own.mkdir()
        assert _comparable(case, answer(case, own)) == _comparable(case, answers()[case]), case


def _comparable(case: Case, said: Any) -> Any:
    """Without the order of Lua's tables, which is another one at each run."""
    return said if case.chisel in (*MAPS, "udp_extract", "flame") else sorted(map(str, said))


# --- maps ------------------------------------------------------------------------------------------

PALETTE = (22, 28, 64, 34, 2, 76, 46, 118, 154, 191, 227, 226, 11, 220, 209, 208, 202, 197, 9, 1)
"""Colours of the reference, from few calls to many."""

SHADES = " ░▒░"


def cell_of(count: int, per_second: float) -> str:
    """What the reference draws for a count (sysdig 0.29.3)."""
    if not count:
        return ""
    heat = min(max(math.log10(count * per_second + 1) / math.log10(1.6), 1), len(PALETTE))
    low, high = math.floor(heat), math.ceil(heat)
    part = heat - low
    colours = (PALETTE[high - 1], PALETTE[low - 1]) if part > 0.75 else (PALETTE[low - 1], PALETTE[high - 1])
    return f"{colours[0]}/{colours[1]}/{SHADES[math.floor(part * 4)]}"


def drawn(heat: Heat, first: int) -> list[list[str]]:
    """The map as the reference draws it, without lines in which nothing happened."""
    per_second = 1e9 / heat.interval
    lines = [[cell_of(count, per_second) for count in line] for line in heat.counts.tolist()]
    return [line[first:] + [""] * first for line in lines if any(line[first:])]


def rounded(store: Store, interval: int) -> Store:
    """The capture with times where the floating point of Lua places them within an interval."""
    time = store.time.astype(np.float64)
    part = np.floor(time * 1000 / interval % 1000 / 1000 * COLUMNS)
    middle = ((part + 0.5) * interval / COLUMNS).astype(np.int64)
    return replace(store, columns=replace(store.columns, time=store.time // interval * interval + middle))


@pytest.mark.reference
@pytest.mark.parametrize("case", [case for case in CASES if case.chisel in MAPS], ids=str)
def test_maps_have_the_counts_that_the_reference_draws(case: Case, folder: Path) -> None:
    """The second one counts columns from 0, draws them from 1, and never draws the last line."""
    if not path_of(case, folder).exists():
        pytest.skip("the real captures are not there")
    store = _kept(str(path_of(case, folder)))
    theirs = [line for line in answers()[case] if any(line)]
    if case.chisel == "spectrogram":
        heat = spectrogram(
            store, passing(store, case.filter), int(case.arguments or 500) * 1_000_000, COLUMNS
        )
        assert drawn(heat, 0) == theirs
        return
    interval = int(case.arguments or 1000) * 1_000_000
    mask = shown(store, passing(store, case.filter))
    ours = drawn(subsecond(rounded(store, interval), mask, interval, COLUMNS), 1)
    different = sum(a != b for pair in zip(ours, theirs, strict=False) for a, b in zip(*pair, strict=True))
    listed = {row[0]: int(row[1]) for row in table_of(PAGE, "Cells") if row[2] == (case.arguments or "1000")}
    assert different == listed.get(case.capture, 0)


# --- files -----------------------------------------------------------------------------------------


@pytest.mark.reference
@pytest.mark.parametrize("case", [one for one in CASES if one.chisel == "udp_extract"], ids=str)
def test_datagrams_are_those_of_the_reference(case: Case, folder: Path, tmp_path: Path) -> None:
    """Sockets with two ends of their own give the same file; others are called by what was said on them."""
    path = path_of(case, folder)
    if not path.exists():
        pytest.skip("the real captures are not there")
    target = tmp_path / "out"
    assert run_words(["udp", str(path), "--extract", str(target)], Output(io.StringIO()), None) == 0
    ours = (
        {file.name: sha256(file.read_bytes()).hexdigest() for file in target.iterdir()}
        if target.exists()
        else {}
    )
    theirs = answers()[case]
    same = {name for name, content in theirs.items() if ours.get(name) == content}
    listed = {row[0]: int(row[1]) for row in table_of(PAGE, "Datagrams")}
    assert len(theirs) - len(same) == listed.get(case.capture, 0), (sorted(theirs), sorted(ours))


@pytest.mark.reference
@pytest.mark.parametrize("case", [case for case in CASES if case.chisel == "around"], ids=str)
def test_events_around_are_those_of_the_reference(case: Case, folder: Path, tmp_path: Path) -> None:
    path = path_of(case, folder)
    if not path.exists():
        pytest.skip("the real captures are not there")
    target = tmp_path / "near.scap"
    distance = case.arguments.split()[1]
    words = ["around", str(path), case.filter, "--ms", distance, "-w", str(target)]
    assert run_words(words, Output(io.StringIO()), None) == 0
    store = open_store(target)
    rows = np.flatnonzero(~store.hidden)
    theirs = [line.split() for line in answers()[case]]
    assert (
        [(int(line[0]), int(line[1])) for line in theirs]
        == [(int(store.time[row]), int(store.tid[row])) for row in rows]
        != []
    )


# --- spans -----------------------------------------------------------------------------------------


def their_spans(tree: dict[str, Any], path: str = "") -> dict[str, tuple[int, int]]:
    """Mean time of each span, and mean time of it alone, by its path."""
    found: dict[str, tuple[int, int]] = {}
    for name, node in (tree.get("ch") or {}).items():
        own = f"{path}/{name}"
        found |= {own: (node["tt"], node["t"]), **their_spans(node, own)}
    return found


def our_spans(nodes: list[dict[str, Any]], runs: int, path: str = "") -> dict[str, tuple[float, float]]:
    """The same, for each run of the outermost span."""
    found: dict[str, tuple[float, float]] = {}
    for node in nodes:
        own = f"{path}/{node['name']}"
        times = (node["total_ns"] / runs, node["alone_ns"] / runs)
        found |= {own: times, **our_spans(node["children"], runs, own)}
    return found


@pytest.mark.reference
def test_spans_have_the_times_of_the_reference(folder: Path) -> None:
    case = Case("spans", "flame")
    stream = io.StringIO()
    assert run_words(["flame", str(path_of(case, folder)), "--json"], Output(stream), None) == 0
    (root,) = ours = json.loads(stream.getvalue())
    theirs = answers()[case]

    assert our_spans(ours, root["count"]) == their_spans(theirs["avg"][""])
    extremes = [theirs[name][""]["ch"]["api"]["tt"] for name in ("min", "max")]
    assert [root["min_ns"], root["max_ns"]] == extremes
