"""The first line and the host of HTTP/1 messages (RFC 9112)."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from hopscope.protocols.message import REQUEST, RESPONSE, Message, printable

NAME = "http"

METHODS = (
    b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"PATCH", b"TRACE", b"CONNECT", b"PROPFIND",
    b"REPORT", b"NOTIFY", b"SUBSCRIBE", b"M-SEARCH",
)  # fmt: skip

_REQUEST = re.compile(rb"(" + b"|".join(METHODS) + rb") ([^ \r\n]{1,8192})(?: HTTP/\d(?:\.\d)?\r?\n|[^\n]*$)")
"""A request line, whole or cut by the snap length."""

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})(?: ([^\r\n]*))?")
_HOST = re.compile(rb"\r?\nhost:[ \t]*([^\s]{1,255})", re.IGNORECASE)
_SEGMENT = re.compile(rb"[/?&=;,]+")


def sniff(payload: bytes) -> bool:
    """Whether the bytes begin with a request line or a status line."""
    return _STATUS.match(payload) is not None or _REQUEST.match(payload) is not None


def decode(payload: bytes) -> Message | None:
    """The request or response that the bytes begin with, None when they are something else."""
    status = _STATUS.match(payload)
    if status is not None:
        code = int(status[1])
        reason = printable(status[2] or b"", 60)
        return Message(
            protocol=NAME,
            kind=RESPONSE,
            summary=f"HTTP {code} {reason}".rstrip(),
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
        labels=tuple(_segments(target)),
        names=_names(host),
    )


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
