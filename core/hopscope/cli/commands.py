"""The table of commands. It is read at every start, so a row names its module instead of importing it."""

from __future__ import annotations

from hopscope.cli.chisel_rows import CHISEL, CHISELS
from hopscope.cli.command import (
    CAPTURE,
    FILTER,
    FOLLOW,
    JSON,
    NO_CACHE,
    REDACT,
    UNPACK_LIMIT,
    Argument,
    Command,
    Example,
)
from hopscope.cli.content_rows import FILE, FINDINGS, MESSAGES, STREAM, TRAIL
from hopscope.cli.events_row import EVENTS
from hopscope.cli.log_rows import AROUND, ECHO, LOG, STATE, UDP
from hopscope.cli.numbers import count, event_number
from hopscope.cli.report_rows import FLAME, OVERVIEW, RATE, SLOW, SPECTROGRAM, SUBSECOND, TOP, TREE
from hopscope.cli.waits_rows import GAPS, WAITS

OPEN = Command(
    name="",
    summary="open the full screen",
    description=(
        "Explore a sysdig capture on the full screen: containers, processes, connections, files and events.\n"
        "From any event hop to the one at the other end of the connection, to what it caused or to its cause."
    ),
    arguments=(
        CAPTURE,
        FILTER,
        Argument(("-v", "--view"), "begin in this view", {"metavar": "VIEW", "default": ""}),
        Argument(
            ("--tabs",),
            "open each capture in a tab of its own instead of all in one time line",
            {"action": "store_true"},
        ),
        FOLLOW,
        UNPACK_LIMIT,
        NO_CACHE,
    ),
    examples=(
        Example("hopscope capture.scap", "open a capture"),
        Example("hopscope capture.scap proc.name=curl", "open it with a filter set"),
        Example("hopscope web.scap db.scap", "open captures of two hosts in one time line"),
        Example("hopscope --tabs before.scap after.scap", "open captures side by side, each in a tab"),
        Example("hopscope ring/", "open all files of a ring that lie in a directory"),
        Example("zcat capture.scap.gz | hopscope -", "read it from standard input"),
        Example("hopscope --follow recording.scap", "look at what is still being recorded"),
        Example("sysdig -w - | hopscope -", "look at this machine; F follows new events"),
        Example("hopscope demo", "try it on the capture that comes with the program"),
    ),
    module="screen",
)
"""What runs without the name of a command: the full screen."""

_ROWS = (
    EVENTS,
    Command(
        name="view",
        summary="print the rows of a view",
        description=(
            "Print a view of a capture as a table: who took part, what was open, where the bytes went. With\n"
            "a filter only the events that pass it count. `hopscope views` lists the names."
        ),
        arguments=(
            Argument(("name",), "name of the view, for instance connections", {"metavar": "NAME"}),
            CAPTURE,
            FILTER,
            JSON,
            Argument(("--csv",), "print CSV with raw values instead", {"action": "store_true"}),
            Argument(("--markdown",), "print a Markdown table instead", {"action": "store_true"}),
            Argument(
                ("--sort",),
                "sort by this column, numbers from the top; by further ones, after commas, where it is equal",
                {"metavar": "COLUMN[,COLUMN]"},
            ),
            Argument(("--ascending",), "sort numbers from the bottom", {"action": "store_true"}),
            Argument(("--descending",), "sort texts from the end", {"action": "store_true"}),
            Argument(("--limit",), "print the first N rows only", {"metavar": "N", "type": count}),
            UNPACK_LIMIT,
            NO_CACHE,
        ),
        examples=(
            Example("hopscope view processes capture.scap", "print all processes"),
            Example(
                "hopscope view connections capture.scap proc.name=curl --sort bytes_in",
                "print what curl talked to",
            ),
            Example(
                "hopscope view files capture.scap --json --limit 10", "print the ten busiest files as JSON"
            ),
            Example("hopscope view processes capture.scap --csv > processes.csv", "for a spreadsheet"),
        ),
        module="view",
    ),
    Command(
        name="views",
        summary="list the views",
        description=(
            "Print the names that `hopscope view` takes, and what each view shows. Views of your own lie as\n"
            "TOML in the folder of your settings; docs/views.md says how to add one."
        ),
        arguments=(
            JSON,
            Argument(
                ("--check",),
                "say what is wrong with a file of views, and where",
                {"metavar": "FILE", "action": "append", "default": []},
            ),
            Argument(("--show",), "print the declaration of a view, to copy and change", {"metavar": "NAME"}),
        ),
        examples=(
            Example("hopscope views", "list them"),
            Example(
                "hopscope views --show files", "print the declaration of a view, to begin one's own with"
            ),
            Example("hopscope views --check etc_users.toml", "check a view of one's own"),
        ),
        module="views",
    ),
    Command(
        name="hop",
        summary="find the other end of an event, its causes and its effects",
        description=(
            "Print which events moved the same bytes at the other end of the connection, pipe or socket,\n"
            "what in the same process led to the event, and what it led to; best first, with the evidence."
        ),
        arguments=(
            CAPTURE,
            Argument(
                ("event",),
                "number of an event, as `hopscope events` prints it",
                {"metavar": "EVENT", "type": event_number},
            ),
            JSON,
            UNPACK_LIMIT,
            NO_CACHE,
        ),
        examples=(
            Example("hopscope hop capture.scap 10049", "show where event 10049 leads"),
            Example("hopscope hop capture.scap 10049 --json", "the same for a program"),
            Example("hopscope hop web.scap db.scap 120", "hop from one host to the other"),
        ),
        module="hop",
    ),
    OVERVIEW,
    TREE,
    TRAIL,
    STREAM,
    MESSAGES,
    FINDINGS,
    WAITS,
    GAPS,
    FILE,
    ECHO,
    LOG,
    AROUND,
    UDP,
    STATE,
    TOP,
    SLOW,
    RATE,
    SPECTROGRAM,
    SUBSECOND,
    FLAME,
    CHISELS,
    CHISEL,
    Command(
        name="info",
        summary="say what a capture is and what is missing in it",
        description=(
            "Print the machine, the time covered, how many events, threads, containers and drops there are,\n"
            "how much of the capture is damaged, and which blocks and events were skipped."
        ),
        arguments=(CAPTURE, JSON, UNPACK_LIMIT, NO_CACHE),
        examples=(
            Example("hopscope info capture.scap", "look before opening"),
            Example("hopscope info capture.scap --json", "the same for a program"),
            Example("hopscope info web.scap db.scap", "see how far apart the clocks of two hosts are"),
            Example(
                "hopscope info web.scap db.scap --clock-offset db=-2.5", "set the clock of a host by hand"
            ),
        ),
        module="info",
    ),
    Command(
        name="bookmarks",
        summary="print the marked events of a capture",
        description=(
            "Print the bookmarks of a capture as a Markdown table, ready for a report. They belong to the\n"
            "capture's content: a copy or a renamed file has the same ones."
        ),
        arguments=(CAPTURE, JSON, UNPACK_LIMIT),
        examples=(
            Example("hopscope bookmarks capture.scap", "print them as Markdown"),
            Example("hopscope bookmarks capture.scap --json", "print them as JSON"),
        ),
        module="bookmarks",
    ),
    Command(
        name="index",
        summary="index a capture, so that it opens at once",
        description=(
            "Work out everything about a capture and keep it in the cache folder, so that it opens at once.\n"
            "Of several captures each gets an index of its own.\n"
            "Commands that open a capture of 32 MiB or more do the same. Indexes not used for longest are\n"
            "removed where all of them take more than HOPSCOPE_CACHE_LIMIT, by default 2G. The folder is\n"
            "that of the system for caches, or HOPSCOPE_CACHE_DIR."
        ),
        arguments=(
            Argument(
                CAPTURE.flags,
                "a sysdig capture, plain or gzip, or a directory of captures",
                {"metavar": "CAPTURE", "nargs": "+"},
            ),
            Argument(
                ("--verify",),
                "compare all of the capture and of the index, and make it again where they differ",
                {"action": "store_true"},
            ),
            UNPACK_LIMIT,
            REDACT,
        ),
        examples=(
            Example("hopscope index capture.scap", "keep an index"),
            Example("hopscope index ring/", "keep one of each capture in a directory"),
            Example(
                "hopscope index capture.scap --verify", "make sure that the index belongs to the capture"
            ),
        ),
        module="index",
    ),
    Command(
        name="chains",
        summary="list, show, save or delete chains of filters",
        description=(
            "Filters that narrow one another can be kept under a name, here and on the screen (`S` saves,\n"
            "`O` recalls). The option --chain NAME of every command with a filter uses one.\n"
            "\n"
            "  list                   print all of them\n"
            "  show NAME              print the filters of one, a line each\n"
            "  save NAME FILTER...    keep filters, each in one word\n"
            "  delete NAME            delete one"
        ),
        arguments=(
            Argument(
                ("action",),
                "list, show, save or delete",
                {"metavar": "ACTION", "choices": ("list", "show", "save", "delete")},
            ),
            Argument(
                ("words",),
                "the name of a chain, and the filters to be saved",
                {"metavar": "NAME", "nargs": "*", "default": []},
            ),
            Argument(("--force",), "let save replace a chain of this name", {"action": "store_true"}),
            JSON,
        ),
        examples=(
            Example("hopscope chains list", "print all saved chains"),
            Example(
                "hopscope chains save shell 'proc.aname=sshd' 'evt.type=execve'",
                "keep two filters under a name",
            ),
            Example("hopscope events capture.scap --chain shell", "print the events that pass both"),
            Example("hopscope chains delete shell", "delete it"),
        ),
        module="chains",
    ),
    Command(
        name="cache",
        summary="list or remove the indexes that are kept",
        description=(
            "Print which captures have an index, how large it is and when it was last used; or remove all\n"
            "indexes. Nothing is lost with them but the time to make them again."
        ),
        arguments=(
            Argument(("action",), "list or clear", {"metavar": "ACTION", "choices": ("list", "clear")}),
            JSON,
        ),
        examples=(
            Example("hopscope cache list", "print what is kept"),
            Example("hopscope cache clear", "remove all of it"),
        ),
        module="cache",
    ),
    Command(
        name="fields",
        summary="list the fields that filters can ask for",
        description="Print the fields of the filter language with their types and meanings.",
        arguments=(
            Argument(
                ("word",),
                "list only fields with this word in name or meaning",
                {"metavar": "WORD", "nargs": "?", "default": ""},
            ),
            JSON,
        ),
        examples=(
            Example("hopscope fields", "list all"),
            Example("hopscope fields container", "list those about containers"),
        ),
        module="fields",
    ),
    Command(
        name="demo",
        summary="try the program on the capture that comes with it",
        description=(
            "Open the demo capture on the full screen. Where standard output is no terminal, follow one\n"
            "request through it in words instead: from hop to hop, each with the evidence for it."
        ),
        arguments=(Argument(("--text",), "print the walk, also on a terminal", {"action": "store_true"}),),
        examples=(
            Example("hopscope demo", "explore it"),
            Example("hopscope demo --text", "read the walk"),
        ),
        module="demo",
    ),
)

COMMANDS: dict[str, Command] = {row.name: row for row in _ROWS}
"""The commands by name, in the order of the help."""
