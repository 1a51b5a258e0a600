"""Text that comes out of a capture, made safe to show.

Names, arguments and payload of a capture were chosen by whoever ran on the recorded machine. What
reaches a terminal goes through :func:`visible`.
"""

from __future__ import annotations

_FIRST_SURROGATE = 0xDC80
_LAST_SURROGATE = 0xDCFF

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str) -> str:
    r"""The text with everything that a terminal would act on, or not draw, written as an escape.

    Control characters, escape sequences, bidirectional overrides, zero-width and other format
    characters, unusual blanks and unassigned code points become ``\n``, ``\x1b``, ``\u202e`` and the
    like. A byte that was no UTF-8 (a surrogate as ``surrogateescape`` makes it) becomes ``\xff``.
    Everything else, also letters of any script, stays as it is. Safe text comes back unchanged, so
    doing it twice does no harm.
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else _escape(one) for one in text)


def _escape(one: str) -> str:
    if one in _SHORT:
        return _SHORT[one]
    code = ord(one)
    if _FIRST_SURROGATE <= code <= _LAST_SURROGATE:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
