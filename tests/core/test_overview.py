"""The overview: what one looks for first, counted."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from builders import process
from hopscope.bars import spark
from hopscope.decode.capture_writer import CaptureWriter
from hopscope.demo import demo_path
from hopscope.filters import compile_filter
from hopscope.overview import TILES, Counted, overview_of
from hopscope.store.build import open_store
from hopscope.store.store import Store
from hopscope.views import VIEWS, Selection

START = 1_700_000_000_000_000_000
STRETCHES = 10


@pytest.fixture(scope="module")
def demo() -> Store:
    return open_store(demo_path())


def _by_name(store: Store, selection: Selection | None = None) -> dict[str, Counted]:
    return {one.tile.name: one for one in overview_of(store, selection or Selection(), STRETCHES)}


def test_every_thing_adds_up_over_time_and_names_its_events(demo: Store) -> None:
    for one in _by_name(demo).values():
        assert one.over_time.sum() == one.value
        assert len(one.over_time) == STRETCHES
        assert not demo.hidden[one.rows].any()
        if one.tile.adds == "events":
            assert one.value == len(one.rows)


def test_the_demo_has_failed_lookups_and_answers_that_were_heard_once_each(demo: Store) -> None:
    found = _by_name(demo)
    names = compile_filter("proc.name=fetch").mask(demo)

    assert found["dns_errors"].value > 0
    assert found["http_errors"].value > 0
    assert names[found["dns_errors"].rows].any()
    assert found["programs"].value == int(
        compile_filter("evt.type=execve and evt.dir=< and evt.failed=false").mask(demo).sum()
    )


def test_a_selection_counts_its_own_events_only(demo: Store) -> None:
    selection = Selection().with_filter("proc.name=fetch")

    for one in _by_name(demo, selection).values():
        assert selection.mask(demo)[one.rows].all()


def test_changed_and_removed_system_files_are_told_from_others(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with CaptureWriter(stream) as writer:
        writer.process(process(10, "rm", cwd="/tmp/"))
        for i, (name, path) in enumerate((("unlink", "/etc/passwd"), ("unlink", "/tmp/x"))):
            writer.event(name, ">", ts=START + 10 * i, tid=10)
            writer.event(name, "<", ts=START + 10 * i + 1, tid=10, res=0, path=path)
        for i, (path, flags) in enumerate((("/etc/shadow", 2), ("/etc/hosts", 1), ("/tmp/y", 2))):
            writer.event("open", ">", ts=START + 100 + 10 * i, tid=10)
            writer.event("open", "<", ts=START + 101 + 10 * i, tid=10, fd=3, name=path, flags=flags)
    written = tmp_path / "files.scap"
    written.write_bytes(stream.getvalue())
    found = _by_name(open_store(written))

    assert found["deleted"].value == 2
    assert found["system_files_deleted"].value == 1
    assert found["system_files"].value == 1
    assert found["opened"].value == 3


def test_every_tile_is_a_filter_that_leads_to_a_view() -> None:
    assert len({tile.name for tile in TILES}) == len(TILES)
    for tile in TILES:
        compile_filter(tile.filter)
        assert tile.view in VIEWS


def test_bars_are_as_high_as_their_numbers() -> None:
    assert spark([0, 1, 500, 1000]) == " ▁▄█"
    assert spark([]) == ""
    assert spark([0, 0]) == "  "
