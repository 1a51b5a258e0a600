"""The protocol of MySQL and MariaDB (https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html)."""

from __future__ import annotations

import re
import struct

from hopscope.protocols.dialogue import Dialogue
from hopscope.protocols.message import NOTE, REQUEST, RESPONSE, Message, printable
from hopscope.protocols.part import Part, named, short
from hopscope.protocols.reader import GapError, Reader, Wait

NAME = "mysql"
TITLE = "MySQL"
TURNS = True

GREETING = 10
"""Version of the protocol in the server's first packet."""

COMMANDS = {
    0x00: "sleep", 0x01: "quit", 0x02: "use", 0x03: "query", 0x04: "field list", 0x05: "create database",
    0x06: "drop database", 0x07: "refresh", 0x08: "shutdown", 0x09: "statistics", 0x0A: "process info",
    0x0C: "kill", 0x0D: "debug", 0x0E: "ping", 0x11: "change user", 0x12: "binlog dump", 0x16: "prepare",
    0x17: "execute", 0x18: "long data", 0x19: "close statement", 0x1A: "reset statement", 0x1B: "set option",
    0x1C: "fetch", 0x1E: "binlog dump GTID", 0x1F: "reset connection",
}  # fmt: skip
USE, QUERY, PREPARE, QUIT, LONG_DATA, CLOSE = 0x02, 0x03, 0x16, 0x01, 0x18, 0x19
WITH_TEXT = frozenset({USE, QUERY, PREPARE, 0x05, 0x06})
UNANSWERED = frozenset({QUIT, LONG_DATA, CLOSE})

OK, ERROR, END, MORE_AUTH = 0x00, 0xFF, 0xFE, 0x01
SINGLES = (bytes([OK]), bytes([ERROR]), bytes([END]), bytes([MORE_AUTH]))
"""First bytes of answers of one packet, beside a set of one column, which begins like the last of them."""

SHORT_END, LONGEST_END = 5, 1 << 16
CONNECT_WITH_DATABASE, TLS, SECURE = 0x8, 0x800, 0x8000
CLIENT_HEAD = 32
"""Bytes before the user's name in the client's first packet, and all of it where it asks for TLS."""

HEADER = 4
LONGEST_TEXT = 4096
LONGEST_PACKET = (1 << 24) - 1

_VERSION = re.compile(rb"\x0a((?:5\.5\.5-)?\d{1,2}\.\d{1,3}\.[0-9A-Za-z.+~:_-]{1,60})(?:\0|$)")
_STATEMENT = re.compile(
    rb"\s*(?:/\*|--|#|\(|(?:select|insert|update|delete|replace|set|show|begin|commit|rollback|start|create|alter"
    rb"|drop|use|call|with|explain|describe|desc|truncate|lock|unlock|grant|revoke|flush|kill|load|do|handler"
    rb"|prepare|execute|deallocate|analyze|optimize|savepoint|release|xa|values|table)\b)",
    re.IGNORECASE,
)


def sniff(payload: bytes) -> bool:
    """Whether the bytes begin with a server's greeting, or with a client's statement."""
    if len(payload) < HEADER + 2 or payload[3] != 0:
        return False
    length = int.from_bytes(payload[:3], "little")
    if payload[HEADER] == GREETING:
        return 20 <= length < 512 and _VERSION.match(payload, HEADER) is not None
    if payload[HEADER] not in (QUERY, PREPARE) or length < 2 or length + HEADER < len(payload):
        return False
    return (
        _STATEMENT.match(payload, HEADER + 1) is not None
        or _STATEMENT.search(payload[HEADER + 1 : 64]) is not None
    )


def decode(payload: bytes) -> Message | None:
    """The greeting or command that the bytes begin with, None when they are something else."""
    if not sniff(payload):
        return None
    body = payload[HEADER : HEADER + int.from_bytes(payload[:3], "little")]
    return _greeting(body) if body[0] == GREETING else _command(body)


def _greeting(body: bytes) -> Message:
    found = _VERSION.match(body)
    text = f"MySQL greeting of version {printable(found[1])}" if found else "MySQL greeting"
    return Message(NAME, NOTE, text)


def _command(body: bytes) -> Message:
    code = body[0] if body else -1
    name = COMMANDS.get(code, f"command {code}")
    if code in WITH_TEXT:
        text = printable(b" ".join(body[1:LONGEST_TEXT].split()), 200)
        name = text if code == QUERY else f"{name} {text}"
    kind = NOTE if code in UNANSWERED else REQUEST
    return Message(NAME, kind, f"MySQL {name}", subject=f"MySQL {name}")


def _login(body: bytes) -> Message:
    """The client's first packet: who, and which database; never the password."""
    flags = struct.unpack_from("<I", body)[0] if len(body) >= 4 else 0
    if len(body) <= CLIENT_HEAD and flags & TLS:
        return Message(NAME, NOTE, "MySQL ask for TLS")
    user, _, rest = body[CLIENT_HEAD:].partition(b"\0")
    text = f"MySQL login {printable(user, 60)}"
    if flags & CONNECT_WITH_DATABASE and flags & SECURE and rest:
        database = rest[1 + rest[0] :].partition(b"\0")[0]
        text += f" on {printable(database, 60)}" if database else ""
    return Message(NAME, REQUEST, text, subject=text)


class _Answer:
    """A response of one packet, or of many: columns, rows, and an end."""

    def __init__(self, body: bytes, length: int) -> None:
        self.first = body
        self.packets = 0
        # The number of columns stands alone in its packet, also where it is that of another answer.
        self.single = body[:1] in SINGLES and length > 1
        self.columns = 0 if self.single else _length_coded(body, 0)
        self.rows = 0
        self.marked = self.ended = False

    def add(self, body: bytes, length: int) -> bool:
        """One more packet; True when it is the last one.

        Older servers end the columns with a marker of 5 bytes and the rows with another one, newer ones
        only the rows, with a longer packet that begins in the same way.
        """
        self.packets += 1
        if self.packets == 1:
            self.ended = self.single
            return self.ended
        if body[:1] == bytes([ERROR]):
            self.first, self.single, self.ended = body, True, True
            return True
        if self.packets <= 1 + self.columns:
            return False
        if body[:1] == bytes([END]) and length < LONGEST_END:
            between = length == SHORT_END and not self.marked and self.packets == 2 + self.columns
            self.marked, self.ended = True, not between
            return self.ended
        self.rows += 1
        return False

    def message(self) -> Message:
        """What it says."""
        kind, failed = RESPONSE, False
        body = self.first
        if not self.single:
            said = f"{self.rows} row{'' if self.rows == 1 else 's'}{'' if self.ended else ' or more'}"
        elif body[:1] == bytes([ERROR]):
            code = struct.unpack_from("<H", body, 1)[0] if len(body) >= 3 else 0
            text = body[9:] if body[3:4] == b"#" else body[3:]
            said, failed = f"error {code} {printable(text, 160)}".rstrip(), True
        elif body[:1] == bytes([OK]):
            changed = _length_coded(body, 1)
            said = "ok" if changed <= 0 else f"ok, {changed} row{'' if changed == 1 else 's'} changed"
        else:
            said, kind = "asks for more", NOTE
        return Message(NAME, kind, f"MySQL {said}", outcome=said, failed=failed)


def _length_coded(body: bytes, at: int) -> int:
    """A number in the protocol's variable length, -1 where it is not recorded."""
    first = body[at] if len(body) > at else -1
    width = {0xFC: 2, 0xFD: 3, 0xFE: 8}.get(first, 0)
    if not width:
        return first if first < 0xFB else -1
    return int.from_bytes(body[at + 1 : at + 1 + width], "little") if len(body) > at + width else -1


def read(stream: Reader, side: int, dialogue: Dialogue) -> Wait:
    """Packets put together: a command begins with number 0, what answers it goes on from there."""
    if dialogue.client is None:
        head = yield from stream.peek(HEADER + 1)
        dialogue.client = 1 - side if head[HEADER:] == bytes([GREETING]) else side
    yield from (_client if dialogue.client == side else _server)(stream, side, dialogue)


def _client(stream: Reader, side: int, dialogue: Dialogue) -> Wait:
    while (yield from stream.more()) and not dialogue.left:
        start = stream.position
        head = yield from stream.take(HEADER)
        length = int.from_bytes(head[:3], "little")
        body = yield from stream.known(length, LONGEST_TEXT)
        whole = len(body) == min(length, LONGEST_TEXT)
        if head[3] == 0:
            if not body or body[0] not in COMMANDS:
                raise GapError(head + body)
            message = _command(body)
            while length == LONGEST_PACKET:
                length = int.from_bytes((yield from stream.take(HEADER))[:3], "little")
                yield from stream.skip(length)
            dialogue.add(side, start, stream.position, message, cut=not whole)
        elif dialogue.facts.pop("greeted", 0):
            message = _login(body)
            dialogue.add(side, start, stream.position, message, cut=not whole)
            dialogue.left = message.kind == NOTE


def _server(stream: Reader, side: int, dialogue: Dialogue) -> Wait:
    answer: _Answer | None = None
    begun, last, cut = 0, -1, False
    while (yield from stream.more()) and not dialogue.left:
        start = stream.position
        try:
            head = yield from stream.take(HEADER)
            length, number = int.from_bytes(head[:3], "little"), head[3]
            body = yield from stream.known(length, LONGEST_TEXT)
        except GapError:
            if answer is not None:
                dialogue.begin(side, begun, answer.message(), cut=True)
            raise
        whole = len(body) == min(length, LONGEST_TEXT)
        if number == 0 and body[:1] == bytes([GREETING]):
            dialogue.facts["greeted"] = 1
            dialogue.add(side, start, stream.position, _greeting(body), cut=not whole)
            last = -1
            continue
        if answer is None and number == (last + 1) % 256:
            # What a prepared statement needs follows its answer.
            last = number
            continue
        if answer is not None and number == 1 and last not in (0, 255):
            dialogue.add(side, begun, start, answer.message(), cut=True)
            answer = None
        if answer is None:
            answer, begun, cut = _Answer(body, length), start, not whole
        last = number
        if answer.add(body, length):
            dialogue.add(side, begun, stream.position, answer.message(), cut=cut)
            answer = None


def parts(payload: bytes) -> list[Part]:
    """The first packet."""
    message = decode(payload)
    if message is None:
        return []
    length = int.from_bytes(payload[:3], "little")
    body = payload[HEADER : HEADER + length]
    if body[0] == GREETING:
        found = _VERSION.match(body)
        return [named(TITLE, [("server version", printable(found[1]) if found else "")])]
    rows = [("command", COMMANDS.get(body[0], str(body[0])))]
    if body[0] in WITH_TEXT:
        rows.append(("text", short(body[1:])))
    return [named(TITLE, rows)]
