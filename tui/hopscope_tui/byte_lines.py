"""Bytes as lines for the screen."""

from __future__ import annotations

from hopscope.text import visible

HEX_BYTES = 16
_NEVER_IN_TEXT = bytes({*range(9), *range(14, 27), *range(28, 32)})
"""Control characters other than tabs, line ends and the escape that begins a colour."""


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
        return [visible(data.decode("ascii", "backslashreplace"))]
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


def _hex_pairs(part: bytes, a_line: int) -> str:
    half = a_line // 2
    return f"{part[:half].hex(' ')}  {part[half:].hex(' ')}"


def _printable(part: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in part)
