"""Differences from the reference that no real capture shows; ``docs/deviations.md`` lists them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from builders import START, process, section, write_capture
from builders import event as packed_event
from hopscope.capture.writer import pack_event
from hopscope.decode.capture_writer import CaptureWriter
from hopscope.decode.event_table import codes_named
from hopscope.decode.render import decoded_args, event_name, render_info
from hopscope.store.build import open_store
from hopscope.store.store import Store

V4_MAPPED = bytes(10) + b"\xff\xff"


def opened(capture: bytes, folder: Path) -> Store:
    path = folder / "made.scap"
    path.write_bytes(capture)
    return open_store(path)


def calls(*events: tuple[str, str, dict[str, object]]) -> bytes:
    """A capture in which thread 100 makes these calls."""

    def fill(writer: CaptureWriter) -> None:
        writer.process(process(100, "bob"))
        for i, (name, direction, values) in enumerate(events):
            writer.event(name, direction, ts=START + i, tid=100, **values)  # type: ignore[arg-type]

    return write_capture(fill)


def descriptors_shown(store: Store) -> list[str]:
    return [one.resolved for row in range(len(store)) for one in decoded_args(store, row) if one.name == "fd"]


def test_a_v4_mapped_connection_has_a_clean_name(tmp_path: Path) -> None:
    ends = ((V4_MAPPED + b"\x0a\0\0\5", 4000), (V4_MAPPED + b"\1\2\3\4", 80))
    capture = calls(
        ("socket", ">", {"domain": 10, "type": 1}),
        ("socket", "<", {"fd": 4}),
        ("connect", ">", {"fd": 4, "addr": ends[1]}),
        ("connect", "<", {"res": 0, "tuple": ends}),
        ("write", ">", {"fd": 4, "size": 3}),
    )

    assert descriptors_shown(opened(capture, tmp_path)) == ["<6>", "<6>", "<4t>10.0.0.5:4000->1.2.3.4:80"]


def test_a_message_to_a_bound_datagram_socket_came_to_its_own_address(tmp_path: Path) -> None:
    own = (bytes(4), 53)
    messages: list[tuple[str, str, dict[str, object]]] = []
    for client in (8, 9):
        ends = ((bytes([10, 0, 0, client]), 7777), own)
        messages.append(("recvfrom", ">", {"fd": 5, "size": 100}))
        messages.append(("recvfrom", "<", {"res": 3, "data": b"abc", "tuple": ends}))
    capture = calls(
        ("socket", ">", {"domain": 2, "type": 2}),
        ("socket", "<", {"fd": 5}),
        ("bind", ">", {"fd": 5}),
        ("bind", "<", {"res": 0, "addr": own}),
        *messages,
        ("close", ">", {"fd": 5}),
    )
    store = opened(capture, tmp_path)

    assert descriptors_shown(store)[2:] == [
        "<4u>0.0.0.0:53",
        "<4u>10.0.0.8:7777->0.0.0.0:53",
        "<4u>10.0.0.9:7777->0.0.0.0:53",
    ]
    assert {name for name in store.descriptors.name if name} == {"0.0.0.0:53"}
    assert [store.message_tuple(row) for row in (5, 7)] == [
        ((bytes([10, 0, 0, client]), 7777), own) for client in (8, 9)
    ]


def test_a_value_of_the_wrong_length_is_called_so(tmp_path: Path) -> None:
    close = codes_named("close")[0]
    capture = section(pack_event(close, [b"\1\2\3"], ts=START, tid=100, cpu=0))

    assert render_info(opened(capture, tmp_path), 0) == "fd=<3 bytes> "


def test_events_that_old_references_do_not_know_are_numbered_and_printed(tmp_path: Path) -> None:
    capture = section(
        packed_event("close", ">", fd=3), packed_event("newfstatat", ">"), packed_event("close", ">", fd=3)
    )
    store = opened(capture, tmp_path)

    assert store.number.tolist() == [1, 2, 3]
    assert event_name(store, 1) == "newfstatat"


@pytest.mark.parametrize("heading", ["v4-mapped", "Bound datagram", "wrong length", "cannot"])
def test_they_are_in_the_document(heading: str) -> None:
    text = (Path(__file__).parents[3] / "docs" / "deviations.md").read_text(encoding="utf-8")

    assert re.search(rf"^- \*\*.*{heading}", text, re.M)
