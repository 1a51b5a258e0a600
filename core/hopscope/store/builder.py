"""Builds a store while a capture is read: one stretch after the other, with a whole store at any time."""

from __future__ import annotations

import contextlib
import gc
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.caching import spool_folders
from hopscope.capture.damage import Damage
from hopscope.capture.growing import GrowingSource
from hopscope.capture.joins import Join
from hopscope.capture.source import Source
from hopscope.decode.columns import CodeIndex, EventColumns
from hopscope.state.replay import Replay
from hopscope.state.told import KnownEvents
from hopscope.store.ahead import WORTH, Ahead, Beside, can_work_ahead, left_to_read
from hopscope.store.assembly import DescriptorStates, ThreadStates
from hopscope.store.event_columns import sizes, without_thread
from hopscope.store.growing_columns import GrowingColumns
from hopscope.store.intervals import IntervalIndex, descriptor_key
from hopscope.store.metadata_blocks import MetaBlock, Metadata
from hopscope.store.pairing import of_threads
from hopscope.store.store import Loss, Store
from hopscope.store.stretches import EVENT_DTYPES, Stretch, Stretches, events_view
from hopscope.store.surroundings import Surroundings, link_pods
from hopscope.store.tables import NONE

Ints = NDArray[np.int64]

_STATE_DTYPES: dict[str, np.dtype[Any]] = {
    "thread": np.dtype("i4"),
    "descriptor": np.dtype("i4"),
    "size": np.dtype("i8"),
}
_USUAL_BLOCK = 64  # bytes; smaller on average in captures of short payloads

_WORTH_A_DISK = 128 << 20
"""Bytes of a stream from which its columns lie on a disk, so that the system can take their memory back."""


class StoreBuilder:
    """Indexes a capture stretch by stretch.

    Args:
        source: where the bytes come from; closed with the builder.
        shared: keep the columns where other processes can be given them, see :meth:`column_files`.
        joins: where in the stream the files of a rotated capture begin.
        on_disk: columns of a large capture may lie on a disk; what is raised as NoRoomError then, does not
            happen without.

    Attributes:
        source: the same.
        events: rows up to now.
        done: the source has ended and all of it is indexed.
    """

    def __init__(
        self,
        source: GrowingSource,
        joins: Iterable[Join] = (),
        *,
        shared: bool = False,
        on_disk: bool = True,
    ) -> None:
        self.source = source
        self.events = 0
        self.done = False
        self._may_fork = can_work_ahead() and (not source.total or left_to_read(source, 0) >= WORTH)
        coming = left_to_read(source, 0) if source.total and not source.live else 0
        is_large = coming >= _WORTH_A_DISK
        self._columns = GrowingColumns(
            {**EVENT_DTYPES, **_STATE_DTYPES},
            shared=shared or self._may_fork,
            expected=(coming if is_large else source.size) // _USUAL_BLOCK,
            folders=spool_folders() if is_large and on_disk else (),
        )
        self._stretches = Stretches(self._columns)
        self._first_half: Beside | Ahead = Beside(source, self._stretches)
        self._replay = Replay()
        self._threads = ThreadStates(self._replay.world.thread_log)
        self._descriptors = DescriptorStates(self._replay.world.descriptor_log)
        self._metadata = Metadata(joins={join.offset: join for join in joins})
        self._surroundings = Surroundings()
        self._latest: Stretch | None = None
        self._held: list[MetaBlock] = []
        self._damages: list[Damage] = []
        self._broken: list[Ints] = []
        self._unknown: Counter[int] = Counter()

    @property
    def read(self) -> int:
        """Bytes of the unpacked stream that are indexed."""
        return self._latest.position if self._latest else 0

    @property
    def total(self) -> int:
        """Bytes of the unpacked stream as far as anybody knows; 0 where nobody does."""
        source = self.source
        if source.ended:
            return source.size
        if not source.packed:
            return source.total
        return int(source.size * (source.total / source.read)) if source.read and source.total else 0

    def advance(self, seconds: float = 0.0) -> bool:
        """Index one more stretch.

        Args:
            seconds: how long to wait for one where the source still grows.

        Returns:
            True when something was added; False when there is nothing more now.
        """
        if self._may_fork and left_to_read(self.source, self._stretches.position) >= WORTH:
            self._may_fork = False
            with contextlib.suppress(OSError):
                self._first_half = Ahead(self.source, self._stretches)
        stretch = self._first_half.next(seconds)
        self.done = self._first_half.done
        if stretch is None:
            return False
        stretch.blocks = [*self._held, *stretch.blocks]
        self._held = []
        self._latest = stretch
        self._note(stretch)
        if stretch.stop > stretch.first:
            self._take(stretch)
        else:
            self._held = stretch.blocks  # the lists of a section are read together, when its events come
        return True

    def _take(self, stretch: Stretch) -> None:
        """The second half: what the events of a stretch changed, and what each of them belongs to."""
        first, stop = stretch.first, stretch.stop
        data = self.source.view(stretch.size)
        columns = events_view(self._columns, data, stop)
        code = columns.code[first:stop]
        threaded = of_threads(code)
        lists = self._metadata.read(data, stretch.blocks)
        by_code = CodeIndex(code, first)
        known = KnownEvents(columns, *(self._columns.view(name, stop) for name in ("twin", "result", "fd")))
        with _without_collection():
            self._replay.run(known, first, by_code, lists, threaded)
            self._threads.take()
            self._descriptors.take()
        self._surroundings.read(columns, by_code)
        thread = self._find_threads(columns, first, threaded)
        descriptor = self._find_descriptors(thread, first, stop)
        size = sizes(code, known.result[first:], descriptor)
        self._columns.put(first, thread=thread, descriptor=descriptor, size=size)
        self.events = stop
        self.source.release()
        self._columns.release()

    def _find_threads(
        self, columns: EventColumns, first: int, threaded: NDArray[np.bool_]
    ) -> NDArray[np.int32]:
        """Rows of the thread table; events whose thread nobody introduced get one with the name ``<NA>``."""
        states, stop = self._threads.states, len(columns)
        tid = columns.tid[first:]
        rows = np.arange(first, stop, dtype=np.int64)
        thread = states.find(tid, rows, stop)
        lost = np.flatnonzero(threaded & (thread == NONE))
        if len(lost):
            self._add_nameless(tid[lost], rows[lost])
            thread[lost] = states.find(tid[lost], rows[lost], stop)
            others = np.flatnonzero(~threaded & (thread == NONE))
            thread[others] = states.find(tid[others], rows[others], stop)
        thread[without_thread(columns.code[first:], threaded)] = NONE
        return thread.astype(np.int32)

    def _add_nameless(self, tid: Ints, rows: Ints) -> None:
        """A life for each stretch of events of a number between two known ones."""
        next_first = self._threads.states.next_firsts(tid, rows)
        _, at = np.unique(np.stack([tid, next_first]), axis=1, return_index=True)
        for place in at.tolist():
            self._replay.world.add_nameless(int(tid[place]), int(rows[place]), int(next_first[place]))
        self._threads.take(more=True)

    def _find_descriptors(self, thread: NDArray[np.int32], first: int, stop: int) -> NDArray[np.int32]:
        fd = self._columns.view("fd", stop)[first:]
        found = np.full(len(fd), NONE, np.int32)
        on_fd = np.flatnonzero((fd >= 0) & (thread != NONE))
        if len(on_fd):
            key = descriptor_key(self._threads.tables_of(thread[on_fd]), fd[on_fd])
            found[on_fd] = self._descriptors.states.find(key, on_fd + first, stop)
        return found

    def _note(self, stretch: Stretch) -> None:
        self._unknown.update(stretch.unknown)
        self._damages.extend(stretch.damage)
        if len(stretch.broken):
            self._broken.append(stretch.broken)

    def store(self) -> Store:
        """Everything up to now; it stays as it is while more is added."""
        if self._held and self._latest is not None:
            self._latest.blocks, self._held = self._held, []
            self._take(self._latest)
        count, latest = self.events, self._latest
        source = self.source.source()
        events = events_view(self._columns, source.data, count)
        events.broken = np.concatenate([np.zeros(0, np.int64), *self._broken])
        events.unknown = dict(self._unknown)
        view = self._columns.view
        twin = view("twin", count)
        if not self.done:
            twin = np.where(twin < count, twin, NONE)  # it is written to when the other half comes
        kubernetes = self._surroundings.kubernetes()
        containers = link_pods(self._surroundings.containers(self._replay.world.engines), kubernetes)
        numbers = {one.id: row for row, one in enumerate(containers)}
        threads = self._threads.table(numbers, last=self.done)
        descriptors = self._descriptors.table(last=self.done)
        return Store(
            source=source,
            machine=self._metadata.machine,
            interfaces=list(self._metadata.interfaces),
            loss=self._loss(source),
            columns=events,
            sections=list(latest.starts) if latest and latest.starts else [0],
            epochs=list(latest.epochs) if latest and latest.epochs else [0],
            **{
                name: view(name, count)
                for name in ("number", "hidden", "thread", "fd", "descriptor", "result", "size", "latency")
            },
            twin=twin,
            threads=threads,
            descriptors=descriptors,
            containers=containers,
            kubernetes=kubernetes,
            users=self._surroundings.users(self._metadata.users, self._metadata.groups),
            thread_index=IntervalIndex(threads.tid, threads.first, threads.stop, count),
            descriptor_index=IntervalIndex(
                descriptor_key(descriptors.table, descriptors.fd), descriptors.first, descriptors.stop, count
            ),
        )

    def _loss(self, source: Source) -> Loss:
        damages = [*source.damage, *self._damages, *self._metadata.damages]
        lost = [damage.lost for damage in damages]
        return Loss(
            damage=[f"{source.place(damage.offset)}: {damage.what}" for damage in damages],
            lost_bytes=-1 if any(one < 0 for one in lost) else sum(lost),
            unknown_blocks=self._metadata.unknown_blocks,
            unknown_events=dict(self._unknown),
            broken_events=sum(len(rows) for rows in self._broken),
        )

    def column_files(self) -> dict[str, tuple[int, np.dtype[Any]]]:
        """Open file and dtype of each column that lies in a shared file."""
        return self._columns.files()

    def column_name(self, array: NDArray[Any]) -> str | None:
        """The column that an array of a store is the beginning of; None where it is a copy or another one."""
        return self._columns.name_of(array)

    def close(self) -> None:
        """Stop reading; stores that were given away stay valid."""
        self._first_half.close()
        self.source.close()
        self._columns.close()


@contextlib.contextmanager
def _without_collection() -> Iterator[None]:
    """Leave the collection of cyclic garbage for later.

    Replaying makes many objects that stay and no cycles worth a search; each search looks at all that
    there is, so that time for an event would grow with the capture.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
