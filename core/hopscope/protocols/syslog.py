"""Messages to the system log (RFC 3164, RFC 5424), as datagrams or line by line."""

from __future__ import annotations

import re

from hopscope.decode.syslog import FACILITIES, SEVERITIES
from hopscope.protocols.dialogue import Dialogue
from hopscope.protocols.log_lines import read_lines
from hopscope.protocols.message import NOTE, Message, printable
from hopscope.protocols.part import Part, named, short
from hopscope.protocols.reader import Reader, Wait

NAME = "syslog"
TITLE = "Syslog"
TURNS = False

HIGHEST_PRIORITY = 191
BAD = 3
"""Severities up to this are failures: emerg, alert, crit and err."""

_LINE = re.compile(rb"(?:\d{1,6} )?<(\d{1,3})>(?=[ -~])([^\x00-\x08\n]*)")
_HEAD_5424 = re.compile(rb"1 (\S{1,40}) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) ?")
_HEAD_3164 = re.compile(rb"([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) ")


def sniff(payload: bytes) -> bool:
    """Whether the bytes begin with a priority in angle brackets."""
    found = _LINE.match(payload)
    return found is not None and int(found[1]) <= HIGHEST_PRIORITY


def decode(payload: bytes) -> Message | None:
    """The line that the bytes begin with, None when it is something else."""
    found = _LINE.match(payload)
    if found is None or int(found[1]) > HIGHEST_PRIORITY:
        return None
    priority = int(found[1])
    text = _HEAD_3164.sub(b"", found[2], count=1)
    new = _HEAD_5424.match(text)
    if new is not None:
        text = new[3] + b": " + text[new.end() :].removeprefix(b"- ")
    said = f"{FACILITIES[priority >> 3]}.{SEVERITIES[priority & 7]} {printable(text.strip(), 200)}"
    return Message(NAME, NOTE, f"syslog {said}", status=priority & 7, failed=priority & 7 <= BAD)


def read(stream: Reader, side: int, dialogue: Dialogue) -> Wait:
    """One message a line."""
    yield from read_lines(stream, side, dialogue, decode)


def parts(payload: bytes) -> list[Part]:
    """Priority, head and text."""
    found = _LINE.match(payload)
    if found is None or int(found[1]) > HIGHEST_PRIORITY:
        return []
    priority, text = int(found[1]), found[2]
    rows = [("facility", FACILITIES[priority >> 3]), ("severity", SEVERITIES[priority & 7])]
    old, new = _HEAD_3164.match(text), _HEAD_5424.match(text)
    if old is not None:
        rows.append(("time", short(old[1])))
        text = text[old.end() :]
    elif new is not None:
        names = ("time", "host", "program", "process", "message id")
        rows += [(name, short(new[i + 1])) for i, name in enumerate(names) if new[i + 1] != b"-"]
        text = text[new.end() :].removeprefix(b"- ")
    return [named(TITLE, [*rows, ("text", short(text.strip()))])]
