"""Bytes as lines for the screen."""

from __future__ import annotations

from dataclasses import dataclass

from hopscope.text import visible

HEX_BYTES = 16
LONGEST_TEXT = 72
"""Bytes of a line of text that are shown in one line of the screen."""
LONGEST_BINARY = 32
_NEVER_IN_TEXT = bytes({*range(9), *range(14, 27), *range(28, 32)})
"""Control characters other than tabs, line ends and the escape that begins a colour."""
_OFFSET = 8
"""Cells of the offset in front of hex."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A line, and the bytes that it shows.

    Attributes:
        text: without control characters.
        start, stop: of the bytes, both 0 where it is no bytes as they were recorded.
        raw: the bytes, for lines of text.
        binary: True where they are no text.
        tone: its own tone, empty for that of its block.
    """

    text: str
    start: int = 0
    stop: int = 0
    raw: bytes = b""
    binary: bool = False
    tone: str = ""

    def columns(self, start: int, stop: int) -> list[tuple[int, int]]:
        """Where in the text the bytes ``[start, stop)`` stand; nowhere, once, or in hex twice."""
        first, last = max(start, self.start) - self.start, min(stop, self.stop) - self.start
        if first >= last:
            return []
        if self.raw:
            begin = len(_readable(self.raw[:first], self.binary))
            return [(begin, begin + len(_readable(self.raw[first:last], self.binary)))]
        pairs = [_hex_column(first), _hex_column(last - 1) + 2]
        right = _OFFSET + 3 * HEX_BYTES + 3
        return [(pairs[0], pairs[1]), (right + first, right + last)]


def shown_lines(data: bytes, hexadecimal: bool) -> list[Shown]:
    """Bytes as lines that know which of them they show."""
    if hexadecimal:
        texts = hex_lines(data)
        return [
            Shown(text, i * HEX_BYTES, min((i + 1) * HEX_BYTES, len(data))) for i, text in enumerate(texts)
        ]
    if is_binary(data):
        return [
            _shown(data, at, stop, binary=True) for at, stop in _pieces(data, 0, len(data), LONGEST_BINARY)
        ]
    out, at = list[Shown](), 0
    while at < len(data):
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        stop = end - 1 if data[at:end].endswith(b"\r") else end
        parts = _pieces(data, at, stop, LONGEST_TEXT) or [(at, at)]
        out += [_shown(data, first, last) for first, last in parts]
        at = end + 1
    return out


def _shown(data: bytes, start: int, stop: int, *, binary: bool = False) -> Shown:
    raw = data[start:stop]
    return Shown(_readable(raw, binary), start, stop, raw, binary)


def _pieces(data: bytes, start: int, stop: int, longest: int) -> list[tuple[int, int]]:
    """Stretches of at most so many bytes that part no character of UTF-8."""
    pieces = []
    while start < stop:
        end = min(start + longest, stop)
        while end < stop and end > start + longest - 4 and data[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append((start, end))
        start = end
    return pieces


def _readable(raw: bytes, binary: bool) -> str:
    """Bytes as text, what cannot be printed as escapes."""
    return visible(raw.decode("ascii" if binary else "utf-8", "backslashreplace"))


def is_binary(data: bytes) -> bool:
    """True for bytes that no text has; a character cut off at the end is no such thing."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(data) - 3:
            return True
    return any(byte in data for byte in _NEVER_IN_TEXT)


def text_lines(data: bytes) -> list[str]:
    """Bytes as lines of text, what cannot be printed as escapes; binary ones on one line."""
    if is_binary(data):
        return [_readable(data, binary=True)]
    lines = data.decode("utf-8", "backslashreplace").replace("\r\n", "\n").split("\n")
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    return [visible(line) for line in lines]


def hex_lines(data: bytes, a_line: int = HEX_BYTES) -> list[str]:
    """Bytes in hex, so many a line, with their offset and the printable ones as text."""
    return [
        f"{at:06x}  {_hex_pairs(part, a_line):<{3 * a_line + 1}}  {_printable(part)}"
        for at, part in ((at, data[at : at + a_line]) for at in range(0, len(data), a_line))
    ]


def _hex_column(place: int) -> int:
    """The column in which a byte of a line of hex stands."""
    return _OFFSET + 3 * place + (1 if place >= HEX_BYTES // 2 else 0)


def _hex_pairs(part: bytes, a_line: int) -> str:
    half = a_line // 2
    return f"{part[:half].hex(' ')}  {part[half:].hex(' ')}"


def _printable(part: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in part)
