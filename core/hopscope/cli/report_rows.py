"""Rows of the table of commands that sum up a whole capture."""

from __future__ import annotations

from hopscope.cli.command import CAPTURE, FILTER, JSON, NO_CACHE, UNPACK_LIMIT, Argument, Command, Example
from hopscope.cli.numbers import columns, count, interval, milliseconds

ONLY = Argument(
    ("--only",),
    "only what happens on these descriptors: net or file",
    {"metavar": "KIND", "choices": ("net", "file"), "default": ""},
)
_COLUMNS = Argument(
    ("--columns",), "columns of the map; by default as many as fit", {"metavar": "N", "type": columns}
)
_CELL_EVENTS = Argument(
    ("--events",), "with --json, name the events of each cell too", {"action": "store_true"}
)


_ROWS = Argument(("-n", "--limit"), "print the first N lines only", {"metavar": "N", "type": count})


def _every(default: str) -> Argument:
    return Argument(
        ("--every",),
        f"milliseconds in a line; by default {default}",
        {"metavar": "MS", "type": interval, "default": default},
    )


TREE = Command(
    name="tree",
    summary="print who began whom, with life times, programs and how they ended",
    description=(
        "Print all processes as a tree: when each was born, how long it lived, the programs it became one\n"
        "after the other, and the status it ended with. What is not in the capture is left blank. With a\n"
        "filter only processes with an event that passes it, and those above them."
    ),
    arguments=(CAPTURE, FILTER, JSON, UNPACK_LIMIT, NO_CACHE),
    examples=(
        Example("hopscope tree capture.scap", "print all processes"),
        Example("hopscope tree capture.scap evt.type=execve", "print those that ran a program"),
        Example(
            "hopscope tree capture.scap container.name=web --json", "the same of a container, for a program"
        ),
    ),
    module="tree",
)

OVERVIEW = Command(
    name="overview",
    summary="count what one looks for first: programs, connections, errors, changed files",
    description=(
        "Print one line for each thing that one looks for first in a capture: how much of it there was, and\n"
        "when, from the beginning of the capture at the left to its end at the right. With a filter only\n"
        "events that pass it count. JSON names the events behind each, and the filter for them."
    ),
    arguments=(
        CAPTURE,
        FILTER,
        Argument(("--all",), "print what there is nothing of, too", {"action": "store_true"}),
        JSON,
        UNPACK_LIMIT,
        NO_CACHE,
    ),
    examples=(
        Example("hopscope overview capture.scap", "see what is in it"),
        Example("hopscope overview capture.scap container.name=web", "see what one container did"),
        Example("hopscope overview capture.scap --json", "get the numbers and their events"),
    ),
    module="overview",
)

_LATENCIES = Argument(
    ("--only",),
    "calls on these descriptors, net or file; or requests instead of calls",
    {"metavar": "KIND", "choices": ("calls", "net", "file", "requests"), "default": "calls"},
)

SPECTROGRAM = Command(
    name="spectrogram",
    summary="draw how long calls took, over time",
    description=(
        "Draw a map of latencies: one line an interval of time, one column a latency, from 1 ns at the left\n"
        "to 100 s at the right; the darker a cell, the more calls. With a filter only calls that pass it.\n"
        "--only requests draws requests instead, as each process saw them."
    ),
    arguments=(
        CAPTURE,
        FILTER,
        _LATENCIES,
        _every("500"),
        _COLUMNS,
        JSON,
        _CELL_EVENTS,
        UNPACK_LIMIT,
        NO_CACHE,
    ),
    examples=(
        Example("hopscope spectrogram capture.scap", "draw all calls"),
        Example("hopscope spectrogram capture.scap --only file --every 100", "draw I/O on files, by 100 ms"),
        Example(
            "hopscope spectrogram capture.scap proc.name=etcd --json --events", "find the events of a cell"
        ),
    ),
    module="spectrogram",
)

SUBSECOND = Command(
    name="subsecond",
    summary="draw when within each second calls began",
    description=(
        "Draw when within each interval calls began: one line an interval, from its beginning at the left\n"
        "to its end at the right; the darker a cell, the more calls. What repeats every so often makes a\n"
        "pattern that a rate per second hides. With a filter only calls that pass it."
    ),
    arguments=(CAPTURE, FILTER, ONLY, _every("1000"), _COLUMNS, JSON, _CELL_EVENTS, UNPACK_LIMIT, NO_CACHE),
    examples=(
        Example("hopscope subsecond capture.scap", "draw whole seconds"),
        Example(
            "hopscope subsecond capture.scap proc.name=etcd --every 100", "look at 100 ms of one program"
        ),
    ),
    module="subsecond",
)

TOP = Command(
    name="top",
    summary="list what moved most bytes, took longest, failed most",
    description=(
        "Put events together by the values of one or more fields, add up one thing, and print the largest:\n"
        "\n"
        "  bytes        bytes read and written\n"
        "  time         time that calls took, waiting included\n"
        "  events       events; a call has two, its beginning and its end\n"
        "  calls        calls that ended\n"
        "  errors       calls that failed\n"
        "  cpu          time on a CPU, as the recorder noted it about once a second\n"
        "  run          time on a CPU, from switch to switch\n"
        "  descriptors  different descriptors that events are about\n"
        "\n"
        "`hopscope fields` lists the fields. The percentage is that of all groups together, of cpu and run\n"
        "that of the time covered. Events without a value of one of the fields do not count."
    ),
    arguments=(
        CAPTURE,
        FILTER,
        Argument(
            ("--by",),
            "fields to put together by, with commas between them; by default proc.name,proc.pid",
            {"metavar": "FIELDS", "default": "proc.name,proc.pid"},
        ),
        Argument(("--of",), "what is added up; by default bytes", {"metavar": "WHAT", "default": "bytes"}),
        ONLY,
        Argument(
            ("-n", "--limit"),
            "print the first N lines; by default 30, 0 for all",
            {"metavar": "N", "type": count},
        ),
        JSON,
        UNPACK_LIMIT,
        NO_CACHE,
    ),
    examples=(
        Example(
            "hopscope top capture.scap --only net", "list the processes that moved most over the network"
        ),
        Example("hopscope top capture.scap --by fd.name --of time --only file", "list the slowest files"),
        Example("hopscope top capture.scap --by container.name --of errors", "list what fails most"),
        Example(
            "hopscope top capture.scap --by fd.l4proto,fd.name --only net", "list the busiest connections"
        ),
        Example(
            "hopscope top capture.scap --by evt.type --of calls proc.name=curl", "count calls of a program"
        ),
    ),
    module="top",
)

RATE = Command(
    name="rate",
    summary="print bytes read and written, second by second",
    description=(
        "Add up what calls read and wrote in each interval, from the beginning of the capture to its end.\n"
        "With a filter only calls that pass it. Intervals begin at whole multiples of their length."
    ),
    arguments=(CAPTURE, FILTER, ONLY, _every("1000"), JSON, UNPACK_LIMIT, NO_CACHE),
    examples=(
        Example("hopscope rate capture.scap", "print all I/O by the second"),
        Example("hopscope rate capture.scap --only net --every 100", "print network traffic by 100 ms"),
    ),
    module="rate",
)

SLOW = Command(
    name="slow",
    summary="list the calls that took longest, or longer than a limit",
    description=(
        "Print the ten calls that took longest, the longest first; with --over all that took longer, in\n"
        "their order. Each stands with what it was given and what it returned."
    ),
    arguments=(
        CAPTURE,
        FILTER,
        Argument(
            ("--over",),
            "all calls that took more than so many milliseconds, in their order",
            {"metavar": "MS", "type": milliseconds},
        ),
        ONLY,
        _ROWS,
        JSON,
        UNPACK_LIMIT,
        NO_CACHE,
    ),
    examples=(
        Example("hopscope slow capture.scap", "list the ten slowest"),
        Example("hopscope slow capture.scap --over 100 --only net", "list network I/O that took over 100 ms"),
        Example(
            "hopscope slow capture.scap --over 0 --only file proc.name=etcd", "list all file I/O of a program"
        ),
    ),
    module="slow",
)

FLAME = Command(
    name="flame",
    summary="show where the time of spans went",
    description=(
        "Put together the spans that programs mark with tracers (writes like `>:t:api.query::` to\n"
        "/dev/null) by their tags. A span lies within those whose name its own begins with.\n"
        "\n"
        "  tree    one line a name, indented, with total, time without children, number, mean, min and max\n"
        "  folded  stacks and ns, as flamegraph.pl, speedscope and others read them\n"
        "  svg     a flame graph\n"
        "  statsd  one line a span, for a program that sends them to a server of metrics"
    ),
    arguments=(
        CAPTURE,
        FILTER,
        Argument(
            ("--format",),
            "tree, folded, svg or statsd; by default tree",
            {"metavar": "FORM", "choices": ("tree", "folded", "svg", "statsd"), "default": "tree"},
        ),
        JSON,
        UNPACK_LIMIT,
        NO_CACHE,
    ),
    examples=(
        Example("hopscope flame capture.scap", "print the spans as a tree"),
        Example("hopscope flame capture.scap --format svg > flame.svg", "draw them"),
        Example("hopscope flame capture.scap --format folded proc.name=api", "give them to another program"),
    ),
    module="flame",
)
