"""A store made by hand, small enough to add up in one's head.

Rows of events (time 1 s apart, one descriptor each where shown):

    row  thread             descriptor          event        result/size
    0    main 10 (web)      -                   clone exit   11
    1    main 10            fd 3 /etc/hosts     openat exit  3
    2    main 10            fd 3                read exit    100
    3    worker 11 (web)    fd 4 socket         write exit   40
    4    worker 11          fd 4                read exit    -11
    5    main 20 (db)       fd 5 socket         read exit    40
    6    main 20            fd 6 :::53          recvfrom     30   from 10.0.0.9:999
    7    (hidden)           -                   procinfo
    8    main 10            fd 3                close exit   0

Process 10 is in container ``shop``, process 20 on the host, process 30 (idle) in ``shop`` as well.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import EVENTS, EventType, codes_named
from hopscope.store.store import NO_RESULT, Rows, Store
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

SECOND = 1_000_000_000
EPOCH = 1_700_000_000 * SECOND
CLIENT = (bytes([10, 0, 0, 1]), 4000)
SERVER = (bytes([10, 0, 0, 2]), 80)
ASKER = (bytes([10, 0, 0, 9]), 999)
OPEN_SOCKET = (bytes(16), 53)


def exit_code(name: str) -> int:
    return max(code for code in codes_named(name) if code & 1)


class FakeStore(Store):
    def __init__(self) -> None:
        codes = ["clone", "openat", "read", "write", "read", "read", "recvfrom", "procinfo", "close"]
        self.code = np.array(
            [exit_code(name) if name != "procinfo" else 234 for name in codes], dtype=np.uint16
        )
        size = len(codes)
        self.number = np.arange(1, size + 1, dtype=np.int64) * 10
        self.time = EPOCH + np.arange(size, dtype=np.int64) * SECOND
        self.cpu = np.zeros(size, dtype=np.uint16)
        self.tid = np.array([10, 10, 10, 11, 11, 20, 20, 10, 10], dtype=np.int64)
        self.hidden = np.arange(size) == 7
        self.thread = np.array([0, 1, 1, 2, 2, 3, 3, 1, 1], dtype=np.int32)
        self.descriptor = np.array([-1, 0, 0, 1, 1, 2, 3, -1, 0], dtype=np.int32)
        self.result = np.array([11, 3, 100, 40, -11, 40, 30, NO_RESULT, 0], dtype=np.int64)
        self.size = np.array([-1, -1, 100, 40, -1, 40, 30, -1, -1], dtype=np.int64)
        self.twin = np.full(size, NONE, dtype=np.int32)
        self.latency = np.array([0, 5, 7, 0, 0, 0, 0, 0, 2], dtype=np.int64)
        self.nparams = np.zeros(size, dtype=np.uint16)
        self.epoch = EPOCH
        self.threads = _threads()
        self.descriptors = _descriptors()
        self.containers = [
            Container("host", "host", type="host"),
            Container(
                "0123456789ab", "k8s_shop.77_shop-1_sales_uid_0", "shop:1", "docker", known=True, pod=0
            ),
        ]
        pod = KubernetesObject("Pod", "u1", "shop-1", "sales", {"app": "shop"})
        service = KubernetesObject("Service", "u2", "shop-svc", "sales", {}, {"app": "shop"})
        self.kubernetes = Kubernetes(pods=[pod], services=[service])
        self.users = Users(users={0: "root"})

    def event_type(self, row: int) -> EventType:
        return EVENTS[int(self.code[row])]

    def raw_params(self, row: int) -> list[bytes]:
        return []

    def message_tuple(self, row: int) -> tuple[tuple[bytes, int], tuple[bytes, int]] | None:
        return (ASKER, (bytes(4), 53)) if row == 6 else None

    def fixed_param(self, code: int, name: str) -> tuple[Rows, NDArray[np.int64]]:
        if code == 234:
            return np.array([7]), np.array([25 if name == "cpu_usr" else 5])
        if code == exit_code("brk") and name in ("vm_size", "vm_rss"):
            return np.array([5]), np.array([600 if name == "vm_size" else 40])
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)

    def rows_of_codes(self, codes: tuple[int, ...]) -> Rows:
        return np.flatnonzero(np.isin(self.code, codes))


def _threads() -> ThreadTable:
    # Row 0 and 1 are two states of the main thread of process 10: it executed another program.
    numbers: dict[str, Any] = {
        "tid": [10, 10, 11, 20, 30],
        "pid": [10, 10, 10, 20, 30],
        "ptid": [1, 1, 1, 1, 10],
        "vtid": [1, 1, 2, 20, 3],
        "vpid": [1, 1, 1, 20, 3],
        "sid": [0] * 5,
        "vpgid": [0] * 5,
        "uid": [0, 0, 0, 7, 0xFFFFFFFF],
        "gid": [0] * 5,
        "loginuid": [0] * 5,
        "first": [-1, 1, 0, -1, -1],
        "stop": [1, FOREVER, FOREVER, FOREVER, FOREVER],
        "born": [NONE, NONE, 0, NONE, NONE],
        "died": [NONE] * 5,
        "born_time": [0, 0, EPOCH, 0, 0],
        "flags": [0] * 5,
        "fdlimit": [-1] * 5,
        "tty": [0] * 5,
        "vmsize": [1000, 4000, 4000, 500, 7],
        "vmrss": [100, 400, 400, 50, 7],
        "vmswap": [0] * 5,
        "pfmajor": [0] * 5,
        "pfminor": [0] * 5,
    }
    codes = {
        "life": [0, 0, 1, 2, 3],
        "process": [0, 0, 0, 2, 3],
        "parent": [NONE] * 5,
        "table": [0, 0, 0, 1, 2],
        "container": [1, 1, 1, 0, 1],
    }
    columns: dict[str, Any] = {name: np.array(values, dtype=np.int64) for name, values in numbers.items()}
    columns |= {name: np.array(values, dtype=np.int32) for name, values in codes.items()}
    return ThreadTable(
        **columns,
        comm=["sh", "web", "web-worker", "db", "sleep"],
        exe=["/bin/sh", "/bin/web", "/bin/web", "db", "sleep"],
        exepath=[""] * 5,
        cwd=["/"] * 5,
        args=[(), ("-p", "80"), ("-p", "80"), (), ("9",)],
        env=[()] * 5,
        exe_writable=np.zeros(5, dtype=np.bool_),
        cgroups=[()] * 5,
    )


def _descriptors() -> DescriptorTable:
    numbers: dict[str, Any] = {
        "fd": [3, 4, 5, 6, 0],
        "first": [1, -1, -1, -1, -1],
        "stop": [8, FOREVER, FOREVER, FOREVER, FOREVER],
        "opened": [1, NONE, NONE, NONE, NONE],
        "closed": [8, NONE, NONE, NONE, NONE],
        "dev": [0] * 5,
        "open_flags": [0] * 5,
    }
    codes = {
        "table": [0, 0, 1, 1, 2],
        "life": [0, 1, 2, 3, 4],
        "origin": [NONE] * 5,
        "process": [0, 0, 2, 2, 3],
        "opener": [0, NONE, NONE, NONE, NONE],
    }
    columns: dict[str, Any] = {name: np.array(values, dtype=np.int64) for name, values in numbers.items()}
    columns |= {name: np.array(values, dtype=np.int32) for name, values in codes.items()}
    return DescriptorTable(
        **columns,
        role=np.array([0, 1, 2, 2, 0], dtype=np.int8),
        listening=np.array([False, False, False, True, False]),
        connected=np.array([False, True, True, False, False]),
        local_is_client=np.array([-1, 1, 0, 0, -1], dtype=np.int8),
        source=np.zeros(5, dtype=np.uint64),
        peer=np.zeros(5, dtype=np.uint64),
        ino=np.zeros(5, dtype=np.uint64),
        kind=["file", "ipv4", "ipv4", "ipv6", "file"],
        typechar=["f", "4", "4", "6", "f"],
        l4=["", "tcp", "tcp", "udp", ""],
        name=["/etc/hosts", "10.0.0.1:4000->10.0.0.2:80", "10.0.0.1:4000->10.0.0.2:80", ":::53", "/dev/null"],
        client=[None, CLIENT, CLIENT, None, None],
        server=[None, SERVER, SERVER, OPEN_SOCKET, None],
    )
