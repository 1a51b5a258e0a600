"""Lines that are JSON objects, as many programs write their logs."""

from __future__ import annotations

import re
from typing import Any

import orjson

from hopscope.protocols.dialogue import Dialogue
from hopscope.protocols.log_lines import LONGEST_LINE, read_lines
from hopscope.protocols.message import NOTE, Message, printable
from hopscope.protocols.outline import outline
from hopscope.protocols.part import Line, Part, short
from hopscope.protocols.reader import Reader, Wait

NAME = "json"
TITLE = "JSON"
TURNS = False

TEXTS = ("msg", "message", "log", "event", "text", "error", "err")
LEVELS = ("level", "lvl", "severity", "levelname", "log.level", "loglevel")
"""Keys under which programs write what happened, and how bad it is."""

BAD = frozenset({"error", "err", "fatal", "critical", "crit", "panic", "alert", "emerg", "emergency"})
MOST_PAIRS = 6

_START = re.compile(rb'\s*\{\s*"([^"\\\n]{1,100})"\s*:')
_PAIR = re.compile(
    rb'"([^"\\\n]{1,60})"\s*:\s*(?:"((?:[^"\\\n]|\\.){0,400})"?|(-?[\d.eE+-]{1,30}|true|false|null))'
)


def sniff(payload: bytes) -> bool:
    """Whether the bytes begin with an object that has a key."""
    return _START.match(payload) is not None


def decode(payload: bytes) -> Message | None:
    """The object that the first line is, or begins; None for something else."""
    line = payload[:LONGEST_LINE].strip().partition(b"\n")[0]
    if _START.match(line) is None:
        return None
    values = _values(line)
    if not values:
        return None
    level = next((values[key] for key in LEVELS if key in values), "")
    text = next((values[key] for key in TEXTS if key in values), "")
    if not text:
        text = " ".join(f"{key}={value}" for key, value in list(values.items())[:MOST_PAIRS])
    words = printable(f"{level.strip()} {text.strip()}".strip().encode("utf-8", "backslashreplace"), 240)
    return Message(NAME, NOTE, f"JSON {words}", failed=level.lower() in BAD)


def _values(line: bytes) -> dict[str, str]:
    """The values that are texts or numbers, of the whole object or of what is there of a cut one."""
    try:
        value: Any = orjson.loads(line)
    except (orjson.JSONDecodeError, RecursionError):
        found: dict[str, str] = {}
        for match in _PAIR.finditer(line):
            key = match[1].decode("utf-8", "replace")
            found.setdefault(key, _unescaped(match[2]) if match[2] else (match[3] or b"").decode("ascii"))
        return found
    return {key: _text(one) for key, one in value.items() if not isinstance(one, dict | list)}


def _unescaped(inside: bytes) -> str:
    """The text between two quotation marks, the second of which may be missing."""
    try:
        return str(orjson.loads(b'"' + inside + b'"'))
    except orjson.JSONDecodeError:
        return inside.decode("utf-8", "replace")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def read(stream: Reader, side: int, dialogue: Dialogue) -> Wait:
    """One message a line."""
    yield from read_lines(stream, side, dialogue, decode)


def parts(payload: bytes) -> list[Part]:
    """The object as an outline, or the line as it is where it is cut."""
    line = payload.strip().partition(b"\n")[0]
    if not sniff(line):
        return []
    lines = outline(line)
    if lines is not None:
        return [Part(TITLE, tuple(lines))]
    return [Part(TITLE, (Line(short(line)),))]
