"""Columns that grow: those of large captures lie on a disk, whose memory the system can take back."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builders import gzipped
from core.store.likeness import assert_alike
from hopscope.capture import spool
from hopscope.capture.growing import open_growing
from hopscope.demo import demo_path
from hopscope.store import builder
from hopscope.store.build import open_store
from hopscope.store.builder import StoreBuilder
from hopscope.store.growing_columns import GrowingColumns, NoRoomError, can_share

pytestmark = pytest.mark.skipif(not can_share(), reason="needs Linux")

DTYPES: dict[str, np.dtype[Any]] = {"wide": np.dtype("i8"), "narrow": np.dtype("u2")}


def held_in(columns: GrowingColumns) -> set[str]:
    """Folders of the files behind columns; ``/`` for memory."""
    return {
        os.path.dirname(os.readlink(f"/proc/self/fd/{handle}").split(":")[0])
        for handle, _ in columns.files().values()
    }


def read_all(one: StoreBuilder) -> None:
    while not one.done:
        one.advance(0.2)


def test_what_is_put_is_seen_on_a_disk_and_after_growing(tmp_path: Path) -> None:
    columns = GrowingColumns(DTYPES, shared=True, expected=10, folders=[tmp_path])
    columns.put(0, wide=np.arange(10), narrow=np.arange(10) + 7)
    early = columns.view("wide", 10)
    columns.release()
    columns.put(10, wide=np.arange(10, 50_000), narrow=np.arange(10, 50_000) % 300)
    columns.view("wide", 50_000)[3] = -5
    columns.release()

    assert held_in(columns) == {str(tmp_path)}
    assert early.tolist() == [0, 1, 2, -5, 4, 5, 6, 7, 8, 9]
    assert columns.view("wide", 50_000)[4:].tolist() == list(range(4, 50_000))
    assert columns.view("narrow", 11).tolist() == [*range(7, 17), 10]
    assert columns.view("narrow", 11).dtype == np.uint16
    columns.close()
    assert early[3] == -5
    assert not list(tmp_path.iterdir())


def test_without_room_on_a_disk_they_lie_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "_MARGIN", 1 << 60)
    columns = GrowingColumns(DTYPES, shared=True, expected=10, folders=[tmp_path])
    columns.put(0, wide=np.arange(10))

    assert held_in(columns) == {"/"}
    assert columns.view("wide", 10).tolist() == list(range(10))
    columns.close()


def test_a_disk_that_fills_up_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    columns = GrowingColumns(DTYPES, shared=True, folders=[tmp_path])
    monkeypatch.setattr(os, "pwrite", full)

    with pytest.raises(NoRoomError, match="no room for what is known of it: No space left"):
        columns.put(0, wide=np.arange(10))
    columns.close()


@pytest.mark.parametrize(("least", "on_disk"), [(0, True), (1 << 30, False)])
def test_columns_of_a_large_capture_lie_on_a_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: int, on_disk: bool
) -> None:
    monkeypatch.setenv("HOPSCOPE_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(builder, "_WORTH_A_DISK", least)
    monkeypatch.setattr(builder, "WORTH", 0)
    one = StoreBuilder(open_growing(demo_path()), shared=True)
    read_all(one)

    assert (held_in(one._columns) == {str(tmp_path)}) == on_disk
    store = one.store()
    one.close()
    assert_alike(open_store(demo_path()), store)


@pytest.mark.parametrize("packed", [False, True])
def test_a_disk_that_fills_up_meanwhile_does_not_keep_a_capture_from_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packed: bool
) -> None:
    path = tmp_path / "a.scap"
    path.write_bytes(gzipped(demo_path().read_bytes()) if packed else demo_path().read_bytes())
    monkeypatch.setenv("HOPSCOPE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(builder, "_WORTH_A_DISK", 0)
    monkeypatch.setattr(builder, "WORTH", 0)
    monkeypatch.setattr("hopscope.store.stretches.STRETCH", 60_000)
    write, disk = os.pwrite, tmp_path.stat().st_dev

    def filling(handle: int, piece: Any, at: int) -> int:
        if os.fstat(handle).st_dev == disk and at > 8000:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(handle, piece, at)

    whole = open_store(demo_path())
    monkeypatch.setattr(os, "pwrite", filling)
    one = StoreBuilder(open_growing(path))
    with pytest.raises(NoRoomError):
        read_all(one)
    one.close()

    assert_alike(whole, open_store(path))
