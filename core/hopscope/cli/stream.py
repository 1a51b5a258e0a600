"""``hopscope stream``: one connection with both sides joined."""

from __future__ import annotations

import base64
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hopscope.cli.capture import open_capture
from hopscope.cli.command import Request
from hopscope.cli.output import complain, json_document
from hopscope.errors import UsageError
from hopscope.kept.new_file import write_beside
from hopscope.redaction import is_redacting, redact_bytes, shown_bytes
from hopscope.store.store import Store
from hopscope.text import visible
from hopscope.trail.follow import BACK, MOST_STRETCHES, THERE, Followed, Stretch, follow
from hopscope.views.text import format_time

SIDES = {"client": THERE, "server": BACK}
"""Whose bytes can be taken out."""


def run(request: Request) -> int:
    """Print or write the connection that an event is about."""
    arguments = request.arguments
    _check(arguments)
    store = open_capture(arguments)
    followed = follow(store, store.row_of(arguments.event))
    if arguments.output is not None:
        _write(followed, SIDES[arguments.side], Path(arguments.output), arguments.capture)
    elif arguments.json:
        request.output.text(json_document(_object(store, followed)))
    else:
        request.output.lines(_lines(store, followed))
    return 0


def _check(arguments: Namespace) -> None:
    if (arguments.output is None) != (arguments.side is None):
        raise UsageError("--output and --side belong together: whose bytes are to be written where")


def _lines(store: Store, followed: Followed) -> Iterator[str]:
    yield f"{followed.label}: {followed.names[THERE]} > {followed.names[BACK]}"
    for one in followed.stretches:
        sign = ">" if one.way == THERE else "<"
        other = ", from the other end" if one.other_end else ""
        time = format_time(int(store.time[one.row]), store.epoch)
        who = f"event {store.number[one.row]} {followed.names[one.way]}"
        yield f"{sign} {time} {who}: {one.size:,} bytes from {one.start:,}{other}"
        yield from (f"    {line}".rstrip() for line in _shown(one))
    if followed.left_out:
        yield f"... it goes on; {MOST_STRETCHES:,} calls each way are shown"


def _shown(one: Stretch) -> list[str]:
    """Bytes as lines of text, what cannot be printed as escapes."""
    if one.data is None:
        return ["(not in the capture)"]
    text = shown_bytes(one.data).decode("utf-8", "backslashreplace")
    return [visible(line) for line in text.splitlines()]


def _write(followed: Followed, way: int, target: Path, capture: str) -> None:
    """Write the bytes of one side into a new file, gaps as zero bytes, and say how many there are."""
    pieces = followed.bytes_of(way)
    write_beside(target, (redact_bytes(one) if is_redacting() else one for one in pieces), [capture])
    missing = followed.missing(way)
    if missing:
        complain(f"{missing:,} bytes are not in the capture; they are zero")


def _object(store: Store, followed: Followed) -> dict[str, Any]:
    return {
        "name": followed.label,
        "client": followed.names[THERE],
        "server": followed.names[BACK],
        "datagrams": followed.datagrams,
        "cut": followed.left_out,
        "stretches": [_stretch(store, one) for one in followed.stretches],
    }


def _stretch(store: Store, one: Stretch) -> dict[str, Any]:
    return {
        "from": "client" if one.way == THERE else "server",
        "event": int(store.number[one.row]),
        "time": int(store.time[one.row]),
        "start": one.start,
        "bytes": one.size,
        "other_end": one.other_end,
        **_data(one.data),
    }


def _data(data: bytes | None) -> dict[str, str | None]:
    """Bytes as text where they are UTF-8, else in base64; None for a gap."""
    if data is None:
        return {"text": None}
    shown = shown_bytes(data)
    try:
        return {"text": shown.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(shown).decode("ascii")}
