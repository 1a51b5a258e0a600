"""Rows of the table of commands that print what happened one after the other."""

from __future__ import annotations

from hopscope.cli.command import CAPTURE, FILTER, JSON, NO_CACHE, UNPACK_LIMIT, Argument, Command, Example
from hopscope.cli.events_row import BUFFER_FORMS
from hopscope.cli.numbers import count, milliseconds

_FIRST = Argument(("--limit",), "print the first N only", {"metavar": "N", "type": count})

ECHO = Command(
    name="echo",
    summary="print what was read and written",
    description=(
        "Print the recorded bytes of calls that read or write, in their order, each below a line that tells\n"
        "who moved how many of them on what. Without one of -A, -x, -X and -b they are printed as text."
    ),
    arguments=(
        CAPTURE,
        FILTER,
        Argument(
            ("--only",),
            "only what moved on these: stdin, stdout, stderr, net, file, logs (writes to log files)",
            {
                "metavar": "WHAT",
                "choices": ("stdin", "stdout", "stderr", "net", "file", "logs"),
                "default": "",
            },
        ),
        Argument(
            ("--direction",),
            "only what was read, or only what was written",
            {"metavar": "WAY", "choices": ("read", "write"), "default": ""},
        ),
        Argument(
            ("--plain",),
            "print the bytes alone, into files and pipes exactly as they were recorded",
            {"action": "store_true"},
        ),
        *BUFFER_FORMS,
        JSON,
        _FIRST,
        UNPACK_LIMIT,
        NO_CACHE,
    ),
    examples=(
        Example("hopscope echo capture.scap proc.name=curl", "read what a program said and heard"),
        Example("hopscope echo capture.scap --only net fd.port=53 -X", "look at packets of a port"),
        Example(
            "hopscope echo capture.scap --only stdout --plain proc.pid=22369", "print what a process printed"
        ),
        Example("hopscope echo capture.scap --only file fd.name=/etc/resolv.conf", "follow a file"),
    ),
    module="echo",
)

LOG = Command(
    name="log",
    summary="read the capture as a log of requests, messages, commands or processes",
    description=(
        "Print one of these logs, one entry a line:\n"
        "\n"
        "  http       HTTP requests with status, latency and size\n"
        "  memcached  commands to memcached with keys, size and outcome\n"
        "  syslog     messages to syslog\n"
        "  files      lines written to log files\n"
        "  commands   commands that ran below a shell, and directories that one went to\n"
        "  exits      processes that ended, and how long they ran\n"
        "\n"
        "A CONDITION compares one value of an entry, under the name that --json gives it: status>=500,\n"
        "url~/api/ (contains), command=set. --by puts entries together by such values: number, mean of\n"
        "times, sum of bytes. With a filter only what events that pass it took part in."
    ),
    arguments=(
        Argument(("log",), "http, memcached, syslog, files, commands or exits", {"metavar": "LOG"}),
        CAPTURE,
        FILTER,
        Argument(
            ("--where",),
            "only entries that satisfy this; may be given several times",
            {"metavar": "CONDITION", "action": "append"},
        ),
        Argument(("--by",), "put entries together by these values", {"metavar": "NAMES", "default": ""}),
        Argument(
            ("--sort",),
            "with --by, the largest of this first: count, latency_ns, bytes, duration_ns",
            {"metavar": "NAME", "default": ""},
        ),
        JSON,
        _FIRST,
        UNPACK_LIMIT,
        NO_CACHE,
    ),
    examples=(
        Example("hopscope log http capture.scap", "print an access log of all ends"),
        Example(
            "hopscope log http capture.scap --by method,url --sort latency_ns", "find the slowest requests"
        ),
        Example("hopscope log http capture.scap --where 'status>=500'", "print failed requests"),
        Example("hopscope log commands capture.scap", "see what people typed"),
        Example("hopscope log exits capture.scap --where 'duration_ns>1e9'", "list what ran for a second"),
    ),
    module="log",
)

STATE = Command(
    name="state",
    summary="list processes, open files, connections or containers of any moment",
    description=(
        "Print one of these lists as it was at a moment, by default at the end:\n"
        "\n"
        "  ps          processes with user, memory, threads and open descriptors\n"
        "  lsof        open descriptors of each process\n"
        "  netstat     connections and listening sockets of each process\n"
        "  containers  containers with the number of processes in them\n"
        "  logins      login shells with the commands that had run below them\n"
        "\n"
        "A moment is start, end, the number of an event, +SECONDS since the beginning, HH:MM:SS of the day\n"
        "or a date and time (local, UTC with a Z behind it), or a filter: the first event that passes.\n"
        "The filter behind the capture asks about processes and descriptors of that moment:\n"
        "`fd.name contains /etc` lists processes that had such a file open."
    ),
    arguments=(
        Argument(("list",), "ps, lsof, netstat, containers or logins", {"metavar": "LIST"}),
        CAPTURE,
        FILTER,
        Argument(("--at",), "the moment; by default the end", {"metavar": "MOMENT", "default": "end"}),
        Argument(("--threads",), "list each thread, not only each process", {"action": "store_true"}),
        JSON,
        _FIRST,
        UNPACK_LIMIT,
        NO_CACHE,
    ),
    examples=(
        Example("hopscope state ps capture.scap", "list the processes there were at the end"),
        Example("hopscope state netstat capture.scap --at start", "list connections from before the capture"),
        Example(
            "hopscope state lsof capture.scap proc.name=nginx --at 10049", "list what was open at an event"
        ),
        Example("hopscope state containers capture.scap --at +2.5", "list containers after 2.5 seconds"),
    ),
    module="state",
)

AROUND = Command(
    name="around",
    summary="print or write the events shortly before and after others",
    description=(
        "Print the events of the same thread no more than some milliseconds before and after each event\n"
        "that passes the filter, as `hopscope events` prints them; with -w write them as a capture."
    ),
    arguments=(
        CAPTURE,
        FILTER,
        Argument(
            ("--ms",),
            "milliseconds before and after; by default 1000",
            {"metavar": "MS", "type": milliseconds, "default": "1000"},
        ),
        Argument(("--every-thread",), "events of all threads", {"action": "store_true"}),
        Argument(("-p", "--print"), "print events in this format", {"metavar": "FORMAT", "dest": "format"}),
        *BUFFER_FORMS,
        JSON,
        _FIRST,
        Argument(
            ("-w", "--write"),
            "print nothing, but write the events as a capture, with the state that they need",
            {"metavar": "FILE"},
        ),
        Argument(("--force",), "let -w replace a file that is there", {"action": "store_true"}),
        UNPACK_LIMIT,
        NO_CACHE,
    ),
    examples=(
        Example("hopscope around capture.scap evt.failed=true --ms 5", "see what led to errors"),
        Example(
            "hopscope around capture.scap --ms 100 --every-thread evt.num=10049",
            "see what else happened then",
        ),
        Example(
            "hopscope around capture.scap evt.type=connect -w near.scap", "keep what lies around connections"
        ),
    ),
    module="around",
)

UDP = Command(
    name="udp",
    summary="list conversations over UDP, and take out their bytes",
    description=(
        "Print which ends sent each other datagrams. With --extract the recorded bytes of each conversation\n"
        "are written into a file of its own, both directions in their order. Files are new, for you alone\n"
        "to read; where one of their names is taken nothing is written."
    ),
    arguments=(
        CAPTURE,
        FILTER,
        Argument(("--extract",), "write the bytes into files in this folder", {"metavar": "FOLDER"}),
        JSON,
        UNPACK_LIMIT,
        NO_CACHE,
    ),
    examples=(
        Example("hopscope udp capture.scap", "list them"),
        Example("hopscope udp capture.scap fd.port=53 --extract datagrams", "take out what DNS said"),
    ),
    module="udp",
)
