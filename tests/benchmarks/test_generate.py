"""The captures that benchmarks are measured on are whole, in order and mixed as they say."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hopscope.decode.event_table import EVENTS, EventFlag
from hopscope.store.build import open_store
from hopscope.store.store import Store
from paths import needs_sysdig

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "generate.py"
EVENTS_MADE = 5_000


def generate(path: Path, *words: str, events: int = EVENTS_MADE) -> str:
    """Run the script; what it says."""
    command = [sys.executable, str(SCRIPT), "--events", str(events), "--output", str(path), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "small.scap"
    generate(path)
    return path


@pytest.fixture(scope="module")
def store(made: Path) -> Store:
    return open_store(str(made))


def test_every_event_is_there_and_nothing_is_lost(store: Store) -> None:
    assert len(store) == EVENTS_MADE
    assert not store.loss


def test_times_never_go_back(store: Store) -> None:
    assert np.all(np.diff(store.time.astype(np.int64)) >= 0)


def test_about_15_percent_of_the_events_change_state(store: Store) -> None:
    changing = np.array([EventFlag.MODIFIES_STATE in event.flags for event in EVENTS])
    assert 0.12 <= np.mean(changing[store.code]) <= 0.18


def test_the_story_is_whole(store: Store) -> None:
    assert {"fetch", "dnsd", "kvd", "httpd", "gatewayd", "java"} <= set(store.threads.comm)


def test_copies_of_the_load_have_their_own_processes_and_files(tmp_path: Path) -> None:
    """A capture of several copies: what a copy begins has other numbers than in the copy before."""
    path = tmp_path / "large.scap"
    generate(path, events=200_000)
    large = open_store(str(path))
    assert np.all(np.diff(large.time.astype(np.int64)) >= 0)
    spooled = {name for name in large.descriptors.name if name.startswith("/srv/spool/")}
    jobs = large.threads.comm.count("sh")
    assert len(spooled) > 30
    assert (
        len(
            {
                int(tid)
                for tid, comm in zip(large.threads.tid, large.threads.comm, strict=True)
                if comm == "sort"
            }
        )
        > 30
    )
    assert jobs > 30


def test_the_same_seed_gives_the_same_bytes_packed_or_not(made: Path, tmp_path: Path) -> None:
    packed, other = tmp_path / "packed.scap.gz", tmp_path / "other.scap"
    generate(packed, "--gzip")
    generate(other, "--seed", "2")
    assert gzip.decompress(packed.read_bytes()) == made.read_bytes()
    assert other.read_bytes() != made.read_bytes()


def test_too_few_events_are_refused(tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), "--events", "10", "--output", str(tmp_path / "none.scap")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "at least" in done.stderr
    assert not list(tmp_path.iterdir())


@needs_sysdig
@pytest.mark.reference
def test_sysdig_reads_as_many_events_and_prints_them_alike(made: Path, store: Store) -> None:
    done = subprocess.run(
        ["sysdig", "-r", str(made), "-p", "%evt.num %evt.rawtime.ns %thread.tid %evt.dir %evt.type"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not done.stderr
    shown = np.flatnonzero(~store.hidden)
    lines = done.stdout.splitlines()
    assert [int(line.split()[0]) for line in lines] == store.number[shown].tolist()
    assert int(lines[-1].split()[0]) == EVENTS_MADE
