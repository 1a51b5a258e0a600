"""Captures that are opened together by an index of all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.index.sameness import answers, assert_same
from core.timeline.lab import MILLISECOND, Lab, Machine, connect, exchange
from core.timeline.splitting import save, split
from hopscope.demo import demo_path
from hopscope.index.members import member_sections
from hopscope.index.texts import Sections
from hopscope.store.build import open_store
from hopscope.store.members import Members
from hopscope.store.store import Store
from hopscope.timeline import Clocks, find_timeline, identify_timeline, open_timeline_indexed


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOPSCOPE_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "indexes"


def hosts(folder: Path) -> list[str]:
    """Two machines that talk to each other."""
    lab = Lab()
    front = Machine(lab, "front", "10.0.0.1", {100: "curl"}, 3 * MILLISECOND)
    back = Machine(lab, "back", "10.0.0.2", {100: "app"})
    connect(front, 100, back, 100, 80, 40000, 80_000)
    exchange(front, 100, 3, back, 100, 7, b"how are you today?", 80_000)
    exchange(back, 100, 7, front, 100, 3, b"fine, thank you!", 80_000)
    return [front.save(folder), back.save(folder)]


def ring(folder: Path) -> list[str]:
    """The demo in three files."""
    whole = open_store(demo_path())
    return save(folder, split(whole, [len(whole) // 3, len(whole) // 2]))


def opened(paths: list[str], clocks: Clocks | None = None) -> Store:
    return open_timeline_indexed(paths, clocks=clocks, smallest=0)


@pytest.mark.parametrize("make", [hosts, ring])
def test_the_second_opening_reads_nothing_and_says_the_same(
    make: Callable[[Path], list[str]], tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = make(tmp_path)
    first = opened(paths)
    assert [path.stat().st_mode & 0o777 for path in cache.iterdir()] == [0o600]
    monkeypatch.setattr("hopscope.timeline.kept.open_timeline", None)
    again = opened(paths)

    assert_same(first, again)
    assert answers(first) == answers(again)


def test_other_clocks_other_files_and_another_order_are_read_anew(tmp_path: Path) -> None:
    paths = hosts(tmp_path)
    keys = {
        identify_timeline(paths, clocks)
        for clocks in (
            None,
            Clocks(correct=False),
            Clocks(offsets={"front": 5}),
            Clocks(offsets={"front": 6}),
        )
    }
    keys |= {identify_timeline(paths[::-1], None), identify_timeline(paths[:1], None)}
    assert len(keys) == 6
    before = identify_timeline(paths, None)
    with Path(paths[1]).open("ab") as more:
        more.write(b"\\0" * 8)
    assert identify_timeline(paths, None) not in (before, None)
    assert identify_timeline([*paths, "-"], None) is None


@pytest.mark.parametrize("name", ["file_of", "thread_run", "container_host"])
def test_numbers_of_members_that_point_outside_are_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = hosts(tmp_path)
    identity = identify_timeline(paths, None)
    assert identity is not None

    def spoiled(members: Members) -> Sections:
        sections = member_sections(members)
        sections[f"members.{name}"] = np.full_like(sections[f"members.{name}"], 200)
        return sections

    with monkeypatch.context() as patch:
        patch.setattr("hopscope.index.contents.member_sections", spoiled)
        opened(paths)
    assert find_timeline(paths, identity) is None
    opened(paths)
    assert find_timeline(paths, identity) is not None
