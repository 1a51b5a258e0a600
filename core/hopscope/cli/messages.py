"""``hopscope messages``: what was asked and answered on connections, and what was logged."""

from __future__ import annotations

from collections.abc import Iterator

from hopscope.cli.capture import Progress, matching, open_capture
from hopscope.cli.command import Request
from hopscope.cli.output import json_array
from hopscope.cli.table import Heading, print_table
from hopscope.conversation import Messages, messages_of
from hopscope.conversation.exchange import descriptor_of, exchange_object, halves, owner_of
from hopscope.conversation.messages import PROTOCOLS
from hopscope.conversation.transfers import RECEIVE
from hopscope.protocols.part import folded
from hopscope.store.tables import NONE
from hopscope.views.names import container_label
from hopscope.views.text import format_duration, format_time

UNFOLDED = 1
"""Levels of a body that are printed; what lies deeper is counted."""

HEADINGS = (
    Heading("TIME"), Heading("PROCESS"), Heading("POD OR CONTAINER"), Heading("PROTOCOL"), Heading(""),
    Heading("LATENCY", right=True), Heading("EVENTS"), Heading("MESSAGE"),
)  # fmt: skip


def run(request: Request) -> int:
    """Print the exchanges that events which pass the filter took part in."""
    arguments = request.arguments
    store = open_capture(arguments)
    mask = matching(store, arguments.filter) if arguments.filter else None
    with Progress() as progress:
        messages = messages_of(store, lambda share: progress.report("reading messages", share))
    chosen = messages.exchanges(mask).tolist()[: arguments.limit]
    if arguments.json:
        objects = (exchange_object(messages, one, arguments.full) for one in chosen)
        request.output.lines(json_array(objects))
    elif arguments.full:
        request.output.lines(line for one in chosen for line in _in_full(messages, one))
    else:
        print_table(request.output, HEADINGS, (_cells(messages, one) for one in chosen))
    return 0


def _cells(messages: Messages, message: int) -> list[str]:
    store = messages.store
    owner = owner_of(messages, message)
    latency = int(messages.latency[message])
    label = container_label(owner.container) if owner.container is not None else ""
    return [
        format_time(int(store.time[messages.row(message)]), store.epoch),
        f"{owner.process} {owner.pid}" if owner.process else str(owner.tid),
        f"{owner.machine} {owner.pod or label}".strip(),
        PROTOCOLS[messages.protocol[message]],
        "<" if messages.direction[message] == RECEIVE else ">",
        format_duration(latency) if latency >= 0 else "",
        _events(messages, message),
        messages.sentence(message),
    ]


def _events(messages: Messages, message: int) -> str:
    """First and last event, ``10049 10169``: where the question began and where the answer ended."""
    first, second = halves(messages, message)
    rows = [messages.rows(one) for one in (first, second) if one != NONE]
    numbers = dict.fromkeys(int(messages.store.number[row]) for row in (rows[0][0], rows[-1][-1]))
    return " ".join(map(str, numbers))


def _in_full(messages: Messages, message: int) -> Iterator[str]:
    yield "  ".join(cell for cell in _cells(messages, message) if cell)
    yield f"  on {descriptor_of(messages, message)}"
    repeats = int(messages.repeats[message])
    if repeats != NONE:
        yield f"  asks again what event {messages.store.number[messages.row(repeats)]} asked"
    for one in halves(messages, message):
        if one == NONE:
            continue
        numbers = messages.store.number[messages.rows(one)].tolist()
        way = "received" if messages.direction[one] == RECEIVE else "sent"
        size = int(messages.stop[one] - messages.start[one])
        listed = ", ".join(map(str, numbers[:8])) + (f" … {numbers[-1]}" if len(numbers) > 8 else "")
        yield f"  {way} {size:,} bytes: event{'s' if len(numbers) > 1 else ''} {listed}"
        for part in messages.parts(one):
            yield f"    {part.title}"
            yield from (f"      {'  ' * line.depth}{line.text}" for line in folded(part.lines, UNFOLDED))
    yield ""
