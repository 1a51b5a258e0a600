"""The row of ``hopscope events``, which has more options than the others."""

from __future__ import annotations

from hopscope.cli.command import CAPTURE, FILTER, FOLLOW, NO_CACHE, UNPACK_LIMIT, Argument, Command, Example
from hopscope.cli.numbers import count, event_count

_ON = {"action": "store_true"}

BUFFER_FORMS = (
    Argument(
        ("-A", "--print-ascii"),
        "print of recorded buffers all printable characters and line ends",
        {"dest": "buffers", "action": "append_const", "const": "TEXT"},
    ),
    Argument(
        ("-x", "--print-hex"),
        "print recorded buffers as hexadecimal numbers",
        {"dest": "buffers", "action": "append_const", "const": "HEX"},
    ),
    Argument(
        ("-X", "--print-hex-ascii"),
        "print recorded buffers as hexadecimal numbers, with the characters beside",
        {"dest": "buffers", "action": "append_const", "const": "HEX_AND_TEXT"},
    ),
    Argument(
        ("-b", "--print-base64"),
        "print recorded buffers in base64",
        {"dest": "buffers", "action": "append_const", "const": "BASE64"},
    ),
)
"""How recorded bytes are printed; one of them can be chosen."""

EVENTS = Command(
    name="events",
    summary="print events as sysdig does",
    description=(
        "Print the events of a capture, one a line, exactly as `sysdig -r CAPTURE FILTER` prints them:\n"
        "number, local time, CPU, process (thread), direction, type, arguments.\n"
        "\n"
        "FORMAT is text with fields in it: `%evt.num %proc.name`. `hopscope fields` lists them. A field\n"
        "that begins with a number, `%20proc.name`, is padded on the right or cut to as many characters;\n"
        "`\\n` and `\\t` are a line end and a tabulator. An event that lacks one of the fields is not\n"
        "printed, unless the format begins with `*`: then `<NA>` stands for what is missing. Instead of a\n"
        "format there may be a name: c or container, k or kubernetes, m or mesos for lines that tell the\n"
        "container, pod or task; p prints the usual format, as a beginning for one's own.\n"
        "\n"
        "Only one of -A, -x, -X and -b can be chosen.\n"
        "\n"
        "What -w writes is read by sysdig and hopscope like any capture. It holds the lists of the capture\n"
        "it is taken from and, never shown, the events that changed processes and descriptors up to the\n"
        "last one that is written. Numbers of events begin anew."
    ),
    arguments=(
        CAPTURE,
        FILTER,
        Argument(
            ("-p", "--print"),
            "print events in this format, or in that with this name, for instance -pc, -pk",
            {"metavar": "FORMAT", "dest": "format"},
        ),
        *BUFFER_FORMS,
        Argument(
            ("-j", "--json"), "print one JSON object a line; its keys are the fields of the format", _ON
        ),
        Argument(
            ("-n", "--numevents"),
            "stop after N events that pass the filter; internal ones that are never printed count too,"
            " as in sysdig",
            {"metavar": "N", "type": event_count},
        ),
        Argument(("--limit",), "stop after N events that are printed", {"metavar": "N", "type": count}),
        Argument(
            ("-t", "--timetype"),
            "print times as h: local time, a: seconds since 1970, r: since the capture began, d: duration"
            " of the call, D: since the event printed before",
            {"metavar": "TYPE", "choices": ("h", "a", "r", "d", "D"), "default": "h"},
        ),
        FOLLOW,
        Argument(("--unbuffered",), "hand on each line as soon as it is made", _ON),
        Argument(
            ("-w", "--write"),
            "print nothing, but write the events that pass as a capture of their own, with the state that"
            " they need; packed where the name ends in .gz",
            {"metavar": "FILE"},
        ),
        Argument(("--force",), "let -w replace a file that is there", _ON),
        UNPACK_LIMIT,
        NO_CACHE,
    ),
    examples=(
        Example("hopscope events capture.scap", "print all events"),
        Example(
            "hopscope events capture.scap 'proc.name=curl and evt.type=connect'",
            "print what curl connects to",
        ),
        Example(
            "hopscope events capture.scap -pk -A 'fd.type in (ipv4, ipv6) and k8s.ns.name=default'",
            "print which pods of a namespace said what over the network",
        ),
        Example(
            "hopscope events capture.scap -p '*%evt.num %12proc.name %fd.name' evt.is_io=true",
            "print number, program and descriptor of all that reads and writes",
        ),
        Example(
            "hopscope events capture.scap -td 'evt.latency>1000000000'", "print calls that took a second"
        ),
        Example(
            "sysdig -w - | hopscope events --follow - proc.name=curl", "print what curl does while it does it"
        ),
        Example("hopscope events capture.scap fd.type=ipv4 -j", "print one JSON object an event"),
        Example(
            "hopscope events capture.scap -j -p '%evt.num %evt.buffer' -b", "print all payload for a program"
        ),
        Example(
            "hopscope events capture.scap -w curl.scap.gz 'proc.name=curl'",
            "write what curl did as a smaller capture",
        ),
    ),
    module="events",
)
