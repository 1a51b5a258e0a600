"""A candidate for a hop, and how its evidence becomes a score."""

from __future__ import annotations

from dataclasses import dataclass, field

from hopscope.text import visible
from hopscope.trail.weights import DOUBTS, WEIGHTS

MOST_PARTS = 20
"""So many parts of a message are listed at the other end."""

MOST_CANDIDATES = 8
"""A list of causes or effects is cut to this length."""

LEAST_SCORE = 0.28
"""Candidates below it are not worth a line: not more than process, thread and time speak for them."""

LEAST_OF_BEST = 0.5
"""Nor are those with less than this part of the best one's score."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event that may be the other end, the cause or the effect of another one.

    Attributes:
        row: event row.
        number: ``evt.num`` of that row.
        score: how well the evidence supports it, 0 to 1.
        evidence: what speaks for it and against it, in words, strongest first.
    """

    row: int
    number: int
    score: float
    evidence: tuple[str, ...]


@dataclass(slots=True)
class Evidence:
    """What speaks for and against one candidate.

    Each reason leaves a part of the doubt: reasons of weight a and b make ``1 - (1-a)(1-b)``. What speaks
    against the candidate multiplies the result. Weights are those of :mod:`hopscope.trail.weights`.
    """

    remaining: float = 1.0
    factor: float = 1.0
    reasons: list[tuple[float, str]] = field(default_factory=list)

    def add(self, name: str, words: str, strength: float = 1.0) -> None:
        """A reason from the table of weights; ``strength`` 0 to 1 scales it where it holds in part."""
        weight = WEIGHTS[name] * min(max(strength, 0.0), 1.0)
        if weight <= 0:
            return
        self.remaining *= 1 - weight
        self.reasons.append((weight, words))

    def doubt(self, name: str, words: str) -> None:
        """Something that speaks against the candidate, from the table of doubts."""
        self.factor *= DOUBTS[name]
        self.reasons.append((0.0, words))

    def merge(self, other: Evidence) -> None:
        """Take over what another collection holds."""
        self.remaining *= other.remaining
        self.factor *= other.factor
        self.reasons.extend(other.reasons)

    @property
    def score(self) -> float:
        """0 to 1."""
        return (1 - self.remaining) * self.factor

    def words(self) -> tuple[str, ...]:
        """The reasons in words, heaviest first, each once; what comes from the capture is made visible."""
        ordered = sorted(self.reasons, key=lambda reason: -reason[0])
        return tuple(dict.fromkeys(visible(words) for _, words in ordered if words))


def duration(nanoseconds: int) -> str:
    """A time span for a person: ``870 ns``, ``41 µs``, ``1.4 ms``, ``8.0 s``."""
    size = abs(nanoseconds)
    if size < 1_000:
        return f"{size} ns"
    for unit, name in ((1_000, "µs"), (1_000_000, "ms")):
        if size < unit * 1_000:
            return f"{size / unit:.1f} {name}" if size < unit * 10 else f"{size // unit} {name}"
    return f"{size / 1_000_000_000:.1f} s"
