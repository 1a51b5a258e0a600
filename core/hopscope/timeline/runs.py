"""Which files belong to one machine, and which of them go on one after the other.

Files of one machine agree in its name, its CPUs and memory. Where the time of its start is known that decides
whether it is the same start; else the processes that both lists name do. Within one start a file goes on
where another ended: state continues over them. What overlaps in time is either a repetition, which is left
out, or a capture recorded at the same time, which keeps a state of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from hopscope.timeline.parts import Part

SAME_START = 30_000_000_000
"""ns within which two times of a machine's start are the same; they follow corrections of its clock."""

SAME_PROCESSES = 0.5
"""Part of the shorter list that two lists of processes of one start have in common."""

JITTER = 10_000_000
"""ns by which events of different CPUs may be out of order at the end of a file."""

LEAST_GAP = 100_000_000
"""A shorter stretch without events, in ns, is no gap."""

LONGER_PAUSE = 5
"""A gap is so many times longer than any other stretch without events in the files beside it."""

_MOST_DIGITS = 6
_MOST_NAMED = 3
_NUMBERED = re.compile(r"^(.*?)(\d+)([^\d]*)$", re.DOTALL)


@dataclass(slots=True)
class Run:
    """Files of one machine that go on one after the other.

    Attributes:
        host: place of the machine among all.
        parts: in the order of time.
    """

    host: int
    parts: list[Part]


@dataclass(slots=True)
class Machines:
    """The machines of all files, and their runs.

    Attributes:
        names: of the machines; a number behind tells those apart that call themselves the same.
        runs: in the order of machine and time.
        losses: sentences on events that are missing between files.
        notes: sentences on what else was found.
    """

    names: list[str] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def arrange(parts: Sequence[Part]) -> Machines:
    """Find out which files belong together. Sets what is skipped and missing at the start of each file."""
    hosts: list[list[list[Part]]] = []
    for part in sorted(parts, key=lambda one: (one.first, one.name)):
        _place(part, hosts)
    # The name decides the order, so that it does not depend on clocks that may be wrong.
    hosts.sort(key=lambda starts: (starts[0][0].hostname, starts[0][0].first))
    found = Machines(names=_names([starts[0][0].hostname for starts in hosts]))
    for host, starts in enumerate(hosts):
        for start in starts:
            found.runs.extend(Run(host, chain) for chain in _chains(start, found))
    return found


def _names(hostnames: list[str]) -> list[str]:
    names: list[str] = []
    for name in hostnames:
        wanted = name or "host"
        number = 1
        while wanted in names:
            number += 1
            wanted = f"{name or 'host'} ({number})"
        names.append(wanted)
    return names


# --- machines ------------------------------------------------------------------------------------


def _place(part: Part, hosts: list[list[list[Part]]]) -> None:
    """Put a file to the machine and start to which it belongs, or to new ones."""
    for starts in hosts:
        if not _may_be_same_machine(part, starts[0][0]):
            continue
        for start in starts:
            if _is_same_start(part, start[-1]):
                start.append(part)
                return
        if part.hostname and not any(_overlap(part, one) for start in starts for one in start):
            starts.append([part])
            return
    hosts.append([[part]])


def _may_be_same_machine(one: Part, other: Part) -> bool:
    if one.machine is None or other.machine is None:
        return one.machine is other.machine
    facts = [
        (part.machine.hostname, part.machine.cpus, part.machine.memory)
        for part in (one, other)
        if part.machine
    ]
    apart = one.addresses and other.addresses and not one.addresses & other.addresses
    return facts[0] == facts[1] and not apart


def _is_same_start(one: Part, other: Part) -> bool:
    starts = [part.machine.boot_time if part.machine else 0 for part in (one, other)]
    if all(starts):
        return abs(starts[0] - starts[1]) <= SAME_START
    fewer = min(len(one.known), len(other.known))
    if not fewer:
        return bool(one.hostname)
    return len(one.known & other.known) >= SAME_PROCESSES * fewer


def _overlap(one: Part, other: Part) -> bool:
    return one.first < other.last and other.first < one.last


# --- files that go on one after the other --------------------------------------------------------


def _chains(start: list[Part], found: Machines) -> list[list[Part]]:
    """Chains of files, each beginning where the one before ended."""
    chains: list[list[Part]] = []
    for part in start:
        chain = next((one for one in chains if _goes_on(part, one[-1])), None)
        if chain is None:
            chain = next((one for one in chains if _skip_repeated(part, one[-1], found)), None)
        if chain is None:
            if chains:
                before = chains[0][-1]
                shared = min(before.last, part.last) - part.first
                found.notes.append(
                    f"{part.name} and {before.name} were recorded at the same time, for {_seconds(shared)}: "
                    "what both recorded is there twice"
                )
            chains.append([part])
            continue
        _measure_gap(part, chain[-1], start, found)
        chain.append(part)
    return chains


def _goes_on(part: Part, before: Part) -> bool:
    return not before.last or not part.first or part.first >= before.last - JITTER


def _skip_repeated(part: Part, before: Part, found: Machines) -> bool:
    """Leave out events at the start of a file where all of them are in the one before; False otherwise."""
    repeated = part.times[
        : int(np.searchsorted(np.maximum.accumulate(part.times), before.last, side="right"))
    ]
    real = repeated[repeated > 0]
    first = np.flatnonzero(before.times == real[0])[:1] if len(real) else np.zeros(0, np.int64)
    if not len(first):
        return False
    tail = before.times[int(first[0]) :]
    if not np.array_equal(tail[tail > 0], real):
        return False
    part.skipped = len(repeated)
    found.notes.append(
        f"the first {len(real):,} events of {part.name} are the last ones of {before.name} and count once"
    )
    return True


def _measure_gap(part: Part, before: Part, all_parts: list[Part], found: Machines) -> None:
    """Set and say what is missing between two files."""
    if not part.first or not before.last:
        return
    pause = part.first - before.last
    usual = max(part.longest_pause, before.longest_pause)
    long = pause > max(LEAST_GAP, LONGER_PAUSE * usual)
    absent = _absent_between(before.name, part.name, {one.name for one in all_parts}, long)
    if long:
        part.missing = pause
        found.losses.append(f"{_seconds(pause)} are missing between {before.name} and {part.name}{absent}")
    elif absent and pause > 0:
        part.missing = pause
        found.losses.append(f"events may be missing between {before.name} and {part.name}{absent}")
    elif before.lost:
        part.missing = max(pause, 1)


def _absent_between(before: str, after: str, names: set[str], long: bool) -> str:
    """In words which parts of a ring are not there, by the numbers in the names of its files.

    Numbers may as well be times of the day. They count files where two of the files follow each other, or
    where time is missing and the count has only begun.
    """
    one, two = _NUMBERED.match(before), _NUMBERED.match(after)
    if one is None or two is None or (one[1], one[3]) != (two[1], two[3]) or len(one[2]) > _MOST_DIGITS:
        return ""
    alike = [
        match for match in map(_NUMBERED.match, names) if match and (match[1], match[3]) == (one[1], one[3])
    ]
    numbers = {int(match[2]) for match in alike if len(match[2]) <= _MOST_DIGITS}
    if not any(number + 1 in numbers for number in numbers) and not (long and min(numbers) <= 1):
        return ""
    width = len(one[2]) if one[2].startswith("0") else 0
    absent = [number for number in range(int(one[2]) + 1, int(two[2])) if number not in numbers]
    if not absent:
        return ""
    listed = ", ".join(f"{one[1]}{str(number).zfill(width)}{one[3]}" for number in absent[:_MOST_NAMED])
    more = f" and {len(absent) - _MOST_NAMED} more" if len(absent) > _MOST_NAMED else ""
    return f" ({listed}{more} {'are' if len(absent) > 1 else 'is'} not among the files)"


def _seconds(nanoseconds: int) -> str:
    return f"{nanoseconds / 1e9:,.3f} s"
