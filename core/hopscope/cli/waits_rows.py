"""Rows of the table of commands about where the time went."""

from __future__ import annotations

from hopscope.cli.command import CAPTURE, FILTER, JSON, NO_CACHE, UNPACK_LIMIT, Argument, Command, Example
from hopscope.cli.numbers import count, duration, event_number

_FROM = Argument(
    ("--from",), "begin at this event", {"metavar": "EVENT", "type": event_number, "dest": "first"}
)
_TO = Argument(("--to",), "end at this event", {"metavar": "EVENT", "type": event_number, "dest": "last"})

WAITS = Command(
    name="waits",
    summary="say where the time of processes went",
    description=(
        "Print what the elapsed time of a process was spent on: connections, files, children, timers and\n"
        "other threads that were waited for, a CPU that was busy, work, and what nobody knows. The parts\n"
        "add up to the whole, longest first, each with the events at its edges. Of several threads at each\n"
        "instant that one counts which says most about why the process had not gone on yet.\n"
        "A filter chooses the processes that events which pass it belong to. docs/waiting.md tells how all\n"
        "of this is worked out."
    ),
    arguments=(
        CAPTURE,
        FILTER,
        Argument(
            ("--process",),
            "the process with this number; may be given several times",
            {"metavar": "PID", "type": event_number, "action": "append"},
        ),
        _FROM,
        _TO,
        Argument(("--threads",), "each thread for itself instead of its process", {"action": "store_true"}),
        Argument(
            ("--together",),
            "all chosen processes as one: who waits for another of them counts for what that one does",
            {"action": "store_true"},
        ),
        JSON,
        Argument(("--limit",), "print the N longest parts of each only", {"metavar": "N", "type": count}),
        Argument(
            ("--most",),
            "print N processes or threads at most, those with most events (%(default)s)",
            {"metavar": "N", "type": count, "default": 20},
        ),
        UNPACK_LIMIT,
        NO_CACHE,
    ),
    examples=(
        Example("hopscope waits capture.scap proc.name=curl", "see what curl waited for"),
        Example("hopscope waits capture.scap --process 4617 --threads", "look at each thread of a process"),
        Example(
            "hopscope waits capture.scap proc.name=curl --from 10036 --to 104528",
            "look at the time between two events",
        ),
        Example("hopscope waits capture.scap container.name=web --json", "print it as JSON, with all events"),
    ),
    module="waits",
)

GAPS = Command(
    name="gaps",
    summary="list times in which nothing of a selection happened",
    description=(
        "Print the gaps between the events that pass a filter, longest first: how long nothing happened,\n"
        "the events before and after, and what the processes of these two waited for meanwhile."
    ),
    arguments=(
        CAPTURE,
        FILTER,
        Argument(
            ("--longer",),
            "only gaps longer than this, for instance 100ms, 1.5s or 20us (%(default)s)",
            {"metavar": "TIME", "type": duration, "default": "100ms"},
        ),
        JSON,
        Argument(("--limit",), "print the N longest only", {"metavar": "N", "type": count}),
        UNPACK_LIMIT,
        NO_CACHE,
    ),
    examples=(
        Example("hopscope gaps capture.scap proc.name=curl", "see when curl stood still"),
        Example("hopscope gaps capture.scap fd.port=53 --longer 1s", "find silence on DNS connections"),
    ),
    module="gaps",
)
