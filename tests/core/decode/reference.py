"""The reference's lines for a capture, and why one of ours may differ from its line."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta, timezone, tzinfo
from pathlib import Path

import numpy as np
import pytest

from hopscope.decode.event_table import EVENTS, codes_named
from hopscope.decode.render import Argument, decoded_args, line_fields
from hopscope.formats import DEFAULT, Printer, compile_format
from hopscope.store.store import Store

CONNECT_EXITS = {code for code in codes_named("connect") if code & 1}
IN_PROGRESS = -115
QUARTER = 15 * 60

_KERNEL_ADDRESSES = re.compile(r"[0-9a-f]+->[0-9a-f]+ .*")


@dataclass(frozen=True)
class Difference:
    """A line that is not as the reference prints it."""

    row: int
    ours: str
    theirs: str


def printed_by_its_recorder(capture: Path) -> Path:
    """What the reference that recorded a capture prints for it, where that lies beside the capture."""
    return capture.with_suffix(".print.gz")


def reference_lines(capture: Path) -> dict[int, str]:
    """Lines by event number: of the print beside the capture, else of the installed sysdig."""
    print_file = printed_by_its_recorder(capture)
    if print_file.exists():
        printed = gzip.decompress(print_file.read_bytes())
    else:
        environment = os.environ | {"TZ": "UTC"}
        run = subprocess.run(
            ["sysdig", "-r", str(capture)], env=environment, capture_output=True, check=False, timeout=120
        )
        printed = run.stdout
    lines = printed.decode("utf-8", "surrogateescape").split("\n")
    return {int(line.split(" ", 1)[0]): line for line in lines if line}


def zone_of(store: Store, lines: dict[int, str]) -> tzinfo:
    """The time zone in which lines were printed, by the first of them."""
    number = next(iter(lines), None)
    if number is None:
        return UTC
    hours, minutes, seconds = lines[number].split(" ")[1].split(":")
    theirs = int(hours) * 3600 + int(minutes) * 60 + int(seconds.split(".")[0])
    ours = int(store.time[store.row_of(number)]) // 1_000_000_000 % 86_400
    quarters = round(((theirs - ours + 43_200) % 86_400 - 43_200) / QUARTER)
    return timezone(timedelta(seconds=quarters * QUARTER))


def differences(store: Store, lines: dict[int, str], zone: tzinfo) -> Iterator[Difference]:
    """Shown events whose line differs, apart from blanks at its end. A missing line is empty."""
    missing = dict(lines)
    rows = np.flatnonzero(~store.hidden)
    with _local_zone(zone):
        printed = list(Printer(store, compile_format(DEFAULT)).lines(rows))
    for row, ours in zip(rows.tolist(), printed, strict=True):
        theirs = missing.pop(int(store.number[row]), "")
        if ours.rstrip() != theirs.rstrip():
            yield Difference(row, ours, theirs)
    for theirs in missing.values():
        yield Difference(-1, "", theirs)


@contextmanager
def _local_zone(zone: tzinfo) -> Iterator[None]:
    """Lines are printed in the local zone."""
    minutes = round((zone.utcoffset(None) or timedelta()).total_seconds()) // 60
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", f"<ZONE>{'-' if minutes >= 0 else '+'}{abs(minutes) // 60}:{abs(minutes) % 60:02}")
        time.tzset()
        yield
    time.tzset()


def deviation(store: Store, found: Difference, zone: tzinfo) -> str:
    """Name of the deviation in ``docs/deviations.md`` that explains a difference; empty without one.

    Only the program and what stands in brackets behind descriptors and threads may differ, everything
    else in the line must be equal. If several of them differ each must have its reason.
    """
    if found.row < 0:
        return ""
    arguments = decoded_args(store, found.row, zone)
    match = re.fullmatch(_pattern(store, found, arguments, zone), found.theirs.rstrip())
    if match is None:
        return ""
    program, *resolved = match.groups(default="")
    reasons = []
    fields = line_fields(store, found.row, zone)
    if program != fields["proc.name"]:
        reasons.append(_why_thread(store, found.row, int(store.tid[found.row]), program))
    for argument, theirs in zip((one for one in arguments if _may_differ(one)), resolved, strict=True):
        if argument.resolved != theirs:
            reasons.append(_why_argument(store, found.row, argument, theirs))
    return reasons[0] if reasons and all(reasons) else ""


def _may_differ(argument: Argument) -> bool:
    return argument.type in {"FD", "FD32", "PID", "PID32"}


def _pattern(store: Store, found: Difference, arguments: list[Argument], zone: tzinfo) -> str:
    fields = line_fields(store, found.row, zone)
    number, moment, cpu, _, tid, direction, name, _ = fields.values()
    before, after = f"{number} {moment} {cpu} ", f" ({tid}) {direction} {name} "
    parts = [
        re.escape(f"{one.name}={one.text}") + r"(?:\((.*?)\))?" if _may_differ(one) else re.escape(str(one))
        for one in arguments
    ]
    text = " ".join(parts)
    while text.endswith("\\ "):
        text = text[:-2]
    return re.escape(before) + "(.*?)" + re.escape(after) + text


def _why_argument(store: Store, row: int, argument: Argument, theirs: str) -> str:
    if not isinstance(argument.value, int):
        return ""
    if argument.type.startswith("PID"):
        return _why_thread(store, row, argument.value, theirs)
    return _why_descriptor(store, row, argument.value, theirs)


def _why_descriptor(store: Store, row: int, fd: int, theirs: str) -> str:
    found = store.descriptor_at(int(store.thread[row]), fd, row)
    if found < 0:
        return ""
    kind, l4 = store.descriptors.kind[found], store.descriptors.l4[found]
    letters, _, name = theirs.removeprefix("<").partition(">")
    if kind in {"ipv4", "ipv6"} and (l4 == "udp" or letters in {"4u", "6u"}):
        return "datagram-name"
    if kind == "unix" and _KERNEL_ADDRESSES.fullmatch(name):
        return "unix-name"
    if kind == "unix" and not name and _failed_to_connect(store, found):
        return "failed-connect"
    return ""


def _failed_to_connect(store: Store, descriptor: int) -> bool:
    rows = store.rows_of_descriptor_life(int(store.descriptors.life[descriptor]))
    exits = rows[np.isin(store.code[rows], list(CONNECT_EXITS))]
    results = store.result[exits]
    return bool(np.any((results < 0) & (results != IN_PROGRESS)))


def _why_thread(store: Store, row: int, tid: int, theirs: str) -> str:
    """``vfork-child`` where the reference still names a thread that a vfork made and that has ended."""
    threads = store.threads
    ended = np.flatnonzero((threads.tid == tid) & (threads.died >= 0) & (threads.died < row))
    by_vfork = [
        one for one in ended.tolist() if threads.born[one] >= 0 and _is_vfork(store, threads.born[one])
    ]
    return "vfork-child" if any(threads.comm[one] == theirs for one in by_vfork) else ""


def _is_vfork(store: Store, row: int) -> bool:
    return EVENTS[int(store.code[row])].name == "vfork"
