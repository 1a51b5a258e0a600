"""What messages have in common."""

from __future__ import annotations

from dnslib import QTYPE, RR, A, DNSHeader, DNSQuestion, DNSRecord

from hopscope.protocols import decode
from hopscope.trail.content import Common, address_answered, in_common

NAME = "backend.shop.svc.cluster.test.shop.svc.cluster.test"


def query(name: str = NAME, identifier: int = 7, qtype: str = "A") -> bytes:
    return bytes(DNSRecord(DNSHeader(id=identifier), q=DNSQuestion(name, getattr(QTYPE, qtype))).pack())


def answer(name: str = NAME, identifier: int = 7, address: str = "10.3.0.214") -> bytes:
    record = DNSRecord(DNSHeader(id=identifier, qr=1), q=DNSQuestion(name))
    record.add_answer(RR(name, QTYPE.A, rdata=A(address)))
    return bytes(record.pack())


def get(path: str, host: str = "kv.test") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


def common(earlier: bytes, later: bytes) -> dict[str, Common]:
    return {one.weight: one for one in in_common(earlier, later, decode(earlier), decode(later))}


def test_labels_are_found_reversed_in_a_path() -> None:
    path = "/v2/keys/skydns/" + "/".join(reversed(NAME.split(".")))
    found = common(query(), get(path + "?quorum=false"))["labels"]
    assert found.words == "9 of 9 DNS labels in the path in reverse order"
    assert found.strength == 1


def test_a_shorter_name_matches_a_longer_path_less() -> None:
    path = "/v2/keys/skydns/" + "/".join(reversed(NAME.split(".")))
    longer = common(query(), get(path))["labels"].strength
    shorter = common(query("backend.shop.svc.cluster.test"), get(path))["labels"].strength
    assert shorter < longer


def test_an_unrelated_path_has_no_labels() -> None:
    assert "labels" not in common(query(), get("/v2/keys/registry/pods/default"))


def test_an_answer_has_number_and_question_of_its_query() -> None:
    found = common(query(), answer())
    assert found["transaction id"].words == "answers the query with id 0x0007"
    assert "same question" in found
    assert "transaction id" not in common(query(), answer(identifier=8))


def test_a_forwarded_query_is_the_same_bytes() -> None:
    assert common(query(), query())["same bytes"].words == f"the same {len(query())} bytes"


def test_a_log_line_contains_what_was_read() -> None:
    text = b"2016/12/08 failure to forward request read udp 8.8.8.8"
    assert common(text, b'{"log":"' + text + b'","stream":"stderr"}')["same bytes"].strength < 1


def test_words_that_every_message_has_do_not_count() -> None:
    one = b"User-Agent text Content-Type application/json keep-alive"
    assert common(one, one[::-1] + one.replace(b" ", b"  ")) == {}
    found = common(b"order 8f3a77c1 from customer-4711 accepted", b"insert customer-4711 8f3a77c1 paid")[
        "words"
    ]
    assert "customer-4711" in found.words


def test_the_address_of_an_answer_is_used() -> None:
    said = decode(answer(name="backend.test"))
    found = address_answered(said, bytes([10, 3, 0, 214]))
    assert found is not None
    assert found.words == "the answer gave the address 10.3.0.214 for backend.test"
    assert address_answered(said, bytes([10, 3, 0, 215])) is None
    assert address_answered(decode(query()), bytes([10, 3, 0, 214])) is None


def test_the_host_of_a_request_is_the_name_that_was_asked_for() -> None:
    found = common(answer(name="shop.example.test"), get("/", host="shop.example.test"))
    assert found["host name"].words == "both name the host shop.example.test"
