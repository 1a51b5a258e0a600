"""Processor time where a capture has no samples of it, and damaged samples."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from builders import process
from core.views.small_capture import SECOND, START
from hopscope.decode.capture_writer import CaptureWriter
from hopscope.store.build import open_store
from hopscope.views import evaluate, usage
from hopscope.views.attributes import Value
from hopscope.views.usage import resident_samples, virtual_samples


def processor_time(folder: Path, write: Callable[[CaptureWriter], None]) -> dict[Value, Value]:
    """The CPU column by pid of a capture with processes 10 and 20."""
    stream = io.BytesIO()
    with CaptureWriter(stream) as writer:
        writer.process(process(10, "ten"))
        writer.process(process(20, "twenty"))
        write(writer)
    path = folder / "usage.scap"
    path.write_bytes(stream.getvalue())
    rows = evaluate(open_store(path), "processes").as_json()
    return {row["pid"]: row["cpu"] for row in rows if row["pid"] in (10, 20)}


def test_time_between_switches(tmp_path: Path) -> None:
    def write(writer: CaptureWriter) -> None:
        def event(second: int, tid: int, name: str, **params: object) -> None:
            writer.event(name, ">", ts=START + second * SECOND, tid=tid, cpu=1, **params)  # type: ignore[arg-type]

        writer.event("getcwd", ">", ts=START, tid=20, cpu=0)
        event(1, 0, "switch", next=10)
        event(2, 10, "getcwd")
        event(3, 10, "switch", next=20)
        event(4, 20, "switch", next=0)
        # The switch from the idle thread to thread 10 is not recorded.
        event(6, 10, "getcwd")
        event(7, 10, "switch", next=0)
        # What ran before this switch is not known at all.
        event(8, 20, "switch", next=0)

    assert processor_time(tmp_path, write) == {10: (2 + 1) / 8 * 100, 20: 1 / 8 * 100}


def test_nothing_to_go_by(tmp_path: Path) -> None:
    def write(writer: CaptureWriter) -> None:
        writer.event("getcwd", ">", ts=START, tid=10)
        writer.event("getcwd", ">", ts=START + SECOND, tid=20)

    assert processor_time(tmp_path, write) == {10: None, 20: None}


def test_samples_are_capped_and_never_negative(tmp_path: Path) -> None:
    def write(writer: CaptureWriter) -> None:
        for second, (ten, twenty) in enumerate([(0, 50), (1000, 40), (1004, 44)]):
            writer.event("procinfo", ">", ts=START + second * SECOND, tid=10, cpu_usr=ten, cpu_sys=0)
            writer.event("procinfo", ">", ts=START + second * SECOND, tid=20, cpu_usr=0, cpu_sys=twenty)

    assert processor_time(tmp_path, write) == {10: (0 + 100 + 4) / 3, 20: (0 + 0 + 4) / 3}


def test_sizes_that_are_looked_at_piece_by_piece_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(7)
    stream = io.BytesIO()
    with CaptureWriter(stream) as writer:
        for tid, name in ((10, "ten"), (20, "twenty")):
            writer.process(process(tid, name))
        for place in range(400):
            tid, size = dice.choice((10, 20)), dice.choice((100, 100, 300))
            writer.event(
                "switch", ">", ts=START + place, tid=tid, vm_size=size, vm_rss=size // 2, next=30 - tid
            )
    path = tmp_path / "sizes.scap"
    path.write_bytes(stream.getvalue())
    made = (resident_samples, virtual_samples)
    whole = [samples(open_store(path)) for samples in made]
    monkeypatch.setattr(usage, "_EVENTS", 37)
    pieces = [samples(open_store(path)) for samples in made]

    for one, other in zip(whole, pieces, strict=True):
        assert 100 < len(one.rows) < 300
        for name in ("rows", "owners", "values"):
            assert np.array_equal(getattr(one, name), getattr(other, name)), name
