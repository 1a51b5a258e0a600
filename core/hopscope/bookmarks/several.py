"""The bookmarks of captures that are opened together: each is kept with the file its event is in."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from hopscope.bookmarks.bookmark import Bookmark
from hopscope.bookmarks.file import BookmarkFile
from hopscope.store.members import Members
from hopscope.store.store import Store


class SeveralFiles:
    """Takes the place of the one :class:`BookmarkFile` of a capture.

    Bookmarks have the numbers of the time line here, and in the files those of the capture alone. One that
    stands for an event which is not in the time line stays in its file and is not seen.

    Args:
        store: of several captures.
        members: its files.
    """

    def __init__(self, store: Store, members: Members) -> None:
        self._files = [BookmarkFile(one.content_key, one.name) for one in members.files]
        self._store, self._members = store, members
        self._stored: list[dict[int, Bookmark]] = [{} for _ in self._files]
        self._rows = [np.flatnonzero(members.file_of == place) for place in range(len(self._files))]

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep others from changing any of the files."""
        with contextlib.ExitStack() as stack:
            for file in sorted(self._files, key=lambda one: str(one.path)):
                stack.enter_context(file.locked())
            yield

    def read(self) -> tuple[dict[int, Bookmark], str]:
        """All bookmarks by number of the time line, and what is to be said about the files."""
        return self._gathered([file.read() for file in self._files])

    def read_locked(self) -> tuple[dict[int, Bookmark], str]:
        """As :meth:`read`, by who has the lock."""
        return self._gathered([file.read_locked() for file in self._files])

    def write_bookmarks(self, bookmarks: Mapping[int, Bookmark]) -> None:
        """Replace the files in which something has changed."""
        wanted = [self._unseen(place) for place in range(len(self._files))]
        for number, bookmark in bookmarks.items():
            row = self._store.row_of(number)
            own = int(self._members.own_number[row])
            recorded = self._members.host_at(row).clock.recorded(bookmark.time_ns)
            wanted[int(self._members.file_of[row])][own] = replace(bookmark, number=own, time_ns=recorded)
        for place, file in enumerate(self._files):
            if wanted[place] != self._stored[place]:
                file.write_bookmarks(wanted[place])
                self._stored[place] = wanted[place]

    def _gathered(self, found: list[tuple[dict[int, Bookmark], str]]) -> tuple[dict[int, Bookmark], str]:
        self._stored = [bookmarks for bookmarks, _ in found]
        gathered: dict[int, Bookmark] = {}
        for place, bookmarks in enumerate(self._stored):
            for own, bookmark in bookmarks.items():
                row = self._row(place, own)
                if row >= 0:
                    number = int(self._store.number[row])
                    gathered[number] = replace(bookmark, number=number, time_ns=int(self._store.time[row]))
        return gathered, " ".join(notice for _, notice in found if notice)

    def _row(self, place: int, own: int) -> int:
        """The event row of a number of one file, -1 where it is not in the time line."""
        rows = self._rows[place]
        numbers = self._members.own_number[rows]
        at = int(np.searchsorted(numbers, own))
        return int(rows[at]) if at < len(rows) and numbers[at] == own else -1

    def _unseen(self, place: int) -> dict[int, Bookmark]:
        return {own: one for own, one in self._stored[place].items() if self._row(place, own) < 0}
