"""Messages to the system log. Every case was tried on sysdig 0.29.3."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import START, process, write_capture
from hopscope.capture.lists import DescriptorEntry
from hopscope.decode.capture_writer import CaptureWriter
from hopscope.decode.render import render_args, render_info
from hopscope.decode.syslog import syslog_text
from hopscope.store.build import open_store


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"<30>cron[1]: hi", "syslog sev=info msg=cron[1]: hi"),
        (b"<0>down", "syslog sev=emerg msg=down"),
        (b"<191>top", "syslog sev=debug msg=top"),
        (b"<0006>x", "syslog sev=info msg=x"),
        (b"<13>a\0b", "syslog sev=notice msg=a"),
        (b"<5>", "syslog sev=notice msg="),
        (b"<13>a\nb\xff", "syslog sev=notice msg=a\nb\udcff"),
        (b"<1234567890123456789>abc", "syslog sev=alert msg=789>abc"),  # fifteen digits are read
        (b"<x>abc", None),
        (b"hello>x", None),
        (b"<7", None),
        (b"<>x", None),
        (b"<6 >x", None),
        (b"<-3>x", None),
        (b"<+6>x", None),
        (b"", None),
    ],
)
def test_the_priority_is_read(data: bytes, text: str | None) -> None:
    assert syslog_text(data) == text


@given(st.binary(max_size=40))
def test_no_bytes_raise(data: bytes) -> None:
    syslog_text(data)


def test_only_what_was_written_to_the_log_is_shown_as_a_message(tmp_path: Path) -> None:
    message = b"<30>hi"
    wanted = ("syslog sev=info msg=hi", "res=6 data=<30>hi ", "res=-11(EAGAIN) data=<30>hi ")

    def fill(writer: CaptureWriter) -> None:
        writer.process(process(100, "bob"))
        names = {3: "/dev/log", 4: "/run/systemd/journal/dev-log"}
        writer.descriptors(100, [DescriptorEntry(fd, 1, 8, name) for fd, name in names.items()])
        for i, (name, fd, result) in enumerate(
            [("write", 3, 6), ("write", 4, 6), ("write", 3, -11), ("sendto", 3, 6), ("read", 3, 6)]
        ):
            writer.event(name, ">", ts=START + 2 * i, tid=100, fd=fd, size=6)
            writer.event(name, "<", ts=START + 2 * i + 1, tid=100, res=result, data=message)

    path = tmp_path / "made.scap"
    path.write_bytes(write_capture(fill))
    store = open_store(path)

    assert [render_info(store, row) for row in (1, 3, 5, 7, 9)] == [*wanted, wanted[0], wanted[1]]
    assert render_args(store, 1) == wanted[1]
