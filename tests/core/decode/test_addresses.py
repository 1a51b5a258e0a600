"""Socket addresses and the ends of sockets."""

from __future__ import annotations

import ipaddress
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopscope.decode.addresses import (
    Endpoint,
    OtherFamily,
    SocketTuple,
    UnixTuple,
    address_text,
    decode_address,
    decode_tuple,
    is_mapped,
    tuple_text,
    unmapped,
)


def packed(text: str) -> bytes:
    return ipaddress.ip_address(text).packed


def test_addresses_of_every_family() -> None:
    assert decode_address(b"") is None
    assert decode_address(b"\x02\x01\x02\x03\x04\x50\x00") == (packed("1.2.3.4"), 80)
    assert decode_address(b"\x0a" + bytes(15) + b"\x01\x90\x1f") == (packed("::1"), 8080)
    assert decode_address(b"\x01/run/x\0rest") == "/run/x"
    assert decode_address(b"\x01") == ""
    assert decode_address(b"\x10abc") == OtherFamily(16, b"\x10abc")
    assert decode_address(b"\x02\x01") == OtherFamily(2, b"\x02\x01")
    assert str(Endpoint(packed("::"), 53)) == ":::53"


def test_both_ends_of_every_family() -> None:
    assert decode_tuple(b"") is None
    four = b"\x02\x01\x02\x03\x04\x05\x00\x06\x07\x08\x09\x50\x00"
    assert decode_tuple(four) == ((packed("1.2.3.4"), 5), (packed("6.7.8.9"), 80))
    unix = b"\x01" + struct.pack("<QQ", 0xFFFF880012345678, 2) + b"/run/x\0"
    assert decode_tuple(unix) == UnixTuple(0xFFFF880012345678, 2, "/run/x")
    assert decode_tuple(four[:-1]) == OtherFamily(2, four[:-1])
    assert decode_tuple(b"\x01short") == OtherFamily(1, b"\x01short")


@pytest.mark.parametrize(
    ("source", "destination", "text"),
    [
        ("1.2.3.4", "6.7.8.9", "1.2.3.4:5->6.7.8.9:80"),
        ("::1", "fe80::1", "::1:5->fe80::1:80"),
        ("::ffff:1.2.3.4", "::ffff:6.7.8.9", "1.2.3.4:5->6.7.8.9:80"),
        ("::", "::ffff:6.7.8.9", "0.0.0.0:5->6.7.8.9:80"),  # the reference takes :: for v4-mapped
        ("::1", "::ffff:6.7.8.9", "::1:5->::ffff:6.7.8.9:80"),  # one mapped end is not enough
        ("::1.2.3.4", "2001:db8::", "::1.2.3.4:5->2001:db8:::80"),
    ],
)
def test_how_both_ends_are_written(source: str, destination: str, text: str) -> None:
    ends = SocketTuple(Endpoint(packed(source), 5), Endpoint(packed(destination), 80))
    assert tuple_text(ends) == text


def test_what_counts_as_mapped() -> None:
    assert is_mapped(packed("::ffff:0.0.0.0"))
    assert is_mapped(packed("::"))
    assert not is_mapped(packed("::1"))
    assert not is_mapped(packed("1.2.3.4"))
    plain = SocketTuple(Endpoint(packed("::1"), 1), Endpoint(packed("::"), 2))
    assert unmapped(plain) is plain


@given(st.binary(max_size=40))
def test_no_bytes_are_too_odd(raw: bytes) -> None:
    decode_address(raw)
    decode_tuple(raw)
    address_text(raw)
