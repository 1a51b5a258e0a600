"""Captures for what the real ones do not hold: memcached, people at shells, syslog, split requests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hopscope.capture.lists import DescriptorEntry, User
from recording import Recording, listed

IPV4, UNIX, FILE = 3, 9, 1
TCP = 2
MS = 1_000_000
CLIENT = (bytes([10, 0, 0, 1]), 4000)
CACHE = (bytes([10, 0, 0, 2]), 11211)
WEB = (bytes([10, 0, 0, 3]), 80)


def _socket(fd: int, own: tuple[bytes, int], other: tuple[bytes, int]) -> DescriptorEntry:
    return DescriptorEntry(fd, 40 + fd, IPV4, source=own, destination=other, l4=TCP)


def memcached() -> bytes:
    """A program that stores and fetches, and the cache, each call seen at both ends."""
    talk = [
        (b"set user:1 0 60 5\r\nalice\r\n", b"STORED\r\n"),
        (b"get user:1\r\n", b"VALUE user:1 0 5\r\nalice\r\nEND\r\n"),
        (b"gets user:1 user:2\r\n", b"END\r\n"),
        (b"delete user:1\r\n", b"DELETED\r\n"),
        (b"set big 0 0 70\r\n" + b"b" * 70 + b"\r\n", b"SERVER_ERROR out of memory\r\n"),
    ]
    made = Recording(
        [listed(100, "app"), listed(200, "memcached")],
        [(100, [_socket(4, CLIENT, CACHE)]), (200, [_socket(5, CACHE, CLIENT)])],
    )
    for asked, said in talk:
        _moved(made, "write", 100, 4, asked)
        _moved(made, "read", 200, 5, asked)
        made.wait(2 * MS)
        _moved(made, "write", 200, 5, said)
        _moved(made, "read", 100, 4, said)
    return made.data()


def _moved(made: Recording, name: str, tid: int, fd: int, data: bytes) -> None:
    made.call(name, tid, {"fd": fd, "size": len(data)}, res=len(data), data=data)


def _runs(made: Recording, tid: int, ptid: int, program: str, args: tuple[str, ...], **more: Any) -> None:
    """A shell makes a process, which executes a program and ends."""
    shared = {"comm": program, "exe": f"/bin/{program}", "args": args, "pid": tid, "ptid": ptid, "tid_": tid}
    child = {"res": 0, "pid": tid, "ptid": ptid, "tid_": tid, "comm": "bash", "exe": "bash", "flags": 0}
    made.event("clone", ">", ptid)
    made.event("clone", "<", ptid, res=tid, pid=ptid, ptid=1, tid_=ptid, comm="bash", exe="bash", flags=0)
    made.event("clone", "<", tid, **child)
    made.event("execve", ">", tid, filename=f"/bin/{program}")
    made.event("execve", "<", tid, res=0, cwd="/home/", fdlimit=1024, **shared, **more)
    made.wait(3 * MS)
    made.event("procexit", ">", tid, status=0)


def shells() -> bytes:
    """Two people at shells, a script of one, messages to syslog and a log file, a file that fails."""
    made = Recording(
        [
            listed(50, "sshd"), listed(100, "bash", ptid=50, sid=100), listed(110, "bash", ptid=50, sid=110),
            listed(300, "daemon"),
        ],
        [
            (100, [DescriptorEntry(fd, 70, FILE, name="/dev/pts/0") for fd in range(3)]),
            (300, [DescriptorEntry(3, 71, UNIX, name="/dev/log"),
                   DescriptorEntry(4, 72, FILE, name="/var/log/daemon.log"),
                   DescriptorEntry(5, 73, FILE, name="/data/table")]),
        ],
    )  # fmt: skip
    made.writer.user(User(0, 0, "root", "/root", "/bin/bash"))
    made.call("chdir", 100, res=0, path="/tmp")
    _runs(made, 101, 100, "ls", ("-la", "/tmp"), vpgid=101)
    _runs(made, 111, 110, "vi", ("notes",), vpgid=111)
    # A script: its shell is a child of a shell, its command a grandchild.
    made.event("clone", ">", 100)
    made.event("clone", "<", 100, res=102, pid=100, ptid=50, tid_=100, comm="bash", exe="bash", flags=0)
    made.event("clone", "<", 102, res=0, pid=102, ptid=100, tid_=102, comm="bash", exe="bash", flags=0)
    made.event("execve", ">", 102, filename="/bin/sh")
    made.event(
        "execve", "<", 102, res=0, exe="/bin/sh", args=("run.sh",), tid_=102, pid=102, ptid=100, comm="sh",
        cwd="/home/", fdlimit=1024,
    )  # fmt: skip
    _runs(made, 103, 102, "make", ("all",), vpgid=102)
    for text in (b"<13>app[7]: hello", b"<3>kernel: it burns", b"<38>sshd[1]: accepted"):
        made.call("sendto", 300, {"fd": 3, "size": len(text)}, res=len(text), data=text)
    _moved(made, "write", 300, 4, b"first line\nsecond line: error\n")
    _moved(made, "write", 300, 4, b"third\n")
    made.event("read", ">", 300, fd=5, size=100)
    made.wait(12 * MS)
    made.event("read", "<", 300, res=-5)
    made.event("write", ">", 300, fd=5, size=10)
    made.wait(1_500 * MS)
    made.event("write", "<", 300, res=10, data=b"0123456789")
    _moved(made, "write", 100, 1, b"printed\n")
    _moved(made, "write", 100, 2, b"complained\n")
    _moved(made, "read", 100, 0, b"typed\n")
    return made.data()


def web() -> bytes:
    """Requests that are answered, pipelined, split over calls, and one without an answer."""
    made = Recording(
        [listed(100, "client"), listed(200, "server")],
        [(100, [_socket(4, CLIENT, WEB)]), (200, [_socket(5, WEB, CLIENT)])],
    )
    ask = b"%s %s HTTP/1.1\r\nHost: shop.example\r\n\r\n"
    say = b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s"
    for method, target, status, body in (
        (b"GET", b"/", 200, b"hello"), (b"POST", b"/cart", 500, b"no"), (b"GET", b"/", 304, b""),
    ):  # fmt: skip
        asked, said = ask % (method, target), say % (status, len(body), body)
        _moved(made, "write", 100, 4, asked)
        _moved(made, "read", 200, 5, asked)
        made.wait(7 * MS)
        _moved(made, "write", 200, 5, said)
        _moved(made, "read", 100, 4, said)
    # A head in two calls, and two requests in one.
    _moved(made, "write", 100, 4, b"GET /sp")
    _moved(made, "write", 100, 4, b"lit HTTP/1.1\r\nHost: shop.example\r\n\r\n")
    _moved(made, "read", 100, 4, say % (200, 1, b"x"))
    _moved(made, "write", 100, 4, ask % (b"GET", b"/a") + ask % (b"GET", b"/b"))
    _moved(made, "read", 100, 4, say % (200, 1, b"a") + say % (404, 1, b"b"))
    _moved(made, "write", 100, 4, ask % (b"GET", b"/silence"))
    return made.data()


def spans() -> bytes:
    """Two requests, each with a query and a page inside, of which the second takes longer."""
    made = Recording([listed(100, "api")], [(100, [DescriptorEntry(3, 70, FILE, name="/dev/null")])])
    for number, factor in ((1, 1), (2, 3)):
        for text, after in (
            (">:%d:api::", 2), (">:%d:api.query::", 7), ("<:%d:api.query::", 1), (">:%d:api.page::", 4),
            (">:%d:api.page.draw::", 3), ("<:%d:api.page.draw::", 1), ("<:%d:api.page::", 2),
            ("<:%d:api::", 5),
        ):  # fmt: skip
            _moved(made, "write", 100, 3, (text % number).encode())
            made.wait(after * factor * MS)
    return made.data()


MADE: dict[str, Callable[[], bytes]] = {"memcached": memcached, "shells": shells, "spans": spans, "web": web}


def written(name: str, folder: Path) -> Path:
    """The made capture of a name, as a file."""
    path = folder / f"{name}.scap"
    path.write_bytes(MADE[name]())
    return path
