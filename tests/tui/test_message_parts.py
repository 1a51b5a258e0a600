"""Messages in full among the details of an event."""

from __future__ import annotations

from hopscope.demo import demo_path
from hopscope_tui.message_parts import message_parts
from tui.driver import running
from tui.openings import opening

DEMO = demo_path()


def lines(data: bytes) -> list[str]:
    return [line.plain.rstrip() for line in message_parts(data, 60)]


async def test_dns_sections_and_json_bodies_are_shown() -> None:
    async with running(opening(DEMO)) as screen:
        await screen.press("7")
        await screen.go_to("390")
        assert "response code: NXDOMAIN" in screen.main.details.text
        assert "Authority" in screen.main.details.text

        await screen.go_to("384")
        assert 'message: "Key not found"' in screen.main.details.text
        assert screen.main.details.text.count("Server: kvd/3.2") == 1, "headers are in the text already"


def test_what_lies_deeper_in_a_body_is_counted() -> None:
    body = b'HTTP/1.1 200 OK\r\n\r\n{"a": {"b": [1, 2]}, "c": 3}'

    assert lines(body) == ["  Body, JSON", "    {2}", "      a: {1} … 3 lines", "      c: 3"]


def test_bytes_of_no_protocol_have_no_parts() -> None:
    assert lines(b"\x00\x01\x02") == []
    assert lines(b"hello") == []
