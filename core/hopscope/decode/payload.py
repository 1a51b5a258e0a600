"""Recorded bytes as text, in each of the forms that the reference has for them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from enum import Enum, auto

from hopscope.redaction import shown_bytes

from .paths import dots_for_bytes

CUT_AT = 80
"""Characters after which sysdig 0.29.3 and libs 0.15 cut a buffer on one line."""

ROW = 16
"""Bytes in a row of a hexadecimal dump."""


class BufferForm(Enum):
    """How the bytes of a buffer are printed.

    CUT: on one line, dots for what is not printable ASCII, cut where the capture's release cuts.
    WHOLE: the same without a cut, as ``-j`` has it.
    TEXT: from a new line on, printable characters and line ends only (``-A``).
    HEX: rows of two-byte groups (``-x``). HEX_AND_TEXT: the same with the characters beside (``-X``).
    BASE64: on one line (``-b``).
    """

    CUT = auto()
    WHOLE = auto()
    TEXT = auto()
    HEX = auto()
    HEX_AND_TEXT = auto()
    BASE64 = auto()

    @property
    def has_lines(self) -> bool:
        """True for forms that break lines on purpose."""
        return self in (BufferForm.TEXT, BufferForm.HEX, BufferForm.HEX_AND_TEXT)


def buffer_text(data: bytes, longest: int = CUT_AT) -> str:
    """Bytes on one line as the reference prints a buffer: dots for what is not printable ASCII.

    Args:
        data: the bytes.
        longest: characters after which the text is cut and ends in three dots; 0 for never.
    """
    if longest and len(data) > longest:
        return dots_for_bytes(data[: longest - 3]) + "..."
    return dots_for_bytes(data)


def payload_text(data: bytes, form: BufferForm, longest: int = CUT_AT) -> str:
    """Bytes in one of the forms of the reference. Credentials in them are masked where that is wanted.

    Args:
        data: the bytes; nothing of them is cut unless the form is CUT.
        form: how to print them.
        longest: for CUT, see :func:`buffer_text`.
    """
    if not data:
        return ""
    known = shown_bytes(data)
    return buffer_text(known, longest) if form is BufferForm.CUT else _WRITERS[form](known)


_NOT_PRINTED = bytes(byte for byte in range(256) if byte != 0x0A and not 0x20 <= byte <= 0x7E)


def _printable(data: bytes) -> str:
    """A line end, then the printable characters. A return and the line end behind it are one line end."""
    lines = data.removeprefix(b"\n").replace(b"\r\n", b"\r").replace(b"\r", b"\n")
    return "\n" + lines.translate(None, _NOT_PRINTED).decode("ascii")


def _dump(data: bytes, beside: bool) -> str:
    """Rows of 16 bytes in two-byte groups, each with its offset, between two line ends."""
    rows = []
    for start in range(0, len(data), ROW):
        part = data[start : start + ROW]
        groups = part.hex(" ", -2)
        if beside:
            # A lone last byte is followed by the blanks of a whole group, in the reference too.
            missing = (ROW - len(part)) // 2
            groups = f"{groups}{'     ' * missing}  {dots_for_bytes(part)}"
        rows.append(f"\n\t0x{start:04x}: {groups}")
    return "".join(rows) + "\n"


_WRITERS: dict[BufferForm, Callable[[bytes], str]] = {
    BufferForm.WHOLE: dots_for_bytes,
    BufferForm.TEXT: _printable,
    BufferForm.HEX: lambda data: _dump(data, False),
    BufferForm.HEX_AND_TEXT: lambda data: _dump(data, True),
    BufferForm.BASE64: lambda data: b64encode(data).decode("ascii"),
}
