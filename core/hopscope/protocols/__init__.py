"""What the bytes of a message say: one decoder a protocol, all with the same interface.

Bytes come out of captures: they are cut at the snap length and may hold anything. No decoder raises anything
but :class:`~hopscope.protocols.reader.GapError`, and that only while it reads a stream; each takes time in
proportion to the bytes, and holds no more than a bounded part of them.
"""

from __future__ import annotations

from typing import Protocol

from hopscope.protocols import dns, http, http2, json_line, memcached, mysql, postgresql, redis, syslog, tls
from hopscope.protocols.dialogue import Dialogue
from hopscope.protocols.message import Message
from hopscope.protocols.part import Part
from hopscope.protocols.reader import Reader, Wait


class Decoder(Protocol):
    """What a decoder module offers.

    Attributes:
        NAME: in lower case, for filters and JSON.
        TITLE: for a person.
        TURNS: whether what a side says cannot be told by its first bytes, but only by whose turn it is.
    """

    NAME: str
    TITLE: str
    TURNS: bool

    def sniff(self, payload: bytes) -> bool:
        """Whether the bytes look like the beginning of a message; cheap, and it decides who reads them."""

    def decode(self, payload: bytes) -> Message | None:
        """The first message in the bytes, cut or not; None where they are something else after all."""

    def read(self, stream: Reader, side: int, dialogue: Dialogue) -> Wait:
        """Read one direction of a connection, or a datagram, and add its messages to the dialogue."""

    def parts(self, payload: bytes) -> list[Part]:
        """The message in full, for a person."""


DECODERS: tuple[Decoder, ...] = (
    http, http2, tls, dns, postgresql, mysql, redis, memcached, syslog, json_line,
)  # fmt: skip
"""Decoder modules in the order in which they are asked: those that are surest of their first bytes first."""

DATAGRAM_DECODERS: tuple[Decoder, ...] = (dns, syslog, json_line)
"""Those whose messages come as datagrams."""

LINE_DECODERS: tuple[Decoder, ...] = (syslog, json_line)
"""Those that read what is written to files, and whose messages end with the call that sent them."""


def decoder_for(payload: bytes, among: tuple[Decoder, ...] = DECODERS) -> Decoder | None:
    """The first decoder that takes the bytes for its own, None without one."""
    for decoder in among:
        if decoder.sniff(payload):
            return decoder
    return None


def decode(payload: bytes | None) -> Message | None:
    """The message in the payload, from the first decoder that knows it; None for anything else."""
    if not payload:
        return None
    for decoder in DECODERS:
        if decoder.sniff(payload):
            message = decoder.decode(payload)
            if message is not None:
                return message
    return None


def summary(payload: bytes | None) -> str:
    """The payload in one line (``DNS query A web.example id 0x75c0``), or an empty string when unknown."""
    message = decode(payload)
    return message.summary if message is not None else ""


def parts(payload: bytes) -> list[Part]:
    """The message in the payload in full; nothing when no decoder knows it."""
    decoder = decoder_for(payload)
    return decoder.parts(payload) if decoder is not None else []


__all__ = [
    "DATAGRAM_DECODERS", "DECODERS", "LINE_DECODERS", "Decoder", "Message", "Part", "decode", "decoder_for",
    "parts", "summary",
]  # fmt: skip
