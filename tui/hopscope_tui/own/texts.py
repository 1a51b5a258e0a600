"""What places have in common in their details: titles, lists of events, who and where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from hopscope.conversation.exchange import Owner
from hopscope.findings.case import where
from hopscope.text import visible
from hopscope_tui.hanging import hanging
from hopscope_tui.summaries import event_summary

if TYPE_CHECKING:
    from hopscope.store.store import Store

MOST_EVENTS = 60
"""Events of one thing that are listed."""
LABEL_WIDTH = 14

Pair = tuple[str, str]


def who_text(owner: Owner) -> str:
    """``curl 22369``: the process; the number of the thread where its name is not known."""
    return visible(f"{owner.process} {owner.pid}" if owner.process else str(owner.tid))


def where_text(owner: Owner) -> str:
    """Machine, pod or container of a process."""
    return visible(where(owner))


def title(text: str) -> Content:
    """The title of a section."""
    return Content.styled(text, "bold $text-primary")


def pairs(rows: Iterable[Pair], width: int) -> list[Content]:
    """Labels with their texts; those without text are left out."""
    return [
        hanging(f"  {label}", text, LABEL_WIDTH, width, style="$tone-quiet") for label, text in rows if text
    ]


def events_text(store: Store, rows: Sequence[int], width: int) -> list[Content]:
    """Events, one a line."""
    lines = [hanging("", event_summary(store, row), 2, width) for row in rows[:MOST_EVENTS]]
    if len(rows) > MOST_EVENTS:
        lines.append(Content.styled(f"  … {len(rows) - MOST_EVENTS:,} more; d lists all", "$tone-quiet"))
    return lines


def sections(blocks: Iterable[list[Content]]) -> Content:
    """Blocks of lines with a blank line between them; empty ones are left out."""
    return Content("\n\n").join([Content("\n").join(block) for block in blocks if block])
