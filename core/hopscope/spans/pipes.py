"""Jobs that go through pipes: two pipes between the same two processes are one connection.

A pipe whose writer and reader are different processes carries jobs one way. Where another pipe leads back,
what comes through it answers them. What is written as standard output or error is output, unless it answers.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopscope.conversation.messages import Messages
from hopscope.conversation.streams import Indexes, Streams
from hopscope.conversation.transfers import PIPE, RECEIVE, SEND
from hopscope.spans.asked import Asked, nothing_asked, together
from hopscope.store.tables import NONE

STANDARD_OUTPUTS = (1, 2)
"""Descriptors to which programs write what they have to say, and nobody answers that."""


@dataclass(frozen=True, slots=True)
class Pipe:
    """A pipe from one process to another.

    Attributes:
        channel: of the streams.
        writer, reader: lives of the main threads.
        writes, reads: transfers, ascending.
        output: whether it is the standard output or error of its writer.
    """

    channel: int
    writer: int
    reader: int
    writes: Indexes
    reads: Indexes
    output: bool


def jobs_of(messages: Messages) -> Asked:
    """What was asked through pipes whose messages no decoder knows, as both ends saw it."""
    streams = messages.streams
    pipes = _pipes(streams, set(np.unique(messages.channel).tolist()))
    by_ends: defaultdict[tuple[int, int], list[Pipe]] = defaultdict(list)
    for pipe in pipes:
        by_ends[pipe.writer, pipe.reader].append(pipe)
    parts = [nothing_asked()]
    used: set[int] = set()
    for pipe in sorted(pipes, key=lambda one: int(one.writes[0])):
        if pipe.channel in used or pipe.output:
            continue
        used.add(pipe.channel)
        back = [one for one in by_ends[pipe.reader, pipe.writer] if one.channel not in used]
        if back:
            used.add(back[0].channel)
        parts.extend(_turns(streams, pipe, back[0] if back else None))
    return together(parts)


def _pipes(streams: Streams, spoken: set[int]) -> list[Pipe]:
    """Pipes with one writing and one other reading process."""
    columns, descriptors = streams.transfers, streams.store.descriptors
    chosen = np.flatnonzero((columns.family == PIPE) & (columns.size > 0) & (streams.endpoint >= 0))
    chosen = chosen[np.argsort(streams.endpoint[chosen], kind="stable")]
    if not len(chosen):
        return []
    channel = streams.endpoint[chosen]
    found = []
    for part in np.split(chosen, np.flatnonzero(np.diff(channel)) + 1):
        writes, reads = part[columns.direction[part] == SEND], part[columns.direction[part] == RECEIVE]
        writers, readers = np.unique(columns.process[writes]), np.unique(columns.process[reads])
        number = int(streams.endpoint[part[0]])
        if len(writers) != 1 or len(readers) != 1 or writers[0] == readers[0] or number in spoken:
            continue
        fd = descriptors.fd[columns.descriptor[writes]]
        output = bool(np.isin(fd, STANDARD_OUTPUTS).all())
        found.append(Pipe(number, int(writers[0]), int(readers[0]), writes, reads, output))
    return found


def _turns(streams: Streams, there: Pipe, back: Pipe | None) -> list[Asked]:
    """What was asked through a pipe and answered through another, at both ends."""
    empty = np.zeros(0, np.int64)
    return [
        _at_one_end(streams, SEND, there, there.writes, back, back.reads if back is not None else empty),
        _at_one_end(streams, RECEIVE, there, there.reads, back, back.writes if back is not None else empty),
    ]


def _at_one_end(
    streams: Streams, kind: int, there: Pipe, asking: Indexes, back: Pipe | None, answering: Indexes
) -> Asked:
    """The turns that one process took: with each job all writes or reads until the answer begins."""
    size = streams.transfers.size
    moved = np.sort(np.concatenate([asking, answering]))
    asks = np.isin(moved, asking)
    new = np.append(True, asks[1:] != asks[:-1]) if back is not None else np.ones(len(moved), np.bool_)
    begin = np.flatnonzero(new)
    stop = np.append(begin[1:], len(moved))
    offsets = {bool(side): _offsets(size[moved], asks == side) for side in (True, False)}
    ask = np.flatnonzero(asks[begin])
    after = np.minimum(ask + 1, len(begin) - 1)
    answered = (ask + 1 < len(begin)) & ~asks[begin[after]]
    none = np.full(len(ask), NONE, np.int64)
    start, end = offsets[True][begin[ask]], offsets[True][stop[ask] - 1] + size[moved[stop[ask] - 1]]
    first = offsets[False][begin[after]]
    return Asked(
        kind=np.full(len(ask), kind, np.int8),
        request=none.astype(np.int32),
        response=none.astype(np.int32),
        channel=np.full(len(ask), there.channel, np.int32),
        asked=moved[begin[ask]],
        asked_last=moved[stop[ask] - 1],
        answered=np.where(answered, moved[begin[after]], NONE),
        answered_last=np.where(answered, moved[stop[after] - 1], NONE),
        begin=start,
        end=end,
        size=end - start,
        answer_size=np.where(
            answered, offsets[False][stop[after] - 1] + size[moved[stop[after] - 1]] - first, NONE
        ),
        answer_begin=np.where(answered, first, NONE),
        answer_channel=np.full(len(ask), there.channel if back is None else back.channel, np.int32),
        one_way=np.full(len(ask), back is None, np.bool_),
    )


def _offsets(size: Indexes, mask: NDArray[np.bool_]) -> Indexes:
    """Where the bytes of each transfer begin among those of the chosen ones."""
    counted = np.where(mask, size, 0)
    found: Indexes = np.cumsum(counted) - counted
    return found
