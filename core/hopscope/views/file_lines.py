"""What a file held, as lines: which file it is, who used it and when, and its contents with the gaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from hopscope.conversation.file_accesses import MAPPED, READ, Access, OpenFile
from hopscope.conversation.file_contents import FileContents, Stretch
from hopscope.conversation.places import machine_at
from hopscope.protocols.part import bytes_part
from hopscope.redaction import shown_bytes
from hopscope.store.tables import NONE
from hopscope.views.names import container_label
from hopscope.views.text import format_time

HEADING, USE, GAP, TEXT = "heading", "use", "gap", "text"
"""Kinds of line."""

MOST_USES = 200
MOST_SHOWN = 1 << 18
"""Bytes of the contents that are shown."""

MOST_STRETCHES = 1000


@dataclass(frozen=True, slots=True)
class FileLine:
    """One line.

    Attributes:
        kind: HEADING, USE, GAP or TEXT.
        text: not yet safe for a terminal.
        row: event row to which a use leads, NONE.
    """

    kind: str
    text: str
    row: int = NONE


def file_lines(contents: FileContents) -> Iterator[FileLine]:
    """The lines about one file."""
    yield FileLine(HEADING, _heading(contents))
    yield from _uses(contents)
    yield from _contents(contents)


def _heading(contents: FileContents) -> str:
    store = contents.store
    where, container = "", contents.in_container
    if container is not None:
        pod = store.kubernetes.pods[container.pod].name if container.pod != NONE else ""
        where = f" in {container_label(container)}" + (f" of pod {pod}" if pod else "")
    if machine := machine_at(store, contents.container):
        where += f" on {machine}"
    inode = f", inode {contents.ino}" if contents.ino else ""
    amount = f"{contents.size:,} bytes"
    if contents.known < contents.size:
        amount = f"{contents.known:,} of {contents.size:,} bytes recorded"
    if not contents.placed:
        amount += ", in the order in which they were moved"
    elif contents.ends:
        amount += ", to its end"
    return f"{contents.path}{where}{inode}: {amount}"


def _uses(contents: FileContents) -> Iterator[FileLine]:
    """Who did what; calls of one open that go on where the one before ended are one line."""
    runs: list[list[tuple[OpenFile, Access]]] = []
    for opened, access in contents.accesses:
        if runs and _goes_on(runs[-1][-1], (opened, access)):
            runs[-1].append((opened, access))
        else:
            runs.append([(opened, access)])
    for run in runs[:MOST_USES]:
        yield _use(contents, run)
    if len(runs) > MOST_USES:
        yield FileLine(USE, f"  … {len(runs) - MOST_USES:,} more uses")


def _goes_on(before: tuple[OpenFile, Access], now: tuple[OpenFile, Access]) -> bool:
    (one, last), (other, access) = before, now
    return one is other and last.kind == access.kind and last.offset + last.size == access.offset


def _use(contents: FileContents, run: list[tuple[OpenFile, Access]]) -> FileLine:
    store = contents.store
    opened, first = run[0]
    last = run[-1][1]
    thread = int(store.thread[first.row])
    who = f"tid {store.tid[first.row]}"
    if thread >= 0:
        who = f"{store.threads.comm[thread]} {store.threads.pid[thread]}"
    what = {READ: "read by", MAPPED: "mapped into memory by"}.get(first.kind, "written by")
    numbers = f"event {store.number[first.row]}"
    if len(run) > 1:
        numbers = f"events {store.number[first.row]} to {store.number[last.row]} ({len(run)} calls)"
    place = f"bytes {first.offset:,} to {last.offset + last.size:,}"
    opening = (
        f"opened at {store.number[opened.opened]}" if opened.opened >= 0 else "open before the capture began"
    )
    time = format_time(int(store.time[first.row]), store.epoch)
    return FileLine(USE, f"  {time}  {what} {who}: {place}, {numbers}, {opening}", first.row)


def _contents(contents: FileContents) -> Iterator[FileLine]:
    left = MOST_SHOWN
    stretches = contents.stretches()
    for one in islice(stretches, MOST_STRETCHES):
        if one.data is None:
            yield FileLine(GAP, gap_text(one))
            continue
        part = bytes_part("", shown_bytes(one.data[:left]))
        yield from (FileLine(TEXT, line.text) for line in part.lines)
        left -= len(one.data)
        if left <= 0:
            break
    if left <= 0 or next(stretches, None) is not None:
        yield FileLine(GAP, "… more; hopscope file --output FILE writes all of it")


def gap_text(gap: Stretch) -> str:
    """A gap in words."""
    return f"… {gap.stop - gap.start:,} bytes from byte {gap.start:,} that were not read, written or recorded"
