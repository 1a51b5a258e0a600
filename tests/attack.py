"""A capture made to attack whoever looks at it, and the same capture with harmless texts.

Every text that the format can hold is chosen by the attacker. The harmless one has the same events, so
that what a program writes for the one can be compared with what it writes for the other.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

from hopscope.capture.lists import DescriptorEntry, Group, Interface, MachineInfo, ProcessEntry, User
from hopscope.capture.writer import pack_event
from hopscope.decode.capture_writer import CaptureWriter, code_for, params_of
from hopscope.decode.event_table import EVENTS, EventType, Param
from strategies import SYSDIG_WRITABLE

START = 1_700_000_000_000_000_000

SEQUENCES = (
    "\x1b[3;35;107m", "\x1b]52;c;cm0gLXJmIC8=\x07", "\x1b]0;owned\x1b\\",
    "\x1b]8;;http://evil.example/\x1b\\x",
    "\x1b[7;777H", "\x1b[2J", "\x1b[?1047l", "\x1b[8;3;3t", "\x1bP$q q\x1b\\",
    "\x1bc", "\x1b(0", "\x1b_x\x1b\\",
    "\x9b2J", "\x9d0;c1\x9c", "\x90+q\x9c",
)  # fmt: skip
"""What terminals act on: colours, clipboard, title, links, cursor, reports, reset, also as C1 controls."""

CHARACTERS = (
    "\a\b\t\n\v\f\r\x7f\x85" "\u202a\u202e\u202c\u2066\u2067\u2069\u200e\u200f\u061c"
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u115f\u1160\u3164\uffa0\u180e\ufe0f\u2800\U000e0041\U000e0100"
    "\u2028\u2029\u00a0\u3000\ue000\uffff" + "a" + "\u0336\u0300" * 40
)  # fmt: skip
"""What shows nothing, something else than is there, or draws over its neighbours."""

MARKUP = (
    "[red]a[/] [/] [link=http://evil.example]b[/link] [@click=app.quit]c[/] [bold [$primary] \\[ %s {x} {0}"
)
"""What toolkits for terminals act on."""

INVALID = b"\xff\xfe\xed\xa0\x80\xc0\xaf".decode("utf-8", "surrogateescape")
"""Bytes that are no UTF-8: stray ones, a surrogate, an overlong slash."""

HOSTILE = "".join(SEQUENCES) + CHARACTERS + MARKUP + INVALID + "\0" + SEQUENCES[0]
HARMLESS = "harmless"

Text = Callable[[int], str]
"""A text of at most so many bytes."""


def hostile(most: int) -> str:
    """All that is bad in as many bytes as there are; the longest texts are repeated up to their limit."""
    raw = HOSTILE.encode("utf-8", "surrogateescape")
    times = most // len(raw) if most >= LONG else 1
    return (raw * max(times, 1))[:most].decode("utf-8", "surrogateescape")


def harmless(most: int) -> str:
    """A word."""
    return HARMLESS[:most]


LONG = 16_000
"""Texts that may be this long are filled up."""

_MEDIUM = 1_200


def attack_capture(text: Text, long: bool = True) -> bytes:
    """A capture in which every text is what ``text`` gives.

    Args:
        text: :func:`hostile` or :func:`harmless`.
        long: also with texts as long as the format allows.
    """
    stream = io.BytesIO()
    with CaptureWriter(stream) as writer:
        _lists(writer, text, 60_000 if long else _MEDIUM)
        _metadata(writer, text)
        moment = START
        for tid, call in ((10, "read"), (11, "write")):
            for fd in range(3, 12):
                moment = _message(writer, moment, tid, fd, call, text)
        for kind in SYSDIG_WRITABLE:
            if kind.name not in ("container", "k8s", "mesos", "procexit"):
                moment += 1000
                _any_event(writer, kind, moment, text)
        _execve(writer, moment + 2000, text)
    content = stream.getvalue()
    if long:
        content += _megabyte(moment + 9000, text)
    return content


def write_attack(folder: Path, text: Text, long: bool = True) -> Path:
    """The capture as a file, whose name is no better than the rest."""
    name = text(200).replace("\0", "").replace("/", "") + ".scap"
    path = folder / name
    path.write_bytes(attack_capture(text, long))
    return path


def _lists(writer: CaptureWriter, text: Text, most: int) -> None:
    writer.machine(MachineInfo(cpus=4, hostname=text(128)))
    writer.user(User(0, 0, text(_MEDIUM), text(_MEDIUM), text(_MEDIUM)))
    writer.group(Group(0, text(_MEDIUM)))
    writer.interface(Interface(text(60), b"\x7f\0\0\1", b"\xff\0\0\0", b"\x7f\xff\xff\xff"))
    for tid in (10, 11, 12):
        size = most if tid == 12 else _MEDIUM
        writer.process(
            ProcessEntry(
                tid,
                tid,
                1,
                comm=text(size),
                exe=text(size),
                exepath=text(size),
                args=(text(size), text(9)[:0]),
                cwd=text(size),
                env=(text(size),),
                root=text(size),
                fdlimit=1024,
                vtid=tid,
                vpid=tid,
                cgroups=("cpu=/docker/" + "0123456789ab" * 5 + "0123", "memory=/" + text(_MEDIUM)),
            )
        )
        entries = [
            DescriptorEntry(3, 7, 16, text(size), open_flags=1),
            DescriptorEntry(4, 0, 8, text(size), unix_source=0x10 + tid, unix_peer=0x20 - tid),
            DescriptorEntry(5, 9, 7, text(_MEDIUM)),
            DescriptorEntry(6, 9, 3, source=(b"\x0a\0\0\1", 1000), destination=(b"\x0a\0\0\2", 53), l4=3),
            DescriptorEntry(7, 9, 3, source=(b"\x0a\0\0\1", 2000), destination=(b"\x0a\0\0\2", 80), l4=2),
            *(DescriptorEntry(8 + i, 9, 11 + i, text(_MEDIUM)) for i in range(4)),
        ]
        writer.descriptors(tid, entries)


def _metadata(writer: CaptureWriter, text: Text) -> None:
    raw = {
        "id": "0123456789ab", "name": text(300), "image": text(300), "imageid": text(300), "type": 0,
        "ip": text(300), "labels": {_plain(text): text(300)}, "env": [text(300)], "privileged": False,
        "Mounts": [{"Source": text(300), "Destination": text(300), "Mode": text(300), "RW": True,
                    "Propagation": text(300)}], "imagerepo": text(300), "imagetag": text(300),
    }  # fmt: skip
    writer.container(_without_surrogates(raw))
    labels = {_plain(text): text(300), "app": text(300)}
    named = {"uid": _plain(text), "name": text(300), "namespace": text(300), "labels": labels}
    pod = {
        **named,
        "containerStatuses": [{"containerID": "docker://" + "0123456789ab" * 5 + "0123", "name": text(300)}],
        "restartCount": 0,
        "nodeName": text(300),
    }
    writer.kubernetes("Namespace", [_without_surrogates(named)])
    writer.kubernetes(
        "Service", [_without_surrogates({**named, "clusterIP": "10.0.0.2", "selector": labels})]
    )
    writer.kubernetes("Pod", [_without_surrogates(pod)])


def _plain(text: Text) -> str:
    return text(120).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _without_surrogates(value: object) -> dict[str, object]:
    def clean(one: object) -> object:
        if isinstance(one, str):
            return one.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        if isinstance(one, dict):
            return {key: clean(inner) for key, inner in one.items()}
        return [clean(inner) for inner in one] if isinstance(one, list) else one

    found = clean(value)
    assert isinstance(found, dict)
    return found


def _message(writer: CaptureWriter, moment: int, tid: int, fd: int, call: str, text: Text) -> int:
    """Payload of every protocol that somebody decodes, over every kind of descriptor."""
    raw = text(_MEDIUM).encode("utf-8", "surrogateescape")
    dns = struct.pack(">6H", 1, 0x100, 1, 0, 0, 0) + bytes([len(raw[:60])]) + raw[:60] + b"\0\0\1\0\1"
    http = (
        b"GET /"
        + raw.replace(b"\n", b"").replace(b" ", b"")[:600]
        + b" HTTP/1.1\r\nHost: "
        + raw[:80]
        + b"\r\n\r\n"
    )
    data = {6: dns, 7: http, 4: b"<78>" + raw}.get(fd, raw)
    writer.event(call, ">", ts=moment + 1000, tid=tid, fd=fd, size=len(data))
    writer.event(call, "<", ts=moment + 2000, tid=tid, res=len(data), data=data)
    return moment + 2000


def _any_event(writer: CaptureWriter, kind: EventType, moment: int, text: Text) -> None:
    """One event of any type whose texts and buffers are the attacker's."""
    params = params_of(kind, "sysdig")
    share = min(_MEDIUM, 30_000 // max(len(params), 1))
    values: dict[str, object] = {}
    for param in params:
        value = _value(param, text, share)
        if value is not None:
            values[param.name + "_" if param.name in ("tid", "cpu") else param.name] = value
    writer.event(kind.name, kind.direction, ts=moment, tid=10, code=kind.code, **values)  # type: ignore[arg-type]


def _value(param: Param, text: Text, most: int) -> object:
    if param.type in ("CHARBUF", "FSPATH", "FSRELPATH"):
        return text(most)
    if param.type in ("CHARBUFARRAY", "CHARBUF_PAIR_ARRAY"):
        # Tags and their arguments, a NUL behind each.
        return (text(most // 2).replace("\0", "") + "\0").encode("utf-8", "surrogateescape") * 2
    if param.type == "BYTEBUF":
        return text(most).encode("utf-8", "surrogateescape")
    if param.type == "SOCKADDR":
        return text(100).replace("\0", "")
    if param.type == "SOCKTUPLE":
        return (0x10, 0x20, text(100).replace("\0", ""))
    return 3 if param.type in ("FD", "FD32") else None


_WIDE = frozenset(["tid", "pid", "ptid", "fdlimit", "pgft_maj", "pgft_min", "res", "pgid"])


def _execve_params(text: Text, most: int) -> list[bytes]:
    code = code_for("execve", "<")
    encoded = []
    for param in params_of(EVENTS[code], "sysdig"):
        long = {"exe": 200, "args": most, "comm": 200, "cwd": 200, "env": 200, "cgroups": 200}.get(param.name)
        if long is not None:
            encoded.append(text(long).encode("utf-8", "surrogateescape") + b"\0")
        else:
            width = 8 if param.name in _WIDE else 4
            value = 12 if param.name in ("tid", "pid") else 0
            encoded.append(value.to_bytes(width, "little"))
    return encoded


def _execve(writer: CaptureWriter, moment: int, text: Text) -> None:
    writer.event("execve", ">", ts=moment, tid=12, filename=text(_MEDIUM))
    writer.event(
        "execve", "<", ts=moment + 1, tid=12, exe=text(_MEDIUM), args=[text(20_000)], comm=text(_MEDIUM),
        cwd=text(_MEDIUM), env=[text(_MEDIUM)], tid_=12, pid=12, ptid=1,
    )  # fmt: skip
    writer.event("write", ">", ts=moment + 2, tid=12, fd=3, size=4)
    writer.event("write", "<", ts=moment + 3, tid=12, res=4, data=b"done")


def _megabyte(moment: int, text: Text) -> bytes:
    """An event of the kind without a limit, with a megabyte of arguments."""
    params = _execve_params(text, 1_000_000)
    return pack_event(code_for("execve", "<"), params, ts=moment, tid=12, large=True, dump_flags=None)
