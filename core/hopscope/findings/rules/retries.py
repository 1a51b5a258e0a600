"""Requests that a process sent again because they had failed or had not been answered."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hopscope.conversation.messages import PROTOCOLS
from hopscope.findings.case import Case
from hopscope.findings.finding import Finding, Part, Rule
from hopscope.findings.origins import MOST_SPANS
from hopscope.findings.spans import spans_of as time_spans_of
from hopscope.findings.words import listed, times
from hopscope.spans import SENT, links_of, spans_of
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


def _find(case: Case) -> Iterator[Finding]:
    spans = spans_of(case.store)
    sent = np.flatnonzero((spans.kind == SENT) & (spans.request != NONE))
    protocol = case.messages.protocol[spans.request[sent]]
    sent = sent[~np.isin(_NAMES[protocol], ELSEWHERE)]
    failed = _worth_retrying(case, sent)
    if not failed.any():
        return
    hopeless = {_key(case, one) for one in sent[failed].tolist()}
    chains: dict[tuple[int, str, str, int], list[list[int]]] = {}
    failing = dict(zip(sent.tolist(), failed.tolist(), strict=True))
    for one in sent.tolist():
        key = _key(case, one)
        if key not in hopeless:
            continue
        own = chains.setdefault(key, [])
        last = own[-1][-1] if own else NONE
        if own and failing[last] and _follows(case, last, one) and _for_the_same(case, last, one):
            own[-1].append(one)
        else:
            own.append([one])
    for found in chains.values():
        for chain in found:
            if len(chain) > 1:
                yield _finding(case, chain, failing)


def _worth_retrying(case: Case, sent: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which requests were not answered, or so that another attempt makes sense."""
    spans, messages = spans_of(case.store), case.messages
    response = spans.response[sent]
    told = response != NONE
    status = messages.status[response]
    http = np.isin(_NAMES[messages.protocol[spans.request[sent]]], HTTP)
    fails = messages.failed[response] & told
    fails &= ~http | (status >= 500) | np.isin(status, list(WORTH_RETRYING))
    return np.asarray(fails | (spans.answered[sent] == NONE))


def _key(case: Case, span: int) -> tuple[int, str, str, int]:
    """Process, protocol, what is asked for, and the port: another attempt may go to another server."""
    spans = spans_of(case.store)
    request = int(spans.request[span])
    subject, address = case.messages.texts[request].subject, case.server_address(request)
    port = address[1] if address is not None else 0
    return int(spans.process[span]), PROTOCOLS[case.messages.protocol[request]], subject, port


def _follows(case: Case, last: int, one: int) -> bool:
    """Whether a request can be another attempt: it was sent when the one before had come to nothing."""
    spans = spans_of(case.store)
    answered = int(spans.response[last]) != NONE
    begun, over = int(spans.start[one]), int(spans.stop[last])
    if not answered:
        # Nobody waits for two answers on one connection; on another one the first attempt may be still open.
        return 0 < begun - int(spans.start[last]) <= LONGEST_PAUSE
    return 0 <= begun - over <= LONGEST_PAUSE


def _for_the_same(case: Case, last: int, one: int) -> bool:
    """Whether two requests were not for the sake of different ones, as those of a proxy may be."""
    spans = spans_of(case.store)
    if len(spans.of_process(int(spans.process[one]))) > MOST_SPANS:
        return True
    links = links_of(case.store)
    return links.cause(last) == links.cause(one)


def _finding(case: Case, chain: list[int], failing: dict[int, bool]) -> Finding:
    spans, messages = spans_of(case.store), case.messages
    subject = messages.texts[int(spans.request[chain[0]])].subject
    servers = list(dict.fromkeys(case.server_of(int(spans.request[one])) for one in chain))
    place = f" to {listed([one for one in servers if one])}" if any(servers) else ""
    outcomes: list[tuple[str, int]] = []
    for one in chain:
        response = int(spans.response[one])
        said = messages.texts[response].outcome if response != NONE else "no answer"
        if outcomes and outcomes[-1][0] == said:
            outcomes[-1] = said, outcomes[-1][1] + 1
        else:
            outcomes.append((said, 1))
    told = ", then ".join(f"{said}{' ' + times(count) if count > 1 else ''}" for said, count in outcomes)
    rows = list(dict.fromkeys(int(row) for one in chain for row in (spans.first[one], spans.last[one])))
    parts = tuple(
        Part((int(spans.first[one]), int(spans.first[after])), int(spans.start[one]), int(spans.start[after]))
        for one, after in pairwise(chain)
    )
    end = "" if not failing[chain[-1]] else ", and was given up"
    return Finding(
        f"{subject} was sent {len(chain)} times{place}: {told}{end}",
        int(spans.first[chain[0]]),
        tuple(rows[:MOST_CITED]),
        rows=np.unique(np.array(rows, np.int64)),
        spans=time_spans_of((part.start, part.stop) for part in parts),
        parts=parts,
    )


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
