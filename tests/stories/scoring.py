"""How many of the links that are found are right, and how many of the right ones are found."""

from __future__ import annotations

from dataclasses import dataclass, field

from hopscope.spans import RECEIVED, SENT, Links, links_of
from hopscope.store.store import Store
from hopscope.store.tables import NONE
from stories.world import Asked, World


@dataclass
class Score:
    """Counts of links.

    Attributes:
        found: links that were drawn.
        right: those of them that are true.
        true: links that there are.
        wrong: what is wrong, in words.
    """

    found: int = 0
    right: int = 0
    true: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 1.0

    def take(self, other: Score) -> None:
        """Count another one in."""
        self.found += other.found
        self.right += other.right
        self.true += other.true
        self.wrong += other.wrong


def score(world: World, store: Store | None = None) -> tuple[Score, Score]:
    """The links across processes and those inside them, compared with what happened in the world."""
    store = world.store() if store is None else store
    links = links_of(store)
    spans = links.spans
    sent = _places(world.asked, links, SENT)
    received = _places([one for one in world.asked if one.received is not None], links, RECEIVED)
    across, inside = Score(), Score()
    causes: dict[int, int] = {}
    for one in world.asked:
        if one.received is not None:
            across.true += 1
            mine, yours = sent.get(one, NONE), received.get(one, NONE)
            if NONE not in (mine, yours):
                causes[yours] = mine
            else:
                across.wrong.append(f"no span of {one.what} {one.sent} {one.received}")
        if one.cause is not None:
            inside.true += 1
            mine, cause = sent.get(one, NONE), received.get(one.cause, NONE)
            if NONE not in (mine, cause):
                causes[mine] = cause
            else:
                inside.wrong.append(f"no span of {one.what} {one.sent} for {one.cause.received}")
    for span in range(len(spans)):
        kind = across if spans.kind[span] == RECEIVED else inside
        found = links.cause(span)
        number = store.number[spans.first[span]]
        if found == NONE:
            if causes.get(span, NONE) != NONE:
                kind.wrong.append(f"missing: {number} for {store.number[spans.first[causes[span]]]}")
            continue
        kind.found += 1
        if causes.get(span, NONE) == found:
            kind.right += 1
        else:
            due = causes.get(span, NONE)
            meant = store.number[spans.first[due]] if due != NONE else None
            kind.wrong.append(f"wrong: {number} for {store.number[spans.first[found]]}, not {meant}")
    return across, inside


def _places(asked: list[Asked], links: Links, kind: int) -> dict[Asked, int]:
    """The span of each request by the event with which its first byte moved."""
    spans = links.spans
    columns = spans.streams.transfers
    found: dict[int, list[int]] = {}
    for span in range(len(spans)):
        if spans.kind[span] == kind and spans.asked[span] != NONE:
            found.setdefault(int(columns.row[spans.asked[span]]), []).append(span)
    out = {}
    for one in asked:
        where = one.sent if kind == SENT else one.received
        if where is None:
            continue
        own = found.get(where[0], [])
        own = sorted(own, key=lambda span: int(spans.begin[span]))
        if where[1] < len(own):
            out[one] = own[where[1]]
    return out
