"""``hopscope tree``: who began whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hopscope.cli.capture import matching, open_capture
from hopscope.cli.command import Request
from hopscope.cli.output import json_array
from hopscope.cli.table import Heading, print_table
from hopscope.decode.wait_status import end_words
from hopscope.guides import guides
from hopscope.lineage import Lineage, Process, lineage_of
from hopscope.redaction import shown_arguments
from hopscope.store.tables import NONE
from hopscope.views.names import container_label
from hopscope.views.text import format_duration, format_time

HEADINGS = (
    Heading("PROCESS"), Heading("PID", True), Heading("BORN", True), Heading("LIVED", True), Heading("ENDED"),
    Heading("EVENTS", True), Heading("CONTAINER"), Heading("RAN"),
)  # fmt: skip


def run(request: Request) -> int:
    """Print the tree of processes, or of those that did something which passes the filter."""
    arguments = request.arguments
    store = open_capture(arguments)
    lineage = lineage_of(store, matching(store, arguments.filter) if any(arguments.filter) else None)
    if arguments.json:
        request.output.lines(json_array(process_objects(lineage)))
    else:
        print_table(request.output, HEADINGS, _lines(lineage))
    return 0


def _lines(lineage: Lineage) -> Iterator[list[str]]:
    store = lineage.store
    lines = guides([one.depth for one in lineage.processes])
    for one, line in zip(lineage.processes, lines, strict=True):
        lived = lineage.lifetime(one)
        yield [
            f"{line}{store.threads.comm[one.state]}",
            str(store.threads.pid[one.state]),
            format_time(int(store.time[one.born]), store.epoch) if one.born >= 0 else "",
            format_duration(lived) if lived >= 0 else "",
            end_words(one.status) or ("yes" if one.died >= 0 else ""),
            f"{one.events:,}" if one.events else "",
            _container(lineage, one),
            " → ".join(command_of(lineage, run.state) for run in one.runs),
        ]


def command_of(lineage: Lineage, state: int) -> str:
    """The command of a row of the thread table, credentials masked where that is wanted."""
    threads = lineage.store.threads
    program = threads.exe[state] or threads.comm[state]
    return " ".join((program, *shown_arguments(program, threads.args[state])))


def _container(lineage: Lineage, one: Process) -> str:
    number = int(lineage.store.threads.container[one.state])
    return container_label(lineage.store.containers[number]) if number > 0 else ""


def process_objects(lineage: Lineage) -> Iterator[dict[str, Any]]:
    """The processes as plain data, each behind those above it."""
    store, threads = lineage.store, lineage.store.threads
    for one in lineage.processes:
        lived = lineage.lifetime(one)
        parent = lineage.processes[one.parent] if one.parent != NONE else None
        yield {
            "pid": int(threads.pid[one.state]),
            "name": threads.comm[one.state],
            "depth": one.depth,
            "parent": int(threads.pid[parent.state]) if parent is not None else None,
            "container": _container(lineage, one) or None,
            "born_event": int(store.number[one.born]) if one.born >= 0 else None,
            "born": int(store.time[one.born]) if one.born >= 0 else None,
            "died_event": int(store.number[one.died]) if one.died >= 0 else None,
            "died": int(store.time[one.died]) if one.died >= 0 else None,
            "lived_ns": lived if lived >= 0 else None,
            "status": one.status if one.status >= 0 else None,
            "ended": end_words(one.status) or None,
            "events": one.events,
            "ran": [
                {
                    "event": int(store.number[run.row]) if run.row >= 0 else None,
                    "command": command_of(lineage, run.state),
                }
                for run in one.runs
            ],
        }
