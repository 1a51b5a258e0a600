"""Several finished stores as one: events by time, tables one after the other with their numbers moved.

Nothing loops over events. Each store keeps the order of its own events; where a CPU's clock was a little
behind, an event counts as late as the one before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.source import Source
from hopscope.decode.columns import COLUMN_DTYPES, EventColumns
from hopscope.store.event_columns import HAPPENED
from hopscope.store.intervals import IntervalIndex, descriptor_key
from hopscope.store.members import Members
from hopscope.store.store import RUN_BITS, Loss, Store
from hopscope.store.tables import (
    FOREVER,
    NONE,
    Container,
    DescriptorTable,
    Kubernetes,
    KubernetesObject,
    ThreadTable,
    Users,
)

Ints = NDArray[np.int64]

_ROWS = frozenset({"first", "stop", "born", "died", "opened", "closed"})
"""Columns of the small tables that hold event rows."""

_THREAD_LIVES = frozenset(
    {"threads.life", "threads.process", "threads.parent", "descriptors.process", "descriptors.opener"}
)
_DESCRIPTOR_LIVES = frozenset({"descriptors.life", "descriptors.origin"})


@dataclass(frozen=True, slots=True)
class Input:
    """One store to be merged.

    Attributes:
        store: the store.
        times: int64, its times as they count, in ns.
        start: where its bytes begin in the stream of all.
        host: place of its machine.
    """

    store: Store
    times: Ints
    start: int
    host: int


@dataclass(frozen=True, slots=True)
class _Move:
    """What is added to the numbers of one store.

    Attributes:
        rows: int64, new row of each event, and behind them the number of all events.
        threads, descriptors: added to rows of the small tables.
        thread_lives, descriptor_lives, tables: added to lives and to numbers of descriptor tables.
        containers: int32, new row of each container.
    """

    rows: Ints
    threads: int
    descriptors: int
    thread_lives: int
    descriptor_lives: int
    tables: int
    containers: NDArray[np.int32]

    def row(self, values: NDArray[Any]) -> Ints:
        """New rows of events; NONE and FOREVER stay."""
        known = (values >= 0) & (values < len(self.rows))
        moved: Ints = np.where(known, self.rows[np.where(known, values, 0)], values)
        return moved


def whole(only: Input, members: Members) -> Store:
    """One run alone as a time line: its store, numbered through all files."""
    store = only.store
    times = _settled(only.times, store.code)
    if times is not store.time:
        store.columns.time = times
    store.number = np.arange(1, len(store) + 1, dtype=np.int64)
    store.sections, store.epochs = [0], [_epoch(store.columns)]
    members.thread_run = np.zeros(len(store.threads), np.int16)
    members.container_host = np.zeros(len(store.containers), np.int16)
    store.members = members
    return store


def merge(inputs: Sequence[Input], source: Source, members: Members) -> Store:
    """One store of all events.

    Args:
        inputs: finished stores, one a run.
        source: the stream that holds the bytes of all of them.
        members: files and hosts; its columns for events and threads are set here.
    """
    inputs = [replace(one, times=_settled(one.times, one.store.code)) for one in inputs]
    order = _order([one.times for one in inputs])
    around = _surroundings(inputs)
    moves = _moves(inputs, order, around.rows)
    stores = [one.store for one in inputs]

    def events(of: Callable[[Store], NDArray[Any]]) -> NDArray[Any]:
        return np.concatenate([of(store) for store in stores])[order]

    def moved(of: Callable[[Store, _Move], NDArray[Any]]) -> NDArray[Any]:
        return np.concatenate([of(store, move) for store, move in zip(stores, moves, strict=True)])[order]

    threads = ThreadTable(**_table("threads", ThreadTable, stores, moves))
    descriptors = DescriptorTable(**_table("descriptors", DescriptorTable, stores, moves))
    columns = _columns(inputs, moves, order, source)
    run_of_thread = np.repeat(np.arange(len(stores)), [len(store.threads) for store in stores])
    members.thread_run = run_of_thread.astype(np.int16)
    members.container_host = around.hosts
    members.file_of, members.own_number = members.file_of[order], members.own_number[order]
    keys = threads.tid + (run_of_thread.astype(np.int64) << RUN_BITS)
    store = Store(
        source=source,
        machine=stores[0].machine,
        interfaces=list(dict.fromkeys(one for store in stores for one in store.interfaces)),
        loss=_loss(stores),
        columns=columns,
        sections=[0],
        epochs=[_epoch(columns)],
        number=np.arange(1, len(order) + 1, dtype=np.int64),
        hidden=events(lambda store: store.hidden),
        thread=moved(lambda store, move: _added(store.thread, move.threads)),
        fd=events(lambda store: store.fd),
        descriptor=moved(lambda store, move: _added(store.descriptor, move.descriptors)),
        result=events(lambda store: store.result),
        size=events(lambda store: store.size),
        twin=moved(lambda store, move: move.row(store.twin).astype(np.int32)),
        latency=events(lambda store: store.latency),
        threads=threads,
        descriptors=descriptors,
        containers=around.containers,
        kubernetes=around.kubernetes,
        users=_users(stores),
        thread_index=IntervalIndex(keys, threads.first, threads.stop, len(order)),
        descriptor_index=IntervalIndex(
            descriptor_key(descriptors.table, descriptors.fd), descriptors.first, descriptors.stop, len(order)
        ),
    )
    store.members = members
    return store


def _settled(times: Ints, code: NDArray[np.uint16]) -> Ints:
    """Times with those of events that only tell of containers and the like between their neighbours'.

    They get the time at which a file was written, which may be years later when it was copied.
    """
    happened = HAPPENED[code] & (times > 0)
    if happened.all():
        return times
    before = np.maximum.accumulate(np.where(happened, times, 0))
    after = np.minimum.accumulate(np.where(happened, times, FOREVER)[::-1])[::-1]
    moved = np.clip(times, before, np.maximum(after, before))
    return np.where(happened | (times <= 0), times, np.where(moved == FOREVER, times, moved))


def _order(times: Sequence[Ints]) -> Ints:
    """Places of all events, counted through the stores, by time; of equal ones the first store's first."""
    keys = np.concatenate([np.maximum.accumulate(one) if len(one) else one for one in times])
    order: Ints = np.argsort(keys, kind="stable")
    return order


def _epoch(columns: EventColumns) -> int:
    """Time of the first event that has one of its own, 0 without any."""
    timed = np.flatnonzero(HAPPENED[columns.code] & (columns.time > 0))[:1]
    return int(columns.time[timed[0]]) if len(timed) else 0


def _moves(inputs: Sequence[Input], order: Ints, containers: list[NDArray[np.int32]]) -> list[_Move]:
    new = np.empty(len(order), np.int64)
    new[order] = np.arange(len(order), dtype=np.int64)
    moves = []
    event, threads, descriptors, thread_lives, descriptor_lives, tables = 0, 0, 0, 0, 0, 0
    for one, container_rows in zip(inputs, containers, strict=True):
        store = one.store
        own = new[event : event + len(store)]
        rows = np.append(own, len(order))
        moves.append(
            _Move(rows, threads, descriptors, thread_lives, descriptor_lives, tables, container_rows)
        )
        event += len(store)
        known, opened = store.threads, store.descriptors
        threads += len(known)
        descriptors += len(opened)
        thread_lives += _above(known.life, known.process, known.parent, opened.process, opened.opener)
        descriptor_lives += _above(opened.life, opened.origin)
        tables += _above(known.table, opened.table)
    return moves


def _above(*columns: NDArray[np.int32]) -> int:
    """A number above all in some columns."""
    return max(int(column.max(initial=-1)) for column in columns) + 1


def _added(values: NDArray[np.int32], number: int) -> NDArray[np.int32]:
    return np.where(values == NONE, NONE, values + number).astype(np.int32)


def _table(prefix: str, table: type[Any], stores: list[Store], moves: list[_Move]) -> dict[str, Any]:
    """The columns of a small table of all stores."""
    columns: dict[str, Any] = {}
    for field in fields(table):
        name = field.name
        parts = [
            _moved_column(f"{prefix}.{name}", getattr(getattr(store, prefix), name), move)
            for store, move in zip(stores, moves, strict=True)
        ]
        columns[name] = (
            np.concatenate(parts)
            if isinstance(parts[0], np.ndarray)
            else [one for part in parts for one in part]
        )
    return columns


def _moved_column(name: str, column: Any, move: _Move) -> Any:
    kind = name.partition(".")[2]
    if kind in _ROWS:
        return move.row(column)
    if kind == "table":
        return _added(column, move.tables)
    if name in _THREAD_LIVES:
        return _added(column, move.thread_lives)
    if name in _DESCRIPTOR_LIVES:
        return _added(column, move.descriptor_lives)
    if name == "threads.container":
        return move.containers[column]
    return column


def _columns(inputs: Sequence[Input], moves: list[_Move], order: Ints, source: Source) -> EventColumns:
    arrays: dict[str, NDArray[Any]] = {}
    for name in COLUMN_DTYPES:
        parts = []
        for one in inputs:
            part = one.times if name == "time" else getattr(one.store.columns, name)
            parts.append(part + one.start if name == "params_at" else part)
        arrays[name] = np.concatenate(parts)[order]
    broken = [move.row(one.store.columns.broken) for one, move in zip(inputs, moves, strict=True)]
    arrays["broken"] = np.sort(np.concatenate(broken))
    unknown: Counter[int] = Counter()
    for one in inputs:
        unknown.update(one.store.columns.unknown)
    return EventColumns.from_sections(source.data, dict(unknown), arrays)


@dataclass(slots=True)
class _Surroundings:
    """Containers and clusters of all stores.

    Attributes:
        containers: rows of the first machine first.
        hosts: int16, machine of each.
        kubernetes: objects that several machines name are one.
        rows: int32 for each store, the new row of each of its containers.
    """

    containers: list[Container]
    hosts: NDArray[np.int16]
    kubernetes: Kubernetes
    rows: list[NDArray[np.int32]]


def _surroundings(inputs: Sequence[Input]) -> _Surroundings:
    kubernetes = Kubernetes()
    for field in fields(Kubernetes):
        objects: dict[str, KubernetesObject] = {}
        for one in inputs:
            objects.update((_identity(thing), thing) for thing in getattr(one.store.kubernetes, field.name))
        setattr(kubernetes, field.name, list(objects.values()))
    pods = {_identity(pod): row for row, pod in enumerate(kubernetes.pods)}
    places: dict[tuple[int, str], int] = {}
    containers: list[Container] = []
    rows = []
    for one in inputs:
        own = np.zeros(len(one.store.containers), np.int32)
        for at, container in enumerate(one.store.containers):
            pod = pods[_identity(one.store.kubernetes.pods[container.pod])] if container.pod != NONE else NONE
            place = places.setdefault((one.host, container.id), len(containers))
            own[at] = place
            if place == len(containers):
                containers.append(replace(container, pod=pod))
            elif container.known:
                containers[place] = replace(container, pod=pod)
        rows.append(own)
    hosts = np.array([host for host, _ in places], np.int16)
    return _Surroundings(containers, hosts, kubernetes, rows)


def _identity(thing: KubernetesObject) -> str:
    return thing.uid or f"{thing.namespace}/{thing.name}"


def _users(stores: list[Store]) -> Users:
    """Names of numbers by any of the machines; what one machine says is asked of it."""
    found = Users()
    for store in reversed(stores):
        for field in fields(Users):
            getattr(found, field.name).update(getattr(store.users, field.name))
    return found


def _loss(stores: list[Store]) -> Loss:
    losses = [store.loss for store in stores]
    unknown: Counter[int] = Counter()
    for loss in losses:
        unknown.update(loss.unknown_events)
    return Loss(
        damage=[sentence for loss in losses for sentence in loss.damage],
        lost_bytes=NONE
        if any(loss.lost_bytes < 0 for loss in losses)
        else sum(loss.lost_bytes for loss in losses),
        unknown_blocks=sum(loss.unknown_blocks for loss in losses),
        unknown_events=dict(unknown),
        broken_events=sum(loss.broken_events for loss in losses),
    )
