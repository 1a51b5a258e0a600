"""Calls that concern one descriptor alone, done for all descriptors of a stretch of events at once.

Most of what changes state opens, connects or closes a descriptor of a process that does nothing else in
the meantime: what happens to that descriptor depends only on the calls that name it. So these calls are
sorted by descriptor and event row, and the states between neighbours are written down as columns. What is
left goes through the handlers in order:

- calls of threads that were not known when the stretch began;
- calls of a process from its first call on that reaches further (fork, exec, exit, dup, another working
  directory): those look at all descriptors, or take them away;
- calls on a descriptor of which any other call cannot be done here (a bind, a datagram that names its ends),
  or that happen in an order that is not the usual one.

Neither of these looks at a descriptor that is done here at a row at which it could matter, so the result is
the same as of all handlers in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from hopscope.lookup import distinct
from hopscope.state.descriptor_log import Descriptor, DescriptorBlock, Files
from hopscope.state.handlers import Kind, Reach
from hopscope.state.shape_columns import Many, ShapeColumns
from hopscope.state.told import Call, Told
from hopscope.state.world import World

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

_NONE = -1
_FD_BITS = 31
_FD = (1 << _FD_BITS) - 1


def change_descriptors(world: World, told: Sequence[Told], stop: int) -> list[Call]:
    """Do what can be done for many at once.

    Args:
        world: as it is before the first of the events.
        told: all that changes state in a stretch of events.
        stop: event row from which on everything is done in order.

    Returns:
        The calls that are left, in order.
    """
    threads = _Threads(world, told)
    until = _limits(threads, told, stop)
    found = [_steps_of(place, one, threads, until) for place, one in enumerate(told)]
    steps = _Steps.joined([steps for steps, _ in found])
    others = np.concatenate([np.zeros(0, np.int64), *(keys for _, keys in found)])
    steps = _usual(steps, others, threads)
    steps, shapes, quiet = _shaped(steps, told, threads)
    left: list[Call] = []
    for place, one in enumerate(told):
        done = steps.index[steps.told == place]
        if len(done) < len(one.rows):
            chosen = np.ones(len(one.rows), np.bool_)
            chosen[done] = False
            left.extend(one.calls(np.flatnonzero(chosen)))
    if len(steps):
        _write(world, steps.only(~quiet), shapes.only(~quiet), threads)
    left.sort(key=itemgetter(0))
    return left


class _Threads:
    """The threads of a stretch, as they are when it begins; one entry a thread.

    Attributes:
        tid: int64, ascending.
        threads: None where it is not known.
        known: bool.
        table, owner: int64, number of the descriptor table, and life of the process that owns it.
        life: int64.
        process: int64, a small number.
        files: tables by number.
    """

    def __init__(self, world: World, told: Sequence[Told]) -> None:
        self.tid = distinct(np.concatenate([np.zeros(0, np.int64), *(one.tids for one in told)]))
        self.threads = [world.threads.get(tid) for tid in self.tid.tolist()]
        self.known = np.array([one is not None for one in self.threads], np.bool_)
        numbers = [
            (_NONE,) * 4 if one is None else (one.files.number, one.files.process, one.life, one.main.life)
            for one in self.threads
        ]
        self.table, self.owner, self.life, main = np.array(numbers, np.int64).reshape(-1, 4).T.copy()
        self._mains, process = np.unique(main, return_inverse=True)
        self.process = process.reshape(-1)
        self.files = {one.files.number: one.files for one in self.threads if one is not None}
        self._world = world

    @property
    def processes(self) -> int:
        """How many processes there are."""
        return len(self._mains)

    def at(self, tids: Ints) -> Ints:
        """Entries of threads that are there."""
        return np.searchsorted(self.tid, tids)

    def process_of(self, tid: int) -> int:
        """Number of the process of any thread; -1 where it takes no part."""
        thread = self._world.threads.get(tid)
        if thread is None:
            return _NONE
        at = int(np.searchsorted(self._mains, thread.main.life))
        return at if at < len(self._mains) and self._mains[at] == thread.main.life else _NONE


def _limits(threads: _Threads, told: Sequence[Told], stop: int) -> Ints:
    """For each process the event row from which on its calls are done in order."""
    for one in told:
        if one.handler.reach is Reach.MACHINE:
            stop = min(stop, int(one.rows[0]))
    until = np.full(threads.processes, stop, np.int64)
    for one in told:
        handler = one.handler
        if handler.reach is Reach.PROCESS:
            np.minimum.at(until, threads.process[threads.at(one.tids)], one.rows)
        elif handler.looks_around is not None:
            around = handler.looks_around(one)
            np.minimum.at(until, threads.process[threads.at(one.tids[around])], one.rows[around])
        for source in handler.concerns:
            numbers, stored = one.numbers((source,))
            different, which = np.unique(numbers[stored], return_inverse=True)
            process = np.array([threads.process_of(tid) for tid in different.tolist()], np.int64)[which]
            some = process != _NONE
            np.minimum.at(until, process[some], one.rows[stored][some])
    return until


@dataclass(slots=True)
class _Steps:
    """Calls on descriptors, one entry each.

    Attributes:
        row: int64, event row.
        key: int64, descriptor table and number.
        kind: int64, of the step.
        thread: int64, entry in :class:`_Threads`.
        enter: int64, row of the enter event, -1 without one.
        told, index: int64, where the call stands: place in all that is told, and among its events.
    """

    row: Ints
    key: Ints
    kind: Ints
    thread: Ints
    enter: Ints
    told: Ints
    index: Ints

    def __len__(self) -> int:
        return len(self.row)

    @classmethod
    def joined(cls, parts: Sequence[_Steps]) -> _Steps:
        """All steps, sorted by descriptor and event row."""
        none = np.zeros(0, np.int64)
        columns = [np.concatenate([none, *(getattr(part, name) for part in parts)]) for name in cls.__slots__]
        order = np.lexsort((columns[0], columns[1]))
        return cls(*(column[order] for column in columns))

    def only(self, chosen: Mask) -> _Steps:
        """The chosen steps."""
        if chosen.all():
            return self
        return _Steps(*(getattr(self, name)[chosen] for name in self.__slots__))

    def begins(self) -> Mask:
        """Which steps are the first of their descriptor."""
        return np.append(True, self.key[1:] != self.key[:-1])[: len(self)]

    def made_at(self) -> Ints:
        """For each step the place of the last one up to it that made its descriptor, -1 for none."""
        makes = self.kind <= Kind.SOCKET
        made = np.maximum.accumulate(np.where(makes, np.arange(len(self)), _NONE))
        first = np.maximum.accumulate(np.where(self.begins(), np.arange(len(self)), 0))
        return np.where(made >= first, made, _NONE)

    def wholly(self, good: Mask) -> Mask:
        """Which steps are of descriptors of which all steps are good."""
        if good.all():
            return good
        descriptor = np.cumsum(self.begins()) - 1
        spoiled = np.zeros(int(descriptor[-1]) + 1, np.bool_)
        spoiled[descriptor[~good]] = True
        whole: Mask = ~spoiled[descriptor]
        return whole


def _steps_of(place: int, told: Told, threads: _Threads, until: Ints) -> tuple[_Steps, Ints]:
    """The steps of events, and the descriptors that their handler reaches in a way that is no step."""
    handler = told.handler
    none = np.zeros(0, np.int64)
    nothing = _Steps(none, none, none, none, none, none, none)
    if handler.reach is not Reach.DESCRIPTOR:
        return nothing, none
    thread = threads.at(told.tids)
    early = threads.known[thread] & (told.rows < until[threads.process[thread]])
    if handler.step is not None:
        fd = told.fd
        if (fd[early] < 0).any():  # an event that makes a descriptor and is not marked so in the event table
            numbers, named = told.numbers(handler.on[0])
            fd = np.where(named, numbers, _NONE)
        chosen = np.flatnonzero(early & (fd >= 0) & (fd <= _FD))
        key, kind = _key(threads.table[thread[chosen]], fd[chosen]), np.full(len(chosen), handler.step.kind)
        rows, enters, where = told.rows[chosen], told.enters[chosen], np.full(len(chosen), place)
        return _Steps(rows, key, kind, thread[chosen], enters, where, chosen), none
    others = [none]
    for sources in handler.on:
        fd, named = told.numbers(sources)
        chosen = np.flatnonzero(early & named & (fd >= 0) & (fd <= _FD))
        others.append(_key(threads.table[thread[chosen]], fd[chosen]))
    return nothing, np.concatenate(others)


def _key(table: Ints, fd: Ints) -> Ints:
    return (table << _FD_BITS) | fd


def _usual(steps: _Steps, others: Ints, threads: _Threads) -> _Steps:
    """The steps of descriptors of which all calls are steps and come in the usual order.

    A socket may be connected once after it was made here, by the call, its enter event, or both. A
    number that was made anew while its close was going on stays open, which is left to the handler.
    """
    steps = steps.only(steps.wholly(~np.isin(steps.key, others)))
    before = np.append(_NONE, steps.kind[:-1])[: len(steps)]
    before[steps.begins()] = _NONE
    odd = (steps.kind == Kind.AIM) & (before != Kind.SOCKET)
    odd |= (steps.kind == Kind.CONNECT) & (before != Kind.SOCKET) & (before != Kind.AIM)
    made = steps.made_at()
    odd |= (
        (steps.kind == Kind.CLOSE)
        & (made != _NONE)
        & (steps.enter != _NONE)
        & (steps.row[made] > steps.enter)
    )
    for at in np.flatnonzero(steps.begins()).tolist():
        entry = _files_of(steps, at, threads).entries.get(_fd_of(steps, at))
        if entry is not None:
            odd[at] |= entry.shape.listening or 0 <= int(steps.enter[at]) < entry.opened
    return steps.only(steps.wholly(~odd))


def _fd_of(steps: _Steps, at: int) -> int:
    return int(steps.key[at]) & _FD


def _files_of(steps: _Steps, at: int, threads: _Threads) -> Files:
    return threads.files[int(steps.key[at]) >> _FD_BITS]


def _shaped(steps: _Steps, told: Sequence[Told], threads: _Threads) -> tuple[_Steps, ShapeColumns, Mask]:
    """The steps of descriptors of which it is known what they were made as.

    Returns:
        The steps; what each makes of its descriptor; and which leave it as it was one place before.
    """
    shapes = ShapeColumns.of_nothing(len(steps))
    quiet = np.zeros(len(steps), np.bool_)
    for kind in (Kind.OPEN, Kind.SOCKET, Kind.AIM, Kind.CONNECT):
        for place, one in enumerate(told):
            step, at = one.handler.step, np.flatnonzero(steps.told == place)
            if step is not None and step.kind == kind and step.fill is not None and len(at):
                makers = itemgetter(*steps.thread[at].tolist(), -1)(threads.threads)[:-1]
                quiet[at] = ~step.fill(Many(shapes, at, one, steps.index[at], makers))
    kept = steps.wholly(~(quiet & (steps.kind <= Kind.SOCKET)))
    return (steps, shapes, quiet) if kept.all() else (steps.only(kept), shapes.only(kept), quiet[kept])


def _write(world: World, steps: _Steps, shapes: ShapeColumns, threads: _Threads) -> None:
    """Write down the states between steps that change something; what still holds at the end stays live."""
    log, begins = world.descriptor_log, steps.begins()
    for at in np.flatnonzero(begins).tolist():
        end = log.close if steps.kind[at] == Kind.CLOSE else log.displace
        end(_files_of(steps, at, threads), _fd_of(steps, at), int(steps.row[at]))
    made, holds, is_last = steps.made_at(), steps.kind != Kind.CLOSE, np.append(begins[1:], True)
    makes = np.flatnonzero(steps.kind <= Kind.SOCKET)
    lives = np.zeros(len(steps), np.int64)
    lives[makes] = np.arange(len(makes)) + log.new_lives(steps.row[makes].tolist())
    life, opened, opener = lives[made], steps.row[made], threads.life[steps.thread[made]]

    ended = np.flatnonzero(holds & ~is_last)
    next_kind, next_row = steps.kind[ended + 1], steps.row[ended + 1]
    stop = next_row + (next_kind == Kind.CLOSE)  # the closing event itself still sees the descriptor
    closed = next_kind <= Kind.CLOSE
    held = np.flatnonzero(stop > steps.row[ended])
    held = held[np.argsort(stop[held], kind="stable")]
    rows = ended[held]
    block = DescriptorBlock(
        fd=steps.key[rows] & _FD,
        table=steps.key[rows] >> _FD_BITS,
        life=life[rows],
        origin=np.full(len(rows), _NONE, np.int64),
        process=threads.owner[steps.thread[rows]],
        first=steps.row[rows],
        stop=stop[held],
        opened=opened[rows],
        opener=opener[rows],
        shape=shapes.only(rows).columns,
        closed_life=life[ended[closed]],
        closed_at=next_row[closed],
    )
    log.add(block)
    for one in np.flatnonzero((steps.kind == Kind.CLOSE) & is_last).tolist():
        _files_of(steps, one, threads).entries.pop(_fd_of(steps, one), None)
    live = np.flatnonzero(holds & is_last)
    for one in live[np.argsort(opened[live], kind="stable")].tolist():
        entry = Descriptor(
            int(life[one]), _NONE, int(steps.row[one]), int(opened[one]), int(opener[one]), shapes[one]
        )
        log.put(_files_of(steps, one, threads), _fd_of(steps, one), entry)
