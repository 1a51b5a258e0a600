"""Values are stored as the format says, byte by byte."""

from __future__ import annotations

import pytest

from hopscope.decode.dynamic import DYNAMIC_TYPES
from hopscope.decode.encode import encode_param, neutral_param
from hopscope.decode.event_table import EVENTS, FIXED_WIDTH, Param
from hopscope.errors import UsageError


def stored(kind: str, value: object, table: str = "") -> bytes:
    return encode_param(Param("x", kind, "DEC", table, -1), value)


CASES: list[tuple[str, object, bytes]] = [
    ("UINT8", 255, b"\xff"),
    ("INT16", -2, b"\xfe\xff"),
    ("UINT32", 0x01020304, b"\4\3\2\1"),
    ("FLAGS32", 5, b"\5\0\0\0"),
    ("INT64", -1, b"\xff" * 8),
    ("ERRNO", -2, b"\xfe" + b"\xff" * 7),
    ("FD", -100, b"\x9c" + b"\xff" * 7),
    ("FD32", -100, b"\x9c" + b"\xff" * 3),
    ("UINT64", (1 << 64) - 1, b"\xff" * 8),
    ("BOOL", True, b"\1\0\0\0"),
    ("PORT", 80, b"\x50\0"),
    ("DOUBLE", 1.0, bytes(6) + b"\xf0\x3f"),
    ("UID", None, b"\xff" * 4),
    ("RELTIME", None, b"\xff" * 8),
    ("UINT32", None, b""),
    ("CHARBUF", "café", b"caf\xc3\xa9\0"),
    ("CHARBUF", "\udcff", b"\xff\0"),
    ("FSPATH", b"/a", b"/a\0"),
    ("FSRELPATH", "", b"\0"),
    ("CHARBUF", None, b"(NULL)\0"),
    ("BYTEBUF", b"\0\1", b"\0\1"),
    ("BYTEBUF", "text", b"text"),
    ("BYTEBUF", ["a", "", "b c"], b"a\0\0b c\0"),
    ("BYTEBUF", (), b""),
    ("BYTEBUF", None, b""),
    ("IPV4ADDR", "10.0.0.1", b"\x0a\0\0\1"),
    ("IPV4ADDR", b"\x0a\0\0\1", b"\x0a\0\0\1"),
    ("IPV6ADDR", "::1", bytes(15) + b"\1"),
    ("SOCKADDR", None, b""),
    ("SOCKADDR", ("1.2.3.4", 53), b"\2\1\2\3\4\x35\0"),
    ("SOCKADDR", (b"\1\2\3\4", 53), b"\2\1\2\3\4\x35\0"),
    ("SOCKADDR", ("::1", 0x1234), b"\x0a" + bytes(15) + b"\1\x34\x12"),
    ("SOCKADDR", "/run/x", b"\1/run/x\0"),
    ("SOCKADDR", b"\x10raw", b"\x10raw"),
    ("SOCKTUPLE", None, b""),
    ("SOCKTUPLE", (("1.2.3.4", 1), ("5.6.7.8", 2)), b"\2\1\2\3\4\1\0\5\6\7\x08\2\0"),
    ("SOCKTUPLE", (("::1", 1), ("::", 2)), b"\x0a" + bytes(15) + b"\1\1\0" + bytes(16) + b"\2\0"),
    ("SOCKTUPLE", (1, 2, "/x"), b"\1" + b"\1" + bytes(7) + b"\2" + bytes(7) + b"/x\0"),
    ("FDLIST", [(3, 1), (-1, -1)], b"\2\0" + b"\3" + bytes(7) + b"\1\0" + b"\xff" * 10),
    ("FDLIST", [], b"\0\0"),
]


@pytest.mark.parametrize(("kind", "value", "expected"), CASES)
def test_encoding(kind: str, value: object, expected: bytes) -> None:
    assert stored(kind, value) == expected


def test_dynamic_values_begin_with_the_index_of_their_type() -> None:
    assert stored("DYN", (0, b"raw"), "sockopt_dynamic_param") == b"\0raw"
    assert stored("DYN", (2, 7), "sockopt_dynamic_param") == b"\2\7\0\0\0"
    assert stored("DYN", (1, "key"), "keyctl_dynamic_param") == b"\1key\0"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("UINT8", 256),
        ("UINT8", -1),
        ("INT8", 128),
        ("UINT32", "5"),
        ("UINT32", 1.5),
        ("CHARBUF", 5),
        ("BYTEBUF", [1]),
        ("BYTEBUF", 7),
        ("IPV4ADDR", "::1"),
        ("IPV6ADDR", "1.2.3.4"),
        ("SOCKADDR", ("nowhere", 1)),
        ("SOCKADDR", ("1.2.3.4", 65536)),
        ("SOCKTUPLE", (("1.2.3.4", 1), ("::1", 2))),
        ("SOCKTUPLE", "text"),
        ("FDLIST", [(1,)]),
    ],
)
def test_value_of_the_wrong_kind_is_refused(kind: str, value: object) -> None:
    with pytest.raises(UsageError, match=rf"is no value for the parameter x \({kind}\)"):
        stored(kind, value)


def test_unknown_index_of_a_dynamic_type_is_refused() -> None:
    for index in (-1, 2):
        with pytest.raises(UsageError):
            stored("DYN", (index, 0), "bpf_dynamic_param")


def test_neutral_parameters_have_the_width_of_their_type() -> None:
    for event in EVENTS:
        for param in event.params:
            neutral = neutral_param(param)
            assert not any(neutral)
            if param.type in FIXED_WIDTH:
                assert len(neutral) == FIXED_WIDTH[param.type]


def test_every_dynamic_table_is_known() -> None:
    tables = {param.table for event in EVENTS for param in event.params if param.type == "DYN"}
    assert tables == DYNAMIC_TYPES.keys()
