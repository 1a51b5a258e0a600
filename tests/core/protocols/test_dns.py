"""DNS: real bytes, cut bytes, hostile bytes."""

from __future__ import annotations

import struct

import pytest
from dnslib import AAAA, QTYPE, RR, A, DNSHeader, DNSQuestion, DNSRecord
from hypothesis import given
from hypothesis import strategies as st

from hopscope.protocols import decode, dns, summary
from hopscope.protocols.message import REQUEST, RESPONSE

QUERY = bytes(DNSRecord(DNSHeader(id=0x1234, rd=1), q=DNSQuestion("Web.Example.test", QTYPE.AAAA)).pack())


def answer(name: str, *addresses: str, qtype: str = "A", identifier: int = 0x75C0, rcode: int = 0) -> bytes:
    record = DNSRecord(
        DNSHeader(id=identifier, qr=1, ra=1, rcode=rcode), q=DNSQuestion(name, getattr(QTYPE, qtype))
    )
    for address in addresses:
        data = A(address) if qtype == "A" else AAAA(address)
        record.add_answer(RR(name, getattr(QTYPE, qtype), rdata=data, ttl=5))
    return bytes(record.pack())


def test_a_query_says_what_is_asked() -> None:
    message = decode(QUERY)
    assert message is not None
    assert message.kind == REQUEST
    assert message.labels == ("web", "example", "test")
    assert message.question == "aaaa web.example.test"
    assert message.names == ("web.example.test",)
    assert message.identifier == struct.unpack(">H", QUERY[:2])[0]
    assert message.summary.startswith("DNS query AAAA Web.Example.test id 0x")


def test_an_answer_gives_addresses_in_packed_form() -> None:
    message = decode(answer("web.test", "10.3.0.214", "10.0.0.9"))
    assert message is not None
    assert message.kind == RESPONSE
    assert message.addresses == (bytes([10, 3, 0, 214]), bytes([10, 0, 0, 9]))
    assert not message.failed
    assert message.summary == "DNS answer A web.test 10.3.0.214, 10.0.0.9 id 0x75c0"


def test_an_ipv6_answer_and_a_failure() -> None:
    message = decode(answer("web.test", "::1", qtype="AAAA"))
    assert message is not None
    assert message.addresses == (bytes(15) + b"\x01",)
    failure = decode(answer("web.test", rcode=3))
    assert failure is not None
    assert failure.failed
    assert "NXDOMAIN" in failure.summary


def test_a_tcp_length_prefix_is_skipped() -> None:
    framed = struct.pack(">H", len(QUERY)) + QUERY
    assert decode(framed) == decode(QUERY)


def test_an_answer_that_was_cut_keeps_its_question() -> None:
    whole = answer("web.test", "10.3.0.214")
    cut = decode(whole[:-3])
    assert cut is not None
    assert cut.question == "a web.test"
    assert cut.addresses == ()


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"GET / HTTP/1.1\r\n\r\n",
        bytes(8),
        bytes(200),
        b"\xff" * 200,
        QUERY[:20],
        QUERY[:4] + b"\x00\x02" + QUERY[6:],
        b"\x01\x00\x00\x00\x00\x00\x00\x00" * 8,
    ],
)
def test_other_bytes_are_not_dns(payload: bytes) -> None:
    assert not dns.sniff(payload)
    assert dns.decode(payload) is None


def test_unprintable_labels_are_shown_as_hexadecimal() -> None:
    label = b"\x1b[2J"
    query = QUERY[:12] + bytes([len(label)]) + label + b"\0" + QUERY[-4:]
    assert "\x1b" not in summary(query)
    assert "\\x1b[2J" in summary(query)


@given(st.binary(max_size=300))
def test_no_bytes_raise(payload: bytes) -> None:
    dns.decode(payload)


@given(st.integers(0, 200), st.integers(0, 255))
def test_no_damage_raises(at: int, value: int) -> None:
    whole = bytearray(answer("a.web.example.test", "10.0.0.1", "10.0.0.2"))
    whole[at % len(whole)] = value
    dns.decode(bytes(whole))
