"""A capture small enough to add up in one's head, written and opened.

Seconds after the start, who, and what; each call has its enter one second before its exit.

    1   web 10        execve, from /bin/sh
    3   web 10        opens /etc/hosts as 3
    5   web 10        reads 100 bytes from it
    7   web worker 11 writes 40 bytes to the connection on 4
    9   web worker 11 reads from it and gets EAGAIN
    11  db 20         reads 40 bytes at the other end on 5
    13  db 20         receives 30 bytes from 10.0.0.9:999 on the open socket :::53
    14  (hidden)      procinfo of web 10
    15  db 20         brk
    17  web 10        closes 3
    18  (hidden)      procinfo of web 10

Processes 10 and 30 (idle) are in the container ``shop``, process 20 is on the host.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from builders import process
from hopscope.capture.lists import DescriptorEntry, User
from hopscope.decode.capture_writer import CaptureWriter
from hopscope.store.build import open_store
from hopscope.store.store import Store

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND
SHOP = "0123456789ab"
CGROUPS = (f"cpu=/docker/{SHOP}{'0' * 52}",)
CLIENT = (bytes([10, 0, 0, 1]), 4000)
SERVER = (bytes([10, 0, 0, 2]), 80)
ASKER = (bytes([10, 0, 0, 9]), 999)

IPV4, IPV4_LISTENING, IPV6_LISTENING, FILE = 3, 5, 6, 1
TCP = 2
SHARES_DESCRIPTORS = 1 | 8192
"""CLONE_FILES and CLONE_THREAD."""


def write_small_capture(path: Path) -> None:
    stream = io.BytesIO()
    with CaptureWriter(stream) as writer:
        _write_tables(writer)
        _write_metadata(writer)
        _write_events(writer)
    path.write_bytes(stream.getvalue())


def open_small_capture(folder: Path) -> Store:
    path = folder / "small.scap"
    write_small_capture(path)
    return open_store(path)


def _write_tables(writer: CaptureWriter) -> None:
    writer.user(User(0, 0, "root"))
    shop: dict[str, Any] = {"cgroups": CGROUPS}
    writer.process(process(10, "sh", exe="/bin/sh", vpid=1, vtid=1, vmsize_kb=1000, vmrss_kb=100, **shop))
    writer.process(
        process(11, "worker", pid=10, exe="/bin/web", vpid=1, vtid=2, flags=SHARES_DESCRIPTORS, **shop)
    )
    writer.process(process(20, "db", uid=7, vmsize_kb=500, vmrss_kb=50))
    writer.process(
        process(30, "sleep", ptid=10, args=("9",), uid=0xFFFFFFFF, vmsize_kb=7, vmrss_kb=7, **shop)
    )
    writer.descriptors(10, [DescriptorEntry(4, 41, IPV4, source=CLIENT, destination=SERVER, l4=TCP)])
    writer.descriptors(
        20,
        [
            DescriptorEntry(5, 51, IPV4, source=SERVER, destination=CLIENT, l4=TCP),
            DescriptorEntry(6, 52, IPV6_LISTENING, source=(bytes(16), 53), l4=TCP),
            DescriptorEntry(7, 53, IPV4_LISTENING, source=(bytes(4), 80), l4=TCP),
        ],
    )
    writer.descriptors(30, [DescriptorEntry(0, 61, FILE, name="/dev/null")])


def _write_metadata(writer: CaptureWriter) -> None:
    name = "k8s_shop.77_shop-1_sales_uid_0"
    writer.container({"id": SHOP, "name": name, "image": "shop:1", "type": 0}, ts=START)
    pod = {
        "containerStatuses": [{"containerID": f"docker://{SHOP}{'0' * 52}", "name": "shop"}],
        "labels": {"app": "shop"},
        "name": "shop-1",
        "namespace": "sales",
        "uid": "u1",
    }
    service = {"name": "shop-svc", "namespace": "sales", "selector": {"app": "shop"}, "uid": "u2"}
    writer.kubernetes("Pod", [pod], ts=START)
    writer.kubernetes("Service", [service], ts=START)


def _write_events(writer: CaptureWriter) -> None:
    def call(second: int, tid: int, name: str, enter: dict[str, Any], leave: dict[str, Any]) -> None:
        writer.event(name, ">", ts=START + (second - 1) * SECOND, tid=tid, **enter)
        writer.event(name, "<", ts=START + second * SECOND, tid=tid, **leave)

    program: dict[str, Any] = {
        "exe": "/bin/web",
        "args": ("-p", "80"),
        "comm": "web",
        "cgroups": CGROUPS,
        "pid": 10,
        "ptid": 1,
    }
    call(1, 10, "execve", {"filename": "/bin/web"}, {"res": 0, "vm_size": 4000, "vm_rss": 400, **program})
    call(3, 10, "openat", {"dirfd": -100, "name": "/etc/hosts"}, {"fd": 3, "name": "/etc/hosts"})
    call(5, 10, "read", {"fd": 3, "size": 100}, {"res": 100, "data": b"x" * 80})
    call(7, 11, "write", {"fd": 4, "size": 40}, {"res": 40, "data": b"y" * 40})
    call(9, 11, "read", {"fd": 4, "size": 10}, {"res": -11})
    call(11, 20, "read", {"fd": 5, "size": 40}, {"res": 40, "data": b"y" * 40})
    received: dict[str, Any] = {"res": 30, "data": b"z" * 30, "tuple": (ASKER, (bytes(4), 53))}
    call(13, 20, "recvfrom", {"fd": 6, "size": 512}, received)
    writer.event("procinfo", ">", ts=START + 14 * SECOND, tid=10, cpu_usr=25, cpu_sys=5)
    call(15, 20, "brk", {"addr": 0}, {"res": 1, "vm_size": 600, "vm_rss": 40})
    call(17, 10, "close", {"fd": 3}, {"res": 0})
    writer.event("procinfo", ">", ts=START + 18 * SECOND, tid=10, cpu_usr=35, cpu_sys=6)
