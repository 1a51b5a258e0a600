"""The bookmarks of one capture, with every change kept on disk at once."""

from __future__ import annotations

import bisect
import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from hopscope.bookmarks.bookmark import Bookmark, storable, timestamp
from hopscope.bookmarks.file import BookmarkFile
from hopscope.bookmarks.several import SeveralFiles
from hopscope.errors import UsageError


class Bookmarks:
    """The bookmarks of the capture with one content key.

    Each change reads the file again under a lock, changes what it found and replaces the file, so
    two programs that mark events in the same capture lose nothing.

    Attributes:
        notices: sentences for the person, for instance that a damaged file was put aside.
    """

    def __init__(self, file: BookmarkFile | SeveralFiles) -> None:
        self._file = file
        self._by_number: dict[int, Bookmark] = {}
        self._removed: list[Bookmark] = []
        self.notices: tuple[str, ...] = ()

    @classmethod
    def load(cls, key: str, capture_name: str = "") -> Bookmarks:
        """The bookmarks that belong to a capture by its content key. Makes no file.

        Raises BookmarkError where a file is there and cannot be read.
        """
        bookmarks = cls(BookmarkFile(key, capture_name))
        bookmarks.refresh()
        return bookmarks

    def refresh(self) -> None:
        """Take in what other programs have changed."""
        self._take(*self._file.read())

    def _take(self, found: dict[int, Bookmark], notice: str) -> None:
        self._by_number = found
        if notice:
            self.notices = (*self.notices, notice)

    @contextlib.contextmanager
    def _changing(self) -> Iterator[dict[int, Bookmark]]:
        with self._file.locked():
            self._take(*self._file.read_locked())
            changed = dict(self._by_number)
            yield changed
            self._file.write_bookmarks(changed)
            self._by_number = changed

    def __len__(self) -> int:
        return len(self._by_number)

    def __contains__(self, number: object) -> bool:
        return number in self._by_number

    def list(self) -> tuple[Bookmark, ...]:
        """All bookmarks in the order of their events."""
        return tuple(self._by_number[number] for number in sorted(self._by_number))

    def get(self, number: int) -> Bookmark | None:
        """The bookmark of an event, or None."""
        return self._by_number.get(number)

    def add(self, number: int, note: str = "", time_ns: int = 0, label: str = "") -> Bookmark:
        """Mark an event. An event that is marked already keeps its moment, and its note if none is given."""
        with self._changing() as bookmarks:
            earlier = bookmarks.get(number)
            bookmarks[number] = Bookmark(
                number=number,
                note=storable(note) or (earlier.note if earlier else ""),
                time_ns=int(time_ns),
                label=storable(label),
                created=earlier.created if earlier else timestamp(),
            )
            return bookmarks[number]

    def add_all(self, marks: Iterable[tuple[int, str, int, str]]) -> int:
        """Set several bookmarks in one go; events that have one keep theirs.

        Args:
            marks: number, note, time in ns since 1970 and label of each, as for :meth:`add`.

        Returns:
            How many are new.
        """
        with self._changing() as bookmarks:
            new = [mark for mark in marks if mark[0] not in bookmarks]
            for number, note, time_ns, label in new:
                bookmarks[number] = Bookmark(
                    number=number,
                    note=storable(note),
                    time_ns=int(time_ns),
                    label=storable(label),
                    created=timestamp(),
                )
        return len(new)

    def rename(self, number: int, note: str) -> Bookmark:
        """Give a bookmark another note. Raises UsageError where the event is not marked."""
        with self._changing() as bookmarks:
            bookmarks[number] = replace(_marked(bookmarks, number), note=storable(note))
            return bookmarks[number]

    def remove(self, number: int) -> Bookmark:
        """Take a mark away; :meth:`undo` brings it back. Raises UsageError where the event is not marked."""
        with self._changing() as bookmarks:
            removed = _marked(bookmarks, number)
            del bookmarks[number]
        self._removed.append(removed)
        return removed

    def undo(self) -> Bookmark | None:
        """Bring back the bookmark removed last, or None where nothing is left to bring back.

        An event that was marked again in the meantime keeps its newer mark.
        """
        if not self._removed:
            return None
        with self._changing() as bookmarks:
            restored = bookmarks.setdefault(self._removed[-1].number, self._removed[-1])
        self._removed.pop()
        return restored

    def take_over(self, key: str) -> None:
        """Take in the bookmarks kept under another key, which is given up; those of both keep their own note.

        Raises BookmarkError where one of the files cannot be read or written.
        """
        other = BookmarkFile(key)
        if not other.path.exists():
            return
        with other.locked():
            found, notice = other.read_locked()
            if notice:
                self.notices = (*self.notices, notice)
            if found:
                with self._changing() as bookmarks:
                    for number, bookmark in found.items():
                        bookmarks.setdefault(number, bookmark)
            other.path.unlink(missing_ok=True)

    def next(self, number: int) -> Bookmark | None:
        """The first bookmark after an event, or None after the last."""
        numbers = sorted(self._by_number)
        at = bisect.bisect_right(numbers, number)
        return self._by_number[numbers[at]] if at < len(numbers) else None

    def previous(self, number: int) -> Bookmark | None:
        """The last bookmark before an event, or None before the first."""
        numbers = sorted(self._by_number)
        at = bisect.bisect_left(numbers, number)
        return self._by_number[numbers[at - 1]] if at > 0 else None


def _marked(bookmarks: dict[int, Bookmark], number: int) -> Bookmark:
    if number not in bookmarks:
        raise UsageError(f"event {number} has no bookmark")
    return bookmarks[number]
