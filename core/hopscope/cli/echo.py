"""``hopscope echo``: what was read and written, call by call."""

from __future__ import annotations

from argparse import Namespace
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from hopscope.cli.capture import open_capture
from hopscope.cli.command import Request
from hopscope.cli.output import json_array
from hopscope.conversation.exchange import Owner, owner_at
from hopscope.decode.clock import time_of_day
from hopscope.decode.payload import BufferForm, payload_text
from hopscope.errors import UsageError
from hopscope.fields.values import field_value
from hopscope.redaction import shown_bytes
from hopscope.reports.echo import moved
from hopscope.reports.kinds import passing
from hopscope.store.store import Store
from hopscope.store.tables import NONE
from hopscope.text import escaped
from hopscope.views.names import container_label
from hopscope.views.text import format_bytes

_NOT_RECORDED = "(no bytes of it were recorded)"


def run(request: Request) -> int:
    """Print what the calls moved that the filter lets through.

    Raises:
        UsageError: several forms of bytes at once.
    """
    arguments, output = request.arguments, request.output
    form = _form(arguments)
    store = open_capture(arguments)
    rows = moved(store, passing(store, *arguments.filter), arguments.only, arguments.direction)
    chosen = rows[: arguments.limit].tolist()
    if arguments.json:
        output.lines(json_array(_object(store, row, form) for row in chosen))
    elif arguments.plain:
        _plain(request, store, chosen, form)
    else:
        output.lines(line for row in chosen for line in (_heading(store, row), *_text(store, row, form)))
    return 0


def _form(arguments: Namespace) -> BufferForm | None:
    chosen = arguments.buffers or []
    if len(chosen) > 1:
        raise UsageError("buffers can be printed in one form only, by one of -A, -x, -X and -b")
    return BufferForm[chosen[0]] if chosen else None


def _plain(request: Request, store: Store, rows: list[int], form: BufferForm | None) -> None:
    """The bytes alone; into a file or pipe exactly as they were recorded."""
    output = request.output
    if output.is_terminal or form is not None:
        output.lines(line for row in rows for line in _text(store, row, form))
        return
    for row in rows:
        output.styled(shown_bytes(store.payload(row) or b"").decode("utf-8", "surrogateescape"))


def _heading(store: Store, row: int) -> str:
    owner = owner_at(store, row)
    size = int(store.result[row])
    name = field_value(store, row, "fd.name") or f"descriptor {int(store.fd[row])}"
    parts = [
        f"{time_of_day(int(store.time[row]))} {int(store.number[row])}",
        f"{owner.process} {owner.pid}" if owner.process else str(owner.tid),
        f"[{_place(owner)}]" if _place(owner) else "",
        f"{_direction(store, row)} {format_bytes(size)}{'' if size >= 1024 else ' bytes'}",
        str(name),
    ]
    return " ".join(part for part in ("------", *parts) if part)


def _direction(store: Store, row: int) -> str:
    return "read" if field_value(store, row, "evt.is_io_read") else "wrote"


def _place(owner: Owner) -> str:
    label = container_label(owner.container) if owner.container is not None else ""
    return " ".join(part for part in (owner.machine, owner.pod or label) if part)


def _text(store: Store, row: int, form: BufferForm | None) -> Iterator[str]:
    """The recorded bytes as lines; as text, what is not printable is written as an escape."""
    data = store.payload(row)
    if not data:
        yield _NOT_RECORDED
        return
    if form is not None:
        yield from payload_text(data, form).strip("\n").split("\n")
    else:
        text = shown_bytes(data).decode("utf-8", "surrogateescape")
        yield from (escaped(line.removesuffix("\r")) for line in text.removesuffix("\n").split("\n"))
    missing = int(store.result[row]) - len(data)
    if missing > 0:
        yield f"({missing:,} more bytes were not recorded)"


def _object(store: Store, row: int, form: BufferForm | None) -> dict[str, Any]:
    owner = owner_at(store, row)
    data = shown_bytes(store.payload(row) or b"")
    text = payload_text(data, form) if form is not None else data.decode("utf-8", "replace")
    if form is BufferForm.BASE64:
        text = b64encode(data).decode("ascii")
    name = field_value(store, row, "fd.name")
    return {
        "time": int(store.time[row]),
        "event": int(store.number[row]),
        "process": owner.process or None,
        "pid": owner.pid if owner.pid != NONE else None,
        "tid": owner.tid,
        "container": container_label(owner.container) if owner.container is not None else None,
        "direction": "read" if _direction(store, row) == "read" else "write",
        "descriptor": name if isinstance(name, str) else None,
        "bytes": int(store.result[row]),
        "recorded": len(data),
        "data": text,
    }
