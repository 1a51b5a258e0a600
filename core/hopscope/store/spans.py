"""Spans: stretches of time that programs marked with tracers, see :mod:`hopscope.decode.tracer`.

A tracer is a write to ``/dev/null``. As soon as one was read on a descriptor, all writes to it count, and
none do after a first one that is no tracer. One that is cut off goes on in the thread's next write. An end
belongs to the latest span that is still open with the same id and the same tags, whoever wrote it. As in
sysdig 0.29.3, at most 128 spans can be open; another one makes all of them forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import codes_named
from hopscope.decode.tracer import Arguments, Scope, Tracer, Unread, read_tracer
from hopscope.lookup import distinct, look_up
from hopscope.state.told import take
from hopscope.store.tables import NONE

if TYPE_CHECKING:
    from hopscope.store.store import Store

Rows = NDArray[np.int64]

FILE = "/dev/null"
MOST_OPEN = 128
_LONGEST = 1 << 16
"""Bytes after which a tracer that does not end is given up."""

_AT_ONCE = 1 << 9
"""Writes that are looked at together."""

_WRITES = frozenset(
    code for name in ("write", "writev", "pwrite", "pwritev") for code in codes_named(name) if code & 1
)


@dataclass(slots=True)
class Spans:
    """The table of spans, in the order in which they began. All columns are as long as ``id``.

    Attributes:
        id: int64, as the tracer says.
        tags: the name of each, its outermost part first.
        enter_args, exit_args: names and values that the beginning and the end told; none without an end.
        enter, exit: int64, event rows (ends of writes) of the tracers; ``exit`` is NONE while a span is open.
        duration: int64, ns between the two, NONE without an end.
        thread: int32, row of ``threads`` that began it.
        parent: int32, row of the latest open span of the same id with all tags but the last; NONE.
        forgotten: int64, event row from which an open span counts as gone, NONE for one that does not.
        marks: all tracers.
    """

    id: Rows
    tags: list[tuple[str, ...]]
    enter_args: list[Arguments]
    exit_args: list[Arguments]
    enter: Rows
    exit: Rows
    duration: Rows
    thread: NDArray[np.int32]
    parent: NDArray[np.int32]
    forgotten: Rows
    marks: Marks

    def __len__(self) -> int:
        return len(self.id)


@dataclass(slots=True)
class Marks:
    """The table of tracers, by event row. All columns are as long as ``row``.

    Attributes:
        row: int64, ascending event rows.
        begins: bool, True for beginnings.
        id: int64.
        tags, args: what each tells.
        span: int32, row of the table of spans; NONE for an end without a beginning and for a beginning that
            was forgotten at once.
    """

    row: Rows
    begins: NDArray[np.bool_]
    id: Rows
    tags: list[tuple[str, ...]]
    args: list[Arguments]
    span: NDArray[np.int32]


class _Mark(NamedTuple):
    """A tracer and the event row of its write."""

    row: int
    tracer: Tracer
    id: int


@dataclass(slots=True)
class _Made:
    """Spans while they are put together."""

    enters: list[_Mark] = field(default_factory=list)
    exits: dict[int, _Mark] = field(default_factory=dict)
    parents: list[int] = field(default_factory=list)
    forgotten: dict[int, int] = field(default_factory=dict)
    open: list[int] = field(default_factory=list)

    def add(self, mark: _Mark) -> int:
        """Take a tracer; the span it belongs to."""
        if not mark.tracer.begins:
            return self._close(mark)
        if len(self.open) >= MOST_OPEN:
            self.forgotten.update(dict.fromkeys(self.open, mark.row))
            self.open.clear()
            return NONE
        self.parents.append(self._latest(mark.id, mark.tracer.tags[:-1]) if mark.tracer.tags[1:] else NONE)
        self.enters.append(mark)
        self.open.append(len(self.enters) - 1)
        return self.open[-1]

    def _close(self, mark: _Mark) -> int:
        span = self._latest(mark.id, mark.tracer.tags)
        if span != NONE:
            self.open.remove(span)
            self.exits[span] = mark
        return span

    def _latest(self, number: int, tags: tuple[str, ...]) -> int:
        for span in reversed(self.open):
            if (self.enters[span].id, self.enters[span].tracer.tags) == (number, tags):
                return span
        return NONE


def find_spans(store: Store) -> Spans:
    """The spans of a store."""
    made = _Made()
    marks = list(_marks(store))
    spans = np.array([made.add(mark) for mark in marks], np.int32)
    enters = made.enters
    enter = np.array([mark.row for mark in enters], np.int64)
    exits = [made.exits.get(span) for span in range(len(enters))]
    exit_ = np.array([NONE if mark is None else mark.row for mark in exits], np.int64)
    ended = np.flatnonzero(exit_ >= 0)
    duration = np.full(len(enters), NONE, np.int64)
    duration[ended] = np.maximum(store.time[exit_[ended]] - store.time[enter[ended]], 0)
    return Spans(
        id=np.array([mark.id for mark in enters], np.int64),
        tags=[mark.tracer.tags for mark in enters],
        enter_args=[mark.tracer.args for mark in enters],
        exit_args=[() if mark is None else mark.tracer.args for mark in exits],
        enter=enter,
        exit=exit_,
        duration=duration,
        thread=store.thread[enter].astype(np.int32),
        parent=np.array(made.parents, np.int32),
        forgotten=np.array([made.forgotten.get(span, NONE) for span in range(len(enters))], np.int64),
        marks=Marks(
            row=np.array([mark.row for mark in marks], np.int64),
            begins=np.array([mark.tracer.begins for mark in marks], np.bool_),
            id=np.array([mark.id for mark in marks], np.int64),
            tags=[mark.tracer.tags for mark in marks],
            args=[mark.tracer.args for mark in marks],
            span=spans,
        ),
    )


def _marks(store: Store) -> Iterator[_Mark]:
    """All tracers of a store, in order."""
    table = store.descriptors
    leads = np.array([*(name == FILE for name in table.name), False], np.bool_)
    if not leads.any():
        return
    rows = np.flatnonzero(look_up(leads, store.descriptor))
    rows = rows[np.isin(store.code[rows], sorted(_WRITES))]
    begun: dict[int, bytes] = {}
    knows = _KnownFiles(store)
    for row, life, written in _written(store, rows, knows):
        if not knows.may_be(life):
            continue
        thread = int(store.thread_life[row])
        data = begun.pop(thread, b"") + (written or b"")
        tracer = read_tracer(data)
        if tracer is Unread.CUT:
            if len(data) <= _LONGEST:
                begun[thread] = data
        elif isinstance(tracer, Tracer):
            knows.say(life, row, is_tracer=True)
            yield _Mark(row, tracer, _id_of(store, row, tracer))
        else:
            knows.say(life, row, is_tracer=False)


def _written(store: Store, rows: Rows, knows: _KnownFiles) -> Iterator[tuple[int, int, bytes | None]]:
    """Row, descriptor's life and bytes of writes that may be tracers by what is known a few before them."""
    for first in range(0, len(rows), _AT_ONCE):
        some = rows[first : first + _AT_ONCE]
        lives = store.descriptors.life[store.descriptor[some]]
        different, which = np.unique(lives, return_inverse=True)
        may_be = np.array([knows.may_be(life) for life in different.tolist()], np.bool_)[which]
        some, lives = some[may_be], lives[may_be]
        told: dict[int, bytes | None] = {}
        for code in distinct(store.code[some]).tolist():
            here = some[store.code[some] == code]
            told.update(zip(here.tolist(), take(store.columns, code, "data", here), strict=True))
        for row, life in zip(some.tolist(), lives.tolist(), strict=True):
            yield row, life, told[row]
        store.source.release()


class _KnownFiles:
    """Which descriptors tracers are written to; a copy is what the other was when it was copied."""

    def __init__(self, store: Store) -> None:
        table = store.descriptors
        lives = int(table.life.max(initial=-1)) + 1
        self._origin = np.full(lives, NONE, np.int32)
        self._origin[table.life] = table.origin
        self._first = np.zeros(lives, np.int64)
        order = np.argsort(table.first, kind="stable")[::-1]  # the first state of each life is put last
        self._first[table.life[order]] = table.first[order]
        self._said: dict[int, tuple[bool, int]] = {}

    def may_be(self, life: int) -> bool:
        """True where a write to this descriptor may be a tracer."""
        said = self._what(life)
        return said is None or said

    def say(self, life: int, row: int, *, is_tracer: bool) -> None:
        """What a write showed; only the first one counts."""
        if self._what(life) is None:
            self._said[life] = (is_tracer, row)

    def _what(self, life: int) -> bool | None:
        """What is known of a life: True and False as said, None for nothing yet."""
        before = len(self._origin) + 1
        known, until = self._said.get(life), 1 << 62
        while known is None and 0 <= life < len(self._origin) and before:
            until = min(until, int(self._first[life]))
            life, before = int(self._origin[life]), before - 1
            known = self._said.get(life)
        return known[0] if known is not None and known[1] < until else None


def _id_of(store: Store, row: int, tracer: Tracer) -> int:
    if isinstance(tracer.id, int):
        return tracer.id
    thread, threads = int(store.thread[row]), store.threads
    if thread < 0:
        return 0
    column = {Scope.THREAD: threads.tid, Scope.PROCESS: threads.pid, Scope.PARENT: threads.ptid}[tracer.id]
    return int(column[thread])
