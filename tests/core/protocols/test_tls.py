"""TLS: hellos of both sides, alerts, and that the rest is one note."""

from __future__ import annotations

import ssl
import struct

import pytest

from core.protocols.talk import CLIENT, SERVER, in_parts, summaries, talk
from hopscope.protocols import decode, tls


def client_hello(name: str = "shop.example") -> bytes:
    """What Python's own TLS says first."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    connection = context.wrap_bio(incoming, outgoing, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        connection.do_handshake()
    return outgoing.read()


def record(kind: int, body: bytes) -> bytes:
    return bytes([kind, 3, 3]) + struct.pack(">H", len(body)) + body


def server_hello(version: int) -> bytes:
    extension = struct.pack(">HHH", tls.SUPPORTED_VERSIONS, 2, version) if version > 0x303 else b""
    body = struct.pack(">H", 0x303) + bytes(32) + b"\0" + b"\x13\x01" + b"\0"
    body += struct.pack(">H", len(extension)) + extension
    return record(22, b"\x02" + len(body).to_bytes(3, "big") + body)


def test_the_name_and_versions_of_a_real_hello() -> None:
    hello = client_hello()
    message = decode(hello)

    assert message is not None
    assert message.summary == "TLS hello to shop.example (up to TLS 1.3)"
    assert message.names == ("shop.example",)
    rows = [line.text for line in tls.parts(hello)[0].lines]
    assert rows == ["server name: shop.example", "version: TLS 1.3", "application protocols: h2, http/1.1"]


@pytest.mark.parametrize(("version", "words"), [(0x304, "TLS 1.3"), (0x303, "TLS 1.2")])
@pytest.mark.parametrize("size", [1, 100_000])
def test_what_is_encrypted_is_one_note_a_side(version: int, words: str, size: int) -> None:
    hidden = record(20, b"\1") + record(23, bytes(1000)) + record(23, bytes(500))
    found = talk(
        tls,
        *in_parts(CLIENT, client_hello(), size),
        *in_parts(SERVER, server_hello(version) + hidden, size),
        *in_parts(CLIENT, hidden, size),
    )

    assert summaries(found) == [
        "TLS hello to shop.example (up to TLS 1.3)",
        f"TLS hello of the server: {words}, the rest is encrypted",
        "TLS encrypted data",
        "TLS encrypted data",
    ]
    assert found[2].stop - found[2].start == 1510


def test_an_alert_in_place_of_an_answer() -> None:
    found = talk(tls, (CLIENT, client_hello()), (SERVER, record(21, b"\x02\x28")))

    assert found[1].message.outcome == "alert handshake failure (fatal)"
    assert found[1].message.failed


@pytest.mark.parametrize("length", [6, 20, 44, 80, 150])
def test_a_hello_that_is_cut_tells_what_it_can(length: int) -> None:
    hello = client_hello()
    found = talk(tls, (CLIENT, hello[:length], len(hello) - length))

    assert found[0].message.summary.startswith("TLS hello")
    assert found[0].cut


def test_gaps_in_what_is_encrypted_do_no_harm() -> None:
    data = record(23, bytes(10_000))
    found = talk(tls, (CLIENT, client_hello()), (CLIENT, data[:80], len(data) - 80), (CLIENT, data))

    assert found[1].stop - found[1].start == 2 * len(data)
