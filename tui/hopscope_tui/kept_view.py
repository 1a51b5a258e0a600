"""The first view of a capture, kept with its index, so that the next time it is there before the index is."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import hopscope
from hopscope.redaction import is_redacting
from hopscope.text import visible
from hopscope_tui.capture_title import CaptureTitle
from hopscope_tui.forking import identity_of
from hopscope_tui.opening import FirstView, Request
from hopscope_tui.widgets.row_source import Cell, TableColumn

if TYPE_CHECKING:
    from hopscope.store.store import Store


def find_view(request: Request) -> FirstView | None:
    """What the first view shows, as it was kept with the index; None where it was not."""
    if not is_usual(request):
        return None
    from hopscope.index.extra import extra_of  # noqa: PLC0415  small captures do without

    identity = identity_of(request.path, request.more, request.clocks)
    return decode_view(extra_of(identity), request.name)


def is_usual(request: Request) -> bool:
    """True where what is shown first does not depend on what the person asked for this time."""
    return request.is_usual and not is_redacting()


def make_view(store: Store, path: str) -> bytes:
    """The first view of a whole capture as it is kept; empty while credentials are masked."""
    usual = Request(path)
    if not is_usual(usual):
        return b""
    from hopscope_tui.preparing import first_place, first_view  # noqa: PLC0415  loads the views

    members = store.members.summary() if store.members is not None else ""
    return encode_view(first_view(usual, store, first_place(usual)), members)


def encode_view(view: FirstView, members: str = "") -> bytes:
    """A first view as bytes; ``members``: what the title says behind the name."""
    rows = [[(cell.text, cell.tone) for cell in row] for row in view.rows]
    kept = {
        "made_by": _maker(),
        "members": members,
        "view": {**asdict(replace(view, rows=())), "rows": rows},
    }
    return json.dumps(kept, ensure_ascii=True).encode("ascii")


def decode_view(raw: bytes, name: str) -> FirstView | None:
    """The view that :func:`encode_view` was given; None where another program wrote it.

    Args:
        raw: the bytes; no text in them reaches the terminal before control characters are escaped.
        name: of the capture now.
    """
    try:
        kept = json.loads(raw)
        if kept["made_by"] != _maker():
            return None
        view = kept["view"]
        title = view["title"]
        return FirstView(
            title=CaptureTitle(
                name + visible(kept["members"]),
                int(title["events"]),
                float(title["duration"]),
                visible(title["damage"]),
            ),
            tabs=tuple(visible(one) for one in view["tabs"]),
            active=int(view["active"]),
            way=tuple(visible(one) for one in view["way"]),
            columns=tuple(_column(**one) for one in view["columns"]),
            sorting=None if view["sorting"] is None else (int(view["sorting"][0]), bool(view["sorting"][1])),
            rows=tuple(tuple(_cell(*one) for one in row) for row in view["rows"]),
            count=int(view["count"]),
            empty_text="\n".join(visible(one) for one in view["empty_text"].splitlines()),
        )
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None


def _cell(text: str, tone: str) -> Cell:
    return Cell(visible(text), tone)


def _column(title: str, right: bool, width: int, rank: int, sortable: bool, help: str) -> TableColumn:
    return TableColumn(visible(title), bool(right), int(width), int(rank), bool(sortable), visible(help))


@cache
def _maker() -> str:
    """Version of the program and a fingerprint of the files that decide what a first view is."""
    digest = hashlib.sha256()
    for room in (Path(hopscope.__file__).parent / "views", Path(__file__).parent):
        for folder, _, names in sorted(os.walk(room)):
            for name in sorted(names):
                if name.endswith((".py", ".toml")):
                    status = os.stat(os.path.join(folder, name))
                    digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return f"{hopscope.__version__} {digest.hexdigest()[:16]}"
