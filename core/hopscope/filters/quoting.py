"""Quotes and escapes of values, both ways.

Values are text in which bytes that are no UTF-8 stand as lone surrogates (``surrogateescape``), so
that ``"\\xff"`` is the byte 255 and every value can be turned into bytes.
"""

from __future__ import annotations

import re

from hopscope.text import visible

_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "\\": "\\", "/": "/", '"': '"', "'": "'"}
_WRITTEN = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", '"': '\\"'}

_PLAIN_VALUE = re.compile(r"[\w./:@%+*?\[\]{}|&;!#$^~<>-]+", re.ASCII)
"""Values that need no quotes anywhere; a shorter set than what the grammar allows."""

_PLAIN_ARGUMENT = re.compile(r"[\w./:@%+*?=-]+", re.ASCII)


class EscapeError(ValueError):
    """An escape that does not exist.

    Attributes:
        offset: where its backslash stands in the text between the quotes.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


def to_bytes(text: str) -> bytes:
    """The bytes of a value."""
    return (
        text.encode("utf-8", "surrogateescape") if _encodable(text) else text.encode("utf-8", "surrogatepass")
    )


def _encodable(text: str) -> bool:
    return not any("\ud800" <= char < "\udc80" or "\udcff" < char <= "\udfff" for char in text)


def unescape(body: str) -> str:
    """The value of the text between quotes.

    Raises:
        EscapeError: a backslash before anything but ``b f n r t \\ / " '`` or ``xNN``.
    """
    if "\\" not in body:
        return body
    out: list[str] = []
    place = 0
    while place < len(body):
        char = body[place]
        if char != "\\":
            out.append(char)
            place += 1
            continue
        kind = body[place + 1 : place + 2]
        if kind == "x":
            digits = body[place + 2 : place + 4]
            if not re.fullmatch(r"[0-9a-fA-F]{2}", digits):
                raise EscapeError("\\x needs two hexadecimal digits", place)
            byte = int(digits, 16)
            out.append(chr(byte) if byte < 0x80 else chr(0xDC00 + byte))
            place += 4
            continue
        if kind not in _ESCAPES:
            raise EscapeError(f"there is no escape \\{kind}; a backslash itself is written \\\\", place)
        out.append(_ESCAPES[kind])
        place += 2
    return _joined("".join(out))


def _joined(text: str) -> str:
    """Bytes that were written one by one and make UTF-8 together become the characters they are."""
    return to_bytes(text).decode("utf-8", "surrogateescape") if _encodable(text) else text


def quote_value(text: str) -> str:
    """A value as it can be written behind an operator or in a list."""
    return text if _PLAIN_VALUE.fullmatch(text) else _quoted(text)


def quote_argument(text: str) -> str:
    """The argument of a field as it can be written between brackets."""
    return text if _PLAIN_ARGUMENT.fullmatch(text) else _quoted(text)


def _quoted(text: str) -> str:
    return f'"{"".join(map(_written, text))}"'


def _written(char: str) -> str:
    if char in _WRITTEN:
        return _WRITTEN[char]
    if "\udc80" <= char <= "\udcff":
        return f"\\x{ord(char) - 0xDC00:02x}"
    if visible(char) == char:
        return char
    # What a terminal would act on, or not draw, is written byte by byte.
    return "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogatepass"))
