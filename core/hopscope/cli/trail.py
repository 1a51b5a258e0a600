"""``hopscope trail``: the tree of requests through an event."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from hopscope.cli.capture import Progress, open_capture
from hopscope.cli.command import Request
from hopscope.cli.output import complain, json_document
from hopscope.cli.table import Heading, print_table
from hopscope.errors import UsageError
from hopscope.guides import guides
from hopscope.spans import Trail, marks, prepare, process_words, title, trail_of, where_words
from hopscope.spans.exports import chrome_object, otlp_object, trail_markdown, trail_object
from hopscope.spans.tree import MOST_NODES
from hopscope.views.text import format_duration

HEADINGS = (
    Heading("SINCE", right=True), Heading("DURATION", right=True), Heading("EVENTS"), Heading("PROCESS"),
    Heading("POD OR CONTAINER"), Heading("REQUEST"),
)  # fmt: skip


FORMATS = ("json", "otlp", "chrome", "markdown")
"""Options of which one may be given."""


def run(request: Request) -> int:
    """Print the trail of an event."""
    arguments = request.arguments
    _check(arguments)
    store = open_capture(arguments)
    row = store.row_of(arguments.event)
    with Progress() as progress:
        prepare(store, lambda share: progress.report("reading messages", share))
    trail = trail_of(store, row, whole=arguments.process)
    if not len(trail):
        complain(f"event {arguments.event} belongs to no process, so there is no trail through it")
    if trail.cut:
        complain(f"the trail is longer; these are its first {MOST_NODES:,} rows")
    if arguments.json:
        request.output.text(json_document(trail_object(trail, arguments.event)))
    elif arguments.otlp:
        request.output.text(json_document(otlp_object(trail)))
    elif arguments.chrome:
        request.output.text(json_document(chrome_object(trail)))
    elif arguments.markdown:
        heading = f"Trail of event {arguments.event} of {store.source.name}"
        request.output.text(trail_markdown(trail, heading))
    else:
        print_table(request.output, HEADINGS, _lines(trail))
    return 0


def _check(arguments: Namespace) -> None:
    chosen = [name for name in FORMATS if getattr(arguments, name)]
    if len(chosen) > 1:
        raise UsageError(f"--{chosen[0]} and --{chosen[1]} exclude each other")


def _lines(trail: Trail) -> Iterator[list[str]]:
    begin = trail.begin
    lines = guides([node.depth for node in trail.nodes])
    for place in range(len(trail)):
        number = trail.store.number
        events = dict.fromkeys((int(number[trail.first(place)]), int(number[trail.last(place)])))
        noted = marks(trail, place)
        yield [
            format_duration(trail.start(place) - begin),
            format_duration(trail.stop(place) - trail.start(place)),
            " ".join(map(str, events)),
            process_words(trail, place),
            where_words(trail, place),
            f"{lines[place]}{title(trail, place)}" + (f"  ({', '.join(noted)})" if noted else ""),
        ]
