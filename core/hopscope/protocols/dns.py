"""DNS messages (RFC 1035), over UDP and with the length prefix of TCP."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from dnslib import CLASS, QTYPE, RCODE, DNSRecord

from hopscope.protocols.message import REQUEST, RESPONSE, Message, printable

NAME = "dns"

HEADER_SIZE = 12
LONGEST_LABEL = 63
LONGEST_NAME = 255
KNOWN_OPCODES = frozenset({0, 1, 2, 4, 5})
MOST_RECORDS = 256
"""More answers than this in one header mean that the bytes are something else."""

FLAG_RESPONSE = 0x8000
FLAG_RESERVED = 0x0040
FAILURES = frozenset(range(1, 24))


@dataclass(frozen=True, slots=True)
class _Question:
    """The head of a message: what is asked, and where the answers begin."""

    identifier: int
    flags: int
    labels: tuple[bytes, ...]
    qtype: int


def sniff(payload: bytes) -> bool:
    """Whether the bytes are a DNS message with one question, alone or after a TCP length prefix."""
    return _locate(payload) is not None


def decode(payload: bytes) -> Message | None:
    """The query or answer in the bytes, None when they are something else.

    An answer that was cut by the snap length keeps its question; the addresses it gives are then
    those that could still be read.
    """
    found = _locate(payload)
    if found is None:
        return None
    body, question = found
    name = b".".join(question.labels)
    kind = RESPONSE if question.flags & FLAG_RESPONSE else REQUEST
    qtype = str(QTYPE.get(question.qtype))
    text = printable(name) or "."
    host = name.decode("ascii", "replace").lower()
    identifier = f"id 0x{question.identifier:04x}"
    addresses: tuple[bytes, ...] = ()
    failed = False
    if kind == REQUEST:
        summary = f"DNS query {qtype} {text} {identifier}"
    else:
        addresses, answers = _answers(body)
        rcode = question.flags & 0xF
        failed = rcode in FAILURES
        outcome = str(RCODE.get(rcode)) if failed else ", ".join(answers) or "no answer record"
        summary = f"DNS answer {qtype} {text} {printable(outcome.encode('utf-8', 'replace'))} {identifier}"
    return Message(
        protocol=NAME,
        kind=kind,
        summary=summary,
        identifier=question.identifier,
        question=f"{qtype} {host}".lower(),
        labels=tuple(label.decode("ascii", "replace").lower() for label in question.labels),
        names=(host,) if host else (),
        addresses=addresses,
        failed=failed,
    )


def _locate(payload: bytes) -> tuple[bytes, _Question] | None:
    """The message without a length prefix, and its question."""
    question = _question(payload)
    if question is not None:
        return payload, question
    if len(payload) > HEADER_SIZE + 2 and struct.unpack_from(">H", payload)[0] >= HEADER_SIZE:
        question = _question(payload[2:])
        if question is not None:
            return payload[2:], question
    return None


def _question(body: bytes) -> _Question | None:
    """The header and the only question; None where a field has a value that DNS does not use."""
    if len(body) < HEADER_SIZE + 5:
        return None
    identifier, flags, questions, answers, authorities, additional = struct.unpack_from(">6H", body)
    if questions != 1 or max(answers, authorities, additional) > MOST_RECORDS:
        return None
    if flags & FLAG_RESERVED or (flags >> 11) & 0xF not in KNOWN_OPCODES:
        return None
    if not flags & FLAG_RESPONSE and answers:
        return None
    read = _name(body, HEADER_SIZE)
    if read is None or read[1] + 4 > len(body):
        return None
    labels, end = read
    qtype, qclass = struct.unpack_from(">2H", body, end)
    # The upper bit of the class asks for a unicast answer in multicast DNS (RFC 6762, 5.4).
    if qtype == 0 or qclass & 0x7FFF not in CLASS.forward:
        return None
    return _Question(identifier, flags, labels, qtype)


def _name(body: bytes, start: int) -> tuple[tuple[bytes, ...], int] | None:
    """The labels of an uncompressed name, and the offset behind it."""
    labels: list[bytes] = []
    at = start
    while at < len(body) and at - start <= LONGEST_NAME:
        length = body[at]
        if length == 0:
            return tuple(labels), at + 1
        if length > LONGEST_LABEL or at + 1 + length > len(body):
            return None
        labels.append(body[at + 1 : at + 1 + length])
        at += 1 + length
    return None


def _answers(body: bytes) -> tuple[tuple[bytes, ...], list[str]]:
    """Packed addresses and the texts of the answer records, nothing where they cannot be read."""
    try:
        record = DNSRecord.parse(body)
        texts = [str(answer.rdata) for answer in record.rr]
        packed = [
            bytes(answer.rdata.data) for answer in record.rr if QTYPE.get(answer.rtype) in ("A", "AAAA")
        ]
    except Exception:  # the library answers hostile bytes with many kinds of error, and none of them matters
        return (), []
    return tuple(packed), texts
