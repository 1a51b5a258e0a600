"""TLS: who is asked for, which version is agreed on, and that everything after it is encrypted (RFC 8446)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from hopscope.protocols.dialogue import Dialogue, Found
from hopscope.protocols.message import NOTE, REQUEST, RESPONSE, Message, printable
from hopscope.protocols.part import Part, named
from hopscope.protocols.reader import GapError, Reader, Wait

NAME = "tls"
TITLE = "TLS"
TURNS = False

CHANGE_CIPHER, ALERT, HANDSHAKE, DATA = 20, 21, 22, 23
RECORDS = {
    CHANGE_CIPHER: "change cipher spec",
    ALERT: "alert",
    HANDSHAKE: "handshake",
    DATA: "application data",
}
CLIENT_HELLO, SERVER_HELLO = 1, 2
LONGEST_RECORD = (1 << 14) + 2048
RECORD_HEADER = 5
ALERT_SIZE = 2
"""Bytes of an alert that is not encrypted."""

VERSIONS = {0x0300: "SSL 3.0", 0x0301: "TLS 1.0", 0x0302: "TLS 1.1", 0x0303: "TLS 1.2", 0x0304: "TLS 1.3"}
ALERTS = {
    0: "close notify", 10: "unexpected message", 20: "bad record mac", 22: "record overflow",
    40: "handshake failure", 42: "bad certificate", 43: "unsupported certificate", 44: "certificate revoked",
    45: "certificate expired", 46: "certificate unknown", 47: "illegal parameter", 48: "unknown CA",
    49: "access denied", 50: "decode error", 51: "decrypt error", 70: "protocol version",
    71: "insufficient security", 80: "internal error", 86: "inappropriate fallback", 90: "user canceled",
    109: "missing extension", 110: "unsupported extension", 112: "unrecognized name",
    116: "certificate required", 120: "no application protocol",
}  # fmt: skip
"""Descriptions of alerts (RFC 8446, 6)."""

SERVER_NAME, PROTOCOLS, SUPPORTED_VERSIONS = 0, 16, 43
"""Numbers of extensions (RFC 6066, RFC 7301, RFC 8446)."""


def sniff(payload: bytes) -> bool:
    """Whether the bytes begin with a hello, or with a whole alert."""
    if len(payload) < RECORD_HEADER + 1 or payload[1] != 3 or payload[2] > 4:
        return False
    length = struct.unpack_from(">H", payload, 3)[0]
    if payload[0] == HANDSHAKE:
        return payload[5] in (CLIENT_HELLO, SERVER_HELLO) and 4 <= length <= LONGEST_RECORD
    return payload[0] == ALERT and length == ALERT_SIZE and payload[5] in (1, 2)


def decode(payload: bytes) -> Message | None:
    """The hello or alert that the bytes begin with, None when they are something else."""
    return _record(payload) if sniff(payload) else None


def _record(payload: bytes) -> Message | None:
    """What a record says that is not encrypted."""
    if payload[0] == ALERT:
        level = "fatal" if payload[5] == 2 else "warning"
        code = payload[6] if len(payload) > 6 else 0
        said = f"alert {ALERTS.get(code, code)} ({level})"
        failed = code != 0
        return Message(NAME, RESPONSE if failed else NOTE, f"TLS {said}", outcome=said, failed=failed)
    if payload[0] != HANDSHAKE or len(payload) <= RECORD_HEADER:
        return None
    facts = _Hello(payload[RECORD_HEADER:])
    if payload[5] == CLIENT_HELLO:
        what = f"TLS hello to {facts.name}" if facts.name else "TLS hello"
        return Message(
            protocol=NAME,
            kind=REQUEST,
            summary=f"{what} (up to {facts.version})",
            subject=what,
            names=(facts.name.lower(),) if facts.name else (),
        )
    if payload[5] == SERVER_HELLO:
        said = f"{facts.version}, the rest is encrypted"
        return Message(NAME, RESPONSE, f"TLS hello of the server: {said}", outcome=said)
    return None


class _Hello:
    """A hello of either side, as far as its bytes go.

    Attributes:
        version: in words: the highest that a client offers, the one that a server chose.
        name: of the server, as the client asks for it; empty without.
        protocols: that the client offers or the server chose (ALPN).
        cipher: number of the suite that a server chose, -1.
    """

    def __init__(self, body: bytes) -> None:
        self.name = ""
        self.protocols: list[str] = []
        self.cipher = -1
        number = struct.unpack_from(">H", body, 4)[0] if len(body) >= 6 else 0
        at = 4 + 2 + 32
        at += 1 + body[at] if len(body) > at else 1
        if body[:1] == bytes([CLIENT_HELLO]):
            at += 2 + struct.unpack_from(">H", body, at)[0] if len(body) >= at + 2 else 2
            at += 1 + body[at] if len(body) > at else 1
        else:
            self.cipher = struct.unpack_from(">H", body, at)[0] if len(body) >= at + 2 else -1
            at += 3
        for kind, data in _extensions(body, at + 2):
            if kind == SERVER_NAME and len(data) > 5:
                self.name = printable(data[5 : 5 + struct.unpack_from(">H", data, 3)[0]], 255)
            elif kind == SUPPORTED_VERSIONS:
                offered = data if len(data) == 2 else data[1:]
                found = [struct.unpack_from(">H", offered, i)[0] for i in range(0, len(offered) - 1, 2)]
                number = max([number, *(one for one in found if one in VERSIONS)])
            elif kind == PROTOCOLS:
                self.protocols = _names(data[2:])
        self.version = VERSIONS.get(number, f"version 0x{number:04x}")


def _extensions(body: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(body):
        kind, length = struct.unpack_from(">HH", body, at)
        yield kind, body[at + 4 : at + 4 + length]
        at += 4 + length


def _names(data: bytes) -> list[str]:
    found = []
    at = 0
    while at < len(data):
        found.append(printable(data[at + 1 : at + 1 + data[at]], 60))
        at += 1 + data[at]
    return found


def read(stream: Reader, side: int, dialogue: Dialogue) -> Wait:
    """Hellos and alerts; all encrypted records of a direction are one note."""
    encrypted: Found | None = None
    hidden = False
    while (yield from stream.more()):
        start = stream.position
        head = yield from stream.take(RECORD_HEADER)
        kind, major, length = head[0], head[1], struct.unpack_from(">H", head, 3)[0]
        if kind not in RECORDS or major != 3 or length > LONGEST_RECORD:
            raise GapError(head)
        body = yield from stream.known(length)
        if kind == CHANGE_CIPHER:
            hidden = True
        elif kind == DATA or hidden:
            if encrypted is None:
                encrypted = dialogue.begin(side, start, Message(NAME, NOTE, "TLS encrypted data"))
            encrypted.stop = stream.position
        elif (message := decode(head + body)) is not None:
            if kind == HANDSHAKE:
                dialogue.client = side if message.kind == REQUEST else 1 - side
            dialogue.add(side, start, stream.position, message, cut=len(body) < length)


def parts(payload: bytes) -> list[Part]:
    """The records, and what the hello says."""
    rows: list[tuple[str, str]] = []
    records: list[tuple[str, str]] = []
    at = 0
    while at + RECORD_HEADER <= len(payload) and payload[at] in RECORDS and len(records) < 1000:
        length = struct.unpack_from(">H", payload, at + 3)[0]
        records.append(("", f"{RECORDS[payload[at]]}, {length} bytes"))
        at += RECORD_HEADER + length
    if decode(payload) is not None and payload[0] == HANDSHAKE:
        facts = _Hello(payload[RECORD_HEADER:])
        rows = [
            ("server name", facts.name),
            ("version", facts.version),
            ("application protocols", ", ".join(facts.protocols)),
            ("cipher suite", f"0x{facts.cipher:04x}" if facts.cipher >= 0 else ""),
        ]
    out = [named(TITLE, [row for row in rows if row[1]])] if rows else []
    return [*out, named("Records", records)] if records else out
