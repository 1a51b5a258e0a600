"""Commands and replies of memcached's text protocol, meta commands included.

Source: https://github.com/memcached/memcached/blob/master/doc/protocol.txt
"""

from __future__ import annotations

import re
from collections.abc import Generator

from hopscope.protocols.dialogue import Dialogue
from hopscope.protocols.message import NOTE, REQUEST, RESPONSE, Message, printable
from hopscope.protocols.part import Part, bytes_part, named, short
from hopscope.protocols.reader import GapError, Reader, Wait

NAME = "memcached"
TITLE = "memcached"
TURNS = False

LONGEST_LINE = 1 << 14
"""Bytes of a line; a key has at most 250, and a command may name many."""

LONGEST_FIRST = 1 << 10
LONGEST_SHOWN = 120
MOST_KEYS = 8

_KEY = rb"[!-~\x80-\xff]{1,250}"
_ENDS = rb"(?: [ -~]{0,200})?\r?\n"
_REQUEST = re.compile(
    rb"(?:gets?|gats? -?\d{1,10})(?: " + _KEY + rb")+ ?\r?\n"
    rb"|(?:set|add|replace|append|prepend|cas) " + _KEY
    + rb" \d{1,10} -?\d{1,10} \d{1,9}(?: [ -~]{0,60})?\r?\n"
    rb"|(?:delete|touch|incr|decr) " + _KEY + _ENDS + rb"|m[gdea] " + _KEY + _ENDS
    + rb"|ms " + _KEY + rb" \d{1,9}" + _ENDS
    + rb"|(?:mn|stats|version|flush_all|verbosity|quit|cache_memlimit|slabs|lru|lru_crawler|watch)" + _ENDS
)  # fmt: skip
_REPLY = re.compile(
    rb"VALUE " + _KEY + rb" \d{1,10} \d{1,9}(?: \d{1,20})?\r\n|VA \d{1,9}" + _ENDS
    + rb"|(?:STORED|NOT_STORED|EXISTS|NOT_FOUND|DELETED|TOUCHED|END|RESET|MN)\r\n"
    rb"|(?:SERVER_ERROR|CLIENT_ERROR) [ -~]{0,200}\r\n"
    rb"|STAT [!-~]{1,200} [ -~]{0,1000}\r\n|VERSION [ -~]{1,100}\r\n"
)  # fmt: skip
_LOOSE = re.compile(
    rb"(?:OK|ERROR|EN)\r\n|(?:HD|NS|EX|NF|ME)" + _ENDS + rb"|\d{1,20} *\r\n"
)  # fmt: skip
"""Replies that other protocols have too: they count where a command came before them."""

STORES = frozenset({b"set", b"add", b"replace", b"append", b"prepend", b"cas"})
FETCHES = frozenset({b"get", b"gets", b"gat", b"gats"})
_FAILURES = (b"ERROR", b"CLIENT_ERROR", b"SERVER_ERROR")
_MORE = (b"VALUE ", b"STAT ")
"""Lines that others follow, up to ``END``."""


def sniff(payload: bytes) -> bool:
    """Whether the bytes begin with a whole command line or a reply that nothing else looks like."""
    return _REQUEST.match(payload) is not None or _REPLY.match(payload) is not None


def size_of(line: bytes) -> int:
    """Bytes of the value that follows a line, -1 where none does."""
    words = line.split()
    place = _SIZE_AT.get(words[0] if words else b"", 0)
    return int(words[place]) if place and len(words) > place and _is_size(words[place]) else -1


_SIZE_AT = {**dict.fromkeys(STORES, 4), b"ms": 2, b"VALUE": 3, b"VA": 1}
"""Place of the number of bytes among the words of a line."""


def _is_size(word: bytes) -> bool:
    return word.isdigit() and len(word) < 10


def keys_of(line: bytes) -> list[bytes]:
    """The keys that a command names."""
    words = line.split()
    if not words:
        return []
    if words[0] in (b"get", b"gets"):
        return words[1:]
    if words[0] in (b"gat", b"gats"):
        return words[2:]
    return words[1:2] if len(words) > 1 and words[0] not in (b"verbosity", b"stats", b"flush_all") else []


def _request(line: bytes) -> Message:
    words = line.split()
    command = words[0]
    keys = keys_of(line)
    shown = [printable(key, LONGEST_SHOWN) for key in keys[:MOST_KEYS]]
    more = f" and {len(keys) - MOST_KEYS} more" if len(keys) > MOST_KEYS else ""
    size = size_of(line)
    text = f"memcached {command.decode('ascii', 'replace')} {' '.join(shown)}".rstrip() + more
    summary = f"{text}, {size:,} bytes" if size >= 0 else text
    silent = words[-1] == b"noreply" or (command[:1] == b"m" and len(command) == 2 and b"q" in words[2:])
    return Message(NAME, NOTE if silent or command == b"quit" else REQUEST, summary, subject=summary)


def _response(line: bytes, values: int, size: int) -> Message:
    word = line.split()[0]
    if word in (b"VALUE", b"END"):
        said = f"{values} value{'' if values == 1 else 's'}, {size:,} bytes" if values else "no value"
    elif word == b"VA":
        said = f"1 value, {size:,} bytes"
    else:
        said = printable(line.strip(), LONGEST_SHOWN)
    failed = word in _FAILURES
    return Message(NAME, RESPONSE, f"memcached reply {said}", outcome=said, failed=failed)


def read(stream: Reader, side: int, dialogue: Dialogue) -> Wait:
    """One command or reply after the other; which side asks follows from the first one."""
    while (yield from stream.more()):
        start = stream.position
        first = stream.held(LONGEST_FIRST)
        try:
            line = yield from stream.until(b"\n", most=LONGEST_LINE)
            known = _REQUEST.match(line) or _REPLY.match(line)
            if known is None and (dialogue.client in (None, side) or not _LOOSE.match(line)):
                raise GapError(line)
            if _REQUEST.match(line):
                if dialogue.client is None:
                    dialogue.client = side
                message = _request(line)
                if size_of(line) >= 0:
                    yield from stream.skip(size_of(line) + 2)
            else:
                message = yield from _rest_of_reply(stream, line)
        except GapError as cut:
            message_of_cut = decode(first)
            if message_of_cut is not None:
                dialogue.begin(side, start, message_of_cut, cut=True)
            raise GapError(cut.known) from None
        dialogue.add(side, start, stream.position, message)


def _rest_of_reply(stream: Reader, line: bytes) -> Generator[None, None, Message]:
    """Read what belongs to a reply behind its first line."""
    values, size = 0, 0
    first = line
    while True:
        length = size_of(line)
        if length >= 0:
            values, size = values + 1, size + length
            yield from stream.skip(length + 2)
        if not line.startswith(_MORE):
            return _response(first, values, size)
        line = yield from stream.until(b"\n", most=LONGEST_LINE)


def decode(payload: bytes) -> Message | None:
    """The command or reply that the bytes begin with, as far as they go; None for something else."""
    line = payload[: payload.find(b"\n") + 1]
    if _REQUEST.match(line):
        return _request(line)
    if not _REPLY.match(line):
        return None
    values, size, at = 0, 0, 0
    while line.startswith((b"VALUE ", b"VA ")) and size_of(line) >= 0:
        values, size = values + 1, size + size_of(line)
        at += len(line) + size_of(line) + 2
        end = payload.find(b"\n", at)
        if end < 0:
            break
        line = payload[at : end + 1]
    return _response(payload[: payload.find(b"\n") + 1], values, size)


def parts(payload: bytes) -> list[Part]:
    """The first line as words, and the value behind it."""
    if not sniff(payload):
        return []
    end = payload.find(b"\n") + 1
    line = payload[:end]
    title = "memcached command" if _REQUEST.match(line) else "memcached reply"
    out = [named(title, [(str(i), short(word)) for i, word in enumerate(line.split()[:64])])]
    size = size_of(line)
    value = payload[end : end + size] if size >= 0 else b""
    return [*out, bytes_part("Value", value)] if value else out
