"""Build a store from a capture: walk, columns, pairing, replay, tables, look-ups."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from hopscope.capture.source import Source, open_source
from hopscope.capture.walk import Blocks, walk
from hopscope.decode.columns import EventColumns, read_columns
from hopscope.state.replay import replay
from hopscope.store.assembly import add_placeholders, descriptor_table, thread_table
from hopscope.store.event_columns import (
    descriptor_numbers,
    descriptor_rows,
    epochs,
    numbers,
    results,
    sizes,
    thread_rows,
)
from hopscope.store.intervals import IntervalIndex, descriptor_key
from hopscope.store.metadata_blocks import Metadata, read_metadata
from hopscope.store.pairing import of_threads, pair
from hopscope.store.store import Loss, Store
from hopscope.store.surroundings import link_pods, read_containers, read_kubernetes, read_users
from hopscope.store.tables import FOREVER

Report = Callable[[str, float], None]
"""``(what, part)``: what is being done, in words, and how much of the whole is done, 0 to 1."""


def open_store(path: str | Path, report: Report | None = None) -> Store:
    """Open a capture and index it.

    Args:
        path: a file, or ``-`` for standard input.
        report: called from time to time with what is being done and how much is done.

    Raises:
        CaptureError: when it is no capture, in one sentence.
    """
    say = report or (lambda what, part: None)
    say("reading", 0.0)
    source = open_source(
        path, progress=lambda done, total: say("reading", 0.5 * done / total if total else 0.0)
    )
    return build_store(source, report)


def build_store(source: Source, report: Report | None = None) -> Store:
    """Index the unpacked bytes of a capture; arguments as in :func:`open_store`."""
    say = report or (lambda what, part: None)
    say("finding events", 0.5)
    blocks = walk(source.data)
    columns = read_columns(source.data, blocks)
    metadata = read_metadata(source.data, blocks, columns)
    say("pairing calls", 0.6)
    twin, latency = pair(columns)
    threaded = of_threads(columns)
    say("replaying processes and descriptors", 0.65)
    world = replay(columns, metadata.sections, twin.astype(np.int64), threaded)
    world.end(FOREVER)
    say("building tables", 0.85)
    add_placeholders(world.thread_log, world.descriptor_log, columns, threaded)
    kubernetes = read_kubernetes(columns)
    containers = link_pods(read_containers(columns, world.engines), kubernetes)
    threads = thread_table(world.thread_log, {one.id: row for row, one in enumerate(containers)})
    descriptors = descriptor_table(world.descriptor_log)
    thread_index = IntervalIndex(threads.tid, threads.first, threads.stop, len(columns))
    descriptor_index = IntervalIndex(
        descriptor_key(descriptors.table, descriptors.fd), descriptors.first, descriptors.stop, len(columns)
    )
    say("looking up", 0.9)
    thread = thread_rows(columns, thread_index, threaded)
    result = results(columns)
    fd = descriptor_numbers(columns, twin, result)
    descriptor = descriptor_rows(threads, thread, fd, descriptor_index)
    starts = [lists.first for lists in metadata.sections] or [0]
    number, hidden = numbers(columns, starts)
    store = Store(
        source=source,
        machine=metadata.machine,
        interfaces=[one for lists in metadata.sections for one in lists.interfaces],
        loss=_loss(source, blocks, columns, metadata),
        columns=columns,
        sections=starts,
        epochs=epochs(columns, starts),
        number=number,
        hidden=hidden,
        thread=thread.astype(np.int32),
        fd=fd,
        descriptor=descriptor.astype(np.int32),
        result=result,
        size=sizes(columns, result, descriptor),
        twin=twin,
        latency=latency,
        threads=threads,
        descriptors=descriptors,
        containers=containers,
        kubernetes=kubernetes,
        users=read_users(columns, metadata.users, metadata.groups),
        thread_index=thread_index,
        descriptor_index=descriptor_index,
    )
    say("ready", 1.0)
    return store


def _loss(source: Source, blocks: Blocks, columns: EventColumns, metadata: Metadata) -> Loss:
    damages = [*source.damage, *blocks.damage, *metadata.damages]
    lost = [damage.lost for damage in damages]
    return Loss(
        damage=[f"at byte {damage.offset:,}: {damage.what}" for damage in damages],
        lost_bytes=-1 if any(one < 0 for one in lost) else sum(lost),
        unknown_blocks=metadata.unknown_blocks,
        unknown_events=columns.unknown,
        broken_events=len(columns.broken),
    )
