"""Clocks of machines from what they said to each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.timeline.lab import MICROSECOND, MILLISECOND, SECOND, START, Lab, Machine, connect, exchange, ip
from hopscope.capture.lists import DescriptorEntry
from hopscope.errors import UsageError
from hopscope.store.members import ESTIMATED, GIVEN, RECORDED, REFERENCE, Clock, Host, clock_text
from hopscope.store.store import Store
from hopscope.timeline import Clocks, open_timeline
from hopscope.timeline.clocks import solve
from hopscope.timeline.pairs import Pairs
from hopscope.trail import causes, effects, peers

DELAY = 80 * MICROSECOND
REQUEST = b"GET /shop HTTP/1.1\r\nHost: shop\r\n\r\n"
FORWARDED = b"GET /shop HTTP/1.1\r\nHost: shop\r\nVia: proxy\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
PASSED_ON = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nVia: proxy\r\n\r\nhi"


class Proxied:
    """A request from a client by way of a proxy to a server, three machines, each with its clock."""

    def __init__(self, folder: Path, offsets: dict[str, int]) -> None:
        lab = Lab()
        self.front = Machine(lab, "front", "10.0.0.1", {100: "curl"}, offsets.get("front", 0))
        self.proxy = Machine(lab, "proxy", "10.0.0.2", {100: "nginx"}, offsets.get("proxy", 0))
        self.back = Machine(lab, "back", "10.0.0.3", {100: "app"}, offsets.get("back", 0))
        connect(self.front, 100, self.proxy, 100, 80, 40000, DELAY)
        self.asked = exchange(self.front, 100, 3, self.proxy, 100, 7, REQUEST, DELAY)
        connect(self.proxy, 100, self.back, 100, 8080, 50000, DELAY)
        self.forwarded = exchange(self.proxy, 100, 3, self.back, 100, 7, FORWARDED, DELAY)
        lab.wait(5 * MILLISECOND)
        self.answered = exchange(self.back, 100, 7, self.proxy, 100, 3, ANSWER, DELAY)
        self.passed_on = exchange(self.proxy, 100, 7, self.front, 100, 3, PASSED_ON, DELAY)
        self.paths = [machine.save(folder) for machine in (self.back, self.proxy, self.front)]


def place(store: Store, host: str, number: int) -> int:
    """The event row of the event that has a number in the capture of a host."""
    members = store.members
    assert members is not None
    names = [one.name for one in store.hosts]
    return int(np.flatnonzero((store.host == names.index(host)) & (members.own_number == number))[0])


def hops(store: Store, one: tuple[str, int], other: tuple[str, int]) -> bool:
    """Whether the best hops between two events lead to each other, both ways."""
    a, b = place(store, *one), place(store, *other)
    return peers(store, a)[0].row == b and peers(store, b)[0].row == a


@pytest.mark.parametrize(
    "offsets",
    [{}, {"proxy": 2_500 * MILLISECOND, "back": -40 * MILLISECOND}, {"front": -3600 * SECOND}],
    ids=["none", "two", "an hour"],
)
def test_hops_cross_machines_whatever_their_clocks_say(tmp_path: Path, offsets: dict[str, int]) -> None:
    scene = Proxied(tmp_path, offsets)
    store = open_timeline(scene.paths)

    assert hops(store, ("front", scene.asked[0]), ("proxy", scene.asked[1]))
    assert hops(store, ("proxy", scene.forwarded[0]), ("back", scene.forwarded[1]))
    assert hops(store, ("back", scene.answered[0]), ("proxy", scene.answered[1]))
    assert hops(store, ("proxy", scene.passed_on[0]), ("front", scene.passed_on[1]))
    received = place(store, "proxy", scene.asked[1])
    assert effects(store, received)[0].row == place(store, "proxy", scene.forwarded[0])
    assert causes(store, place(store, "proxy", scene.passed_on[0]))[0].row == place(
        store, "proxy", scene.answered[1]
    )


def test_the_offset_is_right_within_a_one_way_delay(tmp_path: Path) -> None:
    offsets = {"front": 0, "proxy": 2_500 * MILLISECOND, "back": -40 * MILLISECOND}
    scene = Proxied(tmp_path, offsets)
    store = open_timeline(scene.paths)

    clocks = {host.name: host.clock for host in store.hosts}
    assert clocks["proxy"].origin == REFERENCE  # it has most events
    for name in ("front", "back"):
        clock = clocks[name]
        truth = offsets["proxy"] - offsets[name]
        assert clock.origin == ESTIMATED
        assert clock.pairs >= 3
        assert abs(clock.offset - truth) <= clock.uncertainty <= DELAY + 5 * MICROSECOND
    members = store.members
    assert members is not None
    order = [names[one] for names in [[host.name for host in store.hosts]] for one in store.host.tolist()]
    assert order == ["front"] * 3 + ["proxy"] * 2 + order[5:]
    assert (np.diff(store.time) >= 0).all()
    assert "+2.49" in clock_text(store.hosts[1]) or "+2.50" in clock_text(store.hosts[1])


def test_without_correction_times_stay_as_recorded(tmp_path: Path) -> None:
    scene = Proxied(tmp_path, {"proxy": 2_500 * MILLISECOND})
    store = open_timeline(scene.paths, clocks=Clocks(correct=False))

    assert {host.clock.origin for host in store.hosts} == {RECORDED}
    assert int(store.time[0]) == START


def test_a_given_offset_is_kept_and_the_others_follow_it(tmp_path: Path) -> None:
    scene = Proxied(tmp_path, {"proxy": 2_500 * MILLISECOND})
    store = open_timeline(scene.paths, clocks=Clocks(offsets={"proxy": -2_500 * MILLISECOND}))

    clocks = {host.name: host.clock for host in store.hosts}
    assert clocks["proxy"] == Clock(offset=-2_500 * MILLISECOND, origin=GIVEN, uncertainty=0)
    assert (clocks["front"].offset, clocks["back"].offset) == (0, 0)
    assert clocks["front"].uncertainty <= 2 * DELAY
    with pytest.raises(UsageError, match="there is no host nobody; the captures are of back, front, proxy"):
        open_timeline(scene.paths, clocks=Clocks(offsets={"nobody": 1}))


def test_a_machine_that_talks_to_nobody_keeps_its_times(tmp_path: Path) -> None:
    scene = Proxied(tmp_path, {"proxy": 2_500 * MILLISECOND})
    alone = Machine(Lab(), "alone", "10.0.0.9", {100: "cron"})
    alone.call("close", 100, {"fd": 3}, res=0)
    store = open_timeline([*scene.paths, alone.save(tmp_path)])

    clocks = {host.name: host.clock for host in store.hosts}
    assert clocks["alone"] == Clock()
    assert clocks["front"].origin == ESTIMATED
    assert "no message to compare it by" in clock_text(store.hosts[0])


def test_the_same_numbers_of_threads_do_not_mix(tmp_path: Path) -> None:
    scene = Proxied(tmp_path, {})
    store = open_timeline(scene.paths)

    names = {"front": "curl", "proxy": "nginx", "back": "app"}
    for row in range(len(store)):
        host = store.hosts[int(store.host[row])].name
        assert store.threads.comm[int(store.thread[row])] == names[host]
        assert store.threads.comm[store.thread_at(100, row)] == names[host]
        descriptor = int(store.descriptor[row])
        if descriptor >= 0:
            assert store.process_host[store.descriptors.process[descriptor]] == store.host[row]


def made(
    truth: list[tuple[int, float]], messages: list[tuple[int, int, int, int]], connection: int = 0
) -> Pairs:
    """Pairs by ``(sender, receiver, true time, delay)`` of machines with ``(offset, drift)``."""

    def clock(machine: int, time: int) -> int:
        offset, drift = truth[machine]
        return START + time + offset + round(drift * time)

    sender, receiver, at, delay = (np.array(column, np.int64) for column in zip(*messages, strict=True))
    return Pairs(
        sender.astype(np.int16),
        receiver.astype(np.int16),
        np.array([clock(one, when) for one, when in zip(sender, at.tolist(), strict=True)]),
        np.array([clock(one, when) for one, when in zip(receiver, (at + delay).tolist(), strict=True)]),
        np.full(len(messages), connection),
    )


def joined(*parts: Pairs) -> Pairs:
    names = ("sender", "receiver", "sent", "received", "connection")
    return Pairs(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


@settings(max_examples=40, deadline=None)
@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.tuples(st.booleans(), st.integers(0, 10**9), st.integers(0, 10**7)), min_size=2, max_size=30),
)
def test_no_message_comes_before_it_was_sent(offset: int, said: list[tuple[bool, int, int]]) -> None:
    messages = [(int(back), int(not back), at, delay) for back, at, delay in said]
    pairs = made([(0, 0.0), (offset, 0.0)], messages)
    one, two = solve(pairs, [Clock(), Clock()], [2, 1])

    moved = [clock.offset for clock in (one, two)]
    sent = pairs.sent + np.array(moved)[pairs.sender]
    received = pairs.received + np.array(moved)[pairs.receiver]
    assert (received - sent >= -1).all()
    if two.uncertainty >= 0:
        assert abs(two.offset + offset) <= two.uncertainty + 1


def test_clocks_of_different_speed_are_followed() -> None:
    drift = 80e-6
    messages = [(at % 2, 1 - at % 2, at * SECOND, 100 * MICROSECOND + at % 7 * 1000) for at in range(120)]
    _, two = solve(made([(0, 0.0), (5 * SECOND, drift)], messages), [Clock(), Clock()], [2, 1])

    assert abs(two.drift + drift) < 3e-6
    times = np.array([START + 5 * SECOND + at * SECOND + round(drift * at * SECOND) for at in range(120)])
    truth = np.array([START + at * SECOND for at in range(120)])
    assert np.abs(two.corrected(times) - truth).max() < 200 * MICROSECOND
    assert "µs a second" in clock_text_of(two)


def clock_text_of(clock: Clock) -> str:
    return clock_text(Host("box", clock=clock))


def test_a_connection_that_was_paired_wrongly_is_left_out() -> None:
    said = [(at % 2, 1 - at % 2, at * MILLISECOND, 100 * MICROSECOND) for at in range(10)]
    good = [made([(0, 0.0), (SECOND, 0.0)], said, connection) for connection in range(9)]
    bad = made([(0, 0.0), (-SECOND, 0.0)], said, 9)
    _, two = solve(joined(*good, bad), [Clock(), Clock()], [2, 1])

    assert abs(two.offset + SECOND) <= two.uncertainty <= 100 * MICROSECOND
    assert two.note == "one connection contradicts the others and is left out"


def test_messages_of_one_direction_say_what_they_can() -> None:
    late = made([(0, 0.0), (-SECOND, 0.0)], [(0, 1, 0, MILLISECOND), (0, 1, MILLISECOND, MILLISECOND)])
    _, two = solve(late, [Clock(), Clock()], [2, 1])

    assert two.offset == SECOND - MILLISECOND  # no earlier than it was sent, and no later than it must
    assert (two.uncertainty, two.note) == (-1, "messages went one way only")


def test_bounds_of_three_machines_narrow_each_other() -> None:
    truth = [(0, 0.0), (SECOND, 0.0), (-SECOND, 0.0)]
    fast = [(0, 1, 0, 10_000), (1, 0, 0, 10_000), (1, 2, 0, 10_000), (2, 1, 0, 10_000)]
    slow = [(0, 2, 0, SECOND // 2), (2, 0, 0, SECOND // 2)]
    clocks = solve(made(truth, fast + slow), [Clock()] * 3, [3, 2, 1])

    assert abs(clocks[2].offset - SECOND) <= clocks[2].uncertainty <= 20_000


def test_clocks_that_agree_are_left_alone() -> None:
    said = [(at % 2, 1 - at % 2, at * MILLISECOND, (1 + at % 2) * MILLISECOND) for at in range(10)]
    _, two = solve(made([(0, 0.0), (0, 0.0)], said), [Clock(), Clock()], [2, 1])

    assert (two.offset, two.origin, two.uncertainty) == (0, ESTIMATED, 2 * MILLISECOND)


def test_translated_addresses_join_machines_too(tmp_path: Path) -> None:
    lab = Lab()
    front = Machine(lab, "front", "10.0.0.1", {100: "curl"}, 5 * SECOND)
    back = Machine(lab, "back", "10.0.0.2", {100: "app"})
    client, service, pod = ip("10.0.0.1", 40000), ip("10.96.0.10", 80), ip("172.17.0.5", 8080)
    front.call("socket", 100, {"domain": 2, "type": 1, "proto": 0}, fd=3)
    front.event("connect", ">", 100, fd=3)
    lab.wait(DELAY)
    back.call("accept", 100, {}, fd=7, tuple=(client, pod))
    lab.wait(DELAY)
    front.event("connect", "<", 100, res=0, tuple=(client, service))
    asked = exchange(front, 100, 3, back, 100, 7, REQUEST, DELAY)
    answered = exchange(back, 100, 7, front, 100, 3, ANSWER, DELAY)
    store = open_timeline([front.save(tmp_path), back.save(tmp_path)])

    assert hops(store, ("front", asked[0]), ("back", asked[1]))
    assert hops(store, ("back", answered[0]), ("front", answered[1]))
    found = peers(store, place(store, "front", asked[0]))[0]
    assert any("translated from 10.96.0.10:80 to 172.17.0.5:8080" in words for words in found.evidence)


def test_connections_from_before_the_captures_are_aligned_by_their_bytes(tmp_path: Path) -> None:
    lab = Lab()
    front = Machine(lab, "front", "10.0.0.1", {100: "curl"}, 5 * SECOND)
    back = Machine(lab, "back", "10.0.0.2", {100: "app"})
    client, server = ip("10.0.0.1", 40000), ip("10.0.0.2", 80)
    listening = DescriptorEntry(5, 9, 5, source=ip("0.0.0.0", 80), l4=2)
    front.writer.descriptors(100, [DescriptorEntry(3, 1, 3, source=client, destination=server, l4=2)])
    back.writer.descriptors(
        100, [listening, DescriptorEntry(7, 2, 3, source=server, destination=client, l4=2)]
    )
    back.receive(100, 7, b"sent before the other capture began")
    pairs = [
        exchange(front, 100, 3, back, 100, 7, b"request number %d of several" % number, DELAY)
        for number in range(4)
    ]
    exchange(back, 100, 7, front, 100, 3, b"one answer to all of them", DELAY)
    store = open_timeline([front.save(tmp_path), back.save(tmp_path)])

    clock = next(host.clock for host in store.hosts if host.clock.origin == ESTIMATED)
    assert abs(abs(clock.offset) - 5 * SECOND) <= clock.uncertainty <= DELAY + 5 * MICROSECOND
    for sent, received in pairs:
        assert hops(store, ("front", sent), ("back", received))
