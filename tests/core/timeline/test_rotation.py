"""Files of a ring, opened together, are the capture that was cut."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from core.timeline.lab import MILLISECOND, SECOND, Lab, Machine, connect
from core.timeline.splitting import save, split
from hopscope.capture.source import Source
from hopscope.demo import demo_path
from hopscope.errors import CaptureError
from hopscope.store.build import build_store, open_store
from hopscope.store.store import Store
from hopscope.timeline import open_timeline
from hopscope.trail import peers
from paths import SHARED, needs_shared, needs_sysdig


def cut(store: Store, count: int) -> list[int]:
    return [len(store) // count * place + 7 for place in range(1, count)]


def shown(store: Store) -> np.ndarray:
    return np.flatnonzero(~store.hidden)


def comms(store: Store, rows: np.ndarray) -> list[str | None]:
    return [store.threads.comm[row] if row >= 0 else None for row in store.thread[rows].tolist()]


def assert_same(found: Store, whole: Store) -> None:
    """Every shown event says the same, and lives are one to one."""
    mine, theirs = shown(found), shown(whole)
    for name in ("time", "tid", "code", "cpu", "fd", "result", "size", "latency"):
        assert np.array_equal(getattr(found, name)[mine], getattr(whole, name)[theirs]), name
    place = np.full(len(found) + 1, -1)
    place[mine] = np.arange(len(mine))
    other = np.full(len(whole) + 1, -1)
    other[theirs] = np.arange(len(theirs))
    assert np.array_equal(place[found.twin[mine]], other[whole.twin[theirs]])
    for table, row in (("threads", "thread"), ("descriptors", "descriptor")):
        for column in ("comm", "cwd", "args") if table == "threads" else ("name", "kind", "role"):
            values = [
                np.array([*getattr(getattr(store, table), column), None], object)[getattr(store, row)[rows]]
                for store, rows in ((found, mine), (whole, theirs))
            ]
            assert np.array_equal(*values), (table, column)
    for life in ("thread_life", "process", "descriptor_life"):
        pairs = np.unique(np.stack([getattr(found, life)[mine], getattr(whole, life)[theirs]]), axis=1)
        assert len(pairs[0]) == len(np.unique(pairs[0])) == len(np.unique(pairs[1])), life


def test_the_demo_in_pieces_is_the_demo(tmp_path: Path) -> None:
    whole = open_store(demo_path())
    found = open_timeline(save(tmp_path, split(whole, cut(whole, 5)))[::-1])

    assert_same(found, whole)
    assert found.members is not None
    assert [one.events for one in found.members.files] == np.diff([0, *cut(whole, 5), len(whole)]).tolist()
    assert [Path(one.path).name[-1] for one in found.members.files] == list("01234")
    assert np.array_equal(found.number, np.arange(1, len(whole) + 1))
    assert not found.loss
    assert not found.members.notes


def test_hops_are_those_of_the_whole(tmp_path: Path) -> None:
    whole = open_store(demo_path())
    found = open_timeline(save(tmp_path, split(whole, cut(whole, 4))))

    moving = np.flatnonzero(whole.size > 0)[::23]
    for row in moving.tolist():
        ours = [(one.number, one.score, one.evidence) for one in peers(found, row)]
        assert ours == [(one.number, one.score, one.evidence) for one in peers(whole, row)], row


@needs_shared
def test_a_real_capture_in_pieces_is_the_same(tmp_path: Path) -> None:
    whole = open_store(SHARED / "kubernetes-dns.scap")

    assert_same(open_timeline(save(tmp_path, split(whole, cut(whole, 5)))), whole)


@needs_shared
@needs_sysdig
@pytest.mark.parametrize(("name", "limit"), [("lab-http-2024", ("-C", "1")), ("kubernetes-dns", ("-C", "3"))])
def test_what_the_reference_rotates_is_the_same(tmp_path: Path, name: str, limit: tuple[str, str]) -> None:
    """It leaves out events that it does not know, and stamps those on containers with the time of copying."""
    source = str(SHARED / f"{name}.scap")
    subprocess.run(["sysdig", "-r", source, "-w", str(tmp_path / "whole")], check=True, capture_output=True)
    ring = ["sysdig", "-r", source, "-w", str(tmp_path / "ring"), *limit]
    subprocess.run(ring, check=True, capture_output=True)
    files = sorted(str(path) for path in tmp_path.glob("ring*"))
    assert len(files) > 3
    found = open_timeline(files[::-1])

    assert_same(found, open_store(tmp_path / "whole"))
    assert found.members is not None
    assert [one.path for one in found.members.files] == files
    assert not any("missing" in sentence for sentence in found.loss.damage)
    facts = found.info()
    assert 0 < facts["duration_ns"] < 60 * SECOND


def test_own_numbers_are_those_of_the_file_alone(tmp_path: Path) -> None:
    whole = open_store(demo_path())
    paths = save(tmp_path, split(whole, cut(whole, 3)))
    found = open_timeline(paths)

    assert found.members is not None
    for place, path in enumerate(paths):
        alone = open_store(path)
        mine = np.flatnonzero(found.members.file_of == place)
        assert np.array_equal(found.members.own_number[mine], alone.number)
        assert np.array_equal(found.time[mine], alone.time)


def test_a_missing_part_is_said_and_what_ended_in_it_has_ended(tmp_path: Path) -> None:
    lab = Lab()
    box = Machine(lab, "box", "10.0.0.1", {100: "sh", 200: "cat", 300: "top"})
    peer = Machine(lab, "peer", "10.0.0.2", {100: "srv"})
    connect(box, 100, peer, 100, 80, 40000, 1000)
    box.call("close", 200, {"fd": 1}, res=0)
    first = box.event("procexit", ">", 300)
    lab.wait(3 * SECOND)
    for _ in range(4):
        box.call("close", 100, {"fd": 9}, res=-9)
        lab.wait(MILLISECOND)
    whole = build_store(Source("box", np.frombuffer(box.capture(), np.uint8)))
    paths = save(tmp_path, split(whole, [first]))

    found = open_timeline(paths)

    assert [" ".join(one.split()[:3]) for one in found.loss.damage] == ["3.000 s are"]
    assert found.loss.lost_bytes == -1
    assert len(np.unique(found.threads.life)) == 3


def test_a_hole_in_the_numbers_of_a_ring_is_said(tmp_path: Path) -> None:
    whole = open_store(demo_path())
    paths = save(tmp_path, split(whole, cut(whole, 5)))

    found = open_timeline([*paths[:2], *paths[3:]])

    (sentence,) = found.loss.damage
    assert "missing between" in sentence
    assert f"{tmp_path}/ring.scap2 is not among the files" in sentence
    # what is known of a thread on both sides of the gap is one life
    shell = [
        row for row, comm in enumerate(found.threads.comm) if comm == "skydns" and found.threads.tid[row]
    ]
    lives = {(int(found.threads.tid[row]), int(found.threads.life[row])) for row in shell}
    assert len(lives) == len({tid for tid, _ in lives})


def test_overlapping_files_count_what_both_hold_once(tmp_path: Path) -> None:
    whole = open_store(demo_path())
    one, two = len(whole) // 2, len(whole) // 2 - 200
    first = split(whole, [one])[0]
    second = split(whole, [two])[1]

    found = open_timeline(save(tmp_path, [second, first]))

    assert_same(found, whole)
    assert found.members is not None
    (note,) = found.members.notes
    assert "count once" in note
    assert found.members.own_number[one] == one - two + 1


def test_damage_in_one_file_costs_that_file_alone(tmp_path: Path) -> None:
    whole = open_store(demo_path())
    files = split(whole, cut(whole, 3))
    files[1] = files[1][: len(files[1]) * 3 // 4 + 1]
    found = open_timeline(save(tmp_path, files))

    assert found.members is not None
    counts = [one.events for one in found.members.files]
    assert counts[0] == cut(whole, 3)[0]
    assert 0 < counts[1] < cut(whole, 3)[1] - cut(whole, 3)[0]
    assert counts[2] == len(whole) - cut(whole, 3)[1]
    assert any("ring.scap1: at byte" in one for one in found.loss.damage)
    last = np.flatnonzero(found.members.file_of == 2)
    theirs = np.arange(cut(whole, 3)[1], len(whole))
    assert comms(found, last) == comms(whole, theirs)


def test_the_same_capture_twice_is_refused(tmp_path: Path) -> None:
    copy = tmp_path / "copy.scap"
    copy.write_bytes(demo_path().read_bytes())

    with pytest.raises(CaptureError, match="holds the same as"):
        open_timeline([str(demo_path()), str(copy)])
    with pytest.raises(CaptureError, match="holds the same as"):
        open_timeline([str(copy), str(copy)])


def test_another_start_of_the_machine_begins_anew(tmp_path: Path) -> None:
    lab = Lab()
    machines = []
    for place in range(2):
        box = Machine(
            lab, "box", "10.0.0.1", {100: "sh"}, boot_time=1_600_000_000_000_000_000 + place * SECOND * 100
        )
        box.event("read", ">", 100, fd=0, size=10)
        lab.wait(50 * SECOND)
        box.event("read", "<", 100, res=1, data=b"x")
        lab.wait(MILLISECOND)
        machines.append(box)
    paths = []
    for place, box in enumerate(machines):
        path = tmp_path / f"{place}.scap"
        path.write_bytes(box.capture())
        paths.append(str(path))
    found = open_timeline(paths)

    assert len(found.hosts) == 1
    assert len(np.unique(found.thread_life)) == 2
    assert found.twin.tolist() == [1, 0, 3, 2]
