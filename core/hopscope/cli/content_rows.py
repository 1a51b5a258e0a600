"""Rows of the table of commands about what was said and what files held."""

from __future__ import annotations

from hopscope.cli.command import CAPTURE, FILTER, JSON, NO_CACHE, UNPACK_LIMIT, Argument, Command, Example
from hopscope.cli.numbers import count, event_number

MESSAGES = Command(
    name="messages",
    summary="list what was asked and answered on connections",
    description=(
        "Print the messages of a capture, one exchange a line: a request and the response to it, or a line\n"
        "of a log. Connections are put together from their events and read as DNS, HTTP/1, HTTP/2, TLS,\n"
        "PostgreSQL, MySQL, Redis, memcached, syslog or JSON lines. With a filter only exchanges that\n"
        "events which pass it took part in. The latency goes from a request's first event to that of its\n"
        "response."
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

FILE = Command(
    name="file",
    summary="put together what a file held",
    description=(
        "Print what was read from and written to a file, by whom and when, and its contents as far as the\n"
        "capture holds them, gaps included. Files of one name in several containers follow each other."
    ),
    arguments=(
        CAPTURE,
        Argument(("path",), "path of the file, or the last parts of it", {"metavar": "PATH"}),
        Argument(
            ("--at",),
            "as it was at this event; if that is on one of several files, or of a container, that one only",
            {"metavar": "EVENT", "type": event_number},
        ),
        JSON,
        Argument(
            ("-o", "--output"),
            "write the contents into this new file, gaps as zero bytes",
            {"metavar": "FILE"},
        ),
        UNPACK_LIMIT,
        NO_CACHE,
    ),
    examples=(
        Example("hopscope file capture.scap /etc/resolv.conf", "read it in all containers"),
        Example("hopscope file capture.scap resolv.conf --at 10022", "read it as event 10022 did"),
        Example("hopscope file capture.scap access.log --output access.log", "take it out of the capture"),
    ),
    module="file",
)

FINDINGS = Command(
    name="findings",
    summary="say what is wrong, worst first by the time lost",
    description=(
        "Print what rules find wrong in a capture, each with the process, the time lost and the numbers of\n"
        "the events that prove it: DNS queries without an answer, names looked up through a search list,\n"
        "failed lookups, connections, HTTP answers and the upstream they came from, opens and programs,\n"
        "requests sent again, things seen only after a time-out, full queues, translated addresses, killed\n"
        "processes, slow calls, attempts to run commands through a shell's environment.\n"
        "Time is counted once for each process, by the rule that explains most. With a filter only findings\n"
        "that events which pass it belong to. docs/findings.md lists the rules."
    ),
    arguments=(
        CAPTURE,
        FILTER,
        Argument(("--rule",), "only findings of this rule, for instance dns-unanswered", {"metavar": "RULE"}),
        JSON,
        Argument(("--limit",), "print the worst N only", {"metavar": "N", "type": count}),
        UNPACK_LIMIT,
        NO_CACHE,
    ),
    examples=(
        Example("hopscope findings capture.scap", "list them"),
        Example("hopscope findings capture.scap proc.name=curl", "list those that curl took part in"),
        Example("hopscope findings capture.scap --json", "print them as JSON, with all events"),
    ),
    module="findings",
)

TRAIL = Command(
    name="trail",
    summary="show one request through all its processes",
    description=(
        "Print the tree of requests that an event belongs to: what was received by whom, what was sent on\n"
        "for its sake, who received that, and what came back after how long. The root is the run of the\n"
        "process that began it all. Requests without an answer, repeated ones and doubtful links are marked."
    ),
    arguments=(
        CAPTURE,
        Argument(
            ("event",),
            "number of an event, as `hopscope events` prints it",
            {"metavar": "EVENT", "type": event_number},
        ),
        Argument(
            ("--process",),
            "show all that the event's process did, also where it was there before the capture began",
            {"action": "store_true"},
        ),
        JSON,
        Argument(
            ("--otlp",),
            "print it as OpenTelemetry's OTLP JSON, which Jaeger and other trace viewers open",
            {"action": "store_true"},
        ),
        Argument(
            ("--chrome",),
            "print it as Chrome trace events, which Perfetto (ui.perfetto.dev) opens",
            {"action": "store_true"},
        ),
        Argument(("--markdown",), "print it as a Markdown table for a report", {"action": "store_true"}),
        UNPACK_LIMIT,
        NO_CACHE,
    ),
    examples=(
        Example("hopscope trail capture.scap 10049", "show the tree that event 10049 belongs to"),
        Example("hopscope trail capture.scap 10049 --process", "show all that its process did"),
        Example("hopscope trail capture.scap 10049 --json", "print it as JSON, with the evidence"),
        Example("hopscope trail capture.scap 10049 --otlp", "print what Jaeger opens"),
        Example("hopscope trail capture.scap 10049 --chrome", "print what Perfetto opens"),
    ),
    module="trail",
)

STREAM = Command(
    name="stream",
    summary="follow one connection with both sides joined",
    description=(
        "Print what the two ends of a connection, socket or pipe said, in the order of its bytes. What the\n"
        "end that was asked for did not record is taken from the other end where the capture has it; what\n"
        "neither holds is a gap. Of a socket that talks to many only the datagrams of one other end."
    ),
    arguments=(
        CAPTURE,
        Argument(
            ("event",),
            "number of an event on it, as `hopscope events` prints it",
            {"metavar": "EVENT", "type": event_number},
        ),
        JSON,
        Argument(
            ("-o", "--output"),
            "write the bytes of one side into this new file, gaps as zero bytes",
            {"metavar": "FILE"},
        ),
        Argument(("--side",), "whose bytes: client (or writer) or server", {"choices": ("client", "server")}),
        UNPACK_LIMIT,
        NO_CACHE,
    ),
    examples=(
        Example("hopscope stream capture.scap 10117", "read both sides of its connection"),
        Example("hopscope stream capture.scap 10117 --side server -o answers", "take the answers out"),
        Example("hopscope stream capture.scap 10117 --json", "print it as JSON"),
    ),
    module="stream",
)
