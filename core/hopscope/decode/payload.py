"""The recorded bytes of messages, as text and as rows of hexadecimal digits."""

from __future__ import annotations

from dataclasses import dataclass

from .paths import dots_for_bytes

_KEPT = frozenset(range(0x20, 0x7F)) | {0x0A, 0x09}


@dataclass(frozen=True, slots=True)
class HexRow:
    """One row of a hex dump.

    Attributes:
        offset: of the first byte.
        digits: the bytes as hexadecimal digits in groups of two bytes, padded to the width of a full row.
        text: printable ASCII, a dot for every other byte.
    """

    offset: int
    digits: str
    text: str

    def __str__(self) -> str:
        return f"0x{self.offset:04x}: {self.digits}  {self.text}"


def hex_rows(data: bytes, width: int = 16) -> list[HexRow]:
    """A hex dump of ``data``, ``width`` bytes a row. Grouped as ``sysdig -X`` does it."""
    columns = width * 2 + (width + 1) // 2 - 1
    rows = []
    for offset in range(0, len(data), width):
        part = data[offset : offset + width]
        digits = " ".join(part[i : i + 2].hex() for i in range(0, len(part), 2))
        rows.append(HexRow(offset, digits.ljust(columns), dots_for_bytes(part)))
    return rows


def buffer_text(data: bytes, longest: int = 80) -> str:
    """Bytes on one line as the reference prints a buffer: dots for what is not printable ASCII.

    Args:
        data: the bytes.
        longest: characters after which the text is cut and ends in three dots; 0 for never.
    """
    if longest and len(data) > longest:
        return dots_for_bytes(data[: longest - 3]) + "..."
    return dots_for_bytes(data)


def render_payload(data: bytes) -> str:
    """Bytes as text over several lines, for reading: line ends and tabs are kept, a dot for the rest."""
    text = data.replace(b"\r\n", b"\n")
    return "".join(chr(byte) if byte in _KEPT else "." for byte in text)
