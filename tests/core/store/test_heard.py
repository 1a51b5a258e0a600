"""What bound datagram sockets are called in lines and fields, and what they are called elsewhere."""

from __future__ import annotations

import subprocess
from ipaddress import ip_address
from pathlib import Path

import pytest

from hopscope.capture.lists import Interface
from hopscope.decode.render import render_line
from hopscope.fields import field_text
from hopscope.store.store import Store
from paths import needs_sysdig
from recording import Recording

End = tuple[str, int]

SERVER, ANY = ("10.0.0.9", 53), ("0.0.0.0", 53)
ONE, OTHER = ("10.0.0.5", 4000), ("10.0.0.6", 4001)
FIELDS = (
    "fd.type", "fd.typechar", "fd.name", "fd.cip", "fd.sip", "fd.sport", "fd.lip", "fd.lport", "fd.rip",
    "fd.rport", "fd.is_server", "fd.connected", "fd.name_changed",
)  # fmt: skip


def network() -> Interface:
    own, mask, all_ = (ip_address(text).packed for text in ("10.0.0.9", "255.255.255.0", "10.0.0.255"))
    return Interface("eth0", own, mask, all_)


def bound(own: End, domain: int = 2) -> Recording:
    recording = Recording(interfaces=[network()])
    recording.call("socket", 200, {"domain": domain, "type": 2, "proto": 0}, fd=3)
    recording.call("bind", 200, {"fd": 3}, res=0, addr=own)
    return recording


def receive(recording: Recording, source: End, destination: End, fd: int = 3) -> int:
    return recording.call(
        "recvfrom", 200, {"fd": fd, "size": 9}, res=1, data=b"x", tuple=(source, destination)
    )


def send(recording: Recording, source: End, destination: End) -> int:
    return recording.call(
        "sendto", 200, {"fd": 3, "size": 1, "tuple": (source, destination)}, res=1, data=b"x"
    )


def talk(own: End, local: End) -> Recording:
    """Two clients ask and are answered; a copy of the socket hears a third."""
    recording = bound(own)
    for client in (ONE, OTHER):
        receive(recording, client, local)
        send(recording, local, client)
    recording.call("dup", 200, {"fd": 3}, res=5)
    receive(recording, ("10.0.0.7", 4002), local, fd=5)
    for fd in (3, 5):
        recording.call("read", 200, {"fd": fd, "size": 1}, res=1, data=b"x")
    return recording


def name(store: Store, row: int) -> str:
    return field_text(store, row, "fd.name")


def test_lines_and_fields_call_a_server_after_its_last_message() -> None:
    recording = bound(SERVER)
    first = receive(recording, ONE, SERVER)
    second = receive(recording, OTHER, ANY)
    after = recording.call("read", 200, {"fd": 3, "size": 1}, res=1, data=b"x")
    store = recording.store()

    assert name(store, first - 1) == "10.0.0.9:53"
    assert name(store, first) == "10.0.0.5:4000->10.0.0.9:53"
    assert name(store, second) == name(store, after) == "10.0.0.6:4001->10.0.0.9:53"
    assert "fd=3(<4u>10.0.0.6:4001->10.0.0.9:53)" in render_line(store, after - 1)
    assert [field_text(store, row, "fd.connected") for row in (first, second)] == ["false", "true"]


def test_the_table_keeps_the_socket_s_own_name() -> None:
    recording = talk(SERVER, SERVER)
    store = recording.store()

    inet = [row for row, kind in enumerate(store.descriptors.kind) if kind == "ipv4"]
    assert {store.descriptors.name[row] for row in inet} == {"", "10.0.0.9:53"}
    assert len(store.heard.table) > len(store.descriptors)


def test_messages_over_ipv6_change_the_name_only() -> None:
    own = ("2001:db8::9", 53)
    recording = bound(own, domain=10)
    row = receive(recording, ("2001:db8::5", 4000), own)
    store = recording.store()

    assert name(store, row) == "2001:db8::5:4000->2001:db8::9:53"
    assert field_text(store, row, "fd.cip") == "<NA>"
    assert field_text(store, row, "fd.sip") == "2001:db8::9"


def test_nothing_is_heard_on_a_socket_that_gets_no_messages() -> None:
    store = bound(SERVER).store()

    assert store.heard.table is store.descriptors


@needs_sysdig
@pytest.mark.reference
@pytest.mark.parametrize(
    ("own", "local", "skipped"),
    [(("10.0.0.9", 0), SERVER, 0), (SERVER, SERVER, 9), (ANY, SERVER, 9)],
    ids=["port 0", "one address", "all addresses"],
)
def test_a_server_s_names_are_those_of_the_reference(
    own: End, local: End, skipped: int, tmp_path: Path
) -> None:
    """Up to the first answer the reference calls a bound socket after what lies in its memory."""
    recording = talk(own, local)
    store = recording.store()
    capture = tmp_path / "talk.scap"
    capture.write_bytes(store.data.tobytes())
    layout = "*%evt.num|" + "|".join(f"%{field}" for field in FIELDS)
    command = ["sysdig", "-r", str(capture), "-d", "-p", layout, f"evt.num>{max(4, skipped)}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)

    for line in done.stdout.splitlines():
        number, *texts = line.split("|")
        row = store.row_of(int(number))
        assert [field_text(store, row, field) for field in FIELDS] == texts, line
