"""Lines of logs: syslog of both RFCs, and JSON objects."""

from __future__ import annotations

import pytest

from core.protocols.talk import CLIENT, in_parts, placed, summaries, talk
from hopscope.protocols import json_line, syslog
from hopscope.protocols.part import folded


@pytest.mark.parametrize(
    ("line", "summary"),
    [
        (b"<13>Oct 11 22:14:15 su: failed", "syslog user.notice su: failed"),
        (
            b"<34>1 2003-10-11T22:14:15.003Z host su 77 ID47 - 'su root' failed",
            "syslog auth.crit su: 'su root' failed",
        ),
        (b"<0>kernel panic", "syslog kern.emerg kernel panic"),
    ],
)
def test_syslog(line: bytes, summary: str) -> None:
    message = syslog.decode(line)

    assert syslog.sniff(line)
    assert message is not None
    assert message.summary == summary
    assert message.failed == (message.status <= 3)


def test_syslog_in_full() -> None:
    (part,) = syslog.parts(b"<34>1 2003-10-11T22:14:15.003Z host su 77 ID47 - hello")

    assert [line.text for line in part.lines] == [
        "facility: auth",
        "severity: crit",
        "time: 2003-10-11T22:14:15.003Z",
        "host: host",
        "program: su",
        "process: 77",
        "message id: ID47",
        "text: hello",
    ]


@pytest.mark.parametrize("payload", [b"<192>too high", b"<p>text</p>", b"<13>", b"<>x", b"13>x"])
def test_what_is_no_syslog(payload: bytes) -> None:
    assert not syslog.sniff(payload)
    assert syslog.decode(payload) is None


@pytest.mark.parametrize(
    ("line", "summary", "failed"),
    [
        (b'{"level":"info","msg":"listening","port":80}', "JSON info listening", False),
        (b'{"ts":1,"severity":"ERROR","message":"no \\u00e9"}\n', "JSON ERROR no \\xc3\\xa9", True),
        (b'{"a":1,"b":"x","c":{"d":1}}', "JSON a=1 b=x", False),
        (b'{"log":"hello\\n","stream":"stdout","ti', "JSON hello", False),
    ],
)
def test_json_lines(line: bytes, summary: str, failed: bool) -> None:
    message = json_line.decode(line)

    assert json_line.sniff(line)
    assert message is not None
    assert (message.summary, message.failed) == (summary, failed)


@pytest.mark.parametrize("payload", [b"{}", b"[1]", b"{ not json", b"hello", b'{"": 1}'])
def test_what_is_no_json_line(payload: bytes) -> None:
    assert json_line.decode(payload) is None


@pytest.mark.parametrize("size", [1, 9, 1000])
def test_each_line_is_a_message_of_its_own_bytes(size: int) -> None:
    lines = [b'{"msg":"one"}\n', b"something else\n", b'{"msg":"two"}\n', b'{"msg":"three"}']
    found = talk(json_line, *in_parts(CLIENT, b"".join(lines), size))

    assert summaries(found) == ["JSON one", "JSON two", "JSON three"]
    assert placed(found) == [(CLIENT, 0, 14), (CLIENT, 29, 43), (CLIENT, 43, 58)]


def test_a_json_line_in_full_is_an_outline() -> None:
    (part,) = json_line.parts(b'{"msg": "x", "http": {"status": 500, "headers": ["a", "b"]}}')

    assert [line.text for line in folded(part.lines, 1)] == ["{2}", 'msg: "x"', "http: {2} … 4 lines"]
