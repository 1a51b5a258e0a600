"""The values of one field for many events: as text for lines, as values for JSON.

A source is made for each field of a format. It is asked for stretches of event rows in their order,
because some fields count from the event before.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.clock import NS, time_of_day
from hopscope.decode.event_table import EVENTS
from hopscope.decode.paths import stripped
from hopscope.decode.payload import BufferForm, payload_text
from hopscope.decode.render import CONTAINER_JSON, line_fields
from hopscope.decode.render_columns import ManyEvents, Style, many_events
from hopscope.fields import FIELDS
from hopscope.fields.column import Answer, Choices, Column, Lazy, Levels, Numbers
from hopscope.fields.field import FieldType, FieldUse
from hopscope.fields.values import HEXADECIMAL, answer_of, as_text
from hopscope.formats.style import OutputStyle, TimeForm
from hopscope.redaction import is_redacting, shown_bytes, shown_environment
from hopscope.text import visible

if TYPE_CHECKING:
    from hopscope.store.store import Store

Rows = NDArray[np.int64]
Texts = list[str | None]
"""One text an event, None where the value is missing."""

MOST_KEPT = 1 << 16
"""Different values of a field whose text is kept."""


_ENVIRONMENTS = frozenset({"proc.env", "proc.aenv"})
_BEFORE_NAME = re.compile(r" (?=[A-Za-z_][A-Za-z0-9_]*=)")
"""The blank between two variables. Their values may hold blanks too."""


class Source:
    """The values of a field; this one asks the field's own reading, event by event.

    Args:
        store: the capture.
        use: the field.
        style: how events are printed.
    """

    def __init__(self, store: Store, use: FieldUse, style: OutputStyle) -> None:
        self.store, self.use, self.style = store, use, style
        release = store.dialect
        self._longest = release.longest_buffer if style.buffers is BufferForm.CUT else 0
        self._strips = release.ascii_only and use.field.group == "fd"

    def text_of(self, value: Any) -> str | None:
        """A value as it is printed, None for a missing one."""
        if value is None:
            return None
        if isinstance(value, bytes) and self.use.type is FieldType.BYTES:
            return self._buffer(value)
        text = as_text(self.use, value, self._longest)
        if self.use.field.name in _ENVIRONMENTS:
            text = " ".join(shown_environment(_BEFORE_NAME.split(text)))
        if self._strips:
            text = stripped(text)
        return visible(text) if self.style.safe else text

    def _buffer(self, value: bytes) -> str:
        if self.use.field.name == "evt.rawarg":
            # The reference takes stored bytes for a text that ends at a NUL.
            text = value.partition(b"\0")[0].decode("utf-8", "surrogateescape")
            text = shown_environment([text])[0]
            return visible(text) if self.style.safe else text
        return payload_text(shown_bytes(value), self.style.buffers, self._longest)

    def answer(self) -> Answer:
        """The field's column; of several levels the first one, which is the event's own."""
        answer = answer_of(self.store, self.use)
        return answer.columns[0] if isinstance(answer, Levels) else answer

    def raw(self, rows: Rows) -> list[Any]:
        """The values at event rows, None where they are missing."""
        answer = self.answer()
        assert isinstance(answer, Lazy)
        read = answer.read
        if answer.rows is None:
            return [read(row) for row in rows.tolist()]
        place = np.minimum(np.searchsorted(answer.rows, rows), max(len(answer.rows) - 1, 0))
        may = answer.rows[place] == rows if len(answer.rows) else np.zeros(len(rows), np.bool_)
        return [read(row) if one else None for row, one in zip(rows.tolist(), may.tolist(), strict=True)]

    def texts(self, rows: Rows) -> Texts:
        """The texts at event rows, ascending and behind those of the call before."""
        return [self.text_of(value) for value in self.raw(rows)]

    def values(self, rows: Rows) -> list[Any]:
        """The values for JSON at event rows, ascending and behind those of the call before.

        Numbers and booleans stay what they are, everything else is its text.
        """
        return self.texts(rows)


class _ColumnSource(Source):
    """A field that is decided for the rows of a small table."""

    def __init__(self, store: Store, use: FieldUse, style: OutputStyle, column: Column) -> None:
        super().__init__(store, use, style)
        self._column = column
        entries = column.entries
        self._is_plain = (
            use.type is FieldType.INTEGER
            and use.field.name not in HEXADECIMAL
            and isinstance(entries, Numbers)
            and entries.values.dtype.kind in "iu"
        )
        self._known: dict[Any, str | None] = {}

    def texts(self, rows: Rows) -> Texts:
        entries = self._column.entries
        known = self._known
        if len(known) > MOST_KEPT:
            known.clear()
        if isinstance(entries, Choices):
            keys = self._codes(rows)
            for key in set(keys):
                if key not in known:
                    known[key] = None if key < 0 else self.text_of(entries.values[key])
            return list(map(known.__getitem__, keys))
        values, missing = self._numbers(rows)
        texts: Texts
        if self._is_plain:
            texts = list(map(str, values))
        else:
            for value in set(values):
                if value not in known:
                    known[value] = self.text_of(value)
            texts = list(map(known.__getitem__, values))
        for place in missing:
            texts[place] = None
        return texts

    def values(self, rows: Rows) -> list[Any]:
        entries = self._column.entries
        if self.use.field.name in HEXADECIMAL:
            return self.texts(rows)
        if isinstance(entries, Choices):
            if not self.use.type.is_numeric:
                return self.texts(rows)
            return [None if code < 0 else entries.values[code] for code in self._codes(rows)]
        values, missing = self._numbers(rows)
        for place in missing:
            values[place] = None
        return values

    def _codes(self, rows: Rows) -> list[int]:
        entries, index = self._column.entries, self._column.index
        assert isinstance(entries, Choices)
        if index is None:
            codes: list[int] = entries.codes[rows].tolist()
            return codes
        codes = np.append(entries.codes, np.int32(-1))[index[rows]].tolist()
        return codes

    def _numbers(self, rows: Rows) -> tuple[list[Any], list[int]]:
        """Values, anything where they are missing, and the places where they are."""
        entries, index = self._column.entries, self._column.index
        assert isinstance(entries, Numbers)
        places = rows if index is None else index[rows]
        here = places >= 0
        if entries.present is not None:
            here &= np.append(entries.present, False)[places] if index is not None else entries.present[rows]
        if not len(entries.values):
            return [0] * len(rows), list(range(len(rows)))
        return entries.values[np.maximum(places, 0)].tolist(), np.flatnonzero(~here).tolist()


class _OfContainerSource(_ColumnSource):
    """``proc.name`` and ``thread.tid``, which events about containers have without being of any thread."""

    def texts(self, rows: Rows) -> Texts:
        texts = super().texts(rows)
        for place, value in self._of_containers(rows):
            texts[place] = visible(str(value)) if self.style.safe else str(value)
        return texts

    def values(self, rows: Rows) -> list[Any]:
        values = super().values(rows)
        for place, value in self._of_containers(rows):
            values[place] = value
        return values

    def _of_containers(self, rows: Rows) -> list[tuple[int, Any]]:
        places = np.flatnonzero(_TELLS_CONTAINER[self.store.code[rows]]).tolist()
        return [(place, line_fields(self.store, int(rows[place]))[self.use.field.name]) for place in places]


_TELLS_CONTAINER = np.zeros(len(EVENTS), np.bool_)
_TELLS_CONTAINER[list(CONTAINER_JSON)] = True


class _ArgumentSource(Source):
    """All arguments of an event, or one of them."""

    def __init__(self, store: Store, use: FieldUse, style: OutputStyle) -> None:
        super().__init__(store, use, style)
        self._many: ManyEvents = many_events(store, Style(style.buffers, style.safe, masked=is_redacting()))

    def texts(self, rows: Rows) -> Texts:
        name = self.use.field.name
        if name == "evt.info":
            return [*self._many.info(self.store, rows)]
        if name == "evt.args":
            return [*self._many.args(self.store, rows)]
        argument = self.use.argument
        place = argument.number()
        return self._many.argument(self.store, rows, argument.text if place is None else place)


class _TimeSource(Source):
    """When an event happened. JSON has every time as a number of ns."""

    def __init__(
        self, store: Store, use: FieldUse, style: OutputStyle, write: Callable[[Rows], list[str]]
    ) -> None:
        super().__init__(store, use, style)
        self._write = write

    def texts(self, rows: Rows) -> Texts:
        return [*self._write(self._times(rows))]

    def values(self, rows: Rows) -> list[Any]:
        times: list[Any] = self.store.time[rows].tolist()
        return times

    def _times(self, rows: Rows) -> Rows:
        return self.store.time[rows]


class _RelativeSource(_TimeSource):
    """``%evt.outputtime`` in seconds since the capture began."""

    def _times(self, rows: Rows) -> Rows:
        return self.store.relative_time[rows]


class _LatencySource(_TimeSource):
    """``%evt.outputtime`` as the time that the call took; 0 at its start."""

    def _times(self, rows: Rows) -> Rows:
        column = answer_of(self.store, FieldUse(FIELDS["evt.latency"]))
        assert isinstance(column, Column)
        assert isinstance(column.entries, Numbers)
        taken: Rows = column.entries.values[rows]
        return taken


class _DeltaOutputSource(_TimeSource):
    """``%evt.outputtime`` in seconds since the event for which it was asked before."""

    _before: int | None = None

    def _times(self, rows: Rows) -> Rows:
        deltas, self._before = _deltas(self.store.time[rows], self._before)
        return deltas


class _DeltaSource(Source):
    """``evt.deltatime`` and its parts: since the event for which it was asked before."""

    _before: int | None = None

    def values(self, rows: Rows) -> list[Any]:
        deltas, self._before = _deltas(self.store.time[rows], self._before)
        part = self.use.field.name.removeprefix("evt.deltatime")
        # Both parts have the sign of the whole: clocks of two CPUs may run backwards a little.
        wanted: list[Any] = {"": deltas, ".s": _whole_seconds(deltas), ".ns": np.fmod(deltas, NS)}[
            part
        ].tolist()
        return wanted

    def texts(self, rows: Rows) -> Texts:
        return [self.text_of(value) for value in self.values(rows)]


def _deltas(times: Rows, before: int | None) -> tuple[Rows, int | None]:
    if not len(times):
        return times, before
    return np.diff(times, prepend=times[0] if before is None else before), int(times[-1])


def _clock(times: Rows) -> list[str]:
    """Local times of day. Many events fall into one second."""
    seconds = (times // NS).tolist()
    shown = {second: time_of_day(second * NS)[:-9] for second in set(seconds)}
    return [f"{shown[second]}{ns:09}" for second, ns in zip(seconds, (times % NS).tolist(), strict=True)]


def _whole_seconds(times: Rows) -> Rows:
    seconds: Rows = np.abs(times) // NS * np.sign(times)
    return seconds


def _seconds(times: Rows) -> list[str]:
    signs = {True: "-", False: ""}
    return [f"{signs[time < 0]}{abs(time) // NS}.{abs(time) % NS:09}" for time in times.tolist()]


def _unpadded_seconds(times: Rows) -> list[str]:
    """As the reference prints them: the part behind the point is a number of ns without zeros before it."""
    return [f"{time // NS}.{time % NS}" for time in times.tolist()]


_OUTPUT_TIMES: dict[TimeForm, tuple[type[_TimeSource], Callable[[Rows], list[str]]]] = {
    TimeForm.CLOCK: (_TimeSource, _clock),
    TimeForm.ABSOLUTE: (_TimeSource, _unpadded_seconds),
    TimeForm.RELATIVE: (_RelativeSource, _seconds),
    TimeForm.LATENCY: (_LatencySource, _seconds),
    TimeForm.DELTA: (_DeltaOutputSource, _seconds),
}


class _WrittenTimeSource(Source):
    """A time that the field itself writes; JSON has the number of ns."""

    def values(self, rows: Rows) -> list[Any]:
        times: list[Any] = self.store.time[rows].tolist()
        return times


_OF_CONTAINERS = frozenset({"proc.name", "thread.tid"})
_ARGUMENTS = frozenset({"evt.info", "evt.args", "evt.arg"})
_DELTAS = frozenset({"evt.deltatime", "evt.deltatime.s", "evt.deltatime.ns"})
_WRITTEN_TIMES = frozenset({"evt.time.s", "evt.time.iso8601", "evt.datetime", "evt.datetime.s"})


def source_of(store: Store, use: FieldUse, style: OutputStyle) -> Source:
    """Where the values of a field come from, under a style."""
    name = use.field.name
    if name == "evt.outputtime":
        kind, write = _OUTPUT_TIMES[style.times]
        return kind(store, use, style, write)
    if name == "evt.time":
        return _TimeSource(store, use, style, _clock)
    if name in _WRITTEN_TIMES:
        return _WrittenTimeSource(store, use, style)
    if name in _DELTAS:
        return _DeltaSource(store, use, style)
    if name in _ARGUMENTS:
        return _ArgumentSource(store, use, style)
    source = Source(store, use, style)
    answer = source.answer()
    if not isinstance(answer, Column):
        return source
    kind_of_column = _OfContainerSource if name in _OF_CONTAINERS else _ColumnSource
    return kind_of_column(store, use, style, answer)
