"""DNS queries to which no answer came, in rounds of retries, and who waited for them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from hopscope.findings.case import Case
from hopscope.findings.finding import Finding, Part, Rule
from hopscope.findings.spans import spans_of
from hopscope.findings.words import listed
from hopscope.store.tables import NONE
from hopscope.views.text import format_duration


@dataclass(slots=True)
class _Query:
    """A query that was sent.

    Attributes:
        message: its number.
        row: event row of its first byte.
        kind: ``A``, ``AAAA`` …
        start, stop: from when to when nobody answered, ns.
        ended: event row at which it was given up, asked again, or answered with a failure to whoever had
            asked the process; NONE where nothing tells.
        inquiry: the message of somebody for whose sake it was sent, NONE; STALE where that was over.
    """

    message: int
    row: int
    kind: str
    start: int
    stop: int
    ended: int
    inquiry: int


@dataclass(slots=True)
class _Round:
    """Queries for one name that were asked beside each other."""

    queries: list[_Query] = field(default_factory=list)


STALE = -2

LONGEST = 30_000_000_000
"""ns after which a query counts as given up in any case: resolvers wait no longer (resolv.conf(5))."""

MOST_OPEN = 64
"""So many received queries for the same are looked at, the latest ones."""


def _find(case: Case) -> Iterator[Finding]:
    inquiries = _inquiries(case)
    groups: dict[tuple[int, str, str, bool], list[_Query]] = {}
    for query, name in _unanswered(case, inquiries):
        key = case.process(query.row), name, case.server_of(query.message), query.inquiry == STALE
        groups.setdefault(key, []).append(query)
    heard = _clients(case) if groups else {}
    for (_, name, server, stale), queries in groups.items():
        yield _finding(case, name, server, queries, stale, heard)


def _unanswered(case: Case, inquiries: dict[tuple[int, str], list[int]]) -> Iterator[tuple[_Query, str]]:
    messages = case.messages
    asked = [
        one
        for one in case.of_protocol("dns")
        if case.is_request(one) and case.sent(one) and not _to_many(case, one)
    ]
    # A query that is asked a third time may repeat the first, so each is followed by the next of its kind.
    origins: dict[int, int] = {}
    latest: dict[int, int] = {}
    following: dict[int, int] = {}
    for one in asked:
        before = int(messages.repeats[one])
        origin = one if before == NONE else origins.get(before, before)
        origins[one] = origin
        if origin in latest:
            following[latest[origin]] = one
        latest[origin] = one
    for one in asked:
        repeated = following.get(one, NONE)
        if messages.partner[one] != NONE and repeated == NONE:
            continue
        row = messages.row(one)
        ended = messages.row(repeated) if repeated != NONE else NONE
        closed = _closed(case, one)
        if closed > row and (ended == NONE or closed < ended):
            ended = closed
        inquiry = _inquiry(case, one, inquiries)
        answer = int(messages.partner[inquiry]) if inquiry >= 0 else NONE
        if answer != NONE and (ended == NONE or messages.row(answer) < ended):
            ended = messages.row(answer)
        start, stop = case.time(row), case.time(ended) if ended != NONE else case.end
        if stop - start > LONGEST:
            stop, ended = start + LONGEST, NONE
        kind, name = _question(messages.texts[one].subject)
        yield _Query(one, row, kind, start, stop, ended, inquiry), name


def _to_many(case: Case, message: int) -> bool:
    """Whether a query went to a group address, where silence is an answer (RFC 6762, RFC 4795)."""
    address = case.server_address(message)
    if address is None or not address[0]:
        return False
    return address[0][0] == 0xFF if len(address[0]) == 16 else 224 <= address[0][0] < 240


def _closed(case: Case, message: int) -> int:
    """Row at which the socket of a message was closed by the last who had it, NONE."""
    channel = int(case.messages.channel[message])
    ends = case.streams.endpoints.rows
    last = ends[channel].last if 0 <= channel < len(ends) else NONE
    return last if 0 <= last < len(case.store) else NONE


def _question(subject: str) -> tuple[str, str]:
    """Type and name of ``DNS A web.example``."""
    _, kind, name = subject.split(" ", 2)
    return kind, name


def _inquiries(case: Case) -> dict[tuple[int, str], list[int]]:
    """Queries that processes received, by process and subject."""
    found: dict[tuple[int, str], list[int]] = {}
    for one in case.of_protocol("dns"):
        if case.is_request(one) and not case.sent(one):
            key = case.process(case.messages.row(one)), case.messages.texts[one].subject
            found.setdefault(key, []).append(one)
    return found


def _inquiry(case: Case, message: int, inquiries: dict[tuple[int, str], list[int]]) -> int:
    """The received query that was open when the process sent a query for the same, the first one."""
    messages = case.messages
    row = messages.row(message)
    same = inquiries.get((case.process(row), messages.texts[message].subject), [])
    known = same[: bisect_left(same, row, key=messages.row)][-MOST_OPEN:]
    for one in known:
        answer = int(messages.partner[one])
        if answer == NONE or messages.row(answer) > row:
            return one
    return STALE if known else NONE


def _finding(
    case: Case,
    name: str,
    server: str,
    queries: list[_Query],
    stale: bool,
    heard: dict[tuple[int, str], list[int]],
) -> Finding:
    rounds: list[_Round] = []
    for query in queries:
        if not rounds or query.kind in {one.kind for one in rounds[-1].queries}:
            rounds.append(_Round())
        rounds[-1].queries.append(query)
    parts = tuple(
        Part(
            tuple(dict.fromkeys(row for one in each.queries for row in (one.row, one.ended) if row != NONE)),
            min(one.start for one in each.queries),
            max(one.stop for one in each.queries),
        )
        for each in rounds
    )
    kinds = listed(sorted({one.kind for one in queries}))
    each = listed([format_duration(part.lost) for part in parts])
    count = "one round" if len(parts) == 1 else f"{len(parts)} rounds"
    sentence = f"no answer to DNS {kinds} {name} from {server} in {count} of queries, after {each}"
    if any(one.stop == case.end for one in queries):
        sentence += ", up to the end of the capture"
    rows = tuple(sorted({row for part in parts for row in part.rows}))
    if stale:
        sentence += "; whoever had asked for it had been answered already"
        return Finding(sentence, queries[0].row, rows, parts=parts)
    waiting = _waiting(case, queries, heard)
    if waiting:
        sentence += f"; {listed(list(dict.fromkeys(map(case.who, waiting.values()))))} waited for it"
    return Finding(
        sentence,
        queries[0].row,
        rows,
        rows=np.array([*rows, *waiting.values()], np.int64),
        spans=spans_of((part.start, part.stop) for part in parts),
        waiting=frozenset(waiting),
        parts=parts,
    )


def _waiting(case: Case, queries: list[_Query], heard: dict[tuple[int, str], list[int]]) -> dict[int, int]:
    """Processes for whose sake it was asked, with an event of theirs: those that asked or got the answer."""
    messages = case.messages
    found: dict[int, int] = {}
    own = case.process(queries[0].row)
    for query in queries:
        if query.inquiry < 0:
            continue
        answer = int(messages.partner[query.inquiry])
        until = messages.row(answer) if answer != NONE else len(case.store)
        for one in heard.get(_transaction(case, query.inquiry), ()):
            row = messages.row(one)
            # A request was sent before the answer was, an answer received after it.
            if case.process(row) != own and case.is_request(one) == (row < until):
                found.setdefault(case.process(row), row)
    return found


def _clients(case: Case) -> dict[tuple[int, str], list[int]]:
    """Messages as those saw them who asked, by transaction."""
    found: dict[tuple[int, str], list[int]] = {}
    for one in case.of_protocol("dns"):
        if case.is_request(one) == case.sent(one):
            found.setdefault(_transaction(case, one), []).append(one)
    return found


def _transaction(case: Case, message: int) -> tuple[int, str]:
    return int(case.messages.identifier[message]), case.messages.texts[message].subject


RULE = Rule(
    name="dns-unanswered",
    title="DNS queries without an answer",
    evidence=(
        "the queries, and where each was given up: the close of its socket, the next attempt, or the answer "
        "that the process gave to whoever had asked it; queries to group addresses do not count"
    ),
    lost="from the first query of a round until the last one was given up, at most 30 s for each query",
    find=_find,
)
