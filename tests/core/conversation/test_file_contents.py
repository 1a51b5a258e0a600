"""Files put together from what was read and written: offsets, overlaps, gaps, copies of descriptors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.trail.scene import Scene
from hopscope.conversation.file_contents import FileContents, file_contents
from hopscope.errors import UsageError

A, B = 10, 20
PATH = "/data/x"
CREATE, APPEND, TRUNCATE, READ_WRITE = 4, 8, 256, 3


def scene(snap: int = 4096) -> Scene:
    return Scene({A: "writer", B: "reader"}, snap=snap)


def opened(made: Scene, tid: int, fd: int, flags: int = READ_WRITE, path: str = PATH) -> int:
    return made.call("open", tid, fd=fd, name=path, flags=flags, mode=0)


def only(made: Scene, until: int | None = None) -> FileContents:
    store = made.store
    (one,) = file_contents(store, PATH, None if until is None else store.row_of(until))
    return one


def contents(one: FileContents) -> list[tuple[int, bytes | int]]:
    """Where each stretch begins, and its bytes, or how long the gap is."""
    return [
        (part.start, part.stop - part.start if part.data is None else part.data) for part in one.stretches()
    ]


def test_reads_follow_each_other() -> None:
    made = scene()
    opened(made, B, 3)
    made.read(B, 3, b"hello ")
    made.read(B, 3, b"world")
    made.read(B, 3, b"")
    one = only(made)

    assert contents(one) == [(0, b"hello "), (6, b"world")]
    assert (one.size, one.known, one.ends) == (11, 11, True)
    assert [(access.kind, access.offset, access.size) for _, access in one.accesses] == [
        ("read", 0, 6),
        ("read", 6, 5),
    ]


def test_offsets_of_their_own_and_seeks() -> None:
    made = scene()
    opened(made, A, 3)
    made.call("pwrite", A, fd=3, size=3, pos=10, res=3, data=b"abc")
    made.write(A, 3, b"01234")
    made.call("lseek", A, fd=3, offset=20, whence=0, res=20)
    made.write(A, 3, b"end")
    made.call("pread", A, fd=3, size=2, pos=4, res=2, data=b"4x")
    one = only(made)

    assert contents(one) == [(0, b"0123"), (4, b"4x"), (6, 4), (10, b"abc"), (13, 7), (20, b"end")]


def test_what_was_moved_last_counts() -> None:
    made = scene()
    opened(made, A, 3)
    made.write(A, 3, b"aaaaaaaaaa")
    opened(made, B, 4)
    made.call("pwrite", B, fd=4, size=4, pos=3, res=4, data=b"bbbb")
    one = only(made)

    assert contents(one) == [(0, b"aaa"), (3, b"bbbb"), (7, b"aaa")]


def test_bytes_beyond_the_snap_length_are_a_gap() -> None:
    made = scene(80)
    opened(made, B, 3)
    made.read(B, 3, b"x" * 100)
    made.read(B, 3, b"y" * 10)

    assert contents(only(made)) == [(0, b"x" * 80), (80, 20), (100, b"y" * 10)]


def test_an_open_that_empties_the_file_begins_anew() -> None:
    made = scene()
    opened(made, A, 3)
    made.write(A, 3, b"a long old text")
    again = opened(made, A, 4, READ_WRITE | TRUNCATE)
    made.write(A, 4, b"new")

    assert contents(only(made)) == [(0, b"new")]
    assert contents(only(made, again - 1)) == [(0, b"a long old text")]


def test_appending_goes_to_the_end_where_that_is_known() -> None:
    made = scene()
    opened(made, A, 3, READ_WRITE | TRUNCATE | APPEND)
    made.write(A, 3, b"one")
    made.call("lseek", A, fd=3, offset=0, whence=0, res=0)
    made.write(A, 3, b"two")

    assert contents(only(made)) == [(0, b"one"), (3, b"two")]


def test_appending_to_a_file_of_unknown_size_is_shown_in_order() -> None:
    made = scene()
    opened(made, A, 3, READ_WRITE | APPEND)
    made.write(A, 3, b"one")
    made.write(A, 3, b"two")
    one = only(made)

    assert not one.placed
    assert contents(one) == [(0, b"one"), (3, b"two")]


def test_copies_of_a_descriptor_share_its_offset() -> None:
    made = scene()
    opened(made, A, 3)
    made.write(A, 3, b"one")
    made.call("dup", A, fd=3, res=7, oldfd=3)
    made.write(A, 7, b"two")
    made.fork(A, 11, "child")
    made.write(11, 3, b"three")
    made.write(A, 7, b"four")

    assert contents(only(made)) == [(0, b"one"), (3, b"two"), (6, b"three"), (11, b"four")]


def test_sendfile_reads_without_a_record_of_it() -> None:
    made = scene()
    opened(made, A, 3)
    made.read(A, 3, b"head")
    made.socket(A, 5)
    made.call("sendfile", A, out_fd=5, in_fd=3, offset=0, size=100, res=100)
    made.read(A, 3, b"tail")

    assert contents(only(made)) == [(0, b"head"), (4, 100), (104, b"tail")]


def test_copies_between_files_count_at_both() -> None:
    made = scene()
    opened(made, A, 3)
    opened(made, A, 4, path="/data/copy")
    made.read(A, 3, b"head")
    made.call("copy_file_range", A, fdin=3, offin=0, fdout=4, offout=0, len=50, res=50)
    made.write(A, 4, b"tail")
    made.read(A, 3, b"rest")
    (copy,) = file_contents(made.store, "/data/copy")

    assert contents(only(made)) == [(0, b"head"), (4, 50), (54, b"rest")]
    assert contents(copy) == [(0, 50), (50, b"tail")]


def test_terminals_and_pipes_have_no_offsets() -> None:
    made = scene()
    opened(made, A, 3, path="/dev/tty")
    made.write(A, 3, b"prompt")
    made.read(A, 3, b"answer")
    (one,) = file_contents(made.store, "/dev/tty")

    assert (one.placed, contents(one)) == (False, [(0, b"prompt"), (6, b"answer")])


def test_names_may_be_short_and_mistakes_are_told() -> None:
    made = scene()
    opened(made, A, 3)
    opened(made, A, 4, path="/data/y")
    opened(made, A, 5, path="/other/y")
    store = made.store

    assert file_contents(store, "x")[0].path == PATH
    with pytest.raises(UsageError, match="short for 2 files: /data/y, /other/y"):
        file_contents(store, "y")
    with pytest.raises(UsageError, match="nobody had a file /data/z open in this capture; is it /data/"):
        file_contents(store, "/data/z")
    with pytest.raises(UsageError, match="was not open yet at event 1"):
        file_contents(store, PATH, 0)


@given(st.lists(st.tuples(st.integers(0, 30), st.binary(min_size=1, max_size=12)), min_size=1, max_size=12))
def test_any_writes_give_what_a_file_would_hold(writes: list[tuple[int, bytes]]) -> None:
    made = scene()
    opened(made, A, 3)
    wanted: dict[int, int] = {}
    for at, data in writes:
        made.call("pwrite", A, fd=3, size=len(data), pos=at, res=len(data), data=data)
        wanted.update({at + i: byte for i, byte in enumerate(data)})
    one = only(made)

    held = {
        part.start + i: byte
        for part in one.stretches()
        if part.data is not None
        for i, byte in enumerate(part.data)
    }
    assert held == wanted
    assert [part.start for part in one.stretches()][1:] == [part.stop for part in one.stretches()][:-1]
    assert one.size == max(wanted) + 1
