"""A damaged, foreign or hostile index is never misread: the capture is read again."""

from __future__ import annotations

import os
import random
import struct
import zlib
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from builders import small_capture
from core.index.sameness import answers, assert_same
from hopscope import index
from hopscope.index.file import HEAD_SIZE, IndexFile, write
from hopscope.store.build import open_store

Sections = dict[str, NDArray[Any]]


def index_of(capture: Path, cache: Path) -> Path:
    """Keep an index; its file is returned."""
    index.open_indexed(capture, smallest=0)
    (path,) = cache.glob("*.index")
    return path


def rewritten(path: Path, change: Callable[[Sections, dict[str, Any]], None]) -> None:
    """Change what an index says, with checksums that are right again."""
    with path.open("rb") as file:
        old = IndexFile(file.fileno())
    sections = {name: old.array(name, *_kind(old, name)).copy() for name in old.names}
    facts = dict(old.facts)
    change(sections, facts)
    with FileIO(path, "w") as new:
        write(new, sections, lambda: facts)


def _kind(file: IndexFile, name: str) -> tuple[type[np.generic], int]:
    section = file._sections[name]
    return np.dtype(section.kind).type, len(section.shape)


def is_made_again(capture: Path, path: Path) -> None:
    """The index is refused; opening answers as if it were not there and puts a good one in its place."""
    assert index.find(capture) is None
    assert_same(open_store(capture), index.open_indexed(capture, smallest=0))
    assert index.find(capture) is not None
    assert path.exists()


def test_every_cut_is_noticed(small: Path, cache: Path) -> None:
    path = index_of(small, cache)
    whole = path.read_bytes()
    for length in {*range(0, 200), *range(0, len(whole), 97), len(whole) - 1}:
        path.write_bytes(whole[:length])
        assert index.find(small) is None, length
    path.write_bytes(whole + b"\0")
    is_made_again(small, path)


def test_every_changed_byte_is_noticed_when_everything_is_verified(small: Path, cache: Path) -> None:
    path = index_of(small, cache)
    whole = path.read_bytes()
    with path.open("rb") as file:
        parts = [(one.offset, one.size) for one in IndexFile(file.fileno())._sections.values()]
    covered = np.zeros(len(whole), bool)
    covered[:HEAD_SIZE] = True
    for offset, size in parts:
        covered[offset : offset + size] = True
    covered[max(offset + size for offset, size in parts) :] = True
    chosen = random.Random(4).sample(np.flatnonzero(covered).tolist(), 400)
    for at in chosen:
        damaged = bytearray(whole)
        damaged[at] ^= 1 << at % 8
        path.write_bytes(damaged)
        assert index.find(small, verify=True) is None, at
    path.write_bytes(whole)
    assert index.find(small, verify=True) is not None


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_change_of_bytes_makes_a_store_that_fails(small: Path, cache: Path, data: st.DataObject) -> None:
    path = next(iter(cache.glob("*.index")), None) or index_of(small, cache)
    whole = path.read_bytes()
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 9))
        damaged[at : at + 8] = data.draw(
            st.one_of(st.binary(min_size=8, max_size=8), st.sampled_from([b"\xff" * 8, b"\0" * 7 + b"\x80"]))
        )
    path.write_bytes(damaged)
    try:
        found = index.find(small)
        if found is not None:
            answers(found, 8)
    finally:
        path.write_bytes(whole)


BEYOND: list[tuple[str, int]] = [
    (name, value)
    for name in (
        "events.code", "events.params_at", "events.nparams", "store.thread", "store.descriptor",
        "store.twin", "threads.container", "threads.life", "threads.process", "threads.parent",
        "threads.table", "threads.born", "threads.died", "descriptors.life", "descriptors.opened",
        "descriptors.closed", "threads.comm", "threads.args", "threads.args.ends", "threads.args.texts",
        "descriptors.name", "descriptors.client.ends", "texts.ends",
    )
    for value in (-2, 1 << 30, (1 << 62) + 5)
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), BEYOND)
def test_numbers_that_point_outside_are_refused(small: Path, cache: Path, name: str, value: int) -> None:
    path = index_of(small, cache)
    place = random.Random(name).random()

    def change(sections: Sections, _: dict[str, Any]) -> None:
        array = sections[name].reshape(-1)
        assert len(array), name
        kind = np.iinfo(array.dtype)
        wrapped = value & ((1 << kind.bits) - 1)
        if kind.min < 0 and wrapped > kind.max:
            wrapped -= 1 << kind.bits
        if not kind.min < wrapped < kind.max or -1 <= wrapped < 8:
            wrapped = kind.max
        array[int(place * len(array))] = wrapped
        sections[name] = array.reshape(sections[name].shape)

    rewritten(path, change)
    is_made_again(small, path)


def test_sections_of_other_shapes_are_refused(small: Path, cache: Path) -> None:
    path = index_of(small, cache)
    with path.open("rb") as file:
        names = IndexFile(file.fileno()).names
    for name in names:

        def shorter(sections: Sections, _: dict[str, Any], name: str = name) -> None:
            sections[name] = sections[name].reshape(-1)[:-1]

        def absent(sections: Sections, _: dict[str, Any], name: str = name) -> None:
            del sections[name]

        def wider(sections: Sections, _: dict[str, Any], name: str = name) -> None:
            sections[name] = sections[name].astype(np.int16)

        whole = path.read_bytes()
        for change in (shorter, absent, wider):
            if change is shorter and not len(section_of(path, name)):
                continue
            rewritten(path, change)
            assert index.find(small) is None, (name, change)
            path.write_bytes(whole)


def section_of(path: Path, name: str) -> NDArray[Any]:
    with path.open("rb") as file:
        found = IndexFile(file.fileno())
    return found.array(name, *_kind(found, name))


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, [1], [["a", 1, 2]], -1, 1 << 70, True])
def test_facts_of_another_kind_are_refused_or_harmless(small: Path, cache: Path, value: object) -> None:
    path = index_of(small, cache)
    whole = path.read_bytes()
    with path.open("rb") as file:
        facts = IndexFile(file.fileno()).facts
    for name in ("maker", "key", "content_key", "stream", "packed", "damage", "events", "capture"):
        if orjson.dumps(facts[name]) == (orjson.dumps(value) if value != 1 << 70 else b""):
            continue

        def change(_: Sections, facts: dict[str, Any], name: str = name) -> None:
            facts[name] = value if value != 1 << 70 else 2**64 - 1

        rewritten(path, change)
        found = index.find(small)
        if found is not None:
            answers(found, 4)
        assert found is None or name in ("events", "capture", "damage")
        assert index.entries()[0].key == path.stem
        path.write_bytes(whole)


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, [1], [[1, 2]], {"a": 1}])
def test_descriptions_of_another_kind_are_refused_or_harmless(
    small: Path, cache: Path, value: object
) -> None:
    path = index_of(small, cache)
    whole = path.read_bytes()
    plain = orjson.loads(section_of(path, "objects").tobytes())
    for name in plain:

        def change(sections: Sections, _: dict[str, Any], name: str = name) -> None:
            sections["objects"] = np.frombuffer(orjson.dumps({**plain, name: value}), np.uint8)

        rewritten(path, change)
        found = index.find(small)
        if found is not None:
            answers(found, 4)
        path.write_bytes(whole)


@pytest.mark.parametrize("at", [0, 8, 12])
def test_another_form_is_not_read(small: Path, cache: Path, at: int) -> None:
    path = index_of(small, cache)
    head = bytearray(path.read_bytes())
    head[at] += 1
    head[HEAD_SIZE - 4 : HEAD_SIZE] = struct.pack("<I", zlib.crc32(head[: HEAD_SIZE - 4]))
    path.write_bytes(head)

    is_made_again(small, path)


def test_an_index_of_another_version_is_made_again(small: Path, cache: Path, monkeypatch: Any) -> None:
    path = index_of(small, cache)
    for module in ("opening", "extra"):
        monkeypatch.setattr(f"hopscope.index.{module}.maker", lambda: "0.0.9 1 0123456789abcdef")

    is_made_again(small, path)


def test_a_capture_that_has_changed_is_read_again(tmp_path: Path, cache: Path) -> None:
    path = tmp_path / "one.scap"
    path.write_bytes(small_capture())
    index_of(path, cache)
    status = path.stat()
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)
    assert index.find(path) is None

    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert index.find(path) is None


def test_verifying_reads_what_the_samples_leave_out(tmp_path: Path, cache: Path) -> None:
    path = tmp_path / "large.scap"
    path.write_bytes(small_capture() * 1500)
    index_of(path, cache)
    status = path.stat()
    with path.open("r+b") as file:
        file.seek(9_000)
        file.write(b"\x55")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    assert index.find(path) is not None
    assert index.find(path, verify=True) is None
    assert_same(open_store(path), index.open_indexed(path, smallest=0, verify=True))
    assert index.find(path, verify=True) is not None


def test_an_index_that_others_may_write_is_not_trusted(small: Path, cache: Path) -> None:
    path = index_of(small, cache)
    path.chmod(0o666)
    assert index.find(small) is None

    path.unlink()
    path.symlink_to(small)
    assert index.find(small) is None

    path.unlink()
    os.mkfifo(path)
    assert index.find(small) is None
