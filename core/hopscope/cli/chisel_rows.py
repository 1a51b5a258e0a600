"""Rows of the table of commands about the chisels of sysdig."""

from __future__ import annotations

from hopscope.cli.command import CAPTURE, JSON, NO_CACHE, REDACT, UNPACK_LIMIT, Argument, Command, Example

CHISELS = Command(
    name="chisels",
    summary="list what answers each chisel of sysdig",
    description=(
        "Print the chisels of sysdig 0.29.3 that read captures with the command that answers each.\n"
        "docs/chisels.md has the same table, docs/chisel-deviations.md what differs and why."
    ),
    arguments=(JSON,),
    examples=(Example("hopscope chisels", "list them"),),
    module="chisels",
)

CHISEL = Command(
    name="chisel",
    summary="run what answers a chisel of sysdig",
    description=(
        "Take the words behind `sysdig -c`, a chisel with its arguments and a filter, and run the command\n"
        "that answers it. `hopscope chisels` lists them; --show prints the command instead."
    ),
    arguments=(
        Argument(("name",), "name of a chisel, for instance topprocs_net", {"metavar": "CHISEL"}),
        Argument(
            CAPTURE.flags,
            "a sysdig capture, plain or gzip, or a directory of captures",
            {"metavar": "CAPTURE"},
        ),
        Argument(
            ("words",),
            "arguments of the chisel, one by one or in one word, and a filter",
            {"metavar": "ARGUMENT", "nargs": "*", "default": ()},
        ),
        Argument(("--show",), "print the command line that would run", {"action": "store_true"}),
        JSON,
        UNPACK_LIMIT,
        NO_CACHE,
        REDACT,
    ),
    examples=(
        Example("hopscope chisel topprocs_net capture.scap", "as sysdig -r capture.scap -c topprocs_net"),
        Example("hopscope chisel spy_port capture.scap 53 proc.name=curl", "with an argument and a filter"),
        Example("hopscope chisel fdbytes_by capture.scap fd.directory --show", "learn the command for it"),
    ),
    module="chisel",
)
