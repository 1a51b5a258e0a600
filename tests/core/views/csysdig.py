"""What csysdig shows for a view, and how it compares with ours.

csysdig's JSON has totals where its screen has rates, and one row for each connection name where ours
has one for each end, so ours are added up by name before they are compared.
"""

from __future__ import annotations

import gzip
import json
import math
import os
import re
import subprocess
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from hopscope.store.store import Store
from hopscope.views import evaluate
from hopscope.views.attributes import Value

Row = dict[str, Value]


@dataclass(frozen=True)
class Compared:
    """A view that both have.

    Attributes:
        name: in csysdig.
        ours: name here.
        key: our column that csysdig groups by.
        sums: ``(title in csysdig, our column)`` of numbers that are added up.
        values: the same for those that one of our rows must have.
        times: the same for durations, which csysdig prints shortened.
        moments: True where a row is an event and ``key`` the column of its time, ``k`` a running number.
    """

    name: str
    ours: str
    key: str
    sums: tuple[tuple[str, str], ...]
    values: tuple[tuple[str, str], ...]
    times: tuple[tuple[str, str], ...] = ()
    moments: bool = False


_USED = (("FILE", "file_bytes"), ("NET", "net_bytes"))
_ERRORS = (
    ("FILE", "file_errors"), ("NET", "net_errors"), ("MEMORY", "memory_errors"), ("OTHER", "other_errors"),
)  # fmt: skip
_NAMED = (("CPU", "cpu"), ("VIRT", "virt"), ("RES", "res"))


def _cluster(name: str, key: str = "id", *named: tuple[str, str]) -> Compared:
    return Compared(name, name, key, sums=_USED, values=(*_NAMED, ("ID", "id"), *named))


_OBJECT = (("NAME", "name"), ("NAMESPACE", "namespace"), ("LABELS", "labels"))

COMPARED = (
    Compared(
        "containers", "containers", "id",
        sums=(("FILE", "file_bytes"), ("NET", "net_bytes"), ("VIRT", "virt"), ("RES", "res"),
              ("PROCS", "procs"), ("THREADS", "threads")),
        values=(("CPU", "cpu"), ("ENGINE", "engine"), ("IMAGE", "image"), ("ID", "id"), ("NAME", "name")),
    ),
    Compared(
        "procs", "processes", "pid",
        sums=(("FILE", "file_bytes"), ("NET", "net_bytes")),
        values=(("PID", "pid"), ("PPID", "ppid"), ("CPU", "cpu"), ("USER", "user"), ("TH", "th"),
                ("VIRT", "virt"), ("RES", "res"), ("Command", "command")),
    ),
    Compared(
        "connections", "connections", "name",
        sums=(("BPS IN", "bytes_in"), ("BPS OUT", "bytes_out"), ("IOPS", "events")),
        values=(("L4PROTO", "l4proto"), ("LIP", "lip"), ("LPORT", "lport"), ("RIP", "rip"),
                ("RPORT", "rport"), ("Command", "command")),
    ),
    Compared(
        "files", "files", "filename",
        sums=(("BYTES IN", "bytes_in"), ("BYTES OUT", "bytes_out"), ("OPS", "ops"), ("OPENS", "opens"),
              ("ERRORS", "errors")),
        values=(("FILENAME", "filename"),),
    ),
    Compared(
        "directories", "directories", "dirname",
        sums=(("BYTES IN", "bytes_in"), ("BYTES OUT", "bytes_out"), ("OPS", "ops"), ("OPENS", "opens"),
              ("ERRORS", "errors")),
        values=(("DIRNAME", "dirname"),),
    ),
    Compared(
        "threads", "threads", "tid", sums=_USED,
        values=(("PID", "pid"), ("TID", "tid"), ("CPU", "cpu"), ("Command", "command")),
    ),
    Compared(
        "procs_cpu", "processes_cpu", "pid", sums=(("SYSCALLS", "events"),),
        values=(("PID", "pid"), ("TOT", "cpu"), ("USER", "cpu_user"), ("SYS", "cpu_system"),
                ("Command", "command")),
    ),
    Compared(
        "procs_errors", "processes_errors", "pid", sums=_ERRORS,
        values=(("PID", "pid"), ("Command", "command")),
    ),
    Compared(
        "procs_fd_usage", "fd_usage", "pid", sums=(),
        values=(("PID", "pid"), ("OPEN", "open"), ("MAX", "limit"), ("PCT", "pct"), ("Command", "command")),
    ),
    Compared(
        "page_faults", "page_faults", "pid", sums=(),
        values=(("MAJOR", "major"), ("MINOR", "minor"), ("PID", "pid"), ("Command", "command")),
    ),
    Compared(
        "syscall_procs", "syscall_processes", "pid", sums=(("CALLS/S", "events"),),
        values=(("Command", "command"),), times=(("TIME", "total_time"),),
    ),
    Compared(
        "syscalls", "syscalls", "syscall", sums=(("CALLS/S", "events"),), values=(("SYSCALL", "syscall"),),
        times=(("TOT TIME", "total_time"), ("AVG TIME", "mean_time")),
    ),
    Compared("errors", "errors", "error", sums=(("COUNT", "count"),), values=(("ERROR", "error"),)),
    Compared(
        "io_by_type", "io_by_type", "type",
        sums=(("BPS IN", "bytes_in"), ("BPS OUT", "bytes_out"), ("IOPS", "events")),
        values=(("I/O Type", "type"),), times=(("TIME", "time"),),
    ),
    Compared(
        "sports", "server_ports", "sport",
        sums=(("BPS IN", "bytes_in"), ("BPS OUT", "bytes_out"), ("IO CALLS", "events")),
        values=(("SPORT", "sport"),),
    ),
    Compared(
        "backlog", "socket_queues", "port", sums=(),
        values=(("PID", "pid"), ("PORT", "port"), ("BACKLOG", "backlog"), ("BACKLOG_PCT", "backlog_pct"),
                ("BACKLOG_MAX", "backlog_max"), ("PROC", "process")),
    ),
    Compared(
        "containers_errors", "container_errors", "id", sums=_ERRORS,
        values=(("ENGINE", "engine"), ("ID", "id"), ("CONTAINER", "container")),
    ),
    Compared(
        "incoming_connections", "incoming_connections", "time", sums=(),
        values=(("Connection", "connection"), ("Command", "command")), moments=True,
    ),
    Compared(
        "file_opens", "file_opens", "time", sums=(),
        values=(("RES", "res"), ("FILE", "file"), ("Command", "command")), moments=True,
    ),
    Compared(
        "slow_io", "slow_io", "time", sums=(),
        values=(("FILENAME", "filename"), ("PID", "pid"), ("Command", "command")),
        times=(("LATENCY", "latency"),), moments=True,
    ),
    Compared(
        "spy_users", "spy_users", "time", sums=(),
        values=(("USER", "user"), ("SHELL", "shell"), ("Command", "command")), moments=True,
    ),
    Compared(
        "port_bindings", "port_bindings", "time", sums=(),
        values=(("OPERATION", "operation"), ("PORT", "port"), ("Command", "command")), moments=True,
    ),
    Compared(
        "spy_syslog", "syslog", "time", sums=(), values=(("PID", "pid"), ("MESSAGE", "message")), moments=True
    ),
    Compared("docker_events", "docker_events", "time", sums=(), values=(), moments=True),
    Compared("notifications", "notifications", "time", sums=(), values=(), moments=True),
    _cluster("kubernetes_pods", "id", *_OBJECT),
    _cluster("kubernetes_services", "id", *_OBJECT),
    _cluster("kubernetes_namespaces", "id", ("NAME", "name"), ("LABELS", "labels")),
    _cluster("kubernetes_deployments", "id", *_OBJECT),
    _cluster("kubernetes_replicasets", "id", *_OBJECT),
    _cluster("kubernetes_controllers", "id", *_OBJECT),
    _cluster("marathon_apps", "id", ("LABELS", "labels")),
    _cluster("marathon_groups", "name"),
    _cluster("mesos_frameworks", "name", ("NAME", "name")),
    _cluster("mesos_tasks", "id", ("NAME", "name"), ("LABELS", "labels")),
    Compared("traces_list", "traces_list", "time", sums=(), values=()),
    Compared("traces_summary", "traces_summary", "tag", sums=(), values=()),
    Compared("spans_list", "spans_list", "time", sums=(), values=()),
    Compared("spans_summary", "spans_summary", "tag", sums=(), values=()),
)  # fmt: skip
"""All views and all columns that both have, apart from the names of containers that ``-pc`` adds."""


@dataclass(frozen=True)
class Difference:
    """A cell in which the two differ, or a row that one of them does not have (column ``row``)."""

    view: str
    key: str
    column: str
    theirs: Value
    ours: Value


@dataclass
class Merged:
    """Rows of ours that csysdig has as one: sums of numbers, the different values of the rest."""

    sums: Counter[str] = field(default_factory=Counter)
    values: dict[str, set[Value]] = field(default_factory=lambda: defaultdict(set))


ANSWERS = Path(__file__).parent / "csysdig_answers"
"""What ``record_csysdig.py`` wrote down."""


@cache
def _recorded(capture: str) -> dict[str, dict[str, Row]]:
    answers: dict[str, dict[str, Row]] = json.loads(
        gzip.decompress((ANSWERS / f"{capture}.json.gz").read_bytes())
    )
    return answers


def csysdig_rows(capture: Path, view: str) -> dict[str, Row]:
    """The rows of a view by key, values by column title, as csysdig was recorded to give them."""
    return _recorded(capture.name)[view]


def without_blanks(rows: dict[str, Row]) -> dict[str, Row]:
    """The same rows without the blanks that fill columns."""
    return {
        key: {title: value.strip() if isinstance(value, str) else value for title, value in row.items()}
        for key, row in rows.items()
    }


def asked(capture: Path, view: str) -> dict[str, Row]:
    """The rows of a view by key, values by column title, as csysdig gives them now.

    What csysdig prints is not JSON: commas are missing between rows, so each line is read for itself.
    """
    output = subprocess.run(
        ["csysdig", "-r", str(capture), "-v", view, "-j"],
        capture_output=True,
        check=True,
        env={**os.environ, "TZ": "UTC"},
    ).stdout.decode(errors="replace")
    decoder = json.JSONDecoder()
    info = output[output.index('"legend":') + len('"legend":') :]
    titles = [column["name"] for column in decoder.raw_decode(info)[0]]
    rows = [decoder.raw_decode(line)[0] for line in output.splitlines() if line.startswith('{"d"')]
    return {row["k"]: dict(zip(titles, row["d"], strict=True)) for row in rows}


def our_rows(store: Store, compared: Compared) -> dict[str, Merged]:
    """Our rows put together by the column that csysdig groups by."""
    found: dict[str, Merged] = defaultdict(Merged)
    sums = {name for _, name in compared.sums}
    for row in evaluate(store, compared.ours).as_json():
        key = row[compared.key]
        merged = found[clock(key) if compared.moments and isinstance(key, int) else str(key)]
        for name, value in row.items():
            if name in sums:
                merged.sums[name] += int(value or 0)
            merged.values[name].add(value)
    return dict(found)


def differences(compared: Compared, theirs: dict[str, Row], ours: dict[str, Merged]) -> list[Difference]:
    """All cells in which the two differ, and the rows that only one of them has."""
    view = compared.name
    if compared.moments:
        theirs = _by_moment(theirs, sorted(ours))
    found = [Difference(view, key, "row", key, None) for key in theirs.keys() - ours.keys()]
    found += [Difference(view, key, "row", None, key) for key in ours.keys() - theirs.keys()]
    for key in theirs.keys() & ours.keys():
        row, merged = theirs[key], ours[key]
        for title, name in compared.sums:
            if row[title] != merged.sums[name]:
                found.append(Difference(view, key, title, row[title], merged.sums[name]))
        for title, name in compared.values:
            if not any(_same(row[title], value) for value in merged.values[name]):
                found.append(Difference(view, key, title, row[title], next(iter(merged.values[name]))))
        for title, name in compared.times:
            times = merged.values[name]
            if not any(same_time(str(row[title]), value) for value in times):
                found.append(Difference(view, key, title, row[title], next(iter(times))))
    return found


def _by_moment(theirs: dict[str, Row], ours: list[str]) -> dict[str, Row]:
    """Rows of events by their time; those without one by the times of ours in the same order."""
    in_order = sorted(theirs, key=int)
    if all("TIME" in row for row in theirs.values()):
        return {str(theirs[key]["TIME"]): theirs[key] for key in in_order}
    return {ours[i] if i < len(ours) else key: theirs[key] for i, key in enumerate(in_order)}


def clock(time: int) -> str:
    """A time in ns since 1970 as csysdig prints it in UTC."""
    seconds, nanoseconds = divmod(time, 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%H:%M:%S}.{nanoseconds:09d}"


_UNITS = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000}


def same_time(theirs: str, ours: Value) -> bool:
    """True where a duration shortened to three or four digits, or to minutes and seconds, can be ours."""
    if minutes := re.fullmatch(r"(\d+):(\d+)", theirs):
        unit, value = 1_000_000_000, (int(minutes[1]) * 60 + int(minutes[2])) * 1_000_000_000
    elif short := re.fullmatch(r"(\d+)(?:\.(\d+))?(ns|us|ms|s)", theirs):
        unit = _UNITS[short[3]] // 10 ** len(short[2] or "")
        value = (int(short[1]) * 10 ** len(short[2] or "") + int(short[2] or 0)) * unit
    else:
        return not theirs and not ours
    # Shortened by cutting; the last digit of a mean may differ.
    return isinstance(ours, int | float) and value - unit <= ours < value + 2 * unit


def _same(theirs: Value, ours: Value) -> bool:
    """Equal but for blanks at the end, the last digits of a fraction, and how a missing value is written."""
    if isinstance(theirs, float) and isinstance(ours, int | float):
        return math.isclose(theirs, ours)
    if isinstance(theirs, str) and isinstance(ours, int | float) and theirs.isdigit():
        return int(theirs) == int(ours)
    if isinstance(theirs, str) and isinstance(ours, str):
        return theirs.rstrip() == ours.rstrip()
    return theirs == ours or (ours is None and theirs in ("", -1))
