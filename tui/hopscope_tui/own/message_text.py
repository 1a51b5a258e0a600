"""One message in full, for details."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from hopscope.conversation.messages import KINDS
from hopscope.conversation.transfers import RECEIVE
from hopscope.protocols.part import folded
from hopscope.redaction import shown_bytes
from hopscope.text import visible
from hopscope_tui.byte_lines import hex_lines
from hopscope_tui.hanging import hanging
from hopscope_tui.message_parts import MOST_LINES, UNFOLDED
from hopscope_tui.own import texts

if TYPE_CHECKING:
    from hopscope.conversation import Messages
    from hopscope_tui.forms import Form

_MOST_HEX = 16 * 1024
_WIDE_HEX = 80
_LISTED = 8


def message_text(messages: Messages, message: int, form: Form, width: int) -> list[Content]:
    """Title, direction, size, events and all parts of a message, or its bytes in hex."""
    rows = messages.rows(message)
    way = "received" if messages.direction[message] == RECEIVE else "sent"
    kind = KINDS[messages.kind[message]].capitalize()
    size = int(messages.stop[message] - messages.start[message])
    numbers = messages.store.number[rows[:_LISTED]].tolist()
    listed = ", ".join(map(str, numbers)) + (" …" if len(rows) > _LISTED else "")
    cut = ", cut" if messages.cut[message] else ""
    told = f"  {way}, {size:,} bytes{cut}, event{'s' if len(rows) > 1 else ''} {listed}"
    head = texts.title(kind) + Content.styled(told, "$tone-quiet")
    return [head, *(_hex(messages, message, width) if form == "hex" else _parts(messages, message, width))]


def _parts(messages: Messages, message: int, width: int) -> list[Content]:
    lines: list[Content] = []
    for part in messages.parts(message):
        lines.append(Content.styled(f"  {visible(part.title)}", "$text-accent"))
        shown = folded(part.lines, UNFOLDED)
        lines += [hanging("", visible(one.text), 4 + 2 * one.depth, width) for one in shown[:MOST_LINES]]
        if len(shown) > MOST_LINES:
            lines.append(Content(f"    … {len(shown) - MOST_LINES:,} more lines"))
    return lines


def _hex(messages: Messages, message: int, width: int) -> list[Content]:
    lines: list[Content] = []
    for piece in messages.pieces(message):
        if piece.data is None:
            lines.append(Content.styled(f"  {piece.size:,} bytes were not recorded", "$tone-error"))
        else:
            data = shown_bytes(piece.data)[:_MOST_HEX]
            lines += [Content(f"  {line}") for line in hex_lines(data, 16 if width >= _WIDE_HEX else 8)]
    return lines
