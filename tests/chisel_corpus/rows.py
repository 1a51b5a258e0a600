"""Answers of the reference and answers here as rows that can be compared."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from hopscope.decode.clock import date_and_time, time_of_day
from hopscope.decode.paths import dots_for_bytes

Row = tuple[Any, ...]
Lines = list[str]
Objects = list[dict[str, Any]]


class Shape(NamedTuple):
    """How one chisel is compared.

    Attributes:
        theirs: rows of what the reference prints.
        ours: rows of what the answer gives as JSON.
        ordered: whether the reference has an order; tables of Lua have none.
        options: further words for the answer.
    """

    theirs: Callable[[Any], list[Row]]
    ours: Callable[[Objects], list[Row]]
    ordered: bool = True
    options: tuple[str, ...] = ()


# --- what the reference does to values -------------------------------------------------------------


def as_bytes(size: int) -> str:
    """A size as the chisels print it."""
    for power, unit in ((5, "P"), (4, "T"), (3, "G"), (2, "M"), (1, "KB")):
        if size > 1024**power:
            return f"{(Decimal(size) / 1024**power).quantize(Decimal('0.01'), ROUND_HALF_UP)}{unit}"
    return f"{size}B"


def as_interval(ns: int) -> str:
    """A duration as the chisels print it."""
    for least, unit, whole, part in (
        (1_000_000_000, "s", 1_000_000_000, 10_000_000), (10_000_000, "ms", 1_000_000, 0),
        (1_000_000, "ms", 1_000_000, 10_000), (10_000, "us", 1_000, 0), (1_000, "us", 1_000, 10),
    ):  # fmt: skip
        if ns >= least:
            return f"{ns // whole}.{ns % whole // part:02d}{unit}" if part else f"{ns // whole}{unit}"
    return f"{ns}ns"


def cut(value: object, width: int) -> str:
    """A value in a column of a width, the last place of which stays blank."""
    text = "" if value is None else str(value)
    return text[: width - 1] if len(text) >= width else text


def columns(line: str, *widths: int) -> list[str]:
    """The cells of a line, the last one as long as it is."""
    cells, at = [], 0
    for width in widths:
        cells.append(line[at : at + width].rstrip())
        at += width
    return [*cells, line[at:].rstrip()]


def _matching(pattern: str) -> Callable[[Lines], list[tuple[str, ...]]]:
    compiled = re.compile(pattern)
    return lambda lines: [found.groups() for line in lines if (found := compiled.match(line))]


# --- lists of sums ---------------------------------------------------------------------------------


def _table(objects: Objects) -> list[Row]:
    """Keys and the sum, which is the last value but one."""
    rows = []
    for one in objects:
        *keys, value, _ = one.values()
        rows.append((*map(str, keys), value))
    return rows


def _counts(lines: Lines) -> list[Row]:
    return [(*line.rsplit("\t", 1)[:-1], int(line.rsplit("\t", 1)[1])) for line in lines if "\t" in line]


def _top_requests(name: str) -> Callable[[Objects], list[Row]]:
    return lambda objects: [(one["method"], one["url"], one[name]) for one in objects]


# --- rates -----------------------------------------------------------------------------------------


def _rates(lines: Lines) -> list[Row]:
    found = _matching(r"(\d\d:\d\d:\d\d) in:(\d+) out:(\d+) tot:(\d+)$")(lines)
    return [(time, *map(int, numbers)) for time, *numbers in found]


def _our_rates(objects: Objects) -> list[Row]:
    """The reference prints an interval when the next one begins."""
    return [
        (
            time_of_day(one["time"] + 1_000_000_000)[:8],
            one["read"], one["written"], one["read"] + one["written"],
        )
        for one in objects
    ]  # fmt: skip


# --- slow calls ------------------------------------------------------------------------------------


def _slow(lines: Lines) -> list[Row]:
    return [
        (columns(line, 24)[0], line[24:47].rstrip(), round(float(line[48:68]) * 1e6), line[69:].rstrip())
        for line in lines[2:]
        if line.strip()
    ]


def _our_slow(objects: Objects) -> list[Row]:
    return [
        (date_and_time(one["time"])[:23], one["process"][:23], one["latency_ns"], one["call"])
        for one in objects
    ]


def _slow_io(lines: Lines) -> list[Row]:
    found = _matching(r"(\d{4}-.{18}) (.{12}) (\S+) +(\d+) (.*?) *$")(lines)
    return [(time, name.rstrip(), call, int(ms), on) for time, name, call, ms, on in found]


def _our_slow_io(objects: Objects) -> list[Row]:
    return [
        (
            date_and_time(one["time"])[:23], one["process"][:12], one["call"],
            one["latency_ns"] // 1_000_000, one["descriptor"] or "",
        )
        for one in objects
    ]  # fmt: skip


def _slowest(lines: Lines) -> list[Row]:
    found = _matching(r"(\d+)\) (\d+)\.(\d{9}) .*?\((\d+)\) < (\S+)")(lines)
    return [(int(a), int(b) * 1_000_000_000 + int(c), int(d), e) for a, b, c, d, e in found]


def _our_slowest(objects: Objects) -> list[Row]:
    return [(one["events"][-1], one["latency_ns"], one["tid"], one["call"]) for one in objects]


# --- what is moved ---------------------------------------------------------------------------------


def _echo(lines: Lines) -> list[Row]:
    found = _matching(r"------ (Read|Write) (\S+) (?:from|to) +(.*?) \((.*)\)$")(lines)
    return [(way, size, "" if name == "<NA>" else name, process) for way, size, name, process in found]


def _our_echo(objects: Objects) -> list[Row]:
    return [
        (
            "Read" if one["direction"] == "read" else "Write", as_bytes(one["bytes"]),
            (one["descriptor"] or "").replace("\n", ""), one["process"] or "",
        )
        for one in objects
    ]  # fmt: skip


def _spied(lines: Lines) -> list[Row]:
    """What follows a heading. The chisel repeats the heading of the first event of a direction."""
    return [(data,) for heading, data in pairwise(lines) if heading.startswith("------ ")]


def _our_spied(objects: Objects) -> list[Row]:
    return [(dots_for_bytes(b64decode(one["data"])),) for one in objects if one["data"]]


def _spied_files(lines: Lines) -> list[Row]:
    found = _matching(r"(\d\d:\d\d:\d\d\.\d{9}) (.*)\((\d+)\) ([RW]) (\S+) (.*?) *$")(lines)
    return [(time, name, int(pid), way, size, file) for time, name, pid, way, size, file in found]


def _our_spied_files(objects: Objects) -> list[Row]:
    return [
        (
            time_of_day(one["time"]), one["process"], one["pid"], "R" if one["direction"] == "read" else "W",
            as_bytes(one["bytes"]), one["descriptor"],
        )
        for one in objects
    ]  # fmt: skip


def _lines(lines: Lines) -> list[Row]:
    return [(line.rstrip("\r"),) for line in lines if line.strip("\r\0")]


def _our_lines(objects: Objects) -> list[Row]:
    return _lines([line for one in objects for line in one["data"].split("\n")])


# --- logs ------------------------------------------------------------------------------------------


def _requests(lines: Lines) -> list[Row]:
    found = _matching(
        r"(\d{4}\S+ \S+) (\S+) method=(\S+) url=(\S+) response_code=(\d+) latency=(\d+)ms size=(\d+)B$"
    )(lines)
    return [(time, way, method, url, int(a), int(b), int(c)) for time, way, method, url, a, b, c in found]


def _our_requests(objects: Objects) -> list[Row]:
    return [
        (
            date_and_time(one["time"]), one["direction"], one["method"], one["url"], one["status"],
            one["latency_ns"] // 1_000_000, one["bytes"] or 0,
        )
        for one in objects
    ]  # fmt: skip


def _cached(lines: Lines) -> list[Row]:
    found = _matching(r"(\d{4}\S+ \S+) method=(\S+) size=(\d+)B key=(.*)$")(lines)
    return [(time, method, int(size), key) for time, method, size, key in found]


def _our_cached(objects: Objects) -> list[Row]:
    return [(date_and_time(one["time"]), one["command"], one["bytes"] or 0, one["keys"]) for one in objects]


def _ended(lines: Lines) -> list[Row]:
    return [
        (line[:13].rstrip(), line[14:26].rstrip(), line[27:].rstrip()) for line in lines[2:] if line.strip()
    ]


def _our_ended(objects: Objects) -> list[Row]:
    return [
        (as_interval(one["duration_ns"]), one["process"][:12].rstrip(), one["arguments"].rstrip())
        for one in objects
    ]


def _typed(lines: Lines) -> list[Row]:
    found = _matching(r" *(\d+) (\d\d:\d\d:\d\d) (.*?)\) (.*?) *$")(lines)
    return [
        (int(shell), time, "" if user == "<NA>" else user, command) for shell, time, user, command in found
    ]


def _our_typed(objects: Objects) -> list[Row]:
    return [
        (one["shell"], time_of_day(one["time"])[:8], one["user"] or "", one["command"].rstrip())
        for one in objects
    ]


def _our_logged(objects: Objects) -> list[Row]:
    return [(f"{one['process']} {one['file']} {one['line']}",) for one in objects]


def _our_syslog(objects: Objects) -> list[Row]:
    return [
        (f"{one['facility']}.{one['severity']} {one['process']}[{one['tid']}] {one['message']}",)
        for one in objects
    ]


# --- state -----------------------------------------------------------------------------------------


def _listed(*widths: int) -> Callable[[Lines], list[Row]]:
    return lambda lines: [tuple(columns(line, *widths)) for line in lines[1:] if line.strip()]


def _our_open(objects: Objects) -> list[Row]:
    return [
        (
            cut(one["process"], 20), cut(one["pid"], 8), cut(one["tid"], 8), cut(one["user"], 8),
            cut(one["fd"], 8), cut(one["type"], 12), (one["name"] or "").rstrip(),
        )
        for one in objects
    ]  # fmt: skip


def _our_processes(objects: Objects) -> list[Row]:
    return [
        (
            cut(one["tid"], 8), cut(one["pid"], 8), cut(one["user"], 12),
            as_bytes(one["virtual_bytes"]), as_bytes(one["resident_bytes"]), cut(one["fdlimit"], 10),
            one["process"],
        )
        for one in objects
    ]  # fmt: skip


def _our_sockets(objects: Objects) -> list[Row]:
    return [
        (
            cut(one["protocol"], 6), cut(one["server"], 25), cut(one["client"] or "0.0.0.0:*", 25),
            one["state"], f"{one['tid']}/{one['pid']}/{one['process']}",
        )
        for one in objects
    ]  # fmt: skip


def _their_containers(lines: Lines) -> list[Row]:
    return [
        tuple(one.rstrip() for one in columns(line, 15, 16, 20, 13)[:4]) for line in lines[2:] if line.strip()
    ]


def _our_containers(objects: Objects) -> list[Row]:
    widths = (("type", 15), ("image", 16), ("name", 20), ("id", 13))
    return [tuple(cut(one[name], width) for name, width in widths) for one in objects]


def _shells(lines: Lines) -> list[Row]:
    return [(int(line),) for line in dict.fromkeys(lines) if line.isdigit()]


def _our_shells(objects: Objects) -> list[Row]:
    return [(one["shell"],) for one in objects]


def _as_rows(answer: Iterable[Any]) -> list[Row]:
    return [tuple(one) for one in answer]


SHAPES: dict[str, Shape] = {
    "fdcount_by": Shape(_counts, _table),
    **dict.fromkeys(("iobytes", "iobytes_file", "iobytes_net"), Shape(_rates, _our_rates)),
    "scallslower": Shape(_slow, _our_slow),
    **dict.fromkeys(("fileslower", "netlower"), Shape(_slow_io, _our_slow_io)),
    "bottlenecks": Shape(_slowest, _our_slowest),
    "echo_fds": Shape(_echo, _our_echo),
    **dict.fromkeys(("spy_ip", "spy_port"), Shape(_spied, _our_spied, options=("-b",))),
    "spy_file": Shape(_spied_files, _our_spied_files),
    **dict.fromkeys(("stdin", "stdout", "stderr"), Shape(_lines, _our_lines)),
    "httplog": Shape(_requests, _our_requests),
    "memcachelog": Shape(_cached, _our_cached),
    "proc_exec_time": Shape(_ended, _our_ended),
    "spy_users": Shape(_typed, _our_typed),
    "spy_logs": Shape(_lines, _our_logged),
    "spy_syslog": Shape(_lines, _our_syslog),
    "lsof": Shape(_listed(20, 8, 8, 8, 8, 12), _our_open, ordered=False),
    "ps": Shape(_listed(8, 8, 12, 11, 11, 10), _our_processes),
    "netstat": Shape(_listed(6, 25, 25, 15), _our_sockets, ordered=False),
    "lscontainers": Shape(_their_containers, _our_containers, ordered=False),
    "list_login_shells": Shape(_shells, _our_shells),
}
"""Chisels whose text is read; the lists of sums are :func:`table_shape`."""


def table_shape(chisel: str, arguments: str) -> Shape:
    """How a list of sums is compared."""
    if chisel != "httptop":
        return Shape(_as_rows, _table)
    name = {"time": "mean_latency_ns", "bytes": "total_bytes"}.get(arguments, "count")
    return Shape(_as_rows, _top_requests(name))
