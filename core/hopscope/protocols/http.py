"""HTTP/1 messages (RFC 9112), and those of older versions that look the same."""

from __future__ import annotations

import re
import zlib
from urllib.parse import unquote_to_bytes

from hopscope.protocols.dialogue import Dialogue
from hopscope.protocols.http_head import Head, read_head
from hopscope.protocols.message import NOTE, REQUEST, RESPONSE, Message, printable
from hopscope.protocols.outline import outline
from hopscope.protocols.part import Part, bytes_part, named, short
from hopscope.protocols.reader import GapError, Reader, Wait

NAME = "http"
TITLE = "HTTP"
TURNS = False

METHODS = (
    b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"PATCH", b"TRACE", b"CONNECT", b"PROPFIND",
    b"REPORT", b"NOTIFY", b"SUBSCRIBE", b"M-SEARCH",
)  # fmt: skip

LONGEST_CHUNK_LINE = 4096
MOST_TRAILERS = 100
LONGEST_BODY = 1 << 18
"""Bytes of a body that are unpacked and read for a person."""

_REQUEST = re.compile(rb"(" + b"|".join(METHODS) + rb") ([^ \r\n]{1,8192})(?: HTTP/\d(?:\.\d)?\r?\n|[^\n]*$)")
"""A request line, whole or cut by the snap length."""

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})(?: ([^\r\n]*))?")
_HOST = re.compile(rb"\r?\nhost:[ \t]*([^\s]{1,255})", re.IGNORECASE)
_SEGMENT = re.compile(rb"[/?&=;,]+")
_HEX = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]*)?\r?\n")
_DIGITS = re.compile(rb"\d{1,18}")

SWITCHING = 101
BODILESS = frozenset({204, 304})
"""Statuses without a body, beside those below 200 (RFC 9112, 6.3)."""


def sniff(payload: bytes) -> bool:
    """Whether the bytes begin with a request line or a status line."""
    return _STATUS.match(payload) is not None or _REQUEST.match(payload) is not None


def decode(payload: bytes) -> Message | None:
    """The request or response that the bytes begin with, None when they are something else."""
    status = _STATUS.match(payload)
    if status is not None:
        code = int(status[1])
        said = f"{code} {printable(status[2] or b'', 60)}".rstrip()
        return Message(
            protocol=NAME,
            kind=NOTE if code < 200 and code != SWITCHING else RESPONSE,
            summary=f"HTTP {said}",
            outcome=said,
            status=code,
            failed=code >= 400,
        )
    request = _REQUEST.match(payload)
    if request is None:
        return None
    target = request[2]
    host = _host(payload)
    shown = f"{request[1].decode('ascii')} {printable(target)}"
    return Message(
        protocol=NAME,
        kind=REQUEST,
        summary=f"{shown} (host {printable(host.encode())})" if host else shown,
        subject=shown,
        labels=tuple(_segments(target)),
        names=_names(host),
    )


def read(stream: Reader, side: int, dialogue: Dialogue) -> Wait:
    """One message after the other, as long as they follow each other without something else between."""
    while (yield from stream.more()) and not dialogue.left:
        if (yield from stream.peek(1)) in (b"\r", b"\n"):
            yield from stream.skip(1)
            continue
        start = stream.position
        try:
            data = yield from stream.until(b"\r\n\r\n", b"\n\n")
        except GapError as cut:
            message = decode(cut.known)
            if message is not None:
                _remember(message, side, dialogue, cut.known)
                dialogue.begin(side, start, message, cut=True)
            raise
        message = decode(data)
        if message is None:
            raise GapError(data)
        asked = _remember(message, side, dialogue, data)
        one = dialogue.begin(side, start, message)
        yield from _pass_body(stream, message, asked, read_head(data))
        one.stop = stream.position
        if message.status == SWITCHING or (asked == "CONNECT" and 200 <= message.status < 300):
            dialogue.left = True


def _remember(message: Message, side: int, dialogue: Dialogue, data: bytes) -> str:
    """Keep the method of a request; give back that of the request to which a response belongs."""
    if message.kind == REQUEST:
        dialogue.client = side
        dialogue.asked.append(data.partition(b" ")[0].decode("ascii", "replace"))
        return ""
    if message.kind == RESPONSE:
        dialogue.client = 1 - side
        return dialogue.asked.popleft() if dialogue.asked else ""
    return ""


def _pass_body(stream: Reader, message: Message, asked: str, head: Head) -> Wait:
    """Pass over the body, whose length follows from the head (RFC 9112, 6.3)."""
    if message.kind != REQUEST:
        none = message.status < 200 or message.status in BODILESS or asked == "HEAD"
        if none or (asked == "CONNECT" and message.status < 300):
            return
    codings = head.values(b"transfer-encoding")
    if codings and codings[-1].lower() == b"chunked":
        yield from _pass_chunks(stream)
        return
    length = _DIGITS.fullmatch(head.value(b"content-length").strip())
    if length is not None:
        yield from stream.skip(int(length[0]))
    elif message.kind != REQUEST:
        yield from stream.rest()


def _pass_chunks(stream: Reader) -> Wait:
    while True:
        line = yield from stream.until(b"\n", most=LONGEST_CHUNK_LINE)
        size = _HEX.fullmatch(line)
        if size is None:
            raise GapError(line)
        length = int(size[1], 16)
        if length == 0:
            break
        yield from stream.skip(length)
        end = yield from stream.peek(2)
        yield from stream.skip(2 if end != b"\n" and not end.startswith(b"\n") else 1)
    for _ in range(MOST_TRAILERS):
        line = yield from stream.until(b"\n", most=LONGEST_CHUNK_LINE)
        if not line.strip():
            return
    raise GapError


def parts(payload: bytes) -> list[Part]:
    """Start line, headers, and the body: without its chunks, unpacked, JSON as an outline."""
    if not sniff(payload):
        return []
    head = read_head(payload)
    out = [named(TITLE, [("", short(head.start))])]
    if head.headers:
        out.append(named("Headers", [(short(name), short(value)) for name, value in head.headers]))
    ends = [at + len(end) for end in (b"\r\n\r\n", b"\n\n") if (at := payload.find(end)) >= 0]
    body = payload[min(ends) :] if ends else b""
    if body:
        out.append(_body_part(head, body[: 2 * LONGEST_BODY]))
    return out


def _body_part(head: Head, body: bytes) -> Part:
    title = "Body"
    codings = head.values(b"transfer-encoding")
    if codings and codings[-1].lower() == b"chunked":
        body, count = unchunked(body)
        title += f", from {count} chunk{'' if count == 1 else 's'}"
    coding = head.value(b"content-encoding").strip().lower()
    if coding in (b"gzip", b"x-gzip", b"deflate"):
        plain = _unpacked(body, coding)
        if plain is not None:
            body = plain
            title += f", unpacked from {coding.decode()}"
    body = body[:LONGEST_BODY]
    if body.lstrip()[:1] in (b"{", b"["):
        lines = outline(body)
        if lines is not None:
            return Part(f"{title}, JSON", tuple(lines))
    return bytes_part(title, body)


def unchunked(body: bytes) -> tuple[bytes, int]:
    """The data of a chunked body as far as it goes, and how many chunks that are."""
    out = bytearray()
    at = count = 0
    while at < len(body):
        line = _HEX.match(body, at)
        if line is None or int(line[1], 16) == 0:
            break
        size = int(line[1], 16)
        out += body[line.end() : line.end() + size]
        count += 1
        at = line.end() + size
        at += 1 if body[at : at + 1] == b"\n" else 2
    return bytes(out), count


def _unpacked(body: bytes, coding: bytes) -> bytes | None:
    """The first bytes of a packed body, None where it is not packed that way."""
    for wbits in (31,) if coding != b"deflate" else (15, -15):
        try:
            return zlib.decompressobj(wbits).decompress(body, LONGEST_BODY)
        except zlib.error:
            continue
    return None


def _host(payload: bytes) -> str:
    head = payload.partition(b"\r\n\r\n")[0]
    found = _HOST.search(head)
    return found[1].decode("ascii", "replace").lower() if found else ""


def _names(host: str) -> tuple[str, ...]:
    """The host as a name; an address is none."""
    name = _without_port(host)
    return (name,) if any(letter.isalpha() for letter in name) and ":" not in name else ()


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() and name else host


def _segments(target: bytes) -> list[str]:
    """The parts of path and query, unescaped, lower case."""
    return [
        unquote_to_bytes(part).decode("utf-8", "replace").lower() for part in _SEGMENT.split(target) if part
    ]
