"""Header lists of HTTP/2 (RFC 7541), as far as they can be read without their history and Huffman's code.

What refers to the table that both ends build up while they talk cannot be known from one message.
"""

from __future__ import annotations

from hopscope.protocols.message import printable

STATIC = (
    ("", ""), (":authority", ""), (":method", "GET"), (":method", "POST"), (":path", "/"),
    (":path", "/index.html"), (":scheme", "http"), (":scheme", "https"), (":status", "200"),
    (":status", "204"), (":status", "206"), (":status", "304"), (":status", "400"), (":status", "404"),
    (":status", "500"), ("accept-charset", ""), ("accept-encoding", "gzip, deflate"), ("accept-language", ""),
    ("accept-ranges", ""), ("accept", ""), ("access-control-allow-origin", ""), ("age", ""), ("allow", ""),
    ("authorization", ""), ("cache-control", ""), ("content-disposition", ""), ("content-encoding", ""),
    ("content-language", ""), ("content-length", ""), ("content-location", ""), ("content-range", ""),
    ("content-type", ""), ("cookie", ""), ("date", ""), ("etag", ""), ("expect", ""), ("expires", ""),
    ("from", ""), ("host", ""), ("if-match", ""), ("if-modified-since", ""), ("if-none-match", ""),
    ("if-range", ""), ("if-unmodified-since", ""), ("last-modified", ""), ("link", ""), ("location", ""),
    ("max-forwards", ""), ("proxy-authenticate", ""), ("proxy-authorization", ""), ("range", ""),
    ("referer", ""), ("refresh", ""), ("retry-after", ""), ("server", ""), ("set-cookie", ""),
    ("strict-transport-security", ""), ("transfer-encoding", ""), ("user-agent", ""), ("vary", ""),
    ("via", ""), ("www-authenticate", ""),
)  # fmt: skip
"""Names and values by number (RFC 7541, appendix A)."""

UNKNOWN = "?"
"""Stands for a name or value that only the connection's history tells."""

PACKED = "(packed)"
"""Stands for a text in Huffman's code."""

MOST_HEADERS = 200
MOST_DIGITS = 5


def read_headers(block: bytes) -> list[tuple[str, str]]:
    """Names and values in order, up to the first that makes no sense."""
    out: list[tuple[str, str]] = []
    at = 0
    while at < len(block) and len(out) < MOST_HEADERS:
        first = block[at]
        if first & 0xE0 == 0x20:  # a new size of the table
            at = _number(block, at, 5)[1]
            continue
        bits = 7 if first & 0x80 else 6 if first & 0x40 else 4
        index, at = _number(block, at, bits)
        if first & 0x80:
            out.append(STATIC[index] if 0 < index < len(STATIC) else (UNKNOWN, UNKNOWN))
            continue
        if index:
            name = STATIC[index][0] if index < len(STATIC) else UNKNOWN
        else:
            name, at = _text(block, at)
        if at >= len(block):
            break
        value, at = _text(block, at)
        out.append((name, value))
    return out


def _number(block: bytes, at: int, bits: int) -> tuple[int, int]:
    """An integer that begins in the lower bits of a byte, and the place behind it."""
    value = block[at] & ((1 << bits) - 1)
    at += 1
    if value < (1 << bits) - 1:
        return value, at
    for shift in range(0, 7 * MOST_DIGITS, 7):
        if at >= len(block):
            break
        value += (block[at] & 0x7F) << shift
        at += 1
        if not block[at - 1] & 0x80:
            break
    return value, at


def _text(block: bytes, at: int) -> tuple[str, int]:
    if at >= len(block):
        return UNKNOWN, at
    packed = block[at] & 0x80
    length, at = _number(block, at, 7)
    text = PACKED if packed else printable(block[at : at + length], 200)
    return text, at + length
