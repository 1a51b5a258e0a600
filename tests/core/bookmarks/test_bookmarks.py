"""Bookmarks: what a person does with them, and what must not get lost."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from hopscope.bookmarks import Bookmark, BookmarkError, Bookmarks
from hopscope.bookmarks.file import BookmarkFile
from hopscope.errors import UsageError

KEY = "0123abcd"
posix_only = pytest.mark.skipif(os.name != "posix", reason="file modes are a matter of POSIX systems")


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOPSCOPE_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def file_of(data_dir: Path, key: str = KEY) -> Path:
    return data_dir / "bookmarks" / f"{key}.json"


def test_bookmarks_survive_a_restart() -> None:
    Bookmarks.load(KEY).add(42, note="the query", time_ns=7, label="read res=12")

    (found,) = Bookmarks.load(KEY).list()

    assert (found.number, found.note, found.time_ns, found.label) == (42, "the query", 7, "read res=12")
    assert found.created.endswith("+00:00")


def test_they_belong_to_one_capture_only() -> None:
    Bookmarks.load(KEY).add(42)

    assert Bookmarks.load("another").list() == ()


def test_looking_makes_no_file(data_dir: Path) -> None:
    bookmarks = Bookmarks.load(KEY)

    assert (len(bookmarks), bookmarks.next(0), bookmarks.previous(9), bookmarks.undo()) == (
        0,
        None,
        None,
        None,
    )
    assert not data_dir.exists()


def test_list_is_in_the_order_of_events() -> None:
    bookmarks = Bookmarks.load(KEY)
    for number in (30, 4, 200):
        bookmarks.add(number)

    assert [one.number for one in bookmarks.list()] == [4, 30, 200]


def test_next_and_previous_leave_the_event_itself_out() -> None:
    bookmarks = Bookmarks.load(KEY)
    for number in (10, 20, 30):
        bookmarks.add(number)

    def number_of(found: Bookmark | None) -> int | None:
        return found.number if found else None

    assert [number_of(bookmarks.next(at)) for at in (0, 10, 15, 30)] == [10, 20, 20, None]
    assert [number_of(bookmarks.previous(at)) for at in (10, 15, 20, 99)] == [None, 10, 10, 30]


def test_marking_again_keeps_the_moment_and_the_note() -> None:
    bookmarks = Bookmarks.load(KEY)
    first = bookmarks.add(5, note="why", label="old")

    again = bookmarks.add(5, label="new")

    assert (again.note, again.label, again.created) == ("why", "new", first.created)
    assert bookmarks.add(5, note="because").note == "because"
    assert len(bookmarks) == 1


def test_rename_and_remove_and_undo() -> None:
    bookmarks = Bookmarks.load(KEY)
    bookmarks.add(5, note="first")
    bookmarks.add(6, note="second")
    bookmarks.rename(5, "better")
    bookmarks.remove(5)
    bookmarks.remove(6)

    restored = [bookmarks.undo(), bookmarks.undo(), bookmarks.undo()]

    assert [one and one.note for one in restored] == ["second", "better", None]
    assert [one.note for one in Bookmarks.load(KEY).list()] == ["better", "second"]


def test_undo_does_not_overwrite_a_newer_mark() -> None:
    bookmarks = Bookmarks.load(KEY)
    bookmarks.add(5, note="old")
    bookmarks.remove(5)
    Bookmarks.load(KEY).add(5, note="new")

    restored = bookmarks.undo()

    assert restored is not None
    assert restored.note == "new"


@pytest.mark.parametrize("change", [lambda b: b.rename(1, "x"), lambda b: b.remove(1)])
def test_an_event_without_a_mark_cannot_be_changed(change: object) -> None:
    assert callable(change)
    with pytest.raises(UsageError, match="event 1 has no bookmark"):
        change(Bookmarks.load(KEY))


def test_two_programs_at_once_lose_nothing(data_dir: Path) -> None:
    """Both hold the list in memory from before the other's change; both changes are in the file."""
    one, other = Bookmarks.load(KEY), Bookmarks.load(KEY)
    one.add(1, note="one")
    other.add(2, note="other")
    one.add(3)
    other.remove(1)

    assert [mark.number for mark in Bookmarks.load(KEY).list()] == [2, 3]


def test_many_writers_at_once_lose_nothing(data_dir: Path) -> None:
    script = (
        "import sys; from hopscope.bookmarks import Bookmarks\n"
        "start = int(sys.argv[1]); marks = Bookmarks.load('0123abcd')\n"
        "[marks.add(start + i) for i in range(25)]"
    )
    writers = [subprocess.Popen([sys.executable, "-c", script, str(start)]) for start in (0, 100, 200)]

    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    expected = [start + i for start in (0, 100, 200) for i in range(25)]
    assert [mark.number for mark in Bookmarks.load(KEY).list()] == expected


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"version": 1}', b'{"version": 1, "bookmarks": [{"note": "x"}]}', b"\xff\xfe\x00"],
)
def test_a_damaged_file_is_put_aside_and_never_overwritten(data_dir: Path, content: bytes) -> None:
    file_of(data_dir).parent.mkdir(parents=True)
    file_of(data_dir).write_bytes(content)

    bookmarks = Bookmarks.load(KEY)
    bookmarks.add(9)

    assert [one.number for one in Bookmarks.load(KEY).list()] == [9]
    (aside,) = data_dir.glob("bookmarks/*damaged*")
    assert aside.read_bytes() == content
    assert str(aside) in bookmarks.notices[0]


def test_a_second_damaged_file_does_not_replace_the_first(data_dir: Path) -> None:
    file_of(data_dir).parent.mkdir(parents=True)
    for content in (b"first", b"second"):
        file_of(data_dir).write_bytes(content)
        Bookmarks.load(KEY)

    assert sorted(one.read_bytes() for one in data_dir.glob("bookmarks/*damaged*")) == [b"first", b"second"]


def test_a_file_of_a_newer_version_is_left_alone(data_dir: Path) -> None:
    file_of(data_dir).parent.mkdir(parents=True)
    file_of(data_dir).write_text('{"version": 99, "marks": {}}')

    with pytest.raises(BookmarkError, match="newer hopscope"):
        Bookmarks.load(KEY)
    assert file_of(data_dir).read_text() == '{"version": 99, "marks": {}}'


def test_a_failed_write_leaves_the_old_file_and_no_litter(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bookmarks = Bookmarks.load(KEY)
    bookmarks.add(1)

    def full_disk(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(BookmarkError, match="No space left on device"):
        bookmarks.add(2)
    monkeypatch.undo()
    monkeypatch.setenv("HOPSCOPE_DATA_DIR", str(data_dir))

    assert [one.number for one in Bookmarks.load(KEY).list()] == [1]
    assert [one.number for one in bookmarks.list()] == [1]
    assert list(data_dir.glob("bookmarks/*.tmp")) + list(data_dir.glob("bookmarks/.*.tmp")) == []


def test_a_folder_that_cannot_be_made_is_one_sentence(data_dir: Path) -> None:
    data_dir.write_text("a file where the folder should be")

    with pytest.raises(BookmarkError, match=r"cannot (keep|read)"):
        Bookmarks.load(KEY).add(1)


@posix_only
def test_only_the_owner_can_read_them(data_dir: Path) -> None:
    Bookmarks.load(KEY).add(1)

    assert stat.S_IMODE(file_of(data_dir).stat().st_mode) == 0o600
    assert stat.S_IMODE(file_of(data_dir).parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("key", ["", "../escape", "a/b", "a" * 200, "nul\0"])
def test_a_key_that_could_leave_the_folder_is_refused(key: str) -> None:
    with pytest.raises(BookmarkError, match="not the key of a capture"):
        Bookmarks.load(key)


def test_odd_bytes_of_a_capture_can_be_kept() -> None:
    label = b"write /tmp/\xff\xfe".decode("utf-8", "surrogateescape")
    Bookmarks.load(KEY).add(1, note=label, label=label)

    assert Bookmarks.load(KEY).list()[0].label == "write /tmp/��"


def test_the_file_is_plain_json(data_dir: Path) -> None:
    bookmarks = Bookmarks(BookmarkFile(KEY, "story.scap"))
    bookmarks.add(8, note="n", time_ns=5, label="l")

    stored = json.loads(file_of(data_dir).read_text())

    assert (stored["version"], stored["capture"]) == (1, "story.scap")
    assert stored["bookmarks"][0] | {"created": ""} == {
        "number": 8,
        "note": "n",
        "time_ns": 5,
        "label": "l",
        "created": "",
    }


def test_xdg_data_home_is_honoured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform in ("win32", "darwin"):
        pytest.skip("XDG folders are a matter of Linux")
    monkeypatch.delenv("HOPSCOPE_DATA_DIR")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    Bookmarks.load(KEY).add(1)

    assert (tmp_path / "xdg" / "hopscope" / "bookmarks" / f"{KEY}.json").is_file()
