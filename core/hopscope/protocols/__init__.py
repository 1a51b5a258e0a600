"""What the bytes of a message say: one decoder a protocol, all with the same two functions.

A decoder module has ``NAME``, ``sniff(payload) -> bool`` (cheap, decides whether the bytes look
like its protocol) and ``decode(payload) -> Message | None``. Payloads come out of captures: they
are cut at the snap length and may hold anything, so no decoder ever raises.
"""

from __future__ import annotations

from typing import Protocol

from hopscope.protocols import dns, http
from hopscope.protocols.message import Message


class Decoder(Protocol):
    """What a decoder module offers."""

    NAME: str

    def sniff(self, payload: bytes) -> bool:
        """Whether the bytes look like the protocol."""

    def decode(self, payload: bytes) -> Message | None:
        """The message, None where the bytes are something else after all."""


DECODERS: tuple[Decoder, ...] = (dns, http)
"""Decoder modules in the order in which they are asked."""


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


__all__ = ["DECODERS", "Decoder", "Message", "decode", "summary"]
