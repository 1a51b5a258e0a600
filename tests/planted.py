"""A capture with credentials planted wherever a capture has text, each a different word."""

from __future__ import annotations

from pathlib import Path

from hopscope.bookmarks import Bookmarks
from hopscope.capture.lists import DescriptorEntry, MachineInfo, ProcessEntry
from hopscope.decode.capture_writer import CaptureWriter
from hopscope.store.build import open_store

START = 1_700_000_000_000_000_000
CONTAINER = "0123456789ab"

MARK = "plant"
"""Every planted word begins with it."""


def word(name: str) -> str:
    """A planted word; the dot, hyphen and digits must not end it early."""
    return f"{MARK}-{name}.7Q"


_BODY = f'{{"user": "me", "password": "{word("json")}"}}'
REQUEST = (
    f"POST /login?access_token={word('query')}&page=2 HTTP/1.1\r\nHost: api\r\n"
    f"Authorization: Bearer {word('bearer')}\r\nCookie: sid={word('cookie')}; theme=dark\r\n"
    f"Content-Type: application/json\r\nContent-Length: {len(_BODY)}\r\n\r\n{_BODY}"
)
REPLY = f"HTTP/1.1 200 OK\r\nSet-Cookie: sid={word('setcookie')}; Path=/\r\nContent-Length: 0\r\n\r\n"
CONFIG = f"[db]\nhost = db\npassword = {word('config')}\n"
KEY = f"-----BEGIN PRIVATE KEY-----\n{word('pem')}\n-----END PRIVATE KEY-----\n"

_NAMES = (
    "query", "bearer", "cookie", "json", "setcookie", "config", "pem", "option", "attached", "url", "exec",
    "environment", "label", "note",
)  # fmt: skip
WORDS = tuple(map(word, _NAMES))
"""What is planted. All of it is shown somewhere while nothing is masked."""


def write_planted(folder: Path) -> Path:
    """Two processes that talk over a connection; texts of every kind hold a credential.

    Events: 4 write and 6 read of the request, 8 and 10 of the reply, 12 of a file, 14 a key, 16 an execve.
    """
    path = folder / "planted.scap"
    with path.open("wb") as stream, CaptureWriter(stream) as writer:
        writer.machine(MachineInfo(cpus=1, hostname="host"))
        _processes(writer)
        _containers(writer)
        moment = START
        for tid, call, data in (
            (10, "write", REQUEST), (11, "read", REQUEST), (11, "write", REPLY), (10, "read", REPLY),
            (11, "read", CONFIG), (11, "read", KEY),
        ):  # fmt: skip
            raw, fd = data.encode(), 4 if data in (CONFIG, KEY) else 3
            writer.event(call, ">", ts=moment, tid=tid, fd=fd, size=len(raw))
            writer.event(call, "<", ts=moment + 1000, tid=tid, res=len(raw), data=raw)
            moment += 2000
        writer.event("execve", ">", ts=moment, tid=13, filename="/bin/tool")
        writer.event(
            "execve", "<", ts=moment + 1000, tid=13, exe="tool", comm="tool", cwd="/", tid_=13, pid=13,
            ptid=1, args=["--token", word("exec")],
            env=["HOME=/", f"DB_PASSWORD=two parts, {word('environment')}"],
        )  # fmt: skip
    return path


def _containers(writer: CaptureWriter) -> None:
    writer.container(
        {"id": CONTAINER, "name": "api", "image": "api:1", "imageid": "a", "type": 0, "ip": "10.0.0.2",
         "labels": {"app": "api"}, "env": [], "privileged": False, "Mounts": []}
    )  # fmt: skip
    writer.kubernetes(
        "Pod",
        [{"uid": "u1", "name": "api", "namespace": "shop", "labels": {"app": "api", "token": word("label")},
          "containerStatuses": [{"containerID": "docker://" + CONTAINER * 5 + "0123"}], "nodeName": "n"}],
    )  # fmt: skip


def _processes(writer: CaptureWriter) -> None:
    source, destination = (b"\x0a\0\0\1", 40000), (b"\x0a\0\0\2", 80)
    groups = (f"cpu=/docker/{CONTAINER * 5}0123",)
    for tid, name, arguments in (
        (10, "curl", ("-u", "me", f"https://me:{word('url')}@api/")),
        (11, "api", (f"--password={word('option')}", "--port=80")),
        (12, "mysql", ("-uroot", f"-p{word('attached')}", "shop")),
        (13, "sh", ()),
    ):
        writer.process(
            ProcessEntry(
                tid, tid, 1, comm=name, exe=name, exepath=f"/bin/{name}", args=arguments, cwd="/", env=(),
                root="/", fdlimit=1024, vtid=tid, vpid=tid, cgroups=groups if tid == 11 else (),
            )
        )  # fmt: skip
        entries = [DescriptorEntry(3, 7, 3, source=source, destination=destination, l4=2)]
        if tid == 11:
            entries.append(DescriptorEntry(4, 8, 16, "/etc/api.conf", open_flags=1))
        writer.descriptors(tid, entries)


def mark_planted(path: Path) -> None:
    """Bookmark the first event with a note that has a credential in it."""
    source = open_store(path).source
    bookmarks = Bookmarks.load(source.content_key(), source.name)
    bookmarks.add(4, f"here password={word('note')} is sent", START, "curl 10 < write")
