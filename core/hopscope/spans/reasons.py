"""What speaks for a request having been sent for the sake of another one: one table, weights and words.

Each reason takes away a part of the doubt: reasons of weight a and b make ``1 - (1-a)(1-b)``. Objections
multiply the result.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hopscope.text import visible

MOST_NAMED = 3
LONGEST_NAMED = 60
"""Words in common that are named, and characters of each."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One kind of evidence.

    Attributes:
        name: for tests and documentation.
        weight: share of the doubt that it takes away where it holds in full; of an objection, the factor.
        words: for a person, with places for what is known of the one case.
        against: whether it is an objection.
    """

    name: str
    weight: float
    words: str
    against: bool = False


REASONS: tuple[Reason, ...] = (
    Reason("received last", 0.45, "the same thread, {} after it received that, and nothing else in between"),
    Reason("went on", 0.45, "the same thread went on with it {} after the answer to {}"),
    Reason("handed over", 0.35, "its thread was woken by the one that worked on that"),
    Reason("only one", 0.45, "nothing else was being worked on in the process"),
    Reason("soon", 0.20, "{} after it came in"),
    Reason("answered next", 0.45, "the same thread then answered that"),
    Reason("answer led to", 0.55, "the thread that got its answer then answered that"),
    Reason("content", 0.75, "{} in common that nothing else being worked on has"),
    Reason("some content", 0.35, "{} in common"),
    Reason("answers alike", 0.60, "{} in common in the answers"),
    Reason("asked again", 0.85, "asks again what {} had asked in vain"),
    Reason("opened for it", 0.50, "its connection was opened {} after that came in, by the same thread"),
    Reason("connection kept", 0.15, "the connection was used for it before"),
    Reason("started", 0.60, "a process that was started while it was worked on"),
    Reason("answered before", 0.55, "that was already answered", against=True),
    Reason("only time", 0.60, "nothing but the time speaks for it", against=True),
    Reason("asked anyhow", 0.45, "{} of {} times the same is asked nothing is being worked on", against=True),
    Reason("outlasts", 0.60, "it went on after that was answered", against=True),
    Reason("thread busy", 0.50, "its thread was working on something else", against=True),
    Reason("nothing in common", 0.70, "another one has more in common with it", against=True),
)
"""All kinds of evidence."""

WEIGHT = {one.name: one for one in REASONS}


@dataclass(slots=True)
class Case:
    """What was found about one candidate: names of reasons, how far each holds, and what fills its words.

    Attributes:
        span: the span that may be the cause, or a number of its own for what is none.
        found: ``(name, strength, words)``.
        score: 0 to 1, after :meth:`settle`.
    """

    span: int
    found: list[tuple[str, float, tuple[object, ...]]]
    score: float = 0.0

    def settle(self) -> None:
        """Work out the score from what was found."""
        doubt, factor = 1.0, 1.0
        for name, strength, _ in self.found:
            reason = WEIGHT[name]
            if reason.against:
                factor *= 1 - (1 - reason.weight) * strength
            else:
                doubt *= 1 - reason.weight * strength
        self.score = (1 - doubt) * factor

    def words(self) -> tuple[str, ...]:
        """The evidence for a person, heaviest first; what comes from the capture is made visible."""
        ordered = sorted(
            self.found, key=lambda one: (WEIGHT[one[0]].against, -WEIGHT[one[0]].weight * one[1])
        )
        return tuple(
            visible(WEIGHT[name].words.format(*(_told(one) for one in args))) for name, _, args in ordered
        )


def _told(value: object) -> object:
    """What fills the words of a reason; of several words in common the longest."""
    if not isinstance(value, frozenset):
        return value
    chosen = sorted(value, key=lambda word: (-len(word), word))[:MOST_NAMED]
    listed = ", ".join(word.decode("utf-8", "replace")[:LONGEST_NAMED] for word in chosen)
    count = f"{len(value)} {'word' if len(value) == 1 else 'words'}"
    return f"{count} ({listed})" if listed else "words"


def best(cases: Iterable[Case]) -> list[Case]:
    """Cases by their score, best first; of equal ones the span that began last."""
    settled = list(cases)
    for one in settled:
        one.settle()
    return sorted(settled, key=lambda one: (-one.score, -one.span))
