"""The laboratory captures: how many messages find their other end, and whether hops agree both ways."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from hopscope.conversation.transfers import ACCEPT, CONNECT, EVENTFD, PIPE, RECEIVE, SEND, TCP, UDP, UNIX
from hopscope.protocols import decode
from hopscope.protocols.message import REQUEST, RESPONSE
from hopscope.store.build import open_store
from hopscope.store.store import Store
from hopscope.trail import Candidate, causes, effects, index_of, peers
from paths import SHARED, needs_shared

pytestmark = [needs_shared, pytest.mark.shared]

GOOD = 0.5

FAMILIES = {TCP: "tcp", UDP: "udp", UNIX: "unix", PIPE: "pipe", EVENTFD: "eventfd"}
DIRECTIONS = {RECEIVE: "receive", SEND: "send", CONNECT: "connect", ACCEPT: "accept"}


@cache
def load(name: str) -> Store:
    return open_store(SHARED / f"{name}.scap")


@cache
def peers_of(name: str, row: int) -> list[Candidate]:
    """Candidates of an event; each is asked for as an origin and again as what others lead to."""
    return peers(load(name), row)


def messages_of(store: Store) -> list[tuple[str, str, int]]:
    """Family, direction and row of everything that moved bytes or opened a connection."""
    columns = index_of(store).transfers
    return [
        (FAMILIES[family], DIRECTIONS[direction], row)
        for family, direction, row, size in zip(
            columns.family.tolist(),
            columns.direction.tolist(),
            columns.row.tolist(),
            columns.size.tolist(),
            strict=True,
        )
        if family in FAMILIES and (size != 0 or direction in (CONNECT, ACCEPT))
    ]


def missing(store: Store) -> Counter[str]:
    """How many messages of each kind have no convincing other end."""
    lost: Counter[str] = Counter()
    for family, direction, row in messages_of(store):
        found = peers(store, row)
        if not found or found[0].score < GOOD:
            lost[f"{family} {direction}"] += 1
    return lost


# What is allowed to be missing, and why nobody could find it:
# lab-http-2024: curl's wake-up bytes and some eventfds that nobody reads before they are closed; connects
# of datagram sockets, over which nothing is sent; dig's three probes of sendmmsg without a socket; dnsmasq
# reading from the kernel on a descriptor that is listed as a unix socket.
# lab-calls: one connect to an address without a host, two datagrams to a closed port, bytes left in pipes,
# a process in a namespace of its own whose descriptors nobody saw it inherit, bytes received twice.
ALLOWED: dict[str, dict[str, int]] = {
    "lab-http-2024": {
        "udp connect": 22,
        "udp send": 4,
        "unix send": 11,
        "unix receive": 6,
        "pipe send": 4,
        "eventfd send": 8,
    },
    "lab-calls-2024": {
        "tcp connect": 1,
        "udp connect": 1,
        "udp send": 1,
        "pipe send": 4,
        "unix receive": 1,
    },
    "lab-calls-2026": {
        "tcp connect": 1,
        "udp connect": 1,
        "udp send": 1,
        "pipe send": 4,
        "unix receive": 1,
    },
}


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_nearly_every_message_finds_its_other_end(name: str) -> None:
    store = load(name)
    lost = missing(store)
    print(f"{name}: {len(messages_of(store))} messages, without a peer: {dict(lost)}")
    too_many = {kind: count for kind, count in lost.items() if count > ALLOWED[name].get(kind, 0)}
    assert too_many == {}


@pytest.mark.parametrize("name", [*sorted(ALLOWED), "kubernetes-dns"])
def test_equal_sizes_carry_equal_bytes(name: str) -> None:
    """The recorded beginnings of two messages that are said to be one are the same."""
    store = load(name)
    index = index_of(store)
    compared = 0
    for message in range(len(index.transfers)):
        row = int(index.transfers.row[message])
        mine = store.payload(row)
        if not mine or index.transfers.family[message] not in FAMILIES:
            continue
        for found in peers_of(name, row)[:1]:
            yours = store.payload(found.row)
            if (
                yours
                and store.size[row] == store.size[found.row]
                and index.transfers.family[message] != EVENTFD
            ):
                both = min(len(mine), len(yours))
                assert mine[:both] == yours[:both]
                compared += 1
    assert compared > 40


@pytest.mark.parametrize("name", [*sorted(ALLOWED), "kubernetes-dns"])
def test_hops_go_both_ways(name: str) -> None:
    store = load(name)
    pairs = one_way = 0
    for _, direction, row in messages_of(store):
        if direction == "connect":
            continue
        for found in peers_of(name, row)[:1]:
            if found.score >= GOOD:
                pairs += 1
                one_way += row not in {back.row for back in peers_of(name, found.row)}
    assert pairs > 80
    assert one_way <= pairs // 100


@pytest.mark.parametrize("name", ["lab-http-2024", "kubernetes-dns"])
def test_servers_answer_what_they_were_asked(name: str) -> None:
    """The first effect of a DNS query that was answered at once is its answer, and likewise back."""
    store = load(name)
    index = index_of(store)
    asked = forward = back = 0
    for message in range(len(index.transfers)):
        said = decode(index.payload(message))
        if index.transfers.direction[message] != RECEIVE or said is None:
            continue
        if said.protocol != "dns" or said.kind != REQUEST:
            continue
        row = int(index.transfers.row[message])
        found = effects(store, row)
        if name == "kubernetes-dns":
            # skydns asks others first; its answer is among the effects all the same.
            forward += any(_answers(store, one.row, said.identifier) for one in found)
        else:
            forward += bool(found) and _answers(store, found[0].row, said.identifier)
            back += bool(found) and causes(store, found[0].row)[0].row == row
        asked += 1
    assert asked >= 8
    assert forward >= asked * 0.95
    if name != "kubernetes-dns":
        assert back >= asked * 0.95


def _answers(store: Store, row: int, identifier: int | None) -> bool:
    said = decode(store.payload(row))
    return said is not None and said.kind == RESPONSE and said.identifier == identifier


def test_web_servers_answer_on_the_connection() -> None:
    store = load("lab-http-2024")
    index = index_of(store)
    asked = answered = 0
    for message in range(len(index.transfers)):
        said = decode(index.payload(message))
        if said is None or said.protocol != "http" or said.kind != REQUEST:
            continue
        row = int(index.transfers.row[message])
        first = effects(store, row)[0]
        reply = decode(store.payload(first.row))
        asked += 1
        answered += reply is not None and reply.kind == RESPONSE
        assert causes(store, first.row)[0].row == row
    assert asked >= 16
    assert answered == asked
