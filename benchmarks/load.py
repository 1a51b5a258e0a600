"""The background load: what a busy node does besides the demo's story, as one block of events.

A block is a stretch of :data:`LENGTH`. Its parts run at the same time, each on threads of its own: requests
that pass a gateway, a program, a cache and a database; shell jobs; look-ups of names; a backup that reads
files; threads that wait. Numbers that must not be the same in every block (processes, ports, descriptors,
file names) come from rings, which generate.py advances from copy to copy of the block. Whatever lives longer
than a block is begun in one copy and ended in the next, where it has the number of the copy before.

To add a part: a function that writes on a :class:`Tape`, and its row in :func:`block`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from hopscope.capture.lists import DescriptorEntry, ProcessEntry
from hopscope.decode.capture_writer import code_for
from hopscope.demo import messages
from hopscope.demo.cast import STANDARD, START, TCP, UDP, PodSpec, Process, endpoint, file, poller, tcp
from hopscope.demo.processes import THREAD_FLAGS, Program, clone, execute, leave
from hopscope.demo.recorder import (
    CONTAINER,
    KUBERNETES,
    MICROSECOND,
    MILLISECOND,
    Actor,
    Record,
    Recorder,
    with_switches,
)

CPUS = 4
CHAINS = 4
"""Chains of threads that serve requests, one on each CPU."""

LENGTH = 200 * MILLISECOND
SHOWN = 80
"""Bytes of a payload that a recorder keeps unless it is told otherwise."""


@dataclass(frozen=True)
class Ring:
    """Numbers that go on from copy to copy of a block, and round.

    Attributes:
        low, size: the numbers from ``low`` to below ``low + size``.
        step: how far they go on with each copy; a block takes its own from the first ``step`` numbers, those
            of the copy before from the ``step`` numbers below ``low``.
    """

    low: int
    size: int
    step: int

    def holds(self, value: int) -> bool:
        """Whether a number of a block belongs to it."""
        return self.low - self.step <= value < self.low + self.step

    def at(self, value: int, copy: int) -> int:
        """What a number of the block is in a copy."""
        return self.low + (value - self.low + self.step * copy) % self.size


PIDS = Ring(100_000, 3_900_000, 200)
VPIDS = Ring(40_000, 40_000, 100)
"""The same processes inside their containers."""

PORTS = Ring(32_768, 28_000, 1_000)
DESCRIPTORS = Ring(200, 64, 8)
SERIALS = Ring(90_000_000, 10_000_000, 2_000)
"""Numbers of eight digits in file names and payloads."""

GATEWAY_IP, PROGRAM_IP, CACHE_IP, DATABASE_IP = "10.244.0.40", "10.244.0.41", "10.244.0.42", "10.244.0.43"
HOST_IP, RESOLVER_IP = "192.0.2.10", "127.0.0.53"


def _pod(name: str, ip: str) -> PodSpec:
    return PodSpec(f"{name}-0", "load", ip, name, f"registry.example/{name}:1.0", {"app": name})


GATEWAY_POD, PROGRAM_POD = _pod("gateway", GATEWAY_IP), _pod("catalog", PROGRAM_IP)
CACHE_POD, DATABASE_POD = _pod("cache", CACHE_IP), _pod("database", DATABASE_IP)
PODS = (GATEWAY_POD, PROGRAM_POD, CACHE_POD, DATABASE_POD)


def _listening(fd: int, ip: str, port: int, l4: int = TCP) -> DescriptorEntry:
    return DescriptorEntry(fd, 50_000 + fd, 5, source=endpoint(ip, port), l4=l4)


def _wire(fd: int, own: tuple[bytes, int], other: tuple[bytes, int]) -> DescriptorEntry:
    return tcp(fd, own, other, 51_000 + fd)


def _cpus(count: int) -> tuple[int, ...]:
    return tuple(position % CPUS for position in range(count))


def _cache_wire(chain: int) -> tuple[tuple[bytes, int], tuple[bytes, int]]:
    return endpoint(PROGRAM_IP, 61_000 + chain), endpoint(CACHE_IP, 6379)


def _database_port(chain: int) -> int:
    return PORTS.low + chain


_SIZES = (480_000, 61_000)
GATEWAYS = tuple(
    Process(
        (10_010 + chain,), 10_001, "/usr/sbin/gatewayd", ("-c", "/etc/gateway.conf"), (chain,), GATEWAY_POD,
        33, vpid=10 + chain, memory=(60_000, 9_000), title="gatewayd: worker process",
        descriptors=(
            *STANDARD,
            file(3, "/var/log/gateway/access.log", 2 | 8),
            _listening(6, "0.0.0.0", 8443),
            poller(8),
        ),
    )
    for chain in range(CHAINS)
)  # fmt: skip
GATEWAY = replace(GATEWAYS[0], threads=(10_001,), parent=1101, cpus=(0,), vpid=1, uid=0)
PROGRAM = Process(
    tuple(range(10_100, 10_112)), 1101, "/usr/bin/python3.11", ("-m", "catalog", "--threads", "8"), _cpus(12),
    PROGRAM_POD, 1000, vpid=1, memory=_SIZES,
    descriptors=(
        *STANDARD,
        _listening(5, "0.0.0.0", 8000),
        poller(7),
        *(_wire(20 + chain, *_cache_wire(chain)) for chain in range(CHAINS)),
    ),
)  # fmt: skip
CACHE = Process(
    tuple(range(10_200, 10_200 + CHAINS)), 1101, "/usr/bin/cached", ("--port", "6379"), _cpus(CHAINS),
    CACHE_POD, 999, vpid=1, memory=(210_000, 120_000),
    descriptors=(
        *STANDARD,
        poller(5),
        _listening(6, "0.0.0.0", 6379),
        *(_wire(20 + chain, *reversed(_cache_wire(chain))) for chain in range(CHAINS)),
    ),
)  # fmt: skip
DATABASE = Process(
    (10_300,), 1101, "/usr/lib/database/bin/databased", ("-D", "/var/lib/database"), (1,), DATABASE_POD, 70,
    vpid=1, memory=(220_000, 30_000),
    descriptors=(
        *STANDARD,
        _listening(4, "0.0.0.0", 5432),
        poller(6),
        file(7, "/var/lib/database/base/16384/24576", 3),
        file(8, "/var/lib/database/wal/000000010000000000000001", 3),
    ),
)  # fmt: skip
QUEUE = Process(
    tuple(range(10_400, 10_416)), 1, "/usr/lib/jvm/bin/java", ("-Xmx1g", "-jar", "/srv/queue.jar"), _cpus(16),
    memory=(4_100_000, 690_000), descriptors=(*STANDARD, poller(44), file(50, "/srv/queue/commit.log", 3)),
)  # fmt: skip
RESOLVER = Process(
    (10_500,), 1, "/usr/lib/systemd/systemd-resolved", (), (3,), uid=101, memory=(25_000, 12_000),
    descriptors=(*STANDARD, poller(4), _listening(12, RESOLVER_IP, 53, UDP)),
)  # fmt: skip
BACKUPS = tuple(
    Process((10_600 + i,), 1, "/usr/bin/backupd", ("--from", "/srv/data"), (i,), memory=(90_000, 14_000))
    for i in range(2)
)
METRICS = Process(
    (10_700,), 1, "/usr/bin/metricsd", (), (2,), memory=(30_000, 7_000), descriptors=(*STANDARD, poller(4))
)
RUNNERS = tuple(
    Process((10_800 + i,), 1, "/usr/bin/batchd", ("-f",), (i,), memory=(9_000, 3_000)) for i in range(2)
)
PROCESSES = (
    GATEWAY, *GATEWAYS, PROGRAM, CACHE, DATABASE, QUEUE, RESOLVER, *BACKUPS, METRICS, *RUNNERS,
)  # fmt: skip


def _backend(chain: int, generation: int) -> Program:
    """The process of the database that serves a chain in one copy of the block."""
    pid = PIDS.low + PIDS.step * generation + chain
    return Program(
        Actor(pid, pid, chain, (222_000, 18_000)), DATABASE.pid, DATABASE.exe, DATABASE.args, "databased",
        VPIDS.low + VPIDS.step * generation + chain, VPIDS.low + VPIDS.step * generation + chain,
        DATABASE_POD.cgroups, 70,
    )  # fmt: skip


def _database_ends(chain: int, generation: int) -> tuple[tuple[bytes, int], tuple[bytes, int]]:
    port = _database_port(chain) + PORTS.step * generation
    return endpoint(PROGRAM_IP, port), endpoint(DATABASE_IP, 5432)


def there_before() -> Iterator[tuple[list[ProcessEntry], list[DescriptorEntry]]]:
    """Threads and descriptors of each process that the first copy of the block finds."""
    for process in PROCESSES:
        descriptors = list(process.descriptors)
        if process is PROGRAM:
            for chain in range(CHAINS):
                ends = _first(_database_ends(chain, -1))
                descriptors.append(
                    _wire(DESCRIPTORS.at(DESCRIPTORS.low - DESCRIPTORS.step + chain, 0), *ends)
                )
        yield process.entries(), descriptors
    for chain in range(CHAINS):
        program = _backend(chain, -1)
        pid = PIDS.at(program.actor.pid, 0)
        process = replace(
            DATABASE, threads=(pid,), parent=DATABASE.pid, cpus=(chain,), vpid=VPIDS.at(program.vpid, 0)
        )
        ends = _first(_database_ends(chain, -1))
        yield process.entries(), [*STANDARD, _wire(9, *reversed(ends))]


def _first(ends: tuple[tuple[bytes, int], tuple[bytes, int]]) -> tuple[tuple[bytes, int], tuple[bytes, int]]:
    (ip, port), other = ends
    return (ip, PORTS.at(port, 0)), other


def metadata() -> list[Record]:
    """What the container engine and Kubernetes said about the pods, before the first event."""
    containers = [
        {"id": pod.container_id[:12], "name": pod.container, "image": pod.image, "type": 0, "ip": pod.ip}
        for pod in PODS
    ]
    pods = [
        {
            "containerStatuses": [{"containerID": f"docker://{pod.container_id}", "image": pod.image}],
            "labels": pod.labels, "name": pod.name, "namespace": pod.namespace, "nodeName": "node-1",
            "podIP": pod.ip, "uid": pod.uid,
        }
        for pod in PODS
    ]  # fmt: skip
    listing = {"apiVersion": "v1", "items": pods, "kind": "Pod", "type": "ADDED"}
    told = [Record(0, 0, 0, CONTAINER, {"json": json.dumps({"container": one}) + "\n"}) for one in containers]
    return [*told, Record(START, 0, 0, KUBERNETES, {"json": json.dumps(listing) + "\n"})]


class Numbers:
    """Numbers from the rings, each given once in a block."""

    def __init__(self) -> None:
        self._next = {ring: ring.low + CHAINS for ring in (PIDS, PORTS, SERIALS)}

    def take(self, ring: Ring) -> int:
        """A number that nobody else has. The first few of each ring belong to the chains."""
        number = self._next[ring]
        if number >= ring.low + ring.step:
            raise ValueError(f"a block takes more than {ring.step} numbers from {ring}")
        self._next[ring] += 1
        return number


class Tape(Recorder):
    """A recorder that knows all calls.

    Args:
        seed: of durations.
        numbers: shared by all parts of the block.
    """

    def __init__(self, seed: int, numbers: Numbers) -> None:
        super().__init__(0, seed)
        self._numbers = numbers

    def number(self, ring: Ring) -> int:
        """A number that nobody else has."""
        return self._numbers.take(ring)

    def serial(self) -> str:
        """Eight digits that nobody else has."""
        return str(self.number(SERIALS))

    def chance(self) -> float:
        """A number from 0 to 1."""
        return self._random.random()

    def enter(self, actor: Actor, call: str, **values: Any) -> None:
        """A thread begins a call."""
        self.event(actor, code_for(call, ">"), values)
        self.wait(0.4 * MICROSECOND)

    def leave(self, actor: Actor, call: str, **values: Any) -> None:
        """A thread comes back from a call."""
        data = values.get("data")
        if data is not None:
            values["data"] = data[:SHOWN]
        self.event(actor, code_for(call, "<"), values)
        self.wait(0.9 * MICROSECOND)

    def openat(self, actor: Actor, path: str, fd: int, flags: int = 0x1001) -> None:
        """Open a file as today's libraries do."""
        asked = {"dirfd": -100, "name": path, "flags": flags, "mode": 0}
        self.call(actor, "openat", asked, {"fd": fd, **asked, "dev": 0x801}, 4 * MICROSECOND)

    def noise(self, size: int) -> bytes:
        """Bytes that mean nothing and pack badly."""
        return bytes(int(256 * self._random.random()) for _ in range(min(size, SHOWN)))


# --- requests ------------------------------------------------------------------------------------


class Chain:
    """A worker of the gateway, a thread of the program, one of the cache and a process of the database."""

    def __init__(self, tape: Tape, chain: int) -> None:
        self._tape = tape
        self._chain = chain
        self._gateway = GATEWAYS[chain].thread()
        self._program = PROGRAM.thread(4 + chain)
        self._cache = CACHE.thread(chain)
        self._backend = _backend(chain, 0)
        self._database_fd = DESCRIPTORS.low + chain

    def run(self) -> None:
        """Connect to the database anew, then serve requests until the block is over."""
        tape = self._tape
        tape.now += int(1.5 * MILLISECOND) * self._chain
        self._connect_to_database()
        number = 0
        while tape.now < 0.98 * LENGTH:
            self._request(number)
            tape.wait((0.6 + tape.chance()) * 1_700 * MICROSECOND)
            number += 1

    def _connect_to_database(self) -> None:
        tape, thread, before = self._tape, self._program, _backend(self._chain, -1)
        main = DATABASE.thread()
        tape.close(thread, self._database_fd - DESCRIPTORS.step)
        tape.call(before.actor, "recvfrom", {"fd": 9, "size": 8192}, {"res": 0, "data": b"", "tuple": None})
        tape.close(before.actor, 9)
        leave(tape, before, main)
        way = _database_ends(self._chain, 0)
        fd = self._database_fd
        tape.call(thread, "socket", {"domain": 2, "type": 1, "proto": 6}, {"fd": fd})
        tape.call(thread, "connect", {"fd": fd, "addr": way[1]}, {"res": 0, "tuple": way}, 60 * MICROSECOND)
        accepted = {"fd": 9, "tuple": way, "queuepct": 0, "queuelen": 0, "queuemax": 128}
        tape.call(main, "accept", {}, accepted)
        parent = Program(
            main, DATABASE.parent, DATABASE.exe, DATABASE.args, "databased", 1, 1, DATABASE_POD.cgroups
        )
        clone(tape, parent, self._backend)
        tape.close(main, 9)
        tape.close(self._backend.actor, 4)

    def _request(self, number: int) -> None:
        tape, gateway, program = self._tape, self._gateway, self._program
        path = f"/api/items/{tape.serial()}?page={number}&sort=price"
        query = messages.get(path, "shop.example", "browser/121")
        client = endpoint(f"203.0.113.{1 + (17 * number + self._chain) % 250}", tape.number(PORTS))
        way = (client, endpoint(GATEWAY_IP, 8443))
        tape.call(gateway, "epoll_wait", {"maxevents": 512}, {"res": 1}, 20 * MICROSECOND)
        tape.call(
            gateway, "accept", {}, {"fd": 10, "tuple": way, "queuepct": 0, "queuelen": 0, "queuemax": 511}
        )
        tape.generic(gateway, "epoll_ctl")
        tape.read(gateway, 10, query, 16_384)
        inner = (endpoint(GATEWAY_IP, tape.number(PORTS)), endpoint(PROGRAM_IP, 8000))
        tape.call(gateway, "socket", {"domain": 2, "type": 0x801, "proto": 6}, {"fd": 11})
        tape.call(
            gateway, "connect", {"fd": 11, "addr": inner[1]}, {"res": -115, "tuple": inner}, 30 * MICROSECOND
        )
        tape.write(gateway, 11, query, 15 * MICROSECOND)
        tape.enter(gateway, "epoll_wait", maxevents=512)
        fd = 30 + self._chain
        accepted = {"fd": fd, "tuple": inner, "queuepct": 0, "queuelen": 0, "queuemax": 100}
        tape.call(program, "accept", {}, accepted, 3 * MICROSECOND)
        tape.read(program, fd, query, 65_536)
        body = self._work(number)
        reply = messages.response("200 OK", body, "application/json", "catalog/4")
        tape.write(program, fd, reply, 12 * MICROSECOND)
        tape.close(program, fd)
        tape.wait(10 * MICROSECOND)
        tape.leave(gateway, "epoll_wait", res=1)
        tape.read(gateway, 11, reply, 65_536)
        tape.read(gateway, 11, b"", 65_536)
        tape.close(gateway, 11)
        tape.call(gateway, "writev", {"fd": 10, "size": len(reply)}, {"res": len(reply), "data": reply})
        line = f'203.0.113.9 - - "GET {path} HTTP/1.1" 200 {len(body)} "browser/121"\n'.encode()
        tape.write(gateway, 3, line, 4 * MICROSECOND)
        tape.close(gateway, 10)

    def _work(self, number: int) -> bytes:
        """Ask the cache; on a miss the database, and read a file."""
        tape, program = self._tape, self._program
        key = b"*2\r\n$3\r\nGET\r\n$13\r\nitem:%s\r\n" % tape.serial().encode()
        value = (
            b'{"item": %d, "price": %d, "note": "' % (number, 100 + number)
            + tape.noise(60).hex().encode()
            + b'"}'
        )
        hit = tape.chance() < 0.5
        self._ask(program, 20 + self._chain, self._cache, 20 + self._chain, key, value if hit else b"$-1\r\n")
        if not hit:
            self._select(value)
            self._read_template()
            tape.call(program, "futex", {"addr": 0x7F20_0000_1200, "op": 129, "val": 1}, {"res": 1})
        if tape.chance() < 0.3:
            memory = {"vm_size": _SIZES[0], "vm_rss": _SIZES[1], "vm_swap": 0}
            asked = {"addr": 0, "length": 262_144, "prot": 3, "flags": 34, "fd": -1, "offset": 0}
            tape.call(program, "mmap", asked, {"res": 0x7F40_2000_0000, **memory})
            tape.call(program, "munmap", {"addr": 0x7F40_2000_0000, "length": 262_144}, {"res": 0, **memory})
        return value

    def _ask(self, asker: Actor, fd: int, server: Actor, server_fd: int, query: bytes, reply: bytes) -> None:
        tape = self._tape
        tape.write(asker, fd, query, 8 * MICROSECOND)
        tape.enter(asker, "epoll_wait", maxevents=64)
        tape.call(server, "epoll_wait", {"maxevents": 10_128}, {"res": 1}, 6 * MICROSECOND)
        tape.read(server, server_fd, query, 16_384)
        tape.write(server, server_fd, reply, 9 * MICROSECOND)
        tape.leave(asker, "epoll_wait", res=1)
        tape.read(asker, fd, reply, 65_536)

    def _select(self, value: bytes) -> None:
        tape, backend = self._tape, self._backend.actor
        query = (
            b"Q\x00\x00\x00\x4aSELECT id, price, note FROM items WHERE serial = %s\x00"
            % tape.serial().encode()
        )
        tape.write(self._program, self._database_fd, query, 10 * MICROSECOND)
        tape.read(backend, 9, query, 8192)
        for _ in range(4):
            where = {"fd": 7, "offset": 8192 * int(4000 * tape.chance()), "whence": 0}
            tape.call(backend, "lseek", where, {"res": where["offset"]}, 0.5 * MICROSECOND)
            page = tape.noise(SHOWN)
            tape.call(backend, "read", {"fd": 7, "size": 8192}, {"res": 8192, "data": page}, 30 * MICROSECOND)
        if tape.chance() < 0.3:
            tape.write(backend, 8, b"\x97\xd1" + tape.noise(70), 14 * MICROSECOND)
            tape.generic(backend, "fdatasync", 400 * MICROSECOND)
        answer = b"T\x00\x00\x00\x21" + value + b"C\x00\x00\x00\x0dSELECT 1\x00"
        tape.write(backend, 9, answer, 9 * MICROSECOND)
        tape.read(self._program, self._database_fd, answer, 65_536)

    def _read_template(self) -> None:
        tape, program = self._tape, self._program
        path = f"/srv/catalog/templates/{tape.serial()}.html"
        fd = 40 + self._chain
        tape.call(program, "stat", {}, {"res": 0, "path": path})
        tape.openat(program, path, fd)
        tape.call(program, "fstat", {"fd": fd}, {"res": 0}, 0.5 * MICROSECOND)
        tape.read(program, fd, b"<article><h1>{{ name }}</h1><p>{{ price }}</p></article>\n" * 2)
        tape.close(program, fd)


# --- the other parts -----------------------------------------------------------------------------


def _jobs(tape: Tape, runner: Process) -> None:
    """A shell for each job, which starts two programs joined by a pipe."""
    number = 0
    while tape.now < 0.9 * LENGTH:
        _job(tape, runner, number)
        tape.wait(22 * MILLISECOND)
        number += 1


def _job(tape: Tape, runner: Process, number: int) -> None:
    actor = runner.thread()
    parent = Program(actor, 1, runner.exe, runner.args, comm="batchd")

    def child(exe: str, parent_pid: int, *args: str) -> Program:
        pid = tape.number(PIDS)
        return Program(Actor(pid, pid, actor.cpu + 2, (7_000, 1_900)), parent_pid, exe, args)

    source = f"/srv/spool/{tape.serial()}.csv"
    shell = child("sh", actor.pid, "-c", f"sort {source} | uniq -c")
    first = child("sort", shell.actor.pid, source)
    second = child("uniq", shell.actor.pid, "-c")
    clone(tape, parent, shell)
    execute(tape, shell, "/bin/sh")
    ino = 70_000 + int(100_000 * tape.chance())
    tape.call(shell.actor, "pipe", {}, {"res": 0, "fd1": 3, "fd2": 4, "ino": ino})
    for program, kept, place in ((first, 4, 1), (second, 3, 0)):
        clone(tape, shell, program)
        tape.call(program.actor, "dup", {"fd": kept}, {"res": place})
        tape.close(program.actor, 3)
        tape.close(program.actor, 4)
        execute(tape, program, f"/usr/bin/{program.exe}", ("libc.so.6", "libpthread.so.0"))
    tape.openat(first.actor, source, 3, 1)
    for _ in range(3):
        rows = b"".join(b"%d,widget,%d\n" % (int(1e6 * tape.chance()), number) for _ in range(6))
        tape.read(first.actor, 3, rows)
        tape.write(first.actor, 1, rows, 5 * MICROSECOND)
        tape.read(second.actor, 0, rows)
    tape.close(first.actor, 3)
    leave(tape, first, shell.actor)
    tape.read(second.actor, 0, b"")
    tape.write(second.actor, 2, b"      6 widget\n", 3 * MICROSECOND)
    leave(tape, second, shell.actor)
    leave(tape, shell, actor)


def _names(tape: Tape) -> None:
    """Threads of the program look names up at the local resolver; one look-up of eight fails."""
    resolver, number = RESOLVER.thread(), 0
    while tape.now < 0.95 * LENGTH:
        thread = PROGRAM.thread(8 + number % 4)
        name = f"shard-{tape.serial()}.store.example"
        identity = int(65_535 * tape.chance())
        query = messages.question(name, "A", identity)
        if number % 8 == 7:
            reply = messages.no_such_name(name, "A", identity)
        else:
            reply = messages.answer(name, "A", identity, f"198.51.100.{1 + number % 200}")
        way = (endpoint("127.0.0.1", tape.number(PORTS)), endpoint(RESOLVER_IP, 53))
        back = (way[1], way[0])
        fd = 60 + number % 4
        tape.call(thread, "socket", {"domain": 2, "type": 0x802, "proto": 0}, {"fd": fd})
        tape.call(thread, "connect", {"fd": fd, "addr": way[1]}, {"res": 0, "tuple": way}, 5 * MICROSECOND)
        sent = {"res": len(query), "data": query}
        tape.call(thread, "sendto", {"fd": fd, "size": len(query), "tuple": None}, sent, 9 * MICROSECOND)
        tape.enter(thread, "poll", fds=[(fd, 1)], timeout=5_000)
        tape.enter(resolver, "recvmsg", fd=12)
        tape.leave(resolver, "recvmsg", res=len(query), size=len(query), data=query, tuple=way)
        tape.wait(60 * MICROSECOND)
        asked = {"fd": 12, "size": len(reply), "tuple": back}
        tape.call(resolver, "sendmsg", asked, {"res": len(reply), "data": reply}, 7 * MICROSECOND)
        tape.leave(thread, "poll", res=1, fds=[(fd, 1)])
        got = {"res": len(reply), "data": reply, "tuple": back}
        tape.call(thread, "recvfrom", {"fd": fd, "size": 2048}, got)
        tape.close(thread, fd)
        tape.wait(4_500 * MICROSECOND)
        number += 1


def _backup(tape: Tape, process: Process) -> None:
    """Read one file after the other, and write what was read to one."""
    thread = process.thread()
    target = f"/srv/backup/{tape.serial()}.tar"
    tape.openat(thread, target, 4, 2 | 4)
    while tape.now < 0.95 * LENGTH:
        path = f"/srv/data/part-{tape.serial()}/object"
        tape.openat(thread, path, 5, 1)
        tape.call(thread, "fstat", {"fd": 5}, {"res": 0}, 0.5 * MICROSECOND)
        for _ in range(6):
            data = tape.noise(SHOWN)
            tape.call(
                thread, "read", {"fd": 5, "size": 131_072}, {"res": 131_072, "data": data}, 40 * MICROSECOND
            )
            done = {"res": 131_072, "data": data}
            tape.call(thread, "write", {"fd": 4, "size": 131_072}, done, 35 * MICROSECOND)
        tape.read(thread, 5, b"", 131_072)
        tape.close(thread, 5)
        tape.wait(2_400 * MICROSECOND)
    tape.close(thread, 4)


def _measure(tape: Tape) -> None:
    """Read what /proc says about the machine and the processes; one file of ten is gone."""
    thread, number = METRICS.thread(), 0
    while tape.now < 0.95 * LENGTH:
        path = ("/proc/stat", "/proc/meminfo", "/proc/loadavg", f"/proc/{10_010 + number % 4}/stat")[
            number % 4
        ]
        if number % 10 == 9:
            asked = {"dirfd": -100, "name": f"/proc/{10_900 + number}/stat", "flags": 1, "mode": 0}
            tape.call(thread, "openat", asked, {"fd": -2, **asked})
        else:
            tape.openat(thread, path, 6, 1)
            tape.read(thread, 6, b"cpu  %d 0 %d 811 0 0\n" % (number, 9 * number))
            tape.close(thread, 6)
        tape.call(thread, "nanosleep", {"interval": 900_000}, {"res": 0}, 900 * MICROSECOND)
        number += 1


def _wait_on(tape: Tape, position: int) -> None:
    """A thread of the queue: wait, take work, write it down, wake the next."""
    thread = QUEUE.thread(position)
    address = 0x7F10_4400_0000 + 0x40 * position
    while tape.now < 0.98 * LENGTH:
        kind = tape.chance()
        if kind < 0.55:
            timed_out = tape.chance() < 0.3
            waited = {"addr": address, "op": 128, "val": 0}
            tape.call(thread, "futex", waited, {"res": -110 if timed_out else 0}, 900 * MICROSECOND)
        elif kind < 0.8:
            tape.call(thread, "epoll_wait", {"maxevents": 1024}, {"res": 0}, 700 * MICROSECOND)
        elif kind < 0.9:
            tape.call(thread, "poll", {"fds": [(44, 1)], "timeout": 1}, {"res": 0, "fds": []}, MILLISECOND)
        else:
            record = b"\x00\x00\x01\x3ckey=" + tape.noise(40).hex().encode()
            tape.write(thread, 50, record, 20 * MICROSECOND)
            tape.wake(thread, address + 0x40)


def _threads_come_and_go(tape: Tape) -> None:
    """The queue starts a thread for each batch; it ends with the batch."""
    main = QUEUE.thread()
    parent = Program(main, 1, QUEUE.exe, QUEUE.args, comm="java")
    while tape.now < 0.9 * LENGTH:
        tid = tape.number(PIDS)
        actor = Actor(tid, QUEUE.pid, 3, QUEUE.memory)
        batch = Program(actor, 1, QUEUE.exe, QUEUE.args, comm="java", vtid=tid, vpid=QUEUE.pid)
        clone(tape, parent, batch, THREAD_FLAGS)
        tape.openat(actor, f"/srv/queue/segments/{tape.serial()}.idx", 51, 2 | 4)
        for _ in range(3):
            tape.write(actor, 51, tape.noise(64), 12 * MICROSECOND)
        tape.close(actor, 51)
        tape.generic(actor, "exit_group")
        leave(tape, batch)
        tape.wait(11 * MILLISECOND)


def block(seed: int) -> list[Record]:
    """All events of a block in the order of time, from 0 to a little less than :data:`LENGTH`.

    Args:
        seed: for durations and payloads; the kinds of events and their shares hardly depend on it.
    """
    parts = (
        *((lambda tape, chain=chain: Chain(tape, chain).run()) for chain in range(CHAINS)),
        *((lambda tape, runner=runner: _jobs(tape, runner)) for runner in RUNNERS),
        *((lambda tape, process=process: _backup(tape, process)) for process in BACKUPS),
        *((lambda tape, position=position: _wait_on(tape, position)) for position in range(1, 16)),
        _names,
        _measure,
        _threads_come_and_go,
    )
    told: list[Record] = []
    numbers = Numbers()
    for position, part in enumerate(parts):
        tape = Tape(1_000 * seed + position, numbers)
        part(tape)
        told += tape.records
    actors = [process.thread(i) for process in PROCESSES for i in range(len(process.threads))]
    return with_switches(told, actors)
