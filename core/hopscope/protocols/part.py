"""A message in full, for a person: named values, lines, and what lies folded under a line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from hopscope.protocols.message import printable

LONGEST_VALUE = 2000
HEX_BYTES = 16
MOST_HEX_LINES = 256


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    Attributes:
        text: printable.
        depth: how far it is indented; lines deeper than one before them belong to that one.
    """

    text: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a message.

    Attributes:
        title: what it is.
        lines: in order.
    """

    title: str
    lines: tuple[Line, ...] = field(default=())


def named(title: str, values: Iterable[tuple[str, str]]) -> Part:
    """A part of named values, ``name: value`` each."""
    return Part(title, tuple(Line(f"{name}: {value}" if name else value) for name, value in values))


def folded(lines: Iterable[Line], depth: int) -> list[Line]:
    """The lines down to a depth; one with more under it says how many lines it hides."""
    out: list[Line] = []
    hidden = 0
    for line in lines:
        if line.depth <= depth:
            _close(out, hidden)
            hidden = 0
            out.append(line)
        else:
            hidden += 1
    _close(out, hidden)
    return out


def _close(out: list[Line], hidden: int) -> None:
    if hidden and out:
        out[-1] = Line(f"{out[-1].text} … {hidden} line{'s' if hidden > 1 else ''}", out[-1].depth)


def bytes_part(title: str, data: bytes) -> Part:
    """Bytes as lines of text, or in hex where they are none."""
    text = as_text(data)
    if text is not None:
        lines = [Line(one[:LONGEST_VALUE]) for one in text.splitlines()]
    else:
        lines = [
            Line(f"{at:06x}  {part.hex(' '):<{3 * HEX_BYTES}} {dotted(part)}")
            for at in range(0, min(len(data), HEX_BYTES * MOST_HEX_LINES), HEX_BYTES)
            for part in (data[at : at + HEX_BYTES],)
        ]
        left = len(data) - HEX_BYTES * MOST_HEX_LINES
        if left > 0:
            lines.append(Line(f"… {left:,} more bytes"))
    return Part(title, tuple(lines))


def as_text(data: bytes) -> str | None:
    """The bytes as text, None where they are none; a character cut off at the end is left out."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(data) - 3:
            return None
        text = data[: error.start].decode("utf-8")
    control = any(one < " " and one not in "\t\r\n\x1b" for one in text)
    return None if control else text


def dotted(data: bytes) -> str:
    """The printable ASCII bytes, dots for the others."""
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data)


def short(raw: bytes) -> str:
    """A value on one line."""
    return printable(raw, LONGEST_VALUE)
