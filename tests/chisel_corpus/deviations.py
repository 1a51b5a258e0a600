"""Why answers differ: rows that only one side has, sorted by reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from chisel_corpus.cases import Case
from chisel_corpus.reference import TABLES
from chisel_corpus.rows import Row
from hopscope.cli.chisel_table import chisels
from hopscope.decode.event_table import EVENTS

INTERNAL = frozenset(event.name for event in EVENTS if "INTERNAL" in event.categories)

ROUNDED = 512
"""Times in ns since 1970 are rounded to so many by Lua, whose numbers are floating point."""

Rows = Sequence[Row]
Rule = Callable[[Rows, Rows], dict[str, int] | None]
"""Of rows that only the reference and rows that only the answer has: how many by reason, or None."""


def settled(case: Case, theirs: list[Row], ours: list[Row]) -> tuple[list[Row], list[Row], Counter[str]]:
    """Both without what is no difference: the order of ties, and which of them the end of a list cuts off.

    Also counted are internal events, which the reference lists among calls.
    """
    reasons: Counter[str] = Counter()
    if case.chisel not in TABLES and case.chisel != "fdcount_by":
        return theirs, ours, reasons
    if case.chisel == "topscalls":
        kept = [row for row in theirs if row[0] not in INTERNAL]
        reasons["internal-events"] += len(theirs) - len(kept)
        ours = ours[: len(kept)] if len(theirs) >= _limit(case) else ours
        theirs = kept
    if case.chisel == "httptop" and case.arguments == "time":
        known = {row[:2]: row[2] for row in ours}
        theirs = [
            (*row[:2], known[row[:2]]) if abs(known.get(row[:2], 0) - row[2]) <= ROUNDED else row
            for row in theirs
        ]
    least = min((row[-1] for row in (*theirs, *ours)), default=0)
    if len(theirs) >= min(_limit(case), len(ours)) >= 10 or case.chisel == "topscalls":
        cut = max(min((row[-1] for row in side), default=least) for side in (theirs, ours))
        theirs, ours = ([row for row in side if row[-1] > cut] for side in (theirs, ours))
    order = lambda row: (-row[-1], row[:-1])  # noqa: E731
    return sorted(theirs, key=order), sorted(ours, key=order), reasons


def _limit(case: Case) -> int:
    answer = chisels()[case.chisel].answer
    assert answer is not None
    words = answer.words
    return (
        next((int(words[i + 1]) for i, word in enumerate(words) if word in ("-n", "--limit")), 0) or 1 << 30
    )


def explained(case: Case, theirs: Rows, ours: Rows) -> dict[str, int] | None:
    """The reasons for rows that only one side has, None where one is not known."""
    if not theirs and not ours:
        return {}
    if case.capture == "spans" and not theirs and case.chisel not in RULES:
        return {"tracers": len(ours)}
    rule = RULES.get(case.chisel)
    return rule(theirs, ours) if rule is not None else None


def _all(reason: str, holds: Callable[[Row], bool], *, ours: bool = False) -> Rule:
    """Every row is of one side and satisfies a condition."""

    def rule(theirs: Rows, own: Rows) -> dict[str, int] | None:
        rows, other = (own, theirs) if ours else (theirs, own)
        return {reason: len(rows)} if not other and all(map(holds, rows)) else None

    return rule


def _pairs(reason: str, same: Callable[[Row, Row], bool]) -> Rule:
    """Rows come in pairs that are the same but for what the reason is about."""

    def rule(theirs: Rows, ours: Rows) -> dict[str, int] | None:
        if len(theirs) != len(ours):
            return None
        paired = zip(theirs, ours, strict=True)
        return {reason: len(theirs)} if all(same(a, b) for a, b in paired) else None

    return rule


def _user_number(place: int) -> Callable[[Row, Row], bool]:
    """A user that the capture has no name for is shown by its number."""

    def same(a: Row, b: Row) -> bool:
        return (
            a[place] == "<NA>"
            and b[place].isdigit()
            and a[:place] + a[place + 1 :] == b[:place] + b[place + 1 :]
        )

    return same


def _requests(theirs: Rows, ours: Rows) -> dict[str, int] | None:
    """Requests as they were, where the reference reads each call by itself; dots of line ends are no host."""
    answers = {(row[0], row[4]) for row in ours}
    known = all((row[0], row[4]) in answers for row in theirs)
    return {"whole-requests": max(len(theirs), len(ours))} if known else None


def _top_requests(theirs: Rows, ours: Rows) -> dict[str, int] | None:
    """The same of sums: the url lacks its host, has dots of line ends in it, or a part of its requests."""
    targets = {row[1].partition("/")[2] for row in ours}
    known = all(
        "../" in row[1] or row[1].startswith("/") or row[1].partition("/")[2] in targets for row in theirs
    )
    return {"whole-requests": max(len(theirs), len(ours))} if known else None


def _cached(theirs: Rows, ours: Rows) -> dict[str, int] | None:
    """Sizes from the command and not from the end of the buffer, whole keys, and all commands."""
    own = {(row[0], row[1]): row for row in ours}
    found: Counter[str] = Counter()
    for time, method, size, key in theirs:
        row = own.pop((time, method), None)
        if row is None or key.rstrip(".") != row[3].split(" ")[0] or size not in (0, row[2]):
            return None
        found["whole-commands"] += 1
    for row in own.values():
        found["whole-commands" if row[1] == "set" else "other-commands"] += 1
    return dict(found)


RULES: dict[str, Rule] = {
    **dict.fromkeys(
        ("iobytes", "iobytes_file", "iobytes_net"), _all("last-interval", lambda row: True, ours=True)
    ),
    "scallslower": _all("switches", lambda row: row[3] == "switch"),
    "spy_file": _all("nothing-moved", lambda row: row[4] == "0B"),
    "list_login_shells": _all("login-shells", lambda row: True, ours=True),
    "spy_users": _all("shifted-depth", lambda row: True, ours=True),
    "lsof": _pairs("user-number", _user_number(3)),
    "ps": _pairs("user-number", _user_number(2)),
    "echo_fds": _pairs("unix-name", lambda a, b: a[2].endswith(f" {b[2]}") and "->" in a[2]),
    "fdcount_by": _pairs("unix-name", lambda a, b: a[:-1] == b[:-1] and a[-1] == b[-1] + 1),
    "httplog": _requests,
    "httptop": _top_requests,
    "memcachelog": _cached,
}
"""The reasons for each chisel that has any."""
