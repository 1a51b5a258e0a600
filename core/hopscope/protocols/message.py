"""A decoded message, as all protocols tell it."""

from __future__ import annotations

from dataclasses import dataclass

REQUEST = "request"
RESPONSE = "response"


@dataclass(frozen=True, slots=True)
class Message:
    """What a payload says, reduced to what links one message to another.

    Attributes:
        protocol: ``dns``, ``http``.
        kind: :data:`REQUEST` or :data:`RESPONSE`.
        summary: one printable line.
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
    identifier: int | None = None
    question: str = ""
    labels: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    addresses: tuple[bytes, ...] = ()
    failed: bool = False


def printable(raw: bytes, limit: int = 120) -> str:
    """Bytes as ASCII on one line: what is not printable becomes ``\\xNN``, the rest after ``limit`` ``…``."""
    text = "".join(chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}" for byte in raw[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1] + "…"
