"""``hopscope cache``: list or remove the indexes that are kept."""

from __future__ import annotations

from datetime import datetime

from hopscope import index
from hopscope.cli.command import Request
from hopscope.cli.output import json_document
from hopscope.cli.table import Heading, print_table
from hopscope.text import visible


def run(request: Request) -> int:
    """List the indexes, or remove all of them."""
    if request.arguments.action == "clear":
        _clear(request)
    elif request.arguments.json:
        request.output.text(json_document(_as_json()))
    else:
        _list(request)
    return 0


def _clear(request: Request) -> None:
    count, freed = index.clear()
    if request.arguments.json:
        request.output.text(json_document({"removed": count, "bytes": freed}))
    else:
        request.output.text(f"{_indexes(count)} removed, {freed:,} bytes")


def _as_json() -> dict[str, object]:
    return {
        "folder": str(index.cache_folder()),
        "limit": index.size_limit(),
        "indexes": [one._asdict() for one in index.entries()],
    }


def _list(request: Request) -> None:
    found = index.entries()
    headings = (Heading("USED"), Heading("BYTES", True), Heading("EVENTS", True), Heading("CAPTURE"))
    rows = [(_moment(one.used), f"{one.size:,}", f"{one.events:,}", _capture(one)) for one in found]
    if rows:
        print_table(request.output, headings, rows)
    total, limit = sum(one.size for one in found), index.size_limit()
    folder = visible(str(index.cache_folder()))
    request.output.text(f"{_indexes(len(found))}, {total:,} of {limit:,} bytes, in {folder}")


def _capture(entry: index.Entry) -> str:
    return (
        visible(entry.capture) if entry.usable else f"{visible(entry.capture)} (will be made again)".lstrip()
    )


def _indexes(count: int) -> str:
    return "1 index" if count == 1 else f"{count:,} indexes"


def _moment(time_ns: int) -> str:
    return f"{datetime.fromtimestamp(time_ns // 1_000_000_000):%Y-%m-%d %H:%M}"
