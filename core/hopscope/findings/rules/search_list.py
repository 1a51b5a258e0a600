"""Names that were looked up with the endings of a search list before they were looked up as given.

A resolver tries the search list first where a name has fewer dots than ``ndots`` (resolv.conf(5)).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from hopscope.conversation.file_accesses import READ, opens_of
from hopscope.findings.case import Case
from hopscope.findings.finding import Finding, Rule
from hopscope.findings.spans import length, spans_of, union
from hopscope.findings.words import times
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
    """A name as it was asked for once.

    Attributes:
        name: lower case, without a final dot.
        begin: event row of its first query; of what was sent last before the answer where no bytes tell.
        last: event row of its last message.
        answered: whether there was an answer.
        worked: whether there was one without an error.
        rows: of its messages.
    """

    name: str
    begin: int
    last: int
    answered: bool = False
    worked: bool = False
    rows: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Detour:
    """The names that were tried, and the one that was meant; None where that was never asked for."""

    chain: list[_Lookup]
    itself: _Lookup | None


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
        found: dict[tuple[str, Configuration], list[_Detour]] = {}
        used: set[int] = set()
        by_name: dict[str, list[int]] = {}
        for place, lookup in enumerate(lookups):
            by_name.setdefault(lookup.name, []).append(place)
        for place, lookup in enumerate(lookups):
            configuration = _at(known[process], lookup.begin)
            typed = _typed(lookup.name, configuration) if configuration is not None else None
            if typed is None or configuration is None or place in used:
                continue
            detour, places = _detour(lookups, by_name, place, typed, configuration.search)
            if detour is not None:
                used.update(places)
                found.setdefault((typed, configuration), []).append(detour)
        for (typed, configuration), detours in found.items():
            yield _finding(case, typed, configuration, detours)


def _detour(
    lookups: list[_Lookup], by_name: dict[str, list[int]], first: int, typed: str, search: tuple[str, ...]
) -> tuple[_Detour | None, list[int]]:
    """What was tried from a lookup on until the name itself, or the same name once more, was asked for."""
    again = _following(by_name[lookups[first].name], first + 1)
    end = _following(by_name.get(typed, []), first + 1)
    itself = lookups[end] if end != NONE and (again == NONE or end < again) else None
    until = end if itself is not None else again if again != NONE else len(lookups)
    places = [first]
    for ending in search[1:]:
        place = _following(by_name.get(f"{typed}.{ending}", []), places[-1] + 1)
        if place != NONE and place < until:
            places.append(place)
    chain = [lookups[place] for place in places]
    failed = sum(not one.worked for one in chain)
    if not failed or (itself is None and failed < len(chain)):
        return None, []
    return _Detour(chain, itself), places if itself is None else [*places, end]


def _following(places: list[int], start: int) -> int:
    """The first of ascending places that is not before another, NONE."""
    at = bisect_left(places, start)
    return places[at] if at < len(places) else NONE


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


def _lookups(case: Case, processes: set[int]) -> dict[int, list[_Lookup]]:
    """The names that these processes asked for, in order of time, by process.

    A name that is asked for again after its answer, and after another name was, is another lookup.
    """
    messages = case.messages
    found: dict[int, list[_Lookup]] = {}
    latest: dict[tuple[int, str], _Lookup] = {}
    for one in case.of_protocol("dns"):
        asks, row = case.is_request(one), messages.row(one)
        process = case.process(row)
        if asks != case.sent(one) or process not in processes:
            continue
        name = messages.texts[one].subject.split(" ", 2)[2].lower().rstrip(".")
        lookups = found.setdefault(process, [])
        lookup = latest.get((process, name))
        begin = row if asks else case.asked_at(one)
        begin = row if begin == NONE else begin
        if lookup is None or (lookup.answered and begin > lookup.last and lookups[-1] is not lookup):
            lookup = latest[process, name] = _Lookup(name, begin, row)
            lookups.append(lookup)
        lookup.rows.append(row)
        lookup.last = row
        lookup.answered |= not asks
        lookup.worked |= not asks and not bool(messages.failed[one])
    return found


def _finding(case: Case, typed: str, configuration: Configuration, detours: list[_Detour]) -> Finding:
    spans = spans_of(_span(case, one) for one in detours)
    dots = typed.count(".")
    tried = ", ".join(one.name for one in detours[0].chain)
    before = " before itself" if detours[0].itself is not None else " and never as itself"
    often = f", {times(len(detours))}" if len(detours) > 1 else ""
    took = format_duration(length(union(spans)))
    sentence = (
        f"{typed} was looked up as {tried}{before}{often}, which took {took}: "
        f"it has {dots} dot{'' if dots == 1 else 's'}, ndots is {configuration.ndots} and the search list "
        f"{' '.join(configuration.search)} in {CONFIGURATION} as read at event "
        f"{case.store.number[configuration.row]}"
    )
    cited = [[configuration.row], *map(_rows, detours)]
    return Finding(
        sentence,
        detours[0].chain[0].rows[0],
        tuple(dict.fromkeys([*cited[0], *cited[1]])),
        rows=np.array([row for rows in cited for row in rows], np.int64),
        spans=spans,
    )


def _span(case: Case, detour: _Detour) -> tuple[int, int]:
    """From the first name that was tried to the name itself, or the last answer."""
    itself = detour.itself
    last = itself.begin if itself is not None else max(one.last for one in detour.chain)
    return case.time(detour.chain[0].begin), case.time(last)


def _rows(detour: _Detour) -> list[int]:
    lookups = detour.chain if detour.itself is None else [*detour.chain, detour.itself]
    return [row for one in lookups for row in (one.begin, *one.rows)]


RULE = Rule(
    name="search-list",
    title="A name looked up through a search list before itself",
    evidence="the read of /etc/resolv.conf by the same process, and the messages for each name tried",
    lost="from the first name tried to the moment when the name itself was asked for",
    find=_find,
)
