"""Every decoder on bytes of every kind: nothing is raised, and time and memory follow the number of bytes."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.protocols.talk import CLIENT, SERVER, Turn, talk
from hopscope.protocols import DECODERS, Decoder, decode, decoder_for, parts
from hopscope.protocols.message import NOTE, REQUEST, RESPONSE
from hopscope.protocols.reader import LONGEST_ASKED

EACH = pytest.mark.parametrize("decoder", DECODERS, ids=lambda decoder: decoder.NAME)

STARTS = (
    b"GET / HTTP/1.1\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n",
    b"ffffffffffffff\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\0\0\0\4\0\0\0\0\0",
    b"\0\0\x05\1\4\0\0\0\1",
    b"\x16\3\1\0\x40\1\0\0\x3c\3\3",
    b"\x75\xc0\1\0\0\1\0\0\0\0\0\0\3web\7example\0\0\1\0\1",
    b"\xc0\x0c",
    b"*3\r\n$3\r\nSET\r\n",
    b"$99999999\r\n",
    b"\0\0\0\x08\4\xd2\x16\x2f",
    b"Q\0\0\0\x0dselect 1\0",
    b"R\0\0\0\x08\0\0\0\0",
    b"\x4a\0\0\0\x0a8.0.36\0",
    b"\x09\0\0\0\3select 1",
    b"\xfe\0\0\2\0",
    b"<34>1 - - - - - ",
    b'{"msg":"',
    b'{"a":[[[[',
    b"\xff" * 9,
    b"\r\n\r\n",
)

PIECES = st.lists(st.sampled_from(STARTS) | st.binary(max_size=40), max_size=8).map(b"".join)
TURNS = st.lists(
    st.tuples(st.sampled_from((CLIENT, SERVER)), PIECES, st.sampled_from((0, 0, 1, 80, 1 << 20))), max_size=8
)


@EACH
@given(payload=PIECES)
def test_single_payloads(decoder: Decoder, payload: bytes) -> None:
    decoder.sniff(payload)
    message = decoder.decode(payload)
    decoder.parts(payload)

    if message is not None:
        assert message.protocol == decoder.NAME
        assert message.kind in (REQUEST, RESPONSE, NOTE)
        assert message.summary.isprintable()
        assert (message.subject + message.outcome).isprintable()
        assert len(message.summary) < 1000


@EACH
@given(turns=TURNS)
def test_streams(decoder: Decoder, turns: list[Turn]) -> None:
    moved = [sum(len(data) + missing for one, data, missing in turns if one == side) for side in (0, 1)]  # type: ignore[misc]

    for found in talk(decoder, *turns):
        assert 0 <= found.start < max(moved[found.side], 1)
        assert found.stop == -1 or found.start < found.stop <= moved[found.side]
        assert found.message.summary.isprintable()


@given(payload=PIECES)
def test_whoever_takes_it(payload: bytes) -> None:
    decode(payload)
    parts(payload)
    decoder_for(payload)


GROWING: dict[str, Callable[[int], bytes]] = {
    "headers": lambda n: b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * n,
    "folded": lambda n: b"GET / HTTP/1.1\r\na: b\r\n" + b" \r\n\t" * n,
    "chunks": lambda n: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * n,
    "empty lines": lambda n: b"GET / HTTP/1.1\r\n\r\n" + b"\r\n" * n,
    "messages": lambda n: b"GET / HTTP/1.1\r\n\r\n" * n,
    "frames": lambda n: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\1\0\0\0\0" * n,
    "headers of streams": lambda n: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\1\1\4\0\0\0\1\x82" * n,
    "records": lambda n: b"\x16\3\1\0\x04\1\0\0\0" + b"\x17\3\3\0\0" * n,
    "pointers": lambda n: b"\0\1\x81\0\0\1\0\xff\0\0\0\0\0\0\1\0\1" + b"\xc0\x0c\0\1\0\1\0\0\0\0\0\0" * n,
    "chain": lambda n: (
        b"\0\1\x81\0\0\1\0\xff\0\0\0\0\0\0\1\0\1"
        + b"".join((0xC000 | min(11 + 2 * i, 0x3FFF)).to_bytes(2, "big") for i in range(n))
    ),
    "nested": lambda n: b"*1\r\n$4\r\nPING\r\n" + b"*1\r\n" * n,
    "values": lambda n: b"*%d\r\n$4\r\nPING\r\n" % (n + 1) + b"$1\r\nx\r\n" * n,
    "cached values": lambda n: b"VALUE k 0 1\r\nx\r\n" * n,
    "cache commands": lambda n: b"get k\r\n" * n,
    "keys": lambda n: b"get" + b" k" * min(n, 8000) + b"\r\n",
    "queries": lambda n: b"Q\0\0\0\x0dselect 1\0" * n,
    "rows": lambda n: b"R\0\0\0\x08\0\0\0\0" + b"D\0\0\0\4" * n,
    "packets": lambda n: b"\x4a\0\0\0\x0a8.0.36\0" + bytes(66) + b"\x09\0\0\0\3select 1" * n,
    "lines": lambda n: b"<13>hello\n" * n,
    "objects": lambda n: b'{"msg":"x"}\n' * n,
    "nested objects": lambda n: b'{"a":' * n,
    "pairs": lambda n: b'{"a":"' + b'","a":"' * n,
}


@pytest.mark.parametrize("name", GROWING)
def test_time_follows_the_number_of_bytes(name: str) -> None:
    """Ten times the bytes may take no more than some thirty times as long."""

    def cost(payload: bytes) -> float:
        begun = time.process_time()
        decoder = decoder_for(payload)
        assert decoder is not None
        for at in range(0, len(payload), 4096):
            decode(payload[at : at + 4096])
        talk(decoder, *[(CLIENT, payload[at : at + 4096]) for at in range(0, len(payload), 4096)])
        decoder.parts(payload)
        return time.process_time() - begun

    cost(GROWING[name](100))
    small = min(cost(GROWING[name](2_000)) for _ in range(3))
    assert cost(GROWING[name](20_000)) < 30 * small + 0.2


def test_a_stream_holds_no_more_than_was_asked_for() -> None:
    body = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"
    turns: list[Turn] = [(SERVER, body), *[(SERVER, bytes(65536))] * 200]
    decoder = decoder_for(body)
    assert decoder is not None
    tracemalloc.start()
    talk(decoder, *turns)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 8 * LONGEST_ASKED
