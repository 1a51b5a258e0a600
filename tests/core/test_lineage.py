"""The tree of processes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from builders import process
from hopscope.decode.capture_writer import CaptureWriter
from hopscope.decode.wait_status import end_words
from hopscope.demo import demo_path
from hopscope.filters import compile_filter
from hopscope.guides import guides
from hopscope.lineage import Lineage, Process, lineage_of
from hopscope.store.build import open_store
from hopscope.store.store import Store

START = 1_700_000_000_000_000_000


@pytest.fixture(scope="module")
def demo() -> Store:
    return open_store(demo_path())


def _named(lineage: Lineage, name: str) -> Process:
    threads = lineage.store.threads
    return next(one for one in lineage.processes if threads.comm[one.state] == name)


def test_a_process_stands_below_its_parent_with_life_time_programs_and_end(demo: Store) -> None:
    lineage = lineage_of(demo)
    fetch = _named(lineage, "fetch")
    parent = lineage.processes[fetch.parent]

    assert demo.threads.comm[parent.state] == "bash"
    assert fetch.depth == parent.depth + 1
    assert [demo.threads.exe[run.state] for run in fetch.runs] == ["/bin/bash", "fetch"]
    assert demo.event_type(fetch.runs[1].row).name == "execve"
    assert lineage.lifetime(fetch) == demo.time[fetch.died] - demo.time[fetch.born] > 8_000_000_000
    assert end_words(fetch.status) == "exit 0"
    assert lineage.lifetime(parent) == -1


def test_of_a_selection_only_those_with_events_and_those_above_them_are_left(demo: Store) -> None:
    mask = compile_filter("proc.name=wc").mask(demo)
    names = [demo.threads.comm[one.state] for one in lineage_of(demo, mask).processes]

    assert names == ["systemd", "cron", "sh", "wc"]
    assert [one.events > 0 for one in lineage_of(demo, mask).processes] == [False, False, False, True]


@pytest.mark.parametrize(
    ("status", "words"),
    [(0, "exit 0"), (0x300, "exit 3"), (9, "SIGKILL"), (0x8B, "SIGSEGV, core"), (-1, "")],
)
def test_ends_are_told_in_words(status: int, words: str) -> None:
    assert end_words(status) == words


def _written(path: Path, processes: list[dict[str, Any]]) -> Store:
    stream = io.BytesIO()
    with CaptureWriter(stream) as writer:
        for one in processes:
            writer.process(process(**one))
        writer.event("close", ">", ts=START, tid=processes[0]["tid"], fd=3)
    path.write_bytes(stream.getvalue())
    return open_store(path)


def test_a_ring_of_parents_and_a_chain_without_end_do_no_harm(tmp_path: Path) -> None:
    ring = [{"tid": 10, "comm": "a", "ptid": 11}, {"tid": 11, "comm": "b", "ptid": 10}]
    lineage = lineage_of(_written(tmp_path / "ring.scap", ring))
    assert {lineage.store.threads.comm[one.state] for one in lineage.processes} == {"a", "b"}

    chain = [{"tid": 100 + i, "comm": f"p{i}", "ptid": 99 + i} for i in range(3000)]
    lineage = lineage_of(_written(tmp_path / "chain.scap", chain))
    assert max(one.depth for one in lineage.processes) == 2999
    assert len(guides([one.depth for one in lineage.processes])) == 3000


def test_lines_join_rows_of_the_same_parent() -> None:
    assert guides([0, 1, 2, 2, 1, 0, 1]) == ["", "├ ", "│ ├ ", "│ └ ", "└ ", "", "└ "]
    assert guides([]) == []
