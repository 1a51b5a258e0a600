"""Which endpoints are the two ends of one connection.

TCP: the same tuple at both ends is the best evidence. Where a service address was translated on the
way the server's address differs, but the client's address and port do not; where the client's address
was translated, usually the port is kept. Unix sockets: the kernel addresses of socket and peer. A pipe
and an eventfd are one object, whose other end is itself.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from hopscope.conversation.addresses import Address, is_own, known, shown
from hopscope.conversation.endpoints import BEFORE, EITHER, Endpoint, overlap
from hopscope.conversation.transfers import EVENTFD, PIPE, TCP, UNIX
from hopscope.store.tables import Kubernetes
from hopscope.trail.candidate import Evidence

MOST_PARTNERS = 8
MOST_FALLBACKS = 32
"""So many connections of one server are looked at where only its own end is equal."""

MOST_NEAR = 32
"""So many of these on each side, in the order of their openings, are considered at all."""

MOST_REMEMBERED = 65_536


class Joiner:
    """Finds the other ends of an endpoint.

    Attributes:
        endpoints: all endpoints.
        kubernetes: what is known of services, to explain a translated address.
        hosts: names of the machines.
    """

    def __init__(
        self, endpoints: list[Endpoint], kubernetes: Kubernetes, hosts: Sequence[str] = ("",)
    ) -> None:
        self.endpoints = endpoints
        self.kubernetes = kubernetes
        self.hosts = hosts
        self._by_client: defaultdict[Address, list[int]] = defaultdict(list)
        self._by_port: defaultdict[int, list[int]] = defaultdict(list)
        self._by_server: defaultdict[Address, list[int]] = defaultdict(list)
        self._by_pointer: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for number, endpoint in enumerate(endpoints):
            if endpoint.family == TCP and endpoint.client is not None and endpoint.server is not None:
                self._by_client[endpoint.client].append(number)
                self._by_port[endpoint.client[1]].append(number)
                self._by_server[endpoint.server].append(number)
            for pointer in endpoint.pointers:
                self._by_pointer[endpoint.run, pointer].append(number)
        for numbers in (*self._by_port.values(), *self._by_server.values()):
            numbers.sort(key=self._opened)
        self.partners = lru_cache(maxsize=MOST_REMEMBERED)(self._partners)

    def _partners(self, number: int) -> tuple[tuple[int, Evidence], ...]:
        """``(endpoint, evidence)`` of the other ends, best first; itself where it is both ends."""
        endpoint = self.endpoints[number]
        if endpoint.family == PIPE:
            return ((number, _certain("same pipe", f"the same pipe {endpoint.label}".rstrip())),)
        if endpoint.family == EVENTFD:
            return ((number, _certain("same eventfd", "the same eventfd")),)
        if endpoint.family == TCP:
            found = self._tcp(number, endpoint)
        elif endpoint.family == UNIX:
            found = self._unix(number, endpoint)
        else:
            found = []
        return tuple(self._ranked(endpoint, found)[:MOST_PARTNERS])

    def _tcp(self, number: int, mine: Endpoint) -> list[tuple[int, Evidence]]:
        client, server = mine.client, mine.server
        if client is None or server is None:
            return []
        found: list[tuple[int, Evidence]] = []
        for other in self._reachable(number, self._by_client[client]):
            yours = self.endpoints[other]
            if EITHER not in (mine.side, yours.side) and mine.side == yours.side:
                continue
            evidence = Evidence()
            if yours.server == server:
                evidence.add("same tuple", f"both ends are {shown(client)}->{shown(server)}")
            else:
                self._translated(evidence, mine, yours)
            found.append((other, evidence))
        for other in self._reachable(number, self._by_client[server]):
            if self.endpoints[other].server == client:
                words = f"both ends are {shown(client)}->{shown(server)}, each from its own side"
                found.append((other, _certain("same tuple", words)))
        return found or self._source_translated(number, mine, client, server)

    def _translated(self, evidence: Evidence, mine: Endpoint, yours: Endpoint) -> None:
        """Client ends equal, servers not: a service address was translated on the way."""
        if mine.client is None or mine.server is None or yours.server is None:
            return
        before, after = (mine, yours) if mine.side != 0 else (yours, mine)
        if before.server is None or after.server is None:
            return
        evidence.add(
            "client end equal",
            f"the client end {shown(mine.client)} is equal, the server's address was translated from "
            f"{shown(before.server)} to {shown(after.server)}",
        )
        name = self._service(before.server, after.server)
        if name:
            evidence.add("service translated", name)

    def _service(self, before: Address, after: Address) -> str:
        """In words that a service of that address leads to a pod of the other address; else empty."""
        for service in self.kubernetes.services:
            if service.ip and service.ip == _host(before):
                for pod in self.kubernetes.pods:
                    if pod.ip == _host(after) and self.kubernetes.owners(pod, [service]):
                        return f"service {service.name} leads to pod {pod.name}"
        return ""

    def _source_translated(
        self, number: int, mine: Endpoint, client: Address, server: Address
    ) -> list[tuple[int, Evidence]]:
        """Ends whose client address differs: translated with its port kept, or only the server is equal."""
        found = []
        near = [
            *self._opened_near(self._by_port[client[1]], mine),
            *self._opened_near(self._by_server[server], mine),
        ]
        others = sorted(set(self._reachable(number, near)), key=lambda other: self._distance(mine, other))
        for other in others[:MOST_FALLBACKS]:
            yours = self.endpoints[other]
            if yours.client is None or not known(yours.client):
                continue
            if EITHER not in (mine.side, yours.side) and mine.side == yours.side:
                continue
            evidence = Evidence()
            if yours.server == server:
                evidence.add("server end equal", f"the server end {shown(server)} is equal")
            if yours.client[1] == client[1]:
                evidence.add(
                    "server end equal",
                    f"the client's port {client[1]} is equal, its address was translated from "
                    f"{shown(client)} to {shown(yours.client)}",
                )
            if overlap(mine, yours):
                found.append((other, evidence))
        return found

    def _unix(self, number: int, mine: Endpoint) -> list[tuple[int, Evidence]]:
        near = [other for pointer in sorted(mine.pointers) for other in self._by_pointer[mine.run, pointer]]
        found = []
        for other in dict.fromkeys(self._others(number, near)):
            yours = self.endpoints[other]
            if mine.side == yours.side != EITHER:
                continue
            evidence = Evidence()
            if len(mine.pointers) == 2 and mine.pointers == yours.pointers:
                one, two = sorted(mine.pointers)
                evidence.add("same kernel addresses", f"the same pair of sockets {one:x} and {two:x}")
            else:
                pointer = max(mine.pointers & yours.pointers)
                evidence.add("one kernel address equal", f"both name the socket {pointer:x}")
            found.append((other, evidence))
        return found

    def _reachable(self, number: int, numbers: Iterable[int]) -> list[int]:
        """Those of other ends that the network leads to; loopback leads to no other machine."""
        mine = self.endpoints[number]
        ends = (mine.client, mine.server)
        stays = any(end is not None and is_own(end[0]) for end in ends)
        return [
            other
            for other in self._others(number, numbers)
            if self.endpoints[other].host == mine.host
            or (not stays and not self._is_own_end(self.endpoints[other]))
        ]

    def _is_own_end(self, endpoint: Endpoint) -> bool:
        return any(end is not None and is_own(end[0]) for end in (endpoint.client, endpoint.server))

    def _others(self, number: int, numbers: Iterable[int]) -> list[int]:
        return [other for other in numbers if other != number]

    def _opened(self, number: int) -> int:
        """Event row that opened an endpoint."""
        return self.endpoints[number].first

    def _opened_near(self, numbers: list[int], mine: Endpoint) -> list[int]:
        """Those of endpoints, which are in the order of their openings, that were opened nearest to one."""
        place = bisect_left(numbers, mine.first, key=self._opened)
        return numbers[max(0, place - MOST_NEAR) : place + MOST_NEAR]

    def _distance(self, mine: Endpoint, other: int) -> int:
        """Event rows between the openings of two endpoints."""
        return abs(self.endpoints[other].first - mine.first)

    def _ranked(self, mine: Endpoint, found: list[tuple[int, Evidence]]) -> list[tuple[int, Evidence]]:
        """Best evidence first; of equal ones that which was opened nearest to this one.

        Addresses and kernel pointers are used again, so an end that was open at another time, and any
        but the nearest one, are doubted.
        """
        nearby = any(self.endpoints[number].host == mine.host for number, _ in found)
        for number, evidence in found:
            host = self.endpoints[number].host
            if host != mine.host:
                words = f"one end on {self.hosts[mine.host]}, the other on {self.hosts[host]}"
                evidence.add("other machine", words)
                if nearby:
                    words = "the other end is on the same machine; several machines use such addresses"
                    evidence.doubt("end on the same machine", words)
        found.sort(key=lambda one: (not overlap(mine, self.endpoints[one[0]]), self._distance(mine, one[0])))
        seen: set[str] = set()
        for number, evidence in found:
            yours = self.endpoints[number]
            if not overlap(mine, yours):
                evidence.doubt("no overlap in time", "the two were not open at the same time")
            kind = evidence.reasons[0][1] if evidence.reasons else ""
            if kind in seen and BEFORE not in (mine.first, yours.first):
                evidence.doubt("another in between", "another connection with this address was opened nearer")
            seen.add(kind)
        found.sort(key=lambda one: -one[1].score)
        return found


def _certain(name: str, words: str) -> Evidence:
    evidence = Evidence()
    evidence.add(name, words)
    return evidence


def _host(address: Address) -> str:
    return shown(address).rpartition(":")[0].strip("[]")
