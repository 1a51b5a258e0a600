"""Start line and headers of HTTP/1 messages, whole or cut off."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

_parsers: Any
try:
    _parsers = import_module("httptools")
except ImportError:  # there is no wheel for every machine; the reading by lines stands in
    _parsers = None

MOST_HEADERS = 1000

Header = tuple[bytes, bytes]

_ENDS = (b"\r\n\r\n", b"\n\n")
_FOLD = re.compile(rb"\r?\n[ \t]+")


@dataclass(slots=True)
class Head:
    """What stands before the body.

    Attributes:
        start: the start line, without its end.
        headers: names as written and values, in order.
        whole: False where the end is missing or the parser refuses it; what could be read by lines is here.
    """

    start: bytes
    headers: list[Header] = field(default_factory=list)
    whole: bool = True

    def value(self, name: bytes) -> bytes:
        """The value of the first header of that name (in lower case), empty without one."""
        return next((value for key, value in self.headers if key.lower() == name), b"")

    def values(self, name: bytes) -> list[bytes]:
        """The values of all headers of that name (in lower case), split at commas."""
        found = [value for key, value in self.headers if key.lower() == name]
        return [part.strip() for value in found for part in value.split(b",")]


def read_head(data: bytes) -> Head:
    """The head that the bytes begin with, as far as it goes."""
    ends = [at + len(end) for end in _ENDS if (at := data.find(end)) >= 0]
    head = data[: min(ends)] if ends else data
    start = head.partition(b"\n")[0].rstrip(b"\r")
    if ends and _parsers is not None:
        headers = _parsed(_parsers, head)
        if headers is not None:
            return Head(start, headers)
    return Head(start, _by_lines(head), bool(ends) and _parsers is None)


class _Collector:
    """Receives what the parser finds."""

    def __init__(self) -> None:
        self.headers: list[Header] = []

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        if len(self.headers) < MOST_HEADERS:
            self.headers.append((name, value))


def _parsed(parsers: Any, head: bytes) -> list[Header] | None:
    """The headers as the parser reads them, None where it refuses."""
    collector = _Collector()
    kind = parsers.HttpResponseParser if head.startswith(b"HTTP/") else parsers.HttpRequestParser
    try:
        kind(collector).feed_data(head)
    except parsers.HttpParserUpgrade:
        return collector.headers
    except parsers.HttpParserError:
        return None
    return collector.headers


def _by_lines(head: bytes) -> list[Header]:
    """The headers of a head that a parser cannot finish."""
    lines = _FOLD.sub(b" ", head.partition(b"\n")[2]).split(b"\n", MOST_HEADERS)
    found = []
    for line in lines[:MOST_HEADERS]:
        name, colon, value = line.rstrip(b"\r").partition(b":")
        if colon and name and b" " not in name:
            found.append((name, value.strip(b" \t")))
    return found
