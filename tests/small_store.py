"""A store written down by hand: a shell, a client of two threads, a server in a container.

It holds one of everything that fields tell apart, so that what a filter accepts can be counted on
the fingers. Rows and event numbers differ by 101.
"""

from __future__ import annotations

import struct
from ipaddress import ip_address
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.lists import Interface, MachineInfo
from hopscope.capture.source import Source
from hopscope.decode.event_table import EVENTS, FIXED_WIDTH, SIGNED_TYPES, EventType, codes_named
from hopscope.store.store import NO_RESULT, Store
from hopscope.store.tables import (
    FOREVER,
    NONE,
    Container,
    DescriptorTable,
    Kubernetes,
    KubernetesObject,
    ThreadTable,
    Users,
)

START = 1_480_000_000_000_000_000
FIRST_NUMBER = 101

Event = tuple[int, str, str, int, int, dict[str, bytes]]
"""Time after START in ns, name, direction, thread row, descriptor row, stored parameters by name."""


def number(value: int, width: int = 8) -> bytes:
    """A stored number."""
    return (value & ((1 << 8 * width) - 1)).to_bytes(width, "little")


def end(address: str, port: int) -> tuple[bytes, int]:
    """One end of a connection."""
    return ip_address(address).packed, port


def _code(name: str, direction: str) -> int:
    wanted = direction == "<"
    return max(code for code in codes_named(name) if EVENTS[code].is_exit == wanted)


SHELL, CLIENT, HELPER, SERVER, SERVER_MOVED = range(5)
"""Rows of the thread table. The server changed its directory at row 10."""

EVENT_LIST: list[Event] = [
    (0, "open", ">", CLIENT, NONE, {}),
    (1_500, "open", "<", CLIENT, 0, {"fd": number(3), "name": b"/etc/hosts\0", "flags": number(1, 4)}),
    (2_000, "read", ">", CLIENT, 0, {"fd": number(3), "size": number(4096, 4)}),
    (2_500, "read", "<", CLIENT, 0, {"res": number(9), "data": b"localhost"}),
    (3_000, "open", "<", CLIENT, NONE, {"fd": number(-2), "name": b"/no/such\0", "flags": number(3, 4)}),
    (4_000, "connect", ">", HELPER, 1, {"fd": number(4)}),
    (5_000_000, "connect", "<", HELPER, 2, {"res": number(0)}),
    (6_000_000, "sendto", "<", HELPER, 2, {"res": number(5), "data": b"GET /\xff"}),
    (7_000_000, "accept", "<", SERVER, 4, {"fd": number(7)}),
    (8_000_000, "recvfrom", "<", SERVER, 4, {"res": number(-11), "data": b""}),
    (9_000_000, "chdir", "<", SERVER_MOVED, NONE, {"res": number(0), "path": b"/srv\0"}),
    (10_000_000, "switch", ">", SERVER_MOVED, NONE, {"next": number(0)}),
    (11_000_000, "write", "<", SHELL, 5, {"res": number(2), "data": b"hi"}),
    (12_000_000, "syscall", ">", SHELL, NONE, {"ID": number(16, 2), "nativeID": number(39, 2)}),
    (13_000_000, "switch", ">", NONE, NONE, {"next": number(300)}),
]


class SmallStore(Store):
    """The store of this module's story."""

    def __init__(self, events: list[Event] | None = None) -> None:
        self._events = EVENT_LIST if events is None else events
        rows = self._events
        self.number = np.arange(len(rows), dtype=np.int64) + FIRST_NUMBER
        self._time = np.array([START + row[0] for row in rows], dtype=np.int64)
        self._code = np.array([_code(row[1], row[2]) for row in rows], dtype=np.uint16)
        self._cpu = np.array([0 if row[3] in (CLIENT, HELPER) else 1 for row in rows], dtype=np.uint16)
        self.hidden = np.zeros(len(rows), dtype=np.bool_)
        self.machine = MachineInfo(cpus=2, hostname="box")
        self.thread = np.array([row[3] for row in rows], dtype=np.int32)
        self.descriptor = np.array([row[4] for row in rows], dtype=np.int32)
        self.threads = _threads()
        self.descriptors = _descriptors()
        self._tid = np.append(self.threads.tid, 0)[self.thread]
        self.fd = np.append(self.descriptors.fd, NONE)[self.descriptor]
        self.result = np.array([_result(row) for row in rows], dtype=np.int64)
        moved = np.isin(self._code, [_code(name, "<") for name in ("read", "write", "sendto", "recvfrom")])
        self.size = np.where(moved & (self.result >= 0), self.result, NONE)
        self.twin = np.full(len(rows), NONE, dtype=np.int32)
        self.latency = np.array([_latency(rows, i) for i in range(len(rows))], dtype=np.int64)
        self._nparams = np.array([len(row[5]) for row in rows], dtype=np.uint8)
        self.containers = _containers()
        self.kubernetes = _kubernetes()
        self.users = Users({0: "root", 1000: "ann"}, {1000: "/home/ann"}, {1000: "/bin/sh"}, {0: "root"})
        self.sections, self.epochs = [0], [START]
        self.source = Source("small.scap", np.zeros(0, np.uint8))
        self.interfaces = [Interface("eth0", ip_address("10.0.0.1").packed, b"", b"")]

    @property
    def time(self) -> NDArray[np.int64]:
        return self._time

    @property
    def cpu(self) -> NDArray[np.uint16]:
        return self._cpu

    @property
    def tid(self) -> NDArray[np.int64]:
        return self._tid

    @property
    def code(self) -> NDArray[np.uint16]:
        return self._code

    @property
    def data(self) -> NDArray[np.uint8]:
        payloads = [self.payload(row) or b"" for row in range(len(self))]
        return np.frombuffer(b"".join(payloads), dtype=np.uint8)

    @property
    def nparams(self) -> NDArray[np.uint8]:
        return self._nparams

    def event_type(self, row: int) -> EventType:
        return EVENTS[int(self.code[row])]

    def raw_params(self, row: int) -> list[bytes]:
        return list(self._events[row][5].values())

    def raw_param(self, row: int, name: str) -> bytes | None:
        return self._events[row][5].get(name)

    def payload(self, row: int) -> bytes | None:
        return self._events[row][5].get("data")

    def rows_of_codes(self, codes: tuple[int, ...]) -> NDArray[np.int64]:
        return np.flatnonzero(np.isin(self.code, codes))

    def fixed_param(self, code: int, name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        event = EVENTS[code]
        kind = event.params[event.param_index[name]].type
        rows = [i for i in self.rows_of_codes((code,)).tolist() if name in self._events[i][5]]
        values = [
            int.from_bytes(
                self._events[i][5][name][: FIXED_WIDTH[kind]], "little", signed=kind in SIGNED_TYPES
            )
            for i in rows
        ]
        return np.array(rows, dtype=np.int64), np.array(values, dtype=np.int64)

    def thread_at(self, tid: int, row: int) -> int:
        table = self.threads
        found = np.flatnonzero((table.tid == tid) & (table.first <= row) & (row < table.stop))
        return int(found[-1]) if len(found) else NONE

    def descriptor_at(self, thread: int, fd: int, row: int) -> int:
        held = self.descriptors
        open_now = self.descriptors_at(int(self.threads.table[thread]), row)
        return next((one for one in open_now.tolist() if held.fd[one] == fd), NONE)

    def payload_spans(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        rows = [i for i in range(len(self)) if self.payload(i) is not None]
        stops = np.cumsum([len(self.payload(i) or b"") for i in rows])
        starts = np.concatenate(([0], stops[:-1]))
        return np.array(rows, dtype=np.int64), starts, stops

    def descriptors_at(self, table: int, row: int) -> NDArray[np.int64]:
        held = self.descriptors
        return np.flatnonzero((held.table == table) & (held.first <= row) & (row < held.stop))


def _result(event: Event) -> int:
    for name in ("res", "fd"):
        if event[2] == "<" and name in event[5]:
            return int(struct.unpack("<q", event[5][name])[0])
    return int(NO_RESULT)


def _latency(rows: list[Event], at: int) -> int:
    if rows[at][2] == ">" or at == 0 or rows[at - 1][1] != rows[at][1] or rows[at - 1][2] == "<":
        return 0
    return rows[at][0] - rows[at - 1][0]


def _integers(*values: int) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)


def _small(*values: int) -> NDArray[np.int32]:
    return np.array(values, dtype=np.int32)


def _threads() -> ThreadTable:
    """bash 300, curl 301 with thread 302, nginx 400 in container web before and after chdir."""
    return ThreadTable(
        tid=_integers(300, 301, 302, 400, 400),
        pid=_integers(300, 301, 301, 400, 400),
        ptid=_integers(1, 300, 300, 1, 1),
        vtid=_integers(300, 301, 302, 9, 9),
        vpid=_integers(300, 301, 301, 9, 9),
        sid=_integers(300, 300, 300, 400, 400),
        vpgid=_integers(300, 301, 301, 9, 9),
        uid=_integers(1000, 1000, 1000, 0, 0),
        gid=_integers(1000, 1000, 1000, 0, 0),
        loginuid=_integers(1000, 1000, 1000, 0xFFFFFFFF, 0xFFFFFFFF),
        life=_small(0, 1, 2, 3, 3),
        process=_small(0, 1, 1, 3, 3),
        parent=_small(NONE, 0, 0, NONE, NONE),
        table=_small(0, 1, 1, 2, 2),
        container=_small(0, 0, 0, 1, 1),
        first=_integers(-1, -1, 5, -1, 10),
        stop=_integers(FOREVER, FOREVER, 9, 10, FOREVER),
        born=_integers(NONE, NONE, 5, NONE, NONE),
        died=_integers(NONE, NONE, 8, NONE, NONE),
        born_time=_integers(0, 0, START + 4_000, 0, 0),
        flags=_integers(0, 0, 0, 0, 0),
        fdlimit=_integers(1024, 1024, 1024, 100, 100),
        tty=_integers(34816, 34816, 34816, 0, 0),
        vmsize=_integers(5000, 9000, 9000, 20000, 20000),
        vmrss=_integers(500, 900, 900, 2000, 2000),
        vmswap=_integers(0, 0, 0, 0, 0),
        pfmajor=_integers(1, 2, 0, 3, 3),
        pfminor=_integers(10, 20, 0, 30, 30),
        exe_writable=np.array([False, True, True, False, False]),
        comm=["bash", "curl", "resolver", "nginx", "nginx"],
        exe=["-bash", "curl", "curl", "/usr/sbin/nginx", "/usr/sbin/nginx"],
        exepath=["/bin/bash", "/usr/bin/curl", "/usr/bin/curl", "", ""],
        cwd=["/home/ann/", "/tmp/", "/tmp/", "/", "/srv/"],
        args=[(), ("-v", "http://web/"), ("-v", "http://web/"), ("-g", "daemon off;"), ("-g", "daemon off;")],
        env=[("HOME=/home/ann", "TERM=xterm"), ("A=1",), (), (), ()],
        cgroups=[
            (),
            (),
            (),
            ("cpu_cgroup=/docker/01", "mem=/docker/01"),
            ("cpu_cgroup=/docker/01", "mem=/docker/01"),
        ],
    )


def _descriptors() -> DescriptorTable:
    """A file, a socket before and after connect, a listening one, an accepted one, a pipe."""
    client, server = end("10.0.0.1", 40000), end("10.0.0.2", 80)
    return DescriptorTable(
        fd=_integers(3, 4, 4, 6, 7, 1),
        table=_small(1, 1, 1, 2, 2, 0),
        life=_small(0, 1, 1, 2, 3, 4),
        origin=_small(NONE, NONE, NONE, NONE, NONE, NONE),
        process=_small(1, 1, 1, 3, 3, 0),
        first=_integers(1, -1, 6, -1, 8, -1),
        stop=_integers(FOREVER, 6, FOREVER, FOREVER, FOREVER, FOREVER),
        opened=_integers(1, NONE, NONE, NONE, 8, NONE),
        closed=_integers(NONE, NONE, NONE, NONE, NONE, NONE),
        opener=_small(1, NONE, NONE, NONE, 3, NONE),
        role=np.array([0, 0, 1, 2, 2, 0], dtype=np.int8),
        listening=np.array([False, False, False, True, False, False]),
        connected=np.array([False, False, True, False, True, False]),
        local_is_client=np.array([NONE, NONE, 1, NONE, 0, NONE], dtype=np.int8),
        source=np.zeros(6, dtype=np.uint64),
        peer=np.zeros(6, dtype=np.uint64),
        ino=np.array([77, 0, 0, 0, 0, 5], dtype=np.uint64),
        dev=_integers(0x801, 0, 0, 0, 0, 0),
        open_flags=_integers(1, 0, 0, 0, 0, 0),
        kind=["file", "ipv4", "ipv4", "ipv6", "ipv4", "pipe"],
        typechar=["f", "4", "4", "6", "4", "p"],
        l4=["", "tcp", "tcp", "tcp", "tcp", ""],
        name=[
            "/etc/hosts", "", "10.0.0.1:40000->10.0.0.2:80", ":::80", "10.0.0.1:40000->10.0.0.2:80",
            "pipe:[5]",
        ],
        client=[None, None, client, None, client, None],
        server=[None, None, server, end("::", 80), server, None],
    )  # fmt: skip


def _containers() -> list[Container]:
    mounts: tuple[dict[str, Any], ...] = (
        {"Source": "/data", "Destination": "/var/www", "Mode": "ro", "RW": False, "Propagation": "rprivate"},
    )
    web = Container(
        "0123456789ab",
        "web",
        "nginx:1.10",
        "docker",
        "5acd",
        "10.0.0.2",
        False,
        {"tier": "front"},
        mounts,
        True,
        0,
    )
    return [Container("host", "host"), web]


def _kubernetes() -> Kubernetes:
    labels = {"app": "shop", "role": "web"}
    return Kubernetes(
        pods=[KubernetesObject("Pod", "u1", "web-1", "shop", labels, None, "10.0.0.2")],
        services=[
            KubernetesObject("Service", "u2", "front", "shop", None, {"app": "shop"}),
            KubernetesObject("Service", "u3", "all", "shop", {"x": "y"}, {"role": "web"}),
            KubernetesObject("Service", "u4", "other", "elsewhere", None, {"app": "shop"}),
        ],
        namespaces=[KubernetesObject("Namespace", "u5", "shop")],
    )


def numbers(mask: NDArray[np.bool_]) -> list[int]:
    """Rows that a mask accepts."""
    return np.flatnonzero(mask).tolist()
