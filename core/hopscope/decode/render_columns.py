"""Many events as text at once: the same texts as :mod:`hopscope.decode.render` gives one by one.

Events are taken type by type and parameter by parameter. What a parameter says mostly follows from a
number that few events differ in: its value, or the row of the thread or descriptor that it names. So
each such text is made once and looked up for all other events; only paths that depend on a folder and
rare types are rendered event by event.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hopscope.attached import attached
from hopscope.text import visible

from .columns import EventColumns
from .dialect import Dialect
from .event_table import EVENTS, FIXED_WIDTH, Param
from .gathering import gather
from .masking import masking
from .moment import EventMoment, Moments
from .payload import BufferForm
from .render import GENERIC, WRITTEN, render_info
from .render_params import Rendered, Renderer, renderer
from .store_view import StoreView

Ints = NDArray[np.int64]

MOST_KEPT = 1 << 16
"""Texts of one parameter that are kept; beyond that they are forgotten and made again."""

_THREADS = frozenset({"PID", "PID32"})
_DESCRIPTORS = frozenset({"FD", "FD32"})
_PATHS = frozenset({"FSPATH", "FSRELPATH"})
_BY_EVENT = frozenset({"DYN", "FDLIST"})


class BulkView(StoreView, Protocol):
    """A store in which many events can be looked up at once."""

    @property
    def columns(self) -> EventColumns:
        """Where parameters lie."""

    def threads_of(self, tids: Ints, rows: Ints) -> Ints:
        """Rows of ``threads`` for tids at event rows, negative where unknown."""

    def descriptors_of(self, threads: NDArray[np.int32], numbers: Ints, rows: Ints) -> Ints:
        """Rows of ``descriptors`` for numbers of ``threads`` rows at event rows, negative where unknown."""


@dataclass(frozen=True, slots=True)
class Style:
    """How events are written.

    Attributes:
        buffers: form of recorded bytes.
        safe: True where a terminal shows it: what it would act on is written as an escape, except the
            line ends that the form of a buffer has on purpose.
        zone: of times; None for the machine's own.
        masked: True to mask credentials.
    """

    buffers: BufferForm = BufferForm.CUT
    safe: bool = False
    zone: tzinfo | None = None
    masked: bool = False


Write = Callable[[Rendered], str]
"""Makes of a parameter's number or text, and what it stands for, what is printed."""


class _Texts(dict[int, str]):
    """Texts by number, made when they are first asked for."""

    def __init__(self, make: Callable[[int], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: int) -> str:
        if len(self) >= MOST_KEPT:
            self.clear()
        text = self[key] = self._make(key)
        return text


class _Events:
    """Events of one type whose parameters are rendered together.

    Attributes:
        store: the capture.
        rows: int64, event rows, ascending.
        code: their type.
    """

    def __init__(self, store: BulkView, moments: Moments, rows: Ints, code: int, zone: tzinfo | None) -> None:
        self.store, self.rows, self.code = store, rows, code
        self._moments, self._zone = moments, zone

    def moment(self, place: int) -> EventMoment:
        """One of the events, for what is rendered event by event."""
        row = int(self.rows[place])
        raws = self.store.raw_params(row)
        return EventMoment(self._moments, row, int(self.store.thread[row]), raws, self.code, self._zone)


class _Parameter:
    """One parameter of an event type, rendered event by event.

    Subclasses know shortcuts and come back to this for values of an odd length.
    """

    def __init__(self, index: int, render: Renderer, write: Write, nowhere: EventMoment) -> None:
        """``nowhere`` stands for every event where its type and bytes alone decide."""
        self.index = index
        self.render = render
        self.write = write
        self.nowhere = nowhere

    def one(self, events: _Events, place: int) -> str:
        moment = events.moment(place)
        return self.write(self.render(moment, moment.raws[self.index]))

    def texts(self, events: _Events) -> list[str]:
        return [self.one(events, place) for place in range(len(events.rows))]


class _FixedParameter(_Parameter):
    """A parameter of fixed width, by numbers."""

    def __init__(self, index: int, render: Renderer, write: Write, nowhere: EventMoment, width: int) -> None:
        super().__init__(index, render, write, nowhere)
        self.width = width
        self.known = _Texts(self._of_value)

    def _of_value(self, value: int) -> str:
        raw = (value & ((1 << 8 * self.width) - 1)).to_bytes(self.width, "little")
        return self.write(self.render(self.nowhere, raw))

    def texts(self, events: _Events) -> list[str]:
        columns = events.store.columns
        start, length = columns.places(events.rows, self.index)
        usable = length == self.width
        if usable.all():
            return self.of_values(events, events.rows, gather(columns.data, start, f"<i{self.width}"))
        texts = [""] * len(events.rows)
        good = np.flatnonzero(usable)
        values = gather(columns.data, start[good], f"<i{self.width}")
        for place, text in zip(good.tolist(), self.of_values(events, events.rows[good], values), strict=True):
            texts[place] = text
        for place in np.flatnonzero(~usable).tolist():
            texts[place] = self.one(events, place)
        return texts

    def of_values(self, events: _Events, rows: Ints, values: Ints) -> list[str]:
        return list(map(self.known.__getitem__, values.tolist()))


class _ThreadParameter(_FixedParameter):
    """The number of a thread and its program."""

    def __init__(self, index: int, render: Renderer, write: Write, nowhere: EventMoment, width: int) -> None:
        super().__init__(index, render, write, nowhere, width)
        self._by_state: dict[tuple[int, int], str] = {}

    def of_values(self, events: _Events, rows: Ints, values: Ints) -> list[str]:
        states = events.store.threads_of(values, rows).tolist()
        known, write, comm = self._by_state, self.write, self.nowhere.moments.comm
        if len(known) > MOST_KEPT:
            known.clear()
        texts = []
        for key in zip(values.tolist(), states, strict=True):
            text = known.get(key)
            if text is None:
                tid, state = key
                text = known[key] = write((str(tid), comm(state) if state >= 0 else ""))
            texts.append(text)
        return texts


class _DescriptorParameter(_FixedParameter):
    """The number of a descriptor and what it leads to."""

    def __init__(self, index: int, render: Renderer, write: Write, nowhere: EventMoment, width: int) -> None:
        super().__init__(index, render, write, nowhere, width)
        self._by_state: dict[tuple[int, int], str] = {}

    def of_values(self, events: _Events, rows: Ints, values: Ints) -> list[str]:
        store = events.store
        threads = store.thread[rows]
        states = np.where(values >= 0, store.descriptors_of(threads, values, rows), -1)
        # Errors are named for known threads only, so these two kinds of unknown descriptors differ.
        states[(states < 0) & (threads < 0)] = -2
        states = store.heard.rows(states, rows)
        known = self._by_state
        if len(known) > MOST_KEPT:
            known.clear()
        texts = []
        for key in zip(values.tolist(), states.tolist(), strict=True):
            text = known.get(key)
            if text is None:
                text = known[key] = self._text(*key)
            texts.append(text)
        return texts

    def _text(self, number: int, state: int) -> str:
        if state >= 0:
            return self.write((str(number), self.nowhere.moments.descriptor_text(state)))
        if state == -2 or number >= 0:
            return self.write((str(number), ""))
        return self._of_value(number)


class _RawParameter(_Parameter):
    """A parameter whose bytes alone decide."""

    def texts(self, events: _Events) -> list[str]:
        write, render, nowhere = self.write, self.render, self.nowhere
        return [write(render(nowhere, raw)) for raw in _raws(events, self.index)]


class _PathParameter(_Parameter):
    """A path; only a relative one depends on the event."""

    def texts(self, events: _Events) -> list[str]:
        write, render, nowhere = self.write, self.render, self.nowhere
        return [
            write(render(nowhere, raw)) if raw[:1] == b"/" else self.one(events, place)
            for place, raw in enumerate(_raws(events, self.index))
        ]


def _raws(events: _Events, index: int) -> list[bytes]:
    columns = events.store.columns
    start, length = columns.places(events.rows, index)
    data = columns.data.data
    return [
        data[begin:end].tobytes()
        for begin, end in zip(start.tolist(), (start + length).tolist(), strict=True)
    ]


class ManyEvents:
    """Renders the events of one store in one style.

    Args:
        store: the capture.
        style: how events are written.
    """

    def __init__(self, store: BulkView, style: Style) -> None:
        self._moments = Moments(store)
        self._style = style
        self._infos: dict[int, list[_Parameter]] = {}
        self._alone: dict[tuple[int, int], _Parameter] = {}
        self._nowhere = EventMoment(self._moments, 0, 0, [], 0, style.zone)

    @property
    def dialect(self) -> Dialect:
        """The release that the capture is printed like."""
        return self._moments.dialect

    # --- all arguments ---------------------------------------------------------------------------

    def args(self, store: BulkView, rows: Ints) -> list[str]:
        """What :func:`~hopscope.decode.render.render_args` gives for each of these event rows."""
        texts = np.full(len(rows), "", dtype=object)
        for code, count, places in _by_shape(store, rows):
            if count and code not in GENERIC:
                events = _Events(store, self._moments, rows[places], code, self._style.zone)
                columns = [one.texts(events) for one in self._info_plan(code)[:count]]
                texts[places] = (
                    columns[0] if len(columns) == 1 else list(map("".join, zip(*columns, strict=True)))
                )
        made: list[str] = texts.tolist()
        return made

    def info(self, store: BulkView, rows: Ints) -> list[str]:
        """What :func:`~hopscope.decode.render.render_info` gives for each of these event rows."""
        texts = self.args(store, rows)
        logs = self._moments.syslog_descriptors
        if logs:
            to_log = np.isin(store.descriptor[rows], list(logs)) & _WRITES[store.code[rows]]
            for place in np.flatnonzero(to_log).tolist():
                style = self._style
                info = render_info(store, int(rows[place]), style.zone, style.buffers, style.masked)
                texts[place] = visible(info) if style.safe else info
        return texts

    # --- one argument ----------------------------------------------------------------------------

    def argument(self, store: BulkView, rows: Ints, name: str | int) -> list[str | None]:
        """One argument of each event: what it stands for if there is that, else as it is written.

        Args:
            store: the capture.
            rows: int64, event rows, ascending.
            name: of the argument, or its position.

        Returns:
            One text an event, None where it has no such argument.
        """
        texts: NDArray[np.object_] = np.full(len(rows), None, dtype=object)
        for code, count, places in _by_shape(store, rows):
            index = name if isinstance(name, int) else self._index_of(code, name)
            if index < min(count, len(self._params(code))):
                events = _Events(store, self._moments, rows[places], code, self._style.zone)
                texts[places] = self._parameter_alone(code, index).texts(events)
        made: list[str | None] = texts.tolist()
        return made

    def _index_of(self, code: int, name: str) -> int:
        names = [param.name for param in self._params(code)]
        return names.index(name) if name in names else len(names)

    # --- plans -----------------------------------------------------------------------------------

    def _params(self, code: int) -> tuple[Param, ...]:
        dialect = self.dialect
        return tuple(dialect.param(code, index) for index in range(max(0, int(dialect.known[code]))))

    def _info_plan(self, code: int) -> list[_Parameter]:
        plan = self._infos.get(code)
        if plan is None:
            plan = self._infos[code] = [
                self._parameter(param, index, self._labelled(param))
                for index, param in enumerate(self._params(code))
            ]
        return plan

    def _parameter_alone(self, code: int, index: int) -> _Parameter:
        found = self._alone.get((code, index))
        if found is None:
            param = self._params(code)[index]
            made_safe = self._for_terminal(param)
            found = self._parameter(param, index, lambda pair: made_safe(pair[1] or pair[0]))
            self._alone[code, index] = found
        return found

    def _labelled(self, param: Param) -> Write:
        label, made_safe = f"{param.name}=", self._for_terminal(param)

        def write(pair: Rendered) -> str:
            text, resolved = pair
            return made_safe(f"{label}{text}({resolved}) " if resolved else f"{label}{text} ")

        return write

    def _for_terminal(self, param: Param) -> Callable[[str], str]:
        if not self._style.safe or (param.type == "BYTEBUF" and self._style.buffers.has_lines):
            return str
        return visible

    def _parameter(self, param: Param, index: int, write: Write) -> _Parameter:
        render = renderer(param, self.dialect, self._style.buffers)
        if self._style.masked:
            render = masking(param, render, self.dialect.cut_of(self._style.buffers))
            if param.name == "args":
                # What an option means depends on the program, another parameter.
                return _Parameter(index, render, write, self._nowhere)
        width = FIXED_WIDTH.get(param.type)
        if param.type in _THREADS and width:
            return _ThreadParameter(index, render, write, self._nowhere, width)
        if param.type in _DESCRIPTORS and width:
            return _DescriptorParameter(index, render, write, self._nowhere, width)
        if param.type in _BY_EVENT:
            return _Parameter(index, render, write, self._nowhere)
        if param.type in _PATHS:
            return _PathParameter(index, render, write, self._nowhere)
        if width:
            return _FixedParameter(index, render, write, self._nowhere, width)
        return _RawParameter(index, render, write, self._nowhere)


_WRITES = np.zeros(len(EVENTS), np.bool_)
_WRITES[[code for code, place in WRITTEN.items() if place >= 0]] = True


def _by_shape(store: BulkView, rows: Ints) -> list[tuple[int, int, Ints]]:
    """Type, number of stored parameters, and places of the events that have these in common."""
    if not len(rows):
        return []
    shape = store.code[rows].astype(np.int64) << 8 | store.nparams[rows]
    order = np.argsort(shape, kind="stable")
    found, starts = np.unique(shape[order], return_index=True)
    parts = np.split(order, starts[1:])
    return [(int(one) >> 8, int(one) & 0xFF, places) for one, places in zip(found, parts, strict=True)]


def many_events(store: BulkView, style: Style) -> ManyEvents:
    """The renderer of a store's events in a style, kept as long as the store."""
    kept: dict[Style, ManyEvents] = attached(store, "many events")
    found = kept.get(style)
    if found is None:
        found = kept[style] = ManyEvents(store, style)
    return found
