"""A trail as rows of a waterfall: spans below what caused them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING

import numpy as np
from textual.content import Content

from hopscope.protocols import DECODERS
from hopscope.spans import RECEIVED, Spans, Trail, marks, owner, prepare, spans_of, title
from hopscope.spans.choice import trail_with
from hopscope.store.tables import NONE
from hopscope.text import visible
from hopscope.views.chosen import events_selection
from hopscope.views.text import format_bytes, format_duration
from hopscope_tui.hanging import hanging
from hopscope_tui.own import texts
from hopscope_tui.own.meanwhile import Meanwhile, meanwhile_of
from hopscope_tui.own.message_text import message_text
from hopscope_tui.own.trail_state import COLUMNS, RowKey, TrailOf, TrailState
from hopscope_tui.widgets.row_source import Cell

if TYPE_CHECKING:
    from hopscope.store.store import Rows, Store
    from hopscope.views import Selection
    from hopscope_tui.forms import Form
    from hopscope_tui.navigator import Place
    from hopscope_tui.watch import Watch

_LABEL = 60
_MOST_PARTS = 8
_MOST_EVENTS = 200


def span_key(spans: Spans, span: int) -> RowKey:
    """What a span is: its process, first event, connection and question, which stay when more is read."""
    message = spans.message(span)
    asked = spans.messages.texts[message].subject if message != NONE else ""
    return int(spans.process[span]), int(spans.first[span]), int(spans.channel[span]), asked


def _row_key(trail: Trail, place: int) -> RowKey:
    node = trail.nodes[place]
    return span_key(trail.spans, node.span) if node.span != NONE else (node.process, NONE, NONE, "")


def _span_of(spans: Spans, key: RowKey | None) -> int:
    """The span with a key, NONE where it is not there."""
    if key is None:
        return NONE
    near = np.flatnonzero((spans.first == key[1]) & (spans.process == key[0])).tolist()
    return next((span for span in near if span_key(spans, span) == key), NONE)


class TrailSource:
    """A trail as rows of a table.

    Attributes:
        trail: all rows.
        length: ns from the beginning of the first to the end of the last one.
        state: what is folded, chosen and zoomed to.
        shown: places of the rows that are not folded away.
        origin: which trail it is.
    """

    columns = COLUMNS
    sorting: tuple[int, bool] | None = None

    def __init__(self, trail: Trail, origin: TrailOf) -> None:
        self.trail = trail
        self.store = trail.store
        self.origin = origin
        self.state: TrailState = origin.state
        self._begin = trail.begin
        self.length = max(trail.end - trail.begin, 1)
        count = len(trail)
        depth = np.array([node.depth for node in trail.nodes], np.int64)
        self._has_below = np.append(depth[1:] > depth[:-1], False) if count else np.zeros(0, np.bool_)
        self._last = _last_of_parent(trail)
        self._known: dict[int, Meanwhile] = {}
        self._keys = [_row_key(trail, place) for place in range(count)]
        self.shown = self._unfolded()

    def __len__(self) -> int:
        return len(self.shown)

    @property
    def focus_row(self) -> int:
        """The row to choose at first."""
        return self.row_of_place(self.trail.focus)

    @property
    def words(self) -> str:
        """What the trail is about: the title of its first row."""
        return title(self.trail, 0) if len(self.trail) else "nothing"

    def row_of_place(self, place: int) -> int:
        """The row of a place of the trail, or of the nearest one above it that is shown."""
        return max(0, int(np.searchsorted(self.shown, place, side="right")) - 1)

    # --- folding ---------------------------------------------------------------------------------

    def _unfolded(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        folded, places, hidden_from = self.state.folded, list[int](), -1
        for place, node in enumerate(self.trail.nodes):
            if hidden_from >= 0:
                if node.depth > hidden_from:
                    continue
                hidden_from = -1
            places.append(place)
            if folded and self._has_below[place] and self._keys[place] in folded:
                hidden_from = node.depth
        return np.array(places, np.int64)

    def is_folded(self, row: int) -> bool:
        """True where rows below are hidden."""
        place = int(self.shown[row])
        return bool(self._has_below[place]) and self._keys[place] in self.state.folded

    def has_below(self, row: int) -> bool:
        """True for rows that caused others."""
        return bool(self._has_below[self.shown[row]])

    def fold(self, row: int, folded: bool) -> bool:
        """Hide or show the rows below one. False where nothing changes."""
        if not self.has_below(row) or self.is_folded(row) == folded:
            return False
        key = self._keys[int(self.shown[row])]
        (self.state.folded.add if folded else self.state.folded.discard)(key)
        self.shown = self._unfolded()
        return True

    def fold_all(self, folded: bool) -> None:
        """Hide or show all rows but the roots and what they caused."""
        self.state.folded.clear()
        if folded:
            deep = (place for place, node in enumerate(self.trail.nodes) if node.depth >= 1)
            self.state.folded.update(self._keys[place] for place in deep if self._has_below[place])
        self.shown = self._unfolded()

    def parent_row(self, row: int) -> int:
        """The row that caused one, -1 for a root."""
        parent = self.trail.nodes[self.shown[row]].parent
        return self.row_of_place(parent) if parent != NONE else -1

    # --- cells -----------------------------------------------------------------------------------

    def cells(self, start: int, stop: int) -> list[tuple[Cell, ...]]:
        """The rows ``[start, stop)``."""
        return [self._cells(row) for row in range(start, stop)]

    def _cells(self, row: int) -> tuple[Cell, ...]:
        trail, place = self.trail, int(self.shown[row])
        whose = owner(trail, place)
        tone = self.tone(row)
        took = trail.stop(place) - trail.start(place)
        return (
            Cell(f"{self._guide(row)}{visible(title(trail, place))}", tone),
            Cell(texts.who_text(whose), "name"),
            Cell(texts.where_text(whose), "name"),
            Cell(str(self.store.number[trail.first(place)]), "quiet"),
            Cell(self.signs(row), "error" if tone == "error" else "process"),
            Cell(format_duration(took)),
            Cell(""),
        )

    def _guide(self, row: int) -> str:
        """The lines that lead to a row from what caused it, and whether rows below it are hidden."""
        trail, place = self.trail, int(self.shown[row])
        fold = ("▸ " if self.is_folded(row) else "▾ ") if self._has_below[place] else "  "
        node = trail.nodes[place]
        if not node.depth:
            return fold
        doubtful = node.span != NONE and trail.links.doubtful(node.span)
        stem = [("└" if self._last[place] else "├") + ("╌" if doubtful else "─")]
        above = node.parent
        while above != NONE and trail.nodes[above].depth:
            stem.append("  " if self._last[above] else "│ ")
            above = trail.nodes[above].parent
        return "".join(reversed(stem)) + fold

    def fold_sign_at(self, row: int) -> int:
        """The character of the first cell with the sign of folding."""
        depth: int = self.trail.nodes[self.shown[row]].depth
        return 2 * depth

    def signs(self, row: int) -> str:
        """What is remarkable about a row, one character each."""
        trail, node = self.trail, self.trail.nodes[self.shown[row]]
        if node.span == NONE:
            return ""
        signs = "↻" if node.again != NONE else ""
        if not trail.spans.is_answered(node.span):
            signs += "?"
        elif trail.spans.failed(node.span):
            signs += "✗"
        return signs + ("≈" if trail.links.doubtful(node.span) else "")

    def tone(self, row: int) -> str:
        """The tone of a row's title and bar."""
        trail, node = self.trail, self.trail.nodes[self.shown[row]]
        if node.span == NONE:
            return "name"
        if not trail.spans.is_answered(node.span) or trail.spans.failed(node.span):
            return "error"
        return "read" if trail.spans.kind[node.span] == RECEIVED else "write"

    # --- time ------------------------------------------------------------------------------------

    @property
    def window(self) -> tuple[int, int]:
        """ns since the trail's beginning from and to which bars are drawn."""
        return self.state.window or (0, self.length)

    def span_of_time(self, row: int) -> tuple[int, int]:
        """When a row begins and ends, ns since the trail's beginning."""
        place = int(self.shown[row])
        return self.trail.start(place) - self._begin, self.trail.stop(place) - self._begin

    def meanwhile(self, row: int) -> Meanwhile | None:
        """What its threads did meanwhile; None until :meth:`work_out` was called for it."""
        return self._known.get(int(self.shown[row]))

    def work_out(self, places: Iterable[int]) -> None:
        """Work out for places of the trail what was done meanwhile; in a thread."""
        for place in places:
            if place not in self._known:
                self._known[place] = meanwhile_of(self.trail, place, self._begin)

    def unknown(self, first: int, stop: int) -> list[int]:
        """Places of shown rows for which that is not worked out yet."""
        return [place for place in self.shown[first:stop].tolist() if place not in self._known]

    # --- what rows stand for ---------------------------------------------------------------------

    def key(self, row: int) -> Hashable:
        """What a row is; it stays when more of the capture is read."""
        return "span", *self._keys[int(self.shown[row])]

    def find_key(self, key: Hashable) -> int | None:
        """The row with this key; of an event the row whose span it belongs to."""
        if isinstance(key, tuple) and key[0] == "event":
            place = self.trail.place_of_row(int(key[1]))
            return self.row_of_place(place) if place != NONE else None
        wanted = key[1:] if isinstance(key, tuple) else None
        return next((row for row, place in enumerate(self.shown) if self._keys[place] == wanted), None)

    def evidence(self, row: int) -> tuple[tuple[int, ...], str]:
        """The events of a span in their order; of a run the first and the last one."""
        trail, place = self.trail, int(self.shown[row])
        words = visible(title(trail, place))
        if trail.nodes[place].span == NONE:
            return (trail.first(place), trail.last(place)), words
        return tuple(trail.rows(place)[:_MOST_EVENTS].tolist()), words

    def last_event(self, row: int) -> int:
        """The last event of a row."""
        return self.trail.last(int(self.shown[row]))

    def event_row(self, row: int) -> int:
        """The first event of a row."""
        return self.trail.first(int(self.shown[row]))

    def event_rows(self, row: int) -> Rows:
        """All events of a row."""
        return self.trail.rows(int(self.shown[row]))

    def drill(self, row: int) -> Selection | None:
        """The events of a row."""
        label = title(self.trail, int(self.shown[row]))
        label = label if len(label) <= _LABEL else f"{label[:_LABEL]}…"
        return events_selection("span", label, self.event_rows(row))

    # --- details ---------------------------------------------------------------------------------

    def details(self, row: int, form: Form, width: int) -> Content:
        """A row in full."""
        trail, place = self.trail, int(self.shown[row])
        node = trail.nodes[place]
        whose = owner(trail, place)
        start, stop = self.span_of_time(row)
        said = visible("; ".join(marks(trail, place)))
        facts = [
            ("process", f"{texts.who_text(whose)} {texts.where_text(whose)}".strip()),
            (
                "from",
                f"{format_duration(start)} since the beginning, for {format_duration(stop - start)}",
            ),
            ("events", f"{self.store.number[trail.first(place)]} to {self.store.number[trail.last(place)]}"),
            *(self._span_facts(node.span) if node.span != NONE else ()),
            ("remarkable", said),
        ]
        blocks = [
            [hanging("", visible(title(trail, place)), 1, width, style="")],
            texts.pairs(facts, width),
            self._why(node.span, width) if node.span != NONE else [],
            self._time(row, width),
        ]
        messages = trail.spans.messages
        if node.span != NONE:
            both = (int(trail.spans.request[node.span]), int(trail.spans.response[node.span]))
            blocks += [message_text(messages, one, form, width) for one in both if one != NONE]
        return texts.sections(blocks)

    def _span_facts(self, span: int) -> list[texts.Pair]:
        spans = self.trail.spans
        kind = "received here and answered" if spans.kind[span] == RECEIVED else "sent from here"
        message = spans.message(span)
        protocol = (
            DECODERS[spans.messages.protocol[message]].TITLE if message != NONE else "no known protocol"
        )
        asked, answered = int(spans.size[span]), int(spans.answer_size[span])
        sizes = [
            format_bytes(asked) + " asked" if asked >= 0 else "",
            format_bytes(answered) + " answered" if answered >= 0 else "",
        ]
        return [
            ("kind", f"{kind}, {protocol}"),
            ("on", visible(spans.descriptor(span))),
            ("bytes", ", ".join(size for size in sizes if size)),
        ]

    def _why(self, span: int, width: int) -> list[Content]:
        """What caused a span, with the evidence."""
        from hopscope.spans.words import span_title  # noqa: PLC0415

        links = self.trail.links
        cause = links.cause(span)
        others = len(links.candidates(span)) - (cause != NONE)
        more = f"  (a: {others} other candidate{'s' if others > 1 else ''})" if others > 0 else ""
        if cause == NONE:
            return [texts.title("Why") + Content(f"  nothing is known to have caused it{more}")]
        link = links.candidates(span)[0]
        number = self.store.number[self.trail.spans.first[cause]]
        doubt = ", doubtful" if links.doubtful(span) else ""
        head = texts.title("Why") + Content.styled(f"  score {link.score:.2f}{doubt}{more}", "$tone-quiet")
        because = f"{number} {visible(span_title(self.trail, cause))}"
        return [
            head,
            hanging("", because, 2, width),
            *(hanging("  •", visible(words), 4, width) for words in link.evidence),
        ]

    def _time(self, row: int, width: int) -> list[Content]:
        """Where the time of a row went."""
        known = self.meanwhile(row)
        if known is None:
            return [texts.title("Meanwhile") + Content.styled("  being worked out …", "$tone-quiet")]
        whole = max(known.breakdown.elapsed, 1)
        lines = [texts.title("Meanwhile its threads were")]
        for part in known.breakdown.parts[:_MOST_PARTS]:
            over = f", {format_duration(part.timed_out)} of it in vain" if part.timed_out else ""
            calls = f" in {', '.join(part.calls)}" if part.calls else ""
            words = f"{part.elapsed / whole:4.0%}  {part.what}{calls}{over}"
            lines.append(
                hanging(
                    f"  {format_duration(part.elapsed):>9}", visible(words), 13, width, style="$tone-quiet"
                )
            )
        return lines


def _last_of_parent(trail: Trail) -> list[bool]:
    """Whether no row with the same cause follows."""
    seen: set[int] = set()
    out = [False] * len(trail)
    for place in range(len(trail) - 1, -1, -1):
        parent = trail.nodes[place].parent
        out[place] = parent not in seen
        seen.add(parent)
    return out


def source_of(store: Store, place: Place, form: Form, watch: Watch) -> TrailSource:
    """The trail that a place is about."""
    origin = place.subject
    assert isinstance(origin, TrailOf)
    watch.report(0.0)
    prepare(store, watch.report)
    watch.report(1.0)
    mask = place.selection.mask(store) if origin.row < 0 else None
    spans = spans_of(store)
    chosen = {_span_of(spans, one): _span_of(spans, cause) for one, cause in origin.state.chosen.items()}
    chosen.pop(NONE, None)
    trail = trail_with(store, origin.row, whole=origin.whole, mask=mask, chosen=chosen)
    return TrailSource(trail, origin)
