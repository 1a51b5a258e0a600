"""``hopscope udp``: conversations over UDP, and their bytes as files."""

from __future__ import annotations

import os
import re
from pathlib import Path

from hopscope.cli.capture import open_capture
from hopscope.cli.command import Request
from hopscope.cli.output import complain, json_array
from hopscope.cli.table import Heading, print_table
from hopscope.decode.clock import date_and_time
from hopscope.errors import HopscopeError, UsageError
from hopscope.reports.datagrams import Conversation, content, conversations
from hopscope.reports.entries import who
from hopscope.reports.kinds import passing
from hopscope.store.store import Store
from hopscope.text import visible
from hopscope.views.text import format_bytes

HEADINGS = (
    Heading("FIRST"), Heading("LAST"), Heading("DATAGRAMS", True), Heading("READ", True),
    Heading("WRITTEN", True), Heading("RECORDED", True), Heading("PROCESS"), Heading("CONVERSATION"),
)  # fmt: skip

_UNSAFE = re.compile(r"[^0-9A-Za-z._-]")


def run(request: Request) -> int:
    """List conversations, or write the bytes of each into a file of its own.

    Raises:
        UsageError: options that do not go together.
        HopscopeError: a file is there already or cannot be written.
    """
    arguments = request.arguments
    if arguments.extract is not None and (arguments.json or arguments.redact):
        raise UsageError("--extract writes bytes as they were recorded; --json and --redact are for the list")
    store = open_capture(arguments)
    found = conversations(store, passing(store, *arguments.filter))
    if arguments.extract is not None:
        _write(store, found, Path(arguments.extract))
    elif arguments.json:
        request.output.lines(json_array(_object(store, one) for one in found))
    else:
        print_table(request.output, HEADINGS, (_cells(store, one) for one in found))
    return 0


def _object(store: Store, one: Conversation) -> dict[str, object]:
    process, pid, container = who(store, one.rows[0])
    return {
        "conversation": one.name,
        "process": process,
        "pid": pid,
        "container": container,
        "first": int(store.time[one.rows[0]]),
        "last": int(store.time[one.rows[-1]]),
        "datagrams": len(one.rows),
        "read": one.read,
        "written": one.written,
        "recorded": one.recorded,
        "events": store.number[one.rows[:1000]].tolist(),
    }


def _cells(store: Store, one: Conversation) -> list[str]:
    process, pid, _ = who(store, one.rows[0])
    return [
        date_and_time(int(store.time[one.rows[0]]))[:23],
        date_and_time(int(store.time[one.rows[-1]]))[:23],
        str(len(one.rows)),
        *(format_bytes(size) for size in (one.read, one.written, one.recorded)),
        f"{process} {pid}" if process else "",
        one.name,
    ]


def _write(store: Store, found: list[Conversation], folder: Path) -> None:
    """A new file for each conversation that has recorded bytes; nothing that is there is overwritten."""
    paths: dict[Path, Conversation] = {}
    for one in found:
        if one.recorded:
            paths[_free(folder / _UNSAFE.sub("_", one.name.replace("->", "--")), set(paths))] = one
    shown = visible(str(folder))
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        there = next((path for path in paths if path.is_symlink() or path.exists()), None)
        if there is not None:
            raise HopscopeError(f"{visible(str(there))} exists already; nothing was written")
        for path, one in paths.items():
            with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                file.writelines(content(store, one))
    except OSError as error:
        raise HopscopeError(f"cannot write into {shown}: {error.strerror or error}") from error
    size = sum(one.recorded for one in paths.values())
    complain(f"wrote {len(paths)} file{'' if len(paths) == 1 else 's'} into {shown}, {size} bytes")


def _free(path: Path, taken: set[Path]) -> Path:
    """The path, or one with a number behind it that is not taken."""
    number, free = 1, path
    while free in taken:
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free
