"""DNS messages (RFC 1035), over UDP and with the length prefix of TCP."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from dnslib import CLASS, OPCODE, QTYPE, RCODE, RR, DNSBuffer, DNSHeader, DNSQuestion

from hopscope.protocols.dialogue import Dialogue
from hopscope.protocols.message import REQUEST, RESPONSE, Message, printable
from hopscope.protocols.part import Part, named, short
from hopscope.protocols.reader import GapError, Reader, Wait

NAME = "dns"
TITLE = "DNS"
TURNS = False

HEADER_SIZE = 12
LONGEST_LABEL = 63
LONGEST_NAME = 255
KNOWN_OPCODES = frozenset({0, 1, 2, 4, 5})
LONGEST_MESSAGE = 1 << 16
MOST_RECORDS = 256
"""More answers than this in one header mean that the bytes are something else."""

FLAG_RESPONSE = 0x8000
FLAG_RESERVED = 0x0040
FAILURES = frozenset(range(1, 24))

LONGEST_CHAIN = 32
"""Pointers behind each other in one name. Names that were written to be slow have more."""

MOST_RECORDS_SHOWN = 512

_POINTER = re.compile(rb"[\xc0-\xff]")
_SECTIONS = ("Answer", "Authority", "Additional")
_FLAGS = (("authoritative", 0x0400), ("truncated", 0x0200), ("recursion wanted", 0x0100),
          ("recursion offered", 0x0080), ("authentic", 0x0020), ("unchecked", 0x0010))  # fmt: skip


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
        summary, outcome, rcode = f"DNS query {qtype} {text} {identifier}", "", -1
    else:
        addresses, answers = _answers(body)
        rcode = question.flags & 0xF
        failed = rcode in FAILURES
        said = str(RCODE.get(rcode)) if failed else ", ".join(answers) or "no answer record"
        outcome = printable(said.encode("utf-8", "replace"))
        summary = f"DNS answer {qtype} {text} {outcome} {identifier}"
    return Message(
        protocol=NAME,
        kind=kind,
        summary=summary,
        subject=f"DNS {qtype} {text}",
        outcome=outcome,
        status=rcode,
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
    """Packed addresses and the texts of the answer records that could be read."""
    if not struct.unpack_from(">H", body, 6)[0]:
        return (), []
    records = _records(body)["Answer"]
    packed = [bytes(one.rdata.data) for one in records if QTYPE.get(one.rtype) in ("A", "AAAA")]
    return tuple(packed), [_rdata(one) for one in records]


def _rdata(record: RR) -> str:
    try:
        return str(record.rdata)
    except Exception:  # hostile bytes in a record of any of dnslib's many types
        return "(unreadable)"


def _records(body: bytes) -> dict[str, list[RR]]:
    """The records of each section, up to the first that cannot be read."""
    found: dict[str, list[RR]] = {section: [] for section in _SECTIONS}
    if _chained(body):
        return found
    try:
        buffer = DNSBuffer(body)
        header = DNSHeader.parse(buffer)
        for _ in range(header.q):
            DNSQuestion.parse(buffer)
        for section, count in zip(_SECTIONS, (header.a, header.auth, header.ar), strict=True):
            for _ in range(min(count, MOST_RECORDS_SHOWN)):
                found[section].append(RR.parse(buffer))
    except Exception:  # the library answers hostile bytes with many kinds of error, and none of them matters
        return found
    return found


def _chained(body: bytes) -> bool:
    """Whether pointers follow each other more often than in any honest message.

    The library follows them by recursion, for each name anew. A pointer leads back, so the length of each
    chain follows from those before it in the message.
    """
    length: dict[int, int] = {}
    for match in _POINTER.finditer(body, HEADER_SIZE, len(body) - 1):
        at = match.start()
        target = struct.unpack_from(">H", body, at)[0] & 0x3FFF
        if target >= at:
            continue
        end = min(at, target + LONGEST_NAME)
        while target < end and 0 < body[target] <= LONGEST_LABEL:
            target += 1 + body[target]
        length[at] = 1 + length.get(target, 0)
        if length[at] > LONGEST_CHAIN:
            return True
    return False


def read(stream: Reader, side: int, dialogue: Dialogue) -> Wait:
    """Datagrams as they are; on a stream each message after its length (RFC 1035, 4.2.2)."""
    while (yield from stream.more()):
        start = stream.position
        if stream.datagram:
            body = yield from stream.peek(LONGEST_MESSAGE)
            whole = not stream.gapped
        else:
            length = struct.unpack(">H", (yield from stream.take(2)))[0]
            body = yield from stream.known(length)
            whole = len(body) == length
        message = decode(body)
        if message is None:
            raise GapError(body)
        if stream.datagram:
            yield from stream.rest()
        dialogue.add(side, start, stream.position, message, cut=not whole)


def parts(payload: bytes) -> list[Part]:
    """Header and all sections."""
    found = _locate(payload)
    if found is None:
        return []
    body, question = found
    flags = question.flags
    kind = "answer" if flags & FLAG_RESPONSE else "query"
    counts = struct.unpack_from(">4H", body, 4)
    header = [
        ("id", f"0x{question.identifier:04x}"),
        ("kind", f"{kind}, {OPCODE.get((flags >> 11) & 0xF)}"),
        ("flags", ", ".join(name for name, bit in _FLAGS if flags & bit)),
    ]
    if flags & FLAG_RESPONSE:
        header.append(("response code", str(RCODE.get(flags & 0xF))))
    out = [
        named("DNS header", [row for row in header if row[1]]),
        named("Question", [("", f"{short(b'.'.join(question.labels)) or '.'} {QTYPE.get(question.qtype)}")]),
    ]
    for (section, records), count in zip(_records(body).items(), counts[1:], strict=True):
        rows = [("", _shown(one)) for one in records]
        if len(records) < count:
            rows.append(("", f"… {count - len(records)} more that cannot be read"))
        if rows:
            out.append(named(section, rows))
    return out


def _shown(record: RR) -> str:
    """A record as a zone file has it; the pseudo-record of EDNS (RFC 6891) by its payload size."""
    qtype = QTYPE.get(record.rtype)
    if qtype == "OPT":
        return f"EDNS, at most {record.rclass} bytes"
    text = f"{record.rname} {record.ttl} {CLASS.get(record.rclass)} {qtype} {_rdata(record)}"
    return short(text.encode("utf-8", "replace"))
