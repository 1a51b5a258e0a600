"""HTTP/1 connections: bodies of all kinds, pipelining, what is cut, and what follows after a switch."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.protocols.talk import CLIENT, SERVER, in_parts, placed, summaries, talk
from hopscope.protocols import http, http_head
from hopscope.protocols.message import NOTE
from hopscope.protocols.part import folded

GET = b"GET /a HTTP/1.1\r\nHost: web\r\n\r\n"
HEAD = b"HEAD /a HTTP/1.1\r\nHost: web\r\n\r\n"
FOUND = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nA: b\r\n\r\n"
)


@pytest.fixture(params=["parser", "lines"], autouse=True)
def _with_and_without_the_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything here holds with httptools and where there is no wheel of it."""
    if request.param == "lines":
        monkeypatch.setattr(http_head, "_parsers", None)
    else:
        pytest.importorskip("httptools")


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_pipelined_requests_and_their_answers_have_their_own_bytes(size: int) -> None:
    found = talk(
        http,
        *in_parts(CLIENT, GET + GET + GET, size),
        *in_parts(SERVER, FOUND + CHUNKED + FOUND, size),
    )

    assert summaries(found) == ["GET /a (host web)"] * 3 + ["HTTP 200 OK"] * 3
    length = len(GET)
    assert placed(found[:3]) == [(CLIENT, i * length, (i + 1) * length) for i in range(3)]
    first, second = len(FOUND), len(FOUND) + len(CHUNKED)
    assert placed(found[3:]) == [
        (SERVER, 0, first),
        (SERVER, first, second),
        (SERVER, second, second + first),
    ]


def test_the_answer_to_head_has_no_body() -> None:
    found = talk(http, (CLIENT, HEAD + GET), (SERVER, FOUND[:-5] + FOUND))

    assert placed(found[2:]) == [(SERVER, 0, len(FOUND) - 5), (SERVER, len(FOUND) - 5, 2 * len(FOUND) - 5)]


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_statuses_without_a_body(status: bytes) -> None:
    answer = b"HTTP/1.1 " + status + b"\r\nContent-Length: 7\r\n\r\n"
    found = talk(http, (CLIENT, GET + GET), (SERVER, answer + FOUND))

    assert placed(found[2:])[0] == (SERVER, 0, len(answer))
    assert found[3].message.status == 200


def test_continue_answers_nothing() -> None:
    found = talk(http, (CLIENT, GET), (SERVER, b"HTTP/1.1 100 Continue\r\n\r\n" + FOUND))

    assert [one.message.kind for one in found][1:] == [NOTE, "response"]


def test_a_body_without_a_length_goes_on_to_the_end() -> None:
    found = talk(http, (CLIENT, GET), (SERVER, b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 100), (SERVER, b"y" * 50))

    assert placed(found)[1] == (SERVER, 0, 19 + 150)


def test_gaps_in_a_body_are_passed_over() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegin"
    found = talk(http, (CLIENT, GET + GET), (SERVER, answer, 995), (SERVER, FOUND))

    assert placed(found)[2] == (SERVER, 0, len(answer) + 995)
    assert placed(found)[3] == (SERVER, len(answer) + 995, len(answer) + 995 + len(FOUND))


def test_a_head_that_is_cut_tells_what_it_can() -> None:
    found = talk(http, (CLIENT, b"POST /api/orders HTTP/1.1\r\nHost: sho", 200))

    assert summaries(found) == ["POST /api/orders (host sho)"]
    assert (found[0].cut, found[0].stop) == (True, -1)


def test_after_an_upgrade_nothing_more_is_read() -> None:
    switch = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
    found = talk(http, (CLIENT, GET), (SERVER, switch), (SERVER, FOUND), (CLIENT, GET))

    assert summaries(found) == ["GET /a (host web)", "HTTP 101 Switching Protocols"]


def test_parts_show_headers_and_the_body_without_its_chunks() -> None:
    head, headers, body = http.parts(CHUNKED)

    assert [line.text for line in head.lines] == ["HTTP/1.1 200 OK"]
    assert [line.text for line in headers.lines] == ["Transfer-Encoding: chunked"]
    assert (body.title, [line.text for line in body.lines]) == ("Body, from 2 chunks", ["hello world"])


def test_json_bodies_are_folded() -> None:
    payload = b'HTTP/1.1 200 OK\r\n\r\n{"a": 1, "b": {"c": [1, 2]}, "d": "x"}'
    body = http.parts(payload)[-1]

    assert body.title == "Body, JSON"
    shown = [f"{'  ' * line.depth}{line.text}" for line in folded(body.lines, 1)]
    assert shown == ["{3}", "  a: 1", "  b: {1} … 3 lines", '  d: "x"']


def test_packed_bodies_are_unpacked_up_to_a_limit() -> None:
    packed = gzip.compress(b"0" * 10_000_000)
    body = http.parts(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + packed)[-1]

    assert body.title == "Body, unpacked from gzip"
    assert sum(len(line.text) for line in body.lines) <= http.LONGEST_BODY


def test_a_body_of_bytes_is_shown_as_bytes() -> None:
    body = http.parts(b"HTTP/1.1 200 OK\r\n\r\n\x00\x01\xff")[-1]

    assert body.lines[0].text.startswith("000000  00 01 ff")


_TOKEN = st.text("abcdefghijklmnopqrstuvwxyzABC-09", min_size=1, max_size=12).map(str.encode)
_VALUE = st.text("abcdefghij ABC-09:;=/\"'", max_size=20).map(str.strip).map(str.encode)


@given(st.lists(st.tuples(_TOKEN, _VALUE), max_size=8))
def test_the_parser_and_the_reading_by_lines_agree_on_good_heads(headers: list[tuple[bytes, bytes]]) -> None:
    parsers = pytest.importorskip("httptools")
    framing = {b"content-length", b"transfer-encoding", b"connection", b"upgrade"}
    headers = [(name, value) for name, value in headers if name.lower() not in framing]
    head = b"GET / HTTP/1.1\r\n" + b"".join(b"%s: %s\r\n" % one for one in headers) + b"\r\n"

    assert http_head._parsed(parsers, head) == http_head._by_lines(head)
