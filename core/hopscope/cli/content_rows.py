"""Rows of the table of commands about what was said and what files held."""

from __future__ import annotations

from hopscope.cli.command import CAPTURE, FILTER, JSON, NO_CACHE, UNPACK_LIMIT, Argument, Command, Example
from hopscope.cli.numbers import count

MESSAGES = Command(
    name="messages",
    summary="list what was asked and answered on connections",
    description=(
        "Print the messages of a capture, one exchange a line: a request and the response to it, or a line\n"
        "of a log. Connections are put together from their events and read as DNS, HTTP/1, HTTP/2, TLS,\n"
        "PostgreSQL, MySQL, Redis, syslog or JSON lines. With a filter only exchanges that events which\n"
        "pass it took part in. The latency goes from a request's first event to that of its response."
    ),
    arguments=(
        CAPTURE,
        FILTER,
        JSON,
        Argument(("--full",), "print headers, sections and bodies too", {"action": "store_true"}),
        Argument(("--limit",), "print the first N exchanges only", {"metavar": "N", "type": count}),
        UNPACK_LIMIT,
        NO_CACHE,
    ),
    examples=(
        Example("hopscope messages capture.scap", "list them"),
        Example("hopscope messages capture.scap proc.name=curl --full", "read all that curl said and heard"),
        Example("hopscope messages capture.scap fd.port=53 --json", "print DNS lookups as JSON"),
    ),
    module="messages",
)
