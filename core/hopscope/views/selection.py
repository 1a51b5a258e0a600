"""What is being looked at: a stack of steps, each of which narrows the one before.

A step comes from drilling down into a row of a view, from a filter or from a range of time. Every
view works under every selection, so a selection says three things: which events belong to it,
which states of threads and which of descriptors belong to it even when nothing happened on them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable
from weakref import ReferenceType, ref

import numpy as np
from numpy.typing import NDArray

from hopscope.store.store import Rows, Store
from hopscope.store.tables import DescriptorTable, ThreadTable
from hopscope.views.filter_masks import WithFilter, filter_mask
from hopscope.views.measures import Where
from hopscope.views.memo import once_per_store
from hopscope.views.sums import Sums

if TYPE_CHECKING:
    from hopscope.views.grouping import Grouping

Mask = NDArray[np.bool_]


class Condition(Protocol):
    """Anything that decides about events; a compiled filter is one."""

    def mask(self, store: Store) -> Mask:
        """True for the event rows that belong; as long as the store."""
        ...


@runtime_checkable
class StateCondition(Protocol):
    """A condition that decides about threads and descriptors, also about idle ones."""

    def threads(self, store: Store) -> Mask | None:
        """True for the states of threads that belong; None where only events can tell."""
        ...

    def descriptors(self, store: Store) -> Mask | None:
        """True for the states of descriptors that belong; None where only events can tell."""
        ...


@runtime_checkable
class WholeStates(Protocol):
    """A condition that, for some tables, all events of a state pass or none."""

    def whole_states(self, store: Store, table: str) -> Mask | None:
        """States of ``threads`` or ``descriptors`` of which every event belongs; None where events decide."""
        ...


@dataclass(frozen=True, slots=True)
class TimeRange:
    """Events from ``start`` up to and without ``stop``, both in ns since the epoch."""

    start: int
    stop: int

    def mask(self, store: Store) -> Mask:
        """The events in the range."""
        return np.asarray((store.time >= self.start) & (store.time < self.stop), dtype=np.bool_)

    def threads(self, store: Store) -> Mask:
        """States of threads that hold at some moment of the range."""
        return self._overlaps(store, store.threads)

    def descriptors(self, store: Store) -> Mask:
        """States of descriptors that hold at some moment of the range."""
        return self._overlaps(store, store.descriptors)

    def _overlaps(self, store: Store, table: ThreadTable | DescriptorTable) -> Mask:
        first, stop = row_window(self.mask(store))
        return np.asarray((table.first < stop) & (table.stop > first), dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Step:
    """One narrowing.

    Attributes:
        kind: what was chosen: the key of a view (``container``, ``process`` …), ``filter`` or ``time``.
        label: for the breadcrumb.
        condition: decides what belongs.
    """

    kind: str
    label: str
    condition: Condition

    @property
    def text(self) -> str:
        """The step in the breadcrumb: the label, with the word before it for a container or a time."""
        return f"{self.kind} {self.label}" if self.kind in ("container", "time") else self.label


class Selection:
    """An immutable stack of steps. Without a step it is the whole capture.

    What a selection contains is worked out when first asked for and kept for the store that asked last, as
    long as the selection is one of those that were used lately.
    """

    def __init__(self, parent: Selection | None = None, step: Step | None = None) -> None:
        self._parent = parent
        self._step = step
        self._known: ReferenceType[_Known] | None = None

    # --- the stack -------------------------------------------------------------------------------

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps, the oldest first."""
        if self._parent is None or self._step is None:
            return ()
        return (*self._parent.steps, self._step)

    @property
    def breadcrumb(self) -> str:
        """The way here in one line; empty for the whole capture."""
        return " > ".join(step.text for step in self.steps)

    @property
    def filter_text(self) -> str:
        """The filters of all steps joined by ``and``; empty without one."""
        texts = [step.label for step in self.steps if step.kind == "filter"]
        return texts[0] if len(texts) == 1 else " and ".join(f"({text})" for text in texts)

    def __bool__(self) -> bool:
        """True when there is at least one step."""
        return self._step is not None

    def push(self, step: Step) -> Selection:
        """This selection narrowed by one more step."""
        return Selection(self, step)

    def pop(self) -> Selection:
        """The selection before the last step; the whole capture stays what it is."""
        return self._parent if self._parent is not None else self

    def with_filter(self, text: str) -> Selection:
        """This selection narrowed by a filter. Raises FilterError for one that cannot be understood."""
        # Filters bring all fields with them, which the first view on the screen does without.
        from hopscope.filters import compile_filter  # noqa: PLC0415

        return self.push(Step("filter", text, compile_filter(text)))

    def with_time(self, start: int, stop: int, label: str = "") -> Selection:
        """This selection narrowed to the events from ``start`` up to ``stop``, ns since the epoch."""
        shown = label or f"{(stop - start) / 1e9:.6f} s"
        return self.push(Step("time", shown, TimeRange(start, stop)))

    # --- what belongs ----------------------------------------------------------------------------

    def mask(self, store: Store) -> Mask:
        """True for the event rows that belong; hidden events never do."""
        known = self._of(store)
        if known.mask is None:
            if self._parent is None or self._step is None:
                known.mask = ~store.hidden
            else:
                known.mask = self._parent.mask(store) & self._step.condition.mask(store)
        return known.mask

    def rows(self, store: Store) -> Rows:
        """The event rows that belong, ascending."""
        known = self._of(store)
        if known.rows is None:
            known.rows = np.flatnonzero(self.mask(store)).astype(np.int64, copy=False)
        return known.rows

    def sums(self, store: Store, table: str) -> Sums:
        """What its events add up to by state of ``threads`` or ``descriptors``."""
        column = store.thread if table == "threads" else store.descriptor
        size = len(store.threads) if table == "threads" else len(store.descriptors)
        is_known = table in self._kept_sums(store)
        sums = self._sums(store, table, lambda piece: column[piece], size)
        condition = None if is_known or self._step is None else self._step.condition
        if isinstance(condition, WholeStates) and self._parent is not None:
            inside = condition.whole_states(store, table)
            if inside is not None:
                sums.narrow(self._parent.sums(store, table), inside)
        return sums

    def sums_of_groups(self, store: Store, grouping: Grouping) -> Sums:
        """What its events add up to by group, for groups that are not made of states."""
        return self._sums(store, grouping.key, lambda piece: grouping.of_events(store, piece), grouping.size)

    def _sums(
        self, store: Store, name: str, owners: Callable[[Where], NDArray[np.integer[Any]]], size: int
    ) -> Sums:
        kept = self._kept_sums(store)
        if name not in kept:
            # Kept longer than the mask, which is worked out again where it was forgotten.
            again = self._again()
            kept[name] = Sums(lambda: again().mask(store), lambda: again().rows(store), owners, size)
        return kept[name]

    def _again(self) -> Callable[[], Selection]:
        """Gives this selection."""
        return lambda: self

    def _kept_sums(self, store: Store) -> dict[str, Sums]:
        return self._of(store).sums

    def kept(self, store: Store) -> dict[Hashable, NDArray[np.float64]]:
        """What was worked out about its groups, to be looked for and put in by name."""
        return self._of(store).kept

    def within(self, text: str) -> Selection:
        """Its events that also pass the filter of a view; itself without one."""
        return Within(self, text) if text else self

    def threads(self, store: Store) -> Mask | None:
        """States of threads that belong even without an event; None where only events can tell."""
        return self._states(store, "threads")

    def descriptors(self, store: Store) -> Mask | None:
        """States of descriptors that belong even without an event; None where only events can tell."""
        return self._states(store, "descriptors")

    def _states(self, store: Store, table: str) -> Mask | None:
        size = len(store.threads) if table == "threads" else len(store.descriptors)
        belongs: Mask = np.ones(size, dtype=np.bool_)
        for step in self.steps:
            if not isinstance(step.condition, StateCondition):
                return None
            condition = step.condition
            part = condition.threads(store) if table == "threads" else condition.descriptors(store)
            if part is None:
                return None
            belongs = belongs & part
        return belongs

    # --- time ------------------------------------------------------------------------------------

    def window(self, store: Store) -> tuple[int, int]:
        """Event rows ``[first, stop)`` that its ranges of time leave; other steps do not count.

        What describes a thing as a whole (memory, processor time, the name it had last) is taken from
        the window, not from single events.
        """
        first, stop = -1, len(store)
        for step in self.steps:
            if isinstance(step.condition, TimeRange):
                start, end = row_window(step.condition.mask(store))
                first, stop = max(first, start), min(stop, end)
        return first, max(first, stop)

    def seconds(self, store: Store) -> float:
        """Seconds that rates are taken over: from the first to the last event of the window.

        Like csysdig, which divides by the time between the first and the last event of a file.
        """
        first, stop = self.window(store)
        first = max(first, 0)
        begin, end = row_window(~store.hidden[first:stop])
        return (int(store.time[first + end - 1]) - int(store.time[first + begin])) / 1e9 if end else 0.0

    def _of(self, store: Store) -> _Known:
        if self._step is None:
            return _of_everything(store)
        known = None if self._known is None else self._known()
        if known is None or known.store() is not store:
            known = _Known(ref(store))
            self._known = ref(known)
        _use(known)
        return known


class Within(Selection):
    """A selection seen through the filter of a view; what it adds up to is kept with the selection.

    Args:
        whole: the selection.
        text: the filter.
    """

    def __init__(self, whole: Selection, text: str) -> None:
        super().__init__(whole, Step("filter", text, WithFilter(text)))
        self._whole = whole
        self._text = text
        self._seen: tuple[ReferenceType[Store], Mask] | None = None
        self._seen_rows: tuple[ReferenceType[Store], Rows] | None = None

    def mask(self, store: Store) -> Mask:
        """True for the event rows that belong."""
        if self._seen is None or self._seen[0]() is not store:
            self._seen = ref(store), self._whole.mask(store) & filter_mask(store, self._text)
        return self._seen[1]

    def rows(self, store: Store) -> Rows:
        """The event rows that belong, ascending."""
        if self._seen_rows is None or self._seen_rows[0]() is not store:
            self._seen_rows = ref(store), np.flatnonzero(self.mask(store)).astype(np.int64, copy=False)
        return self._seen_rows[1]

    def window(self, store: Store) -> tuple[int, int]:
        """As without the filter."""
        return self._whole.window(store)

    def kept(self, store: Store) -> dict[Hashable, NDArray[np.float64]]:
        """What was worked out about its groups."""
        return self._of_filter(store).kept

    def _kept_sums(self, store: Store) -> dict[str, Sums]:
        return self._of_filter(store).sums

    def _again(self) -> Callable[[], Selection]:
        """Gives this selection; an equal one when nobody looks at it any more and its mask is gone."""
        this, whole, text = ref(self), self._whole, self._text
        return lambda: this() or Within(whole, text)

    def _of_filter(self, store: Store) -> _Known:
        return self._whole._of(store).filtered.setdefault(self._text, _Known(ref(store)))


@dataclass(slots=True, weakref_slot=True, eq=False)
class _Known:
    """What was worked out about a selection in one capture."""

    store: ReferenceType[Store]
    mask: Mask | None = None
    rows: Rows | None = None
    sums: dict[str, Sums] = field(default_factory=dict)
    kept: dict[Hashable, NDArray[np.float64]] = field(default_factory=dict)
    filtered: dict[str, _Known] = field(default_factory=dict)


MOST_KEPT = 8
"""Selections of which is kept what was worked out, which takes up to nine bytes an event for each."""

_RECENT: deque[_Known] = deque(maxlen=MOST_KEPT)
_LOCK = Lock()


def _use(known: _Known) -> None:
    """Make it the last one to be forgotten; forget those of captures that are gone."""
    with _LOCK:
        others = [one for one in _RECENT if one is not known and one.store() is not None]
        _RECENT.clear()
        _RECENT.extend((*others, known))


@once_per_store
def _of_everything(store: Store) -> _Known:
    return _Known(ref(store))


def row_window(mask: Mask) -> tuple[int, int]:
    """First true row and one behind the last; ``(0, 0)`` where none is true."""
    if not mask.any():
        return 0, 0
    return int(mask.argmax()), len(mask) - int(mask[::-1].argmax())
