"""Names that were looked up with the endings of a search list before they were looked up as given.

A resolver tries the search list first where a name has fewer dots than ``ndots`` (resolv.conf(5)).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from hopscope.conversation.file_accesses import READ, opens_of
from hopscope.findings.case import Case
from hopscope.findings.finding import Finding, Rule
from hopscope.findings.spans import spans_of
from hopscope.store.tables import NONE
from hopscope.views.text import format_duration

CONFIGURATION = "/etc/resolv.conf"
DOTS = 1
"""``ndots`` where the file does not say."""

MOST_DOTS = 15
"""Larger values of ``ndots`` count as this (resolv.conf(5))."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a process read: endings, number of dots, and the event row of the read."""

    row: int
    search: tuple[str, ...]
    ndots: int


@dataclass(slots=True)
class _Lookup:
    """A name as it was asked for.

    Attributes:
        begin: event row of its first query; of what was sent last before the answer where no bytes tell.
        last: event row of its last message.
        worked: whether an answer had records or at least no error.
        rows: of its messages.
    """

    begin: int
    last: int
    worked: bool
    rows: list[int]


def parse(text: bytes) -> tuple[tuple[str, ...], int]:
    """Endings of the search list and ``ndots`` of a resolv.conf; the last of each kind of line counts."""
    search: tuple[str, ...] = ()
    ndots = DOTS
    for line in text.decode("utf-8", "replace").splitlines():
        word, *values = line.partition("#")[0].partition(";")[0].split()[:64] or [""]
        if word in ("search", "domain") and values:
            wanted = values if word == "search" else values[:1]
            search = tuple(one.strip(".").lower() for one in wanted if one.strip("."))
        elif word == "options":
            for value in values:
                name, _, number = value.partition(":")
                if name == "ndots" and number.isascii() and number.isdigit():
                    ndots = min(int(number[:9]), MOST_DOTS)
    return search, ndots


def configurations(case: Case) -> dict[int, list[Configuration]]:
    """What each process read of its resolv.conf, in order of time, by its life."""
    store = case.store
    table = store.descriptors
    found: dict[int, list[Configuration]] = {}
    for path in sorted({name for name in table.name if name.endswith(CONFIGURATION)}):
        for opened in opens_of(case.streams, path):
            readers: dict[int, tuple[bytearray, int]] = {}
            for access in opened.accesses:
                if access.kind != READ or not access.recorded:
                    continue
                process = case.process(access.row)
                text, row = readers.setdefault(process, (bytearray(), access.row))
                if access.offset == len(text):
                    text += store.data[access.data_at : access.data_at + access.recorded].tobytes()
            for process, (text, row) in readers.items():
                search, ndots = parse(bytes(text))
                found.setdefault(process, []).append(Configuration(row, search, ndots))
    for several in found.values():
        several.sort(key=lambda one: one.row)
    return found


def _find(case: Case) -> Iterator[Finding]:
    known = configurations(case)
    if not known:
        return
    for process, lookups in _lookups(case, set(known)).items():
        used: set[str] = set()
        for name, first in list(lookups.items()):
            configuration = _at(known[process], first.begin)
            if name in used or configuration is None:
                continue
            typed = _typed(name, configuration)
            if typed is None:
                continue
            tried = [f"{typed}.{ending}" for ending in configuration.search]
            chain = [(one, lookups[one]) for one in tried if one in lookups]
            itself = lookups.get(typed)
            if itself is not None:
                chain = [one for one in chain if one[1].begin < itself.begin]
            failed = [one for one, lookup in chain if not lookup.worked]
            if not failed or (itself is None and len(failed) < len(chain)):
                continue
            used.update(one for one, _ in chain)
            used.add(typed)
            yield _finding(case, typed, configuration, chain, itself)


def _typed(name: str, configuration: Configuration) -> str | None:
    """The name that was given, where this is it with the first ending of the list; None for others."""
    if not configuration.search or not name.endswith("." + configuration.search[0]):
        return None
    typed = name[: -len(configuration.search[0]) - 1]
    return typed if typed and typed.count(".") < configuration.ndots else None


def _at(known: list[Configuration], row: int) -> Configuration | None:
    """What was read last before an event row."""
    place = bisect_right([one.row for one in known], row)
    return known[place - 1] if place else None


def _lookups(case: Case, processes: set[int]) -> dict[int, dict[str, _Lookup]]:
    """The names that these processes asked for, in order of time, by process."""
    messages = case.messages
    found: dict[int, dict[str, _Lookup]] = {}
    for one in case.of_protocol("dns"):
        asks, row = case.is_request(one), messages.row(one)
        process = case.process(row)
        if asks != case.sent(one) or process not in processes:
            continue
        name = messages.texts[one].subject.split(" ", 2)[2].lower().rstrip(".")
        lookups = found.setdefault(process, {})
        lookup = lookups.get(name)
        if lookup is None:
            begin = row if asks else case.asked_at(one)
            lookup = lookups[name] = _Lookup(row if begin == NONE else begin, row, False, [])
        lookup.rows.append(row)
        lookup.last = row
        lookup.worked |= not asks and not bool(messages.failed[one])
    return found


def _finding(
    case: Case,
    typed: str,
    configuration: Configuration,
    chain: list[tuple[str, _Lookup]],
    itself: _Lookup | None,
) -> Finding:
    start = case.time(chain[0][1].begin)
    stop = case.time(itself.begin if itself is not None else max(one.last for _, one in chain))
    dots = typed.count(".")
    number = case.store.number[configuration.row]
    sentence = (
        f"{typed} was looked up as {', '.join(name for name, _ in chain)} before itself, which took "
        f"{format_duration(stop - start)}: it has {dots} dot{'' if dots == 1 else 's'}, ndots is "
        f"{configuration.ndots} and the search list {' '.join(configuration.search)} "
        f"in {CONFIGURATION} as read at event {number}"
    )
    if itself is None:
        sentence = sentence.replace(" before itself,", ", and never as itself,", 1)
    rows = [configuration.row]
    for _, lookup in chain:
        rows += [lookup.begin, *lookup.rows]
    if itself is not None:
        rows += [itself.begin, *itself.rows]
    return Finding(sentence, chain[0][1].rows[0], tuple(dict.fromkeys(rows)), spans=spans_of([(start, stop)]))


RULE = Rule(
    name="search-list",
    title="A name looked up through a search list before itself",
    evidence="the read of /etc/resolv.conf by the same process, and the messages for each name tried",
    lost="from the first name tried to the moment when the name itself was asked for",
    find=_find,
)
