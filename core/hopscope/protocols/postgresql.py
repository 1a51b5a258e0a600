"""PostgreSQL's protocol 3 (https://www.postgresql.org/docs/current/protocol-message-formats.html)."""

from __future__ import annotations

import struct
from collections.abc import Generator, Iterator

from hopscope.protocols.dialogue import Dialogue, Found
from hopscope.protocols.message import NOTE, REQUEST, RESPONSE, Message, printable
from hopscope.protocols.part import Part, named, short
from hopscope.protocols.reader import GapError, Reader, Wait

NAME = "postgresql"
TITLE = "PostgreSQL"
TURNS = False

VERSION_3 = 196608
CANCEL, SSL, GSS = 80877102, 80877103, 80877104
STARTUPS = {
    VERSION_3: "startup",
    VERSION_3 + 2: "startup",
    CANCEL: "cancel",
    SSL: "ask for TLS",
    GSS: "ask for GSS",
}
"""Codes that stand in place of a type at the start of a connection."""

REQUESTS = {
    b"Q": "Query", b"P": "Parse", b"B": "Bind", b"E": "Execute", b"D": "Describe", b"C": "Close",
    b"S": "Sync", b"H": "Flush", b"X": "Terminate", b"F": "Function call", b"p": "Password",
    b"d": "Copy data", b"c": "Copy done", b"f": "Copy fail",
}  # fmt: skip
RESPONSES = {
    b"R": "Authentication", b"S": "Parameter status", b"K": "Backend key", b"Z": "Ready for query",
    b"T": "Row description", b"D": "Data row", b"C": "Command complete", b"E": "Error", b"N": "Notice",
    b"A": "Notification", b"1": "Parse complete", b"2": "Bind complete", b"3": "Close complete",
    b"n": "No data", b"s": "Portal suspended", b"t": "Parameter description", b"I": "Empty query",
    b"G": "Copy in", b"H": "Copy out", b"W": "Copy both", b"d": "Copy data", b"c": "Copy done",
    b"V": "Function call result",
    b"v": "Negotiate version",
}  # fmt: skip

AUTHENTICATIONS = {0: "ok", 2: "Kerberos", 3: "password", 5: "MD5", 7: "GSS", 9: "SSPI", 10: "SASL",
                   11: "SASL continues", 12: "SASL final"}  # fmt: skip
LONGEST_STARTUP = 10_000
LONGEST_TEXT = 4096
MOST_LISTED = 500


def sniff(payload: bytes) -> bool:
    """Whether the bytes begin as a connection does, or with a message that has text where it belongs."""
    if _startup(payload) is not None:
        return True
    if len(payload) < 6:
        return False
    kind, length = payload[:1], struct.unpack_from(">I", payload, 1)[0]
    body = payload[5 : 1 + length]
    if kind == b"Q":
        return 5 <= length < 1 << 28 and _statement(body)
    if kind == b"P":
        return 8 <= length < 1 << 28 and _statement(body[body.find(b"\0") + 1 :]) and b"\0" in body[:64]
    if kind == b"R":
        code = struct.unpack_from(">I", body)[0] if len(body) >= 4 else -1
        return (
            code in AUTHENTICATIONS and length < 2000 and (len(payload) <= 1 + length or _next_fits(payload))
        )
    if kind == b"Z":
        return length == 5 and body in (b"I", b"T", b"E")
    if kind == b"C":
        return 5 < length < 80 and body[:1].isupper() and body.endswith(b"\0") and _next_fits(payload)
    if kind == b"E":
        return 8 < length < 1 << 16 and body[:1] == b"S" and body[1:3].isupper()
    if kind in (b"1", b"2"):
        return length == 4 and _next_fits(payload)
    return kind == b"T" and 6 < length < 1 << 16 and _next_fits(payload)


def _statement(text: bytes) -> bool:
    """Whether a text begins as statements do."""
    head = text[:24].lstrip()
    return bool(head) and head[:1].isalpha() and all(32 <= one < 127 or one in b"\t\r\n\0" for one in head)


def _next_fits(payload: bytes) -> bool:
    """Whether another response follows the first one, or its start is not recorded."""
    at = 1 + int(struct.unpack_from(">I", payload, 1)[0])
    if at >= len(payload):
        return payload[:1] not in (b"1", b"2") or at == len(payload)
    if payload[at : at + 1] not in RESPONSES:
        return False
    return len(payload) < at + 5 or 4 <= struct.unpack_from(">I", payload, at + 1)[0] < 1 << 28


def _startup(payload: bytes) -> Message | None:
    """What opens a connection."""
    if len(payload) < 8:
        return None
    length, code = struct.unpack_from(">II", payload)
    if code not in STARTUPS or not 8 <= length < LONGEST_STARTUP:
        return None
    if code in (SSL, GSS) and length != 8:
        return None
    values = dict(_pairs(payload[8:length]))
    who = values.get(b"user", b"")
    where = values.get(b"database", who)
    text = f"PostgreSQL {STARTUPS[code]}"
    if who:
        text += f" {printable(who, 60)} on {printable(where, 60)}"
    kind = NOTE if code == CANCEL else REQUEST
    return Message(NAME, kind, text, subject=text)


def _pairs(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    texts = body.split(b"\0", 200)
    yield from zip(texts[0::2], texts[1::2], strict=False)


def decode(payload: bytes) -> Message | None:
    """The message that the bytes begin with, None when they are something else."""
    if not sniff(payload):
        return None
    found = _startup(payload)
    if found is not None:
        return found
    kind, body = payload[:1], payload[5 : 1 + struct.unpack_from(">I", payload, 1)[0]]
    if kind in (b"Q", b"P"):
        return _request(_text(kind, body))
    group = _Group()
    for one, data in _messages(payload):
        group.add(one, data)
    return group.message()


def _messages(payload: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Types and bodies of the messages in some bytes, as far as they go."""
    at = 0
    for _ in range(MOST_LISTED):
        if at + 5 > len(payload):
            return
        length = struct.unpack_from(">I", payload, at + 1)[0]
        if length < 4:
            return
        yield payload[at : at + 1], payload[at + 5 : at + 1 + length]
        at += 1 + length


def _text(kind: bytes, body: bytes) -> bytes:
    """The statement in a query or parse message."""
    if kind == b"P":
        body = body.partition(b"\0")[2]
    return b" ".join(body.partition(b"\0")[0].split())


def _request(statement: bytes) -> Message:
    text = f"PostgreSQL {printable(statement, 200)}".rstrip()
    return Message(NAME, REQUEST, text, subject=text)


class _Group:
    """The responses to one request, until the server is ready for the next one."""

    def __init__(self) -> None:
        self.rows = 0
        self.described = False
        self.tags: list[str] = []
        self.error = ""
        self.asked = ""

    def add(self, kind: bytes, body: bytes) -> None:
        """One response."""
        if kind == b"D":
            self.rows += 1
        elif kind == b"T":
            self.described = True
        elif kind == b"C" and len(self.tags) < MOST_LISTED:
            self.tags.append(printable(body.rstrip(b"\0"), 60))
        elif kind == b"I":
            self.tags.append("empty query")
        elif kind == b"E" and not self.error:
            fields = {part[:1]: part[1:] for part in body.split(b"\0", 50)}
            words = [fields.get(b"V", fields.get(b"S", b"")), fields.get(b"C", b""), fields.get(b"M", b"")]
            self.error = printable(b" ".join(word for word in words if word), 200) or "error"
        elif kind == b"R" and len(body) >= 4:
            code = struct.unpack_from(">I", body)[0]
            self.asked = f"authentication {AUTHENTICATIONS.get(code, code)}"

    def message(self, *, ended: bool = True) -> Message:
        """What they say together; there may be more of them where they are not ended."""
        said = self.error or ", ".join(self.tags[:4]) or self.asked
        if not said and ended:
            said = f"{self.rows} row{'' if self.rows == 1 else 's'}" if self.rows else "done"
        elif not said:
            said = f"{self.rows} row{'' if self.rows == 1 else 's'} or more" if self.described else "answer"
        return Message(NAME, RESPONSE, f"PostgreSQL {said}", outcome=said, failed=bool(self.error))


def read(stream: Reader, side: int, dialogue: Dialogue) -> Wait:
    """Requests up to their end (a query, or what leads to a sync), responses up to "ready for query"."""
    if dialogue.client is None:
        first = yield from stream.peek(1)
        dialogue.client = side if first[:1] in (b"Q", b"P", b"\0") else 1 - side
    yield from (_requests if dialogue.client == side else _responses)(stream, side, dialogue)


def _requests(stream: Reader, side: int, dialogue: Dialogue) -> Wait:
    open_one: Found | None = None
    while (yield from stream.more()) and not dialogue.left:
        start = stream.position
        if (yield from stream.peek(1)) == b"\0":
            head = yield from stream.peek(8)
            length = struct.unpack(">I", head[:4].ljust(4, b"\0"))[0]
            body = yield from stream.peek(min(length, LONGEST_STARTUP))
            message = _startup(body)
            if message is None:
                raise GapError(head)
            dialogue.asked.append("login" if message.summary.startswith("PostgreSQL startup") else "tls")
            yield from stream.skip(length)
            dialogue.add(side, start, stream.position, message, cut=len(body) < length)
            continue
        kind, body, whole = yield from _one(stream, REQUESTS)
        if kind in b"QPFp" and open_one is None:
            message = _request(_text(kind, body)) if kind in b"QP" else _plain(kind)
            open_one = dialogue.begin(side, start, message, cut=not whole)
        elif kind in b"BED" and open_one is None:
            open_one = dialogue.begin(side, start, _plain(kind))
        elif kind == b"X":
            dialogue.add(side, start, stream.position, Message(NAME, NOTE, "PostgreSQL terminate"))
        if open_one is not None:
            open_one.stop = stream.position
            if kind in b"QSFp":
                open_one = None


def _plain(kind: bytes) -> Message:
    """A request that is shown without what it carries: a password, or parameters of an earlier statement."""
    text = f"PostgreSQL {REQUESTS[kind].lower()}"
    return Message(NAME, REQUEST, text, subject=text)


def _responses(stream: Reader, side: int, dialogue: Dialogue) -> Wait:
    group, begun, whole = _Group(), -1, True
    while (yield from stream.more()) and not dialogue.left:
        start = stream.position
        if dialogue.asked and dialogue.asked.popleft() == "tls":
            answer = yield from stream.take(1)
            if answer not in (b"S", b"N", b"G"):
                raise GapError(answer)
            said = "no" if answer == b"N" else "yes"
            dialogue.add(
                side, start, stream.position, Message(NAME, RESPONSE, f"PostgreSQL {said}", outcome=said)
            )
            dialogue.left = answer != b"N"
            continue
        try:
            kind, body, all_there = yield from _one(stream, RESPONSES)
        except GapError:
            if begun >= 0:
                dialogue.begin(side, begun, group.message(ended=False), cut=True)
            raise
        if kind in b"NA" and begun < 0:
            continue
        begun = start if begun < 0 else begun
        whole = whole and all_there
        group.add(kind, body)
        # A password is a request of its own, so what asks for it ends a response.
        asks = kind == b"R" and len(body) >= 4 and struct.unpack_from(">I", body)[0] not in (0, 12)
        if kind == b"Z" or asks:
            dialogue.add(side, begun, stream.position, group.message(), cut=not whole)
            group, begun, whole = _Group(), -1, True


def _one(stream: Reader, known: dict[bytes, str]) -> Generator[None, None, tuple[bytes, bytes, bool]]:
    """Type, body as far as it is of use, and whether that is all of it."""
    head = yield from stream.take(5)
    length = struct.unpack_from(">I", head, 1)[0]
    if head[:1] not in known or not 4 <= length < 1 << 30:
        raise GapError(head)
    body = yield from stream.known(length - 4, LONGEST_TEXT)
    return head[:1], body, len(body) == min(length - 4, LONGEST_TEXT)


def parts(payload: bytes) -> list[Part]:
    """The messages in order with their texts."""
    if len(payload) < 8:
        return []
    length, code = struct.unpack_from(">II", payload)
    if code in STARTUPS:
        rows = [(short(name), short(value)) for name, value in _pairs(payload[8:length]) if name]
        return [named(f"PostgreSQL {STARTUPS[code]}", rows)]
    kinds = [kind for kind, _ in _messages(payload)]
    names = next((one for one in (REQUESTS, RESPONSES) if set(kinds) <= one.keys()), {})
    if not names or not kinds:
        return []
    rows = []
    for kind, body in _messages(payload):
        name = names[kind]
        hidden = kind == b"p"
        text = _text(kind, body) if kind in b"QP" else body.replace(b"\0", b" ").strip()
        rows.append((name, "(hidden)" if hidden else short(text)))
    return [named(TITLE, rows)]
