"""HTTP: request lines, status lines, and what the snap length leaves of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopscope.protocols import decode, http, summary
from hopscope.protocols.message import REQUEST, RESPONSE


def test_a_request_has_its_path_in_parts() -> None:
    message = decode(b"GET /v2/keys/local/Web%20x?quorum=false HTTP/1.1\r\nHost: Kv.test:4001\r\n\r\n")
    assert message is not None
    assert message.kind == REQUEST
    assert message.labels == ("v2", "keys", "local", "web x", "quorum", "false")
    assert message.names == ("kv.test",)
    assert message.summary == "GET /v2/keys/local/Web%20x?quorum=false (host kv.test:4001)"


@pytest.mark.parametrize("host", ["10.0.2.15:4001", "10.0.2.15", "[::1]:80", "[fe80::1]"])
def test_an_address_is_no_name(host: str) -> None:
    message = decode(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    assert message is not None
    assert message.names == ()


@pytest.mark.parametrize("cut", [len(b"GET /v2/keys/lo"), len(b"GET /v2/keys/local HTT")])
def test_a_request_that_was_cut_is_still_one(cut: int) -> None:
    message = decode(b"GET /v2/keys/local HTTP/1.1\r\n"[:cut])
    assert message is not None
    assert message.labels[:2] == ("v2", "keys")


def test_a_response_has_its_status() -> None:
    message = decode(b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\n\r\n")
    assert message is not None
    assert message.kind == RESPONSE
    assert message.failed
    assert message.summary == "HTTP 404 Not Found"
    assert summary(b"HTTP/1.1 200") == "HTTP 200"


@pytest.mark.parametrize(
    "payload", [b"", b"GETTING /", b"get / HTTP/1.1", b"HTTP/1.1 abc", b"GET / is what it said\nand more"]
)
def test_other_text_is_not_http(payload: bytes) -> None:
    assert not http.sniff(payload)
    assert http.decode(payload) is None


def test_escape_sequences_do_not_reach_the_summary() -> None:
    assert summary(b"GET /\x1b[31m HTTP/1.1\r\n\r\n") == "GET /\\x1b[31m"


@given(st.binary(max_size=300))
def test_no_bytes_raise(payload: bytes) -> None:
    for tried in (payload, b"GET " + payload, b"HTTP/1.1 " + payload):
        http.decode(tried)
