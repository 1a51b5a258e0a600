"""Requests that a process sent again because they had failed or had not been answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from hopscope.conversation.messages import KINDS, PROTOCOLS
from hopscope.conversation.transfers import RECEIVE, SEND
from hopscope.findings.case import Case
from hopscope.findings.finding import Finding, Part, Rule
from hopscope.findings.origins import for_the_same
from hopscope.findings.spans import spans_of
from hopscope.findings.words import listed, times
from hopscope.protocols.message import REQUEST
from hopscope.store.tables import NONE

LONGEST_PAUSE = 60_000_000_000
"""ns; what is asked again later than this after a failure is a request of its own."""

WORTH_RETRYING = frozenset({408, 421, 425, 429})
"""HTTP statuses below 500 that ask for another attempt (RFC 9110, 6585, 8470)."""

HTTP = ("http", "http2")
ELSEWHERE = ("dns",)
"""Protocols whose repetitions other rules tell."""

MOST_CITED = 8

_NAMES = np.array(PROTOCOLS)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A request that was sent.

    Attributes:
        message: its number.
        first, last: event rows of its first byte and of its answer, without one of its last byte.
        outcome: what the answer said, empty without one.
        failed: whether another attempt makes sense.
    """

    message: int
    first: int
    last: int
    outcome: str
    failed: bool


def _find(case: Case) -> Iterator[Finding]:
    messages = case.messages
    asks = (messages.direction == SEND) & (messages.kind == KINDS.index(REQUEST))
    sent = np.flatnonzero(asks & ~np.isin(_NAMES[messages.protocol], ELSEWHERE))
    failed = _worth_retrying(case, sent)
    hopeless = {_key(case, one) for one in sent[failed].tolist()}
    if not hopeless:
        return
    chains: dict[tuple[int, str, str, int], list[list[_Attempt]]] = {}
    for one, fails in zip(sent.tolist(), failed.tolist(), strict=True):
        key = _key(case, one)
        if key not in hopeless:
            continue
        attempt, own = _attempt(case, one, fails), chains.setdefault(key, [])
        if own and own[-1][-1].failed and _follows(case, own[-1][-1], attempt):
            own[-1].append(attempt)
        else:
            own.append([attempt])
    for found in chains.values():
        yield from (_finding(case, chain) for chain in found if len(chain) > 1)


def _worth_retrying(case: Case, sent: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which requests were not answered, or so that another attempt makes sense."""
    messages = case.messages
    response = messages.partner[sent]
    told = response != NONE
    status = messages.status[response]
    http = np.isin(_NAMES[messages.protocol[sent]], HTTP)
    fails = messages.failed[response] & told
    fails &= ~http | (status >= 500) | np.isin(status, list(WORTH_RETRYING))
    silent = np.flatnonzero(~told)
    fails[silent] = [not _anything_back(case, one) for one in sent[silent].tolist()]
    return np.asarray(fails)


def _anything_back(case: Case, request: int) -> bool:
    """Whether bytes came back on the connection after a request that no answer was read for."""
    heard = case.streams.of_channel(int(case.messages.channel[request]), RECEIVE)
    heard = heard[case.streams.transfers.size[heard] != 0]
    return bool((heard > case.messages.last[request]).any())


def _key(case: Case, request: int) -> tuple[int, str, str, int]:
    """Process, protocol, what is asked for, and the port: another attempt may go to another server."""
    messages = case.messages
    address = case.server_address(request)
    port = address[1] if address is not None else 0
    protocol = PROTOCOLS[messages.protocol[request]]
    return case.process(messages.row(request)), protocol, messages.texts[request].subject, port


def _attempt(case: Case, request: int, failed: bool) -> _Attempt:
    messages = case.messages
    response = int(messages.partner[request])
    rows = messages.rows(response if response != NONE else request)
    outcome = messages.texts[response].outcome if response != NONE else ""
    return _Attempt(request, messages.row(request), int(rows[-1]), outcome, failed)


def _follows(case: Case, last: _Attempt, one: _Attempt) -> bool:
    """Whether a request can be another attempt: it was sent when the one before had come to nothing."""
    since = last.last if last.outcome else last.first
    return 0 < case.time(one.first) - case.time(since) <= LONGEST_PAUSE and for_the_same(
        case, last.first, one.first
    )


def _finding(case: Case, chain: list[_Attempt]) -> Finding:
    subject = case.messages.texts[chain[0].message].subject
    servers = [one for one in dict.fromkeys(case.server_of(one.message) for one in chain) if one]
    place = f" to {listed(servers)}" if servers else ""
    told = ", then ".join(
        said if count == 1 else f"{said} {times(count)}"
        for said, count in ((said, len(list(same))) for said, same in groupby(chain, _said))
    )
    rows = list(dict.fromkeys(row for one in chain for row in (one.first, one.last)))
    parts = tuple(
        Part((one.first, after.first), case.time(one.first), case.time(after.first))
        for one, after in pairwise(chain)
    )
    end = ", and was given up" if chain[-1].failed else ""
    return Finding(
        f"{subject} was sent {len(chain)} times{place}: {told}{end}",
        chain[0].first,
        tuple(rows[:MOST_CITED]),
        rows=np.unique(np.array(rows, np.int64)),
        spans=spans_of((part.start, part.stop) for part in parts),
        parts=parts,
    )


def _said(attempt: _Attempt) -> str:
    return attempt.outcome or "no answer"


RULE = Rule(
    name="retried",
    title="Requests that were sent again",
    evidence=(
        "the attempts of one process for the same, each within a minute after the one before got no answer, "
        "a failure, or for HTTP a status of 5xx, 408, 421, 425 or 429; those for the sake of different "
        "received requests are none"
    ),
    lost="from the first attempt to the beginning of the last one",
    find=_find,
)
