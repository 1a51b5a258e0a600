"""Text that comes out of a capture, made safe to show.

Names, arguments and payload of a capture were chosen by whoever ran on the recorded machine. What
reaches a terminal goes through :func:`visible`, which masks credentials too while that is switched on.
"""

from __future__ import annotations

import re

from hopscope.redaction import shown

_FIRST_SURROGATE = 0xDC80
_LAST_SURROGATE = 0xDCFF

_UNDRAWN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
    "|(?<=[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})"
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
"""Printable to Python, yet blank (Default_Ignorable_Code_Point of Unicode, the empty Braille pattern), or
marks piled so high on one letter that they cover other lines."""

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str, most: int | None = None) -> str:
    """The text as a terminal may show it: as :func:`escaped`, credentials masked where that is wanted.

    Args:
        text: from the capture.
        most: characters from its beginning that are wanted. Whoever cuts a text does it here, because what
            a cut leaves of a credential cannot be told any more.
    """
    return escaped(shown(text, most))


def escaped(text: str) -> str:
    r"""The text with everything that a terminal would act on, or not draw, written as an escape.

    Control characters, escape sequences, bidirectional overrides, zero-width and other format
    characters, unusual blanks, piled up accents and unassigned code points become ``\n``, ``\x1b``,
    ``\u202e`` and the like. A byte that was no UTF-8 (a surrogate as ``surrogateescape`` makes it)
    becomes ``\xff``.
    Everything else, also letters of any script, stays as it is. Safe text comes back unchanged, so
    doing it twice does no harm.
    """
    if not text.isprintable():
        text = text.translate(_ESCAPES)
    if text.isascii():
        return text
    return _UNDRAWN.sub(lambda found: _escape(found[0]), text)


def _escape(one: str) -> str:
    if one in _SHORT:
        return _SHORT[one]
    code = ord(one)
    if _FIRST_SURROGATE <= code <= _LAST_SURROGATE:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


class _Escapes(dict[int, str]):
    """What each code point is shown as, found when it first occurs."""

    def __missing__(self, code: int) -> str:
        one = chr(code)
        self[code] = drawn = one if one.isprintable() else _escape(one)
        return drawn


_ESCAPES = _Escapes()

_MARKUP = re.compile(r"([\\`*_{}\[\]<>|#~$])")


def markdown(text: str) -> str:
    """A text of one line with Markdown's own characters escaped."""
    return _MARKUP.sub(r"\\\1", text.strip())
