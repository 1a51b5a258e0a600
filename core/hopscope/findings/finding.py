"""What a rule is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hopscope.findings.spans import NO_SPANS, Spans, length, union

if TYPE_CHECKING:
    from hopscope.findings.case import Case


@dataclass(frozen=True, slots=True)
class Part:
    """One of the steps that a finding is made of, such as a round of queries.

    Attributes:
        rows: its events.
        start, stop: when it was lost, ns.
    """

    rows: tuple[int, ...]
    start: int
    stop: int

    @property
    def lost(self) -> int:
        """ns."""
        return self.stop - self.start


@dataclass(slots=True)
class Finding:
    """What is wrong, and the events that prove it.

    Attributes:
        sentence: in one line.
        row: event row whose process this is about.
        evidence: event rows to look at, the most telling ones, in order.
        rows: int64, all event rows that it stands for; ``evidence`` where empty.
        spans: time in which the process waited for it.
        waiting: lives of other processes that waited meanwhile.
        parts: its steps, where it has several.
        rule: name of the rule, set by the engine.
        elapsed: ns of all spans together, set by the engine.
        lost: the same without what earlier rules have counted for the same process, set by the engine.
    """

    sentence: str
    row: int
    evidence: tuple[int, ...]
    rows: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    spans: Spans = field(default_factory=lambda: NO_SPANS)
    waiting: frozenset[int] = frozenset()
    parts: tuple[Part, ...] = ()
    rule: str = ""
    elapsed: int = 0
    lost: int = 0

    def all_rows(self) -> NDArray[np.int64]:
        """All event rows that it stands for."""
        return np.union1d(self.rows, np.array(self.evidence, np.int64)).astype(np.int64)

    def settle(self, rule: str) -> None:
        """Take over the rule's name and add up the time."""
        self.rule = rule
        self.spans = union(self.spans)
        self.elapsed = self.lost = length(self.spans)


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong.

    Attributes:
        name: one word with dashes, for filters of programs.
        title: in a few words.
        evidence: which events it cites, a sentence.
        lost: what its time is, a sentence.
        find: gives the findings of a capture.
        only_lost: drop findings whose whole time other rules have explained.
    """

    name: str
    title: str
    evidence: str
    lost: str
    find: Callable[[Case], Iterable[Finding]]
    only_lost: bool = False
