"""A decoded message, as all protocols tell it."""

from __future__ import annotations

from dataclasses import dataclass

REQUEST = "request"
RESPONSE = "response"
NOTE = "note"
"""What nobody answers and what answers nothing: a line of a log, data that is encrypted."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a payload says, reduced to what links one message to another and to one line for a person.

    Attributes:
        protocol: ``NAME`` of the decoder.
        kind: :data:`REQUEST`, :data:`RESPONSE` or :data:`NOTE`.
        summary: the message by itself in one printable line.
        subject: what it is about, for the first half of ``subject -> outcome``; empty where only the
            request tells it.
        outcome: what a response says, for the second half; else empty.
        status: its number where the protocol has one (HTTP status, DNS response code), or -1.
        identifier: the transaction's number where the protocol has one, or None.
        question: what is asked for, the same text in a request and its response where the protocol
            repeats it (``aaaa web.example``); else empty.
        labels: the parts of the name or path the message is about, in their order, lower case.
        names: host names in the message, lower case, without a final dot.
        addresses: packed addresses that a response gives.
        failed: True when a response says that it has no result.
    """

    protocol: str
    kind: str
    summary: str
    subject: str = ""
    outcome: str = ""
    status: int = -1
    identifier: int | None = None
    question: str = ""
    labels: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    addresses: tuple[bytes, ...] = ()
    failed: bool = False


def printable(raw: bytes, limit: int = 120) -> str:
    """Bytes as ASCII on one line: what is not printable becomes ``\\xNN``, the rest after ``limit`` ``…``."""
    part = raw[: limit + 1]
    if part.isascii() and (text := part.decode("ascii")).isprintable():
        return text if len(text) <= limit else text[: limit - 1] + "…"
    text = "".join(chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}" for byte in part)
    return text if len(text) <= limit else text[: limit - 1] + "…"
