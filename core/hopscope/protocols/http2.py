"""HTTP/2 frames (RFC 9113): preface, types and streams, and what of the headers can be read alone."""

from __future__ import annotations

import struct
from collections import OrderedDict

from hopscope.protocols.dialogue import Dialogue, Found
from hopscope.protocols.hpack import PACKED, UNKNOWN, read_headers
from hopscope.protocols.message import NOTE, REQUEST, RESPONSE, Message, printable
from hopscope.protocols.part import Part, bytes_part, named
from hopscope.protocols.reader import GapError, Reader, Wait

NAME = "http2"
TITLE = "HTTP/2"
TURNS = False

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
FRAME_HEADER = 9
TYPES = ("DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY",
         "WINDOW_UPDATE", "CONTINUATION")  # fmt: skip
DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY = 0, 1, 3, 4, 7
END_STREAM, ACK, PADDED, PRIORITY = 0x1, 0x1, 0x8, 0x20
ERRORS = ("NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT",
          "STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR",
          "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED")  # fmt: skip
LONGEST_FRAME = 1 << 24
LONGEST_HEADERS = 1 << 14
MOST_STREAMS = 1024
MOST_FRAMES = 1000


def sniff(payload: bytes) -> bool:
    """Whether the bytes begin with a client's preface, or with the settings that a server begins with."""
    if payload.startswith(PREFACE[:14]):
        return True
    if len(payload) < FRAME_HEADER or payload[3] != SETTINGS or payload[4] not in (0, ACK):
        return False
    length, stream = int.from_bytes(payload[:3], "big"), struct.unpack_from(">I", payload, 5)[0]
    return stream == 0 and length % 6 == 0 and length <= 120 and (length == 0) == (payload[4] == ACK)


def decode(payload: bytes) -> Message | None:
    """The preface or settings that the bytes begin with, None when they are something else."""
    if payload.startswith(PREFACE[:14]):
        return Message(NAME, NOTE, "HTTP/2 preface")
    return Message(NAME, NOTE, "HTTP/2 settings") if sniff(payload) else None


def _headers(stream: int, flags: int, body: bytes, asks: bool) -> Message:
    """A request or response from its headers."""
    fields: dict[str, str] = {}
    for name, value in read_headers(_block(flags, body)):
        fields.setdefault(name, value)
    identifier = stream
    if ":status" in fields or (not asks and ":method" not in fields):
        said = fields.get(":status", UNKNOWN)
        status = int(said) if said.isdigit() and len(said) == 3 else -1
        words = said if status >= 0 else "answer"
        return Message(
            NAME,
            NOTE if 100 <= status < 200 else RESPONSE,
            f"HTTP/2 {words} on stream {stream}",
            outcome=words,
            status=status,
            identifier=identifier,
            failed=status >= 400,
        )
    method, path = (_told(fields.get(key, UNKNOWN)) for key in (":method", ":path"))
    host = _told(fields.get(":authority", UNKNOWN))
    subject = f"HTTP/2 {method} {path}"
    summary = f"{subject} (host {host})" if host != "…" else subject
    return Message(NAME, REQUEST, f"{summary} on stream {stream}", subject=subject, identifier=identifier)


def _told(value: str) -> str:
    return "…" if value in (UNKNOWN, PACKED) else value


def _block(flags: int, body: bytes) -> bytes:
    """The header list in a HEADERS frame."""
    at, end = 0, len(body)
    if flags & PADDED and body:
        at, end = 1, end - body[0]
    if flags & PRIORITY:
        at += 5
    return body[at:end]


def read(stream: Reader, side: int, dialogue: Dialogue) -> Wait:
    """Frames; a message goes from its headers to the end of its stream."""
    open_ones: OrderedDict[int, Found] = OrderedDict()
    while (yield from stream.more()):
        start = stream.position
        if (yield from stream.peek(3)) == PREFACE[:3]:
            if (yield from stream.take(len(PREFACE))) != PREFACE:
                raise GapError
            dialogue.client = side
            dialogue.add(side, start, stream.position, Message(NAME, NOTE, "HTTP/2 preface"))
            continue
        head = yield from stream.take(FRAME_HEADER)
        length, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
        number = struct.unpack_from(">I", head, 5)[0] & 0x7FFFFFFF
        if kind >= len(TYPES) or length > LONGEST_FRAME:
            raise GapError(head)
        body = yield from stream.known(length, LONGEST_HEADERS)
        cut = len(body) < min(length, LONGEST_HEADERS)
        if kind == HEADERS and number not in open_ones:
            message = _headers(number, flags, body, dialogue.asks(side))
            if dialogue.client is None:
                dialogue.client = side if message.kind == REQUEST else 1 - side
            open_ones[number] = dialogue.begin(side, start, message, cut=cut)
            if len(open_ones) > MOST_STREAMS:
                open_ones.popitem(last=False)
        elif kind in (RST_STREAM, GOAWAY):
            dialogue.add(side, start, stream.position, _ending(kind, number, body), cut=cut)
        elif kind == SETTINGS:
            text = "HTTP/2 settings accepted" if flags & ACK else "HTTP/2 settings"
            dialogue.add(side, start, stream.position, Message(NAME, NOTE, text), cut=cut)
        if number in open_ones:
            open_ones[number].stop = stream.position
            if (kind in (DATA, HEADERS) and flags & END_STREAM) or kind == RST_STREAM:
                del open_ones[number]


def _ending(kind: int, number: int, body: bytes) -> Message:
    """A stream or the connection that is ended."""
    at = 0 if kind == RST_STREAM else 4
    code = struct.unpack_from(">I", body, at)[0] if len(body) >= at + 4 else 0
    why = ERRORS[code] if code < len(ERRORS) else str(code)
    what = f"reset of stream {number}" if kind == RST_STREAM else "goaway"
    return Message(NAME, NOTE, f"HTTP/2 {what}: {why}", failed=code != 0)


def parts(payload: bytes) -> list[Part]:
    """The frames, with what can be read of their headers."""
    at = len(PREFACE) if payload.startswith(PREFACE) else 0
    frames: list[tuple[str, str]] = [("", "preface")] if at else []
    out: list[Part] = []
    while at + FRAME_HEADER <= len(payload) and len(frames) < MOST_FRAMES:
        length, kind, flags = int.from_bytes(payload[at : at + 3], "big"), payload[at + 3], payload[at + 4]
        number = struct.unpack_from(">I", payload, at + 5)[0] & 0x7FFFFFFF
        if kind >= len(TYPES):
            break
        body = payload[at + FRAME_HEADER : at + FRAME_HEADER + length]
        frames.append(("", f"{TYPES[kind]} on stream {number}, {length} bytes, flags 0x{flags:02x}"))
        if kind == HEADERS:
            fields = [(name, value) for name, value in read_headers(_block(flags, body))]
            out.append(named(f"Headers of stream {number}", fields))
        elif kind == DATA and body:
            out.append(bytes_part(f"Data of stream {number}", body))
        elif kind == GOAWAY and len(body) > 8:
            out.append(named("Goaway", [("text", printable(body[8:], 200))]))
        at += FRAME_HEADER + length
    return [named("HTTP/2 frames", frames), *out] if frames else []
