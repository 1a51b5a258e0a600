"""Redis commands and replies (RESP2 and RESP3, https://redis.io/docs/latest/develop/reference/protocol-spec/)."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass, field

from hopscope.protocols.dialogue import Dialogue
from hopscope.protocols.message import NOTE, REQUEST, RESPONSE, Message, printable
from hopscope.protocols.part import Part, named, short
from hopscope.protocols.reader import GapError, Reader, Wait

NAME = "redis"
TITLE = "Redis"
TURNS = False

MOST_SHOWN = 8
"""Values of a command or reply that are kept for its summary."""

LONGEST_SHOWN = 60
LONGEST_FIRST = 512
LONGEST_LINE = 1 << 14
MOST_DEPTH = 64
SECRET = frozenset({b"AUTH", b"HELLO", b"ACL", b"MIGRATE"})
"""Commands whose arguments can be a password: they are not shown."""

SECRET_SETTINGS = frozenset({b"requirepass", b"masterauth"})
"""Settings of ``CONFIG SET`` with a password as their value."""

_COMMAND = re.compile(rb"\*(\d{1,7})\r\n\$(\d{1,4})\r\n([A-Za-z][A-Za-z0-9._|-]{0,39})(?:\r\n|$)")
_REPLY = re.compile(
    rb"\+(?:OK|PONG|QUEUED)\r\n|-[A-Z]{2,20}[^\r\n]*\r\n|:-?\d{1,20}\r\n|\$(?:-1|\d{1,9})\r\n|\*(?:-1|\d{1,7})\r\n[+\-:$*]"
    rb"|%\d{1,7}\r\n[+\-:$*]|_\r\n"
)
_WORD = re.compile(rb"[A-Za-z][A-Za-z0-9._|-]{0,39}")
_NUMBER = re.compile(rb"-1|\d{1,15}")


def sniff(payload: bytes) -> bool:
    """Whether the bytes begin with a command as an array of strings, or with a reply that has its form."""
    command = _COMMAND.match(payload)
    if command is not None:
        return int(command[2]) == len(command[3]) and int(command[1]) > 0
    return payload[:1] in (b"+", b"-", b":", b"$", b"*", b"%", b"_") and _REPLY.match(payload) is not None


@dataclass(slots=True)
class _Value:
    """A value, however it is nested, as far as it is shown.

    Attributes:
        kind: its first byte.
        items: its strings and numbers in order, the first ones, each the first bytes of it.
        count: values in it.
        strings: whether it is an array of strings alone, as commands are.
        whole: False where recorded bytes are missing.
    """

    kind: bytes = b""
    items: list[bytes] = field(default_factory=list)
    count: int = 0
    strings: bool = True
    whole: bool = True


def _value(stream: Reader) -> Generator[None, None, _Value]:
    """The next value; arrays in it are followed with a stack of how much of each is left."""
    out = _Value()
    left = [1]
    while left:
        if left[-1] == 0:
            left.pop()
            continue
        left[-1] -= 1
        line = yield from stream.until(b"\r\n", most=LONGEST_LINE)
        kind, text = line[:1], line[1:-2]
        out.strings = out.strings and kind == (b"$" if out.kind else b"*")
        out.kind = out.kind or kind
        if kind in (b"*", b"%", b"~", b">", b"|"):
            count = max(0, _count(text)) * (2 if kind in (b"%", b"|") else 1)
            # Attributes come before the value that they describe.
            left[-1] += kind == b"|"
            left.append(count)
            if len(left) > MOST_DEPTH:
                raise GapError(line)
        elif kind in (b"$", b"=", b"!"):
            size = _count(text)
            shown = b"(nil)"
            if size >= 0:
                shown = yield from stream.known(size, LONGEST_SHOWN + 1)
                out.whole = out.whole and len(shown) == min(size, LONGEST_SHOWN + 1)
                yield from stream.skip(2)
            _keep(out, shown)
        elif kind in (b"+", b"-", b":", b"_", b"#", b",", b"("):
            _keep(out, text[: LONGEST_SHOWN + 1] if kind != b"_" else b"(nil)")
        else:
            raise GapError(line)
    return out


def _keep(out: _Value, item: bytes) -> None:
    out.count += 1
    if len(out.items) < MOST_SHOWN:
        out.items.append(item)


def _count(text: bytes) -> int:
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise GapError(text)
    return int(found[0])


def _secret(items: list[bytes]) -> bool:
    """Whether a command can carry a password."""
    if not items:
        return False
    word = items[0].upper()
    return word in SECRET or (word == b"CONFIG" and any(one.lower() in SECRET_SETTINGS for one in items))


def _message(value: _Value, command: bool) -> Message:
    shown = [printable(item, LONGEST_SHOWN) for item in value.items]
    more = " …" if value.count > len(value.items) else ""
    if command:
        if _secret(value.items):
            shown = [shown[0], "(hidden)"]
        text = f"Redis {shown[0].upper()} {' '.join(shown[1:])}".rstrip() + more if shown else "Redis (empty)"
        return Message(NAME, REQUEST, text, subject=text)
    failed = value.kind in (b"-", b"!")
    if value.kind in (b"*", b"%", b"~", b">"):
        said = f"{value.count} value{'' if value.count == 1 else 's'}: {', '.join(shown)}{more}".rstrip(": ")
    else:
        said = shown[0] if shown else ""
    kind = NOTE if value.kind == b">" else RESPONSE
    return Message(NAME, kind, f"Redis reply {said}".rstrip(), outcome=said or '""', failed=failed)


def read(stream: Reader, side: int, dialogue: Dialogue) -> Wait:
    """One value after the other; which side asks follows from the first command."""
    while (yield from stream.more()):
        start = stream.position
        first = stream.held(LONGEST_FIRST)
        try:
            value = yield from _value(stream)
        except GapError as cut:
            message = decode(first)
            if message is not None and first[:1] not in (b"+", b":", b"_"):
                dialogue.begin(side, start, message, cut=True)
            raise GapError(cut.known) from None
        if dialogue.client is None and value.strings and value.items and _WORD.fullmatch(value.items[0]):
            dialogue.client = side
        message = _message(value, command=dialogue.asks(side, default=False))
        dialogue.add(side, start, stream.position, message, cut=not value.whole)


def decode(payload: bytes) -> Message | None:
    """The command or reply that the bytes begin with, as far as they go; None for something else."""
    if not sniff(payload):
        return None
    value, _ = _first(payload)
    return _message(value, _COMMAND.match(payload) is not None)


def _first(payload: bytes) -> tuple[_Value, int]:
    """The first value of some bytes, as far as they go, and where it ends."""
    value = _Value(payload[:1])
    at, left = 0, 1
    while left and at < len(payload):
        end = payload.find(b"\r\n", at)
        if end < 0:
            break
        kind, text = payload[at : at + 1], payload[at + 1 : end]
        at = end + 2
        left -= 1
        size = int(text) if _NUMBER.fullmatch(text) else 0
        if kind in (b"*", b"%", b"~", b">", b"|"):
            left += max(0, size) * (2 if kind in (b"%", b"|") else 1) + (kind == b"|")
            continue
        if kind in (b"$", b"=", b"!"):
            _keep(value, payload[at : at + max(0, size)] if size >= 0 else b"(nil)")
            at += size + 2 if size >= 0 else 0
        else:
            _keep(value, text)
    return value, at


def parts(payload: bytes) -> list[Part]:
    """The first values of the command or reply."""
    if not sniff(payload):
        return []
    command = _COMMAND.match(payload)
    value, _ = _first(payload)
    items = value.items
    if command is not None and _secret(items):
        items = [items[0], b"(hidden)"]
    rows = [(str(i), short(item)) for i, item in enumerate(items)]
    if value.count > len(value.items):
        rows.append(("", f"… {value.count - len(value.items)} more"))
    return [named("Redis command" if command else "Redis reply", rows)]
