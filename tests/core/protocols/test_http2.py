"""HTTP/2: preface, frames, streams, and the headers that can be read alone."""

from __future__ import annotations

import pytest

from core.protocols.talk import CLIENT, SERVER, in_parts, summaries, talk
from hopscope.protocols import http2
from hopscope.protocols.hpack import read_headers


def frame(kind: int, stream: int, body: bytes = b"", flags: int = 0) -> bytes:
    return len(body).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + body


def literal(name: bytes, value: bytes) -> bytes:
    return b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value


SETTINGS = frame(4, 0, bytes(12))
ACK = frame(4, 0, flags=1)
GET = bytes([0x82, 0x86, 0x04, 6]) + b"/a?b=c" + bytes([0x01, 3]) + b"web"
POST = bytes([0x83, 0x86, 0x84])


@pytest.mark.parametrize("size", [1, 10_000])
def test_streams_that_are_answered_out_of_order(size: int) -> None:
    asked = http2.PREFACE + SETTINGS + frame(1, 1, GET, 5) + frame(1, 3, POST, 4) + frame(0, 3, b"body", 1)
    said = SETTINGS + ACK + frame(1, 3, bytes([0x8D]), 5) + frame(1, 1, bytes([0x88]), 4)
    said += frame(0, 1, b"hello", 1)
    found = talk(http2, *in_parts(CLIENT, asked, size), *in_parts(SERVER, said, size))

    assert summaries(found) == [
        "HTTP/2 preface",
        "HTTP/2 settings",
        "HTTP/2 GET /a?b=c (host web) on stream 1",
        "HTTP/2 POST / on stream 3",
        "HTTP/2 settings",
        "HTTP/2 settings accepted",
        "HTTP/2 404 on stream 3",
        "HTTP/2 200 on stream 1",
    ]
    assert [one.message.identifier for one in found] == [None, None, 1, 3, None, None, 3, 1]
    assert found[3].stop - found[3].start == 9 + 3 + 9 + 4
    assert found[7].stop == len(said)


def test_resets_and_goaway_name_their_reason() -> None:
    reset, away = frame(3, 5, (8).to_bytes(4, "big")), frame(7, 0, bytes(4) + (11).to_bytes(4, "big"))
    found = talk(http2, (CLIENT, http2.PREFACE + reset), (SERVER, away))

    assert summaries(found)[1:] == ["HTTP/2 reset of stream 5: CANCEL", "HTTP/2 goaway: ENHANCE_YOUR_CALM"]


def test_what_needs_the_history_of_the_connection_is_not_guessed() -> None:
    found = talk(http2, (CLIENT, http2.PREFACE + frame(1, 1, bytes([0x82, 0xC1, 0x44, 0x83, 1, 2, 3]), 5)))

    assert summaries(found)[1] == "HTTP/2 GET … on stream 1"
    assert read_headers(bytes([0xC1, 0x44, 0x83, 1, 2, 3])) == [("?", "?"), (":path", "(packed)")]


def test_headers_that_are_written_out() -> None:
    assert read_headers(literal(b"x-id", b"7") + bytes([0x20 | 5]) + literal(b"a", b"b")) == [
        ("x-id", "7"),
        ("a", "b"),
    ]


def test_padding_and_priority_are_no_headers() -> None:
    body = bytes([2]) + bytes(5) + bytes([0x82, 0x84]) + bytes(2)
    found = talk(http2, (CLIENT, http2.PREFACE + frame(1, 1, body, 0x1 | 0x4 | 0x8 | 0x20)))

    assert summaries(found)[1] == "HTTP/2 GET / on stream 1"


def test_parts_list_the_frames() -> None:
    frames, headers, data = http2.parts(http2.PREFACE + frame(1, 1, GET, 4) + frame(0, 1, b"hello", 1))

    assert [line.text for line in frames.lines] == [
        "preface",
        "HEADERS on stream 1, 15 bytes, flags 0x04",
        "DATA on stream 1, 5 bytes, flags 0x01",
    ]
    assert ":path: /a?b=c" in [line.text for line in headers.lines]
    assert [line.text for line in data.lines] == ["hello"]


def test_a_body_with_gaps_is_passed_over() -> None:
    data = frame(0, 1, bytes(16_000), 1)
    asked = http2.PREFACE + frame(1, 1, POST, 4)
    found = talk(http2, (CLIENT, asked), (CLIENT, data[:80], len(data) - 80), (CLIENT, frame(1, 3, GET, 5)))

    assert summaries(found)[1:] == ["HTTP/2 POST / on stream 1", "HTTP/2 GET /a?b=c (host web) on stream 3"]
