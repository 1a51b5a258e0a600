"""Fields of the classes ``span`` and ``evtin``: what tracers say, and which spans events lie in.

``span`` fields belong to the events that wrote a tracer. ``evtin.span`` fields belong to the events between
the two tracers of a span, of the same thread or of more: a condition holds where it does for any span around.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.clock import time_of_day
from hopscope.fields.column import Column, Levels, Numbers, encode, nothing
from hopscope.fields.evt_time import human
from hopscope.fields.field import Argument, ArgumentForm, Domain, Field, FieldType, Match
from hopscope.fields.memo import once
from hopscope.lookup import look_up_or
from hopscope.store.tables import NONE

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from hopscope.decode.tracer import Arguments
    from hopscope.fields.field import Compute
    from hopscope.store.spans import Spans
    from hopscope.store.store import Store

_TEXT, _INTEGER, _DURATION = FieldType.TEXT, FieldType.INTEGER, FieldType.DURATION


# --- what tracers say ------------------------------------------------------------------------------


def _marks(store: Store) -> NDArray[np.int32]:
    """Row in the table of tracers of each event, int32, NONE for events that are none."""

    def make() -> NDArray[np.int32]:
        rows = store.spans.marks.row
        found = np.full(len(store), NONE, np.int32)
        found[rows] = np.arange(len(rows), dtype=np.int32)
        return found

    return once(store, "tracer of event", make)


def _told(read: Callable[[Spans, int, Argument], Hashable | None], kind: FieldType = _TEXT) -> Compute:
    """A column of what is read of each tracer, by its row."""

    def compute(store: Store, argument: Argument) -> Column:
        spans = store.spans
        if not len(spans.marks.row):
            return nothing(len(store))
        values = [read(spans, mark, argument) for mark in range(len(spans.marks.row))]
        if kind is _TEXT:
            return Column(encode(values), _marks(store))
        present = np.array([value is not None for value in values], np.bool_)
        return Column(Numbers(np.array([value or 0 for value in values], np.int64), present), _marks(store))

    return compute


def _of_span(read: Callable[[Spans, int, int, Argument], Hashable | None]) -> Callable[..., Hashable | None]:
    """The same for what only tracers of a known span have."""

    def of_mark(spans: Spans, mark: int, argument: Argument) -> Hashable | None:
        span = int(spans.marks.span[mark])
        return None if span < 0 else read(spans, mark, span, argument)

    return of_mark


def _position(text: str) -> int | None:
    """A position in a list, from its end where it is negative; None for what is none."""
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def _at(values: tuple[Any, ...], argument: Argument) -> Any:
    place = _position(argument.text)
    return values[place] if place is not None and -len(values) <= place < len(values) else None


def _argument(args: Arguments, argument: Argument) -> str | None:
    """The value of an argument by its position or its name."""
    if _position(argument.text) is not None:
        pair = _at(args, argument)
        return None if pair is None else pair[1]
    return next((value for name, value in args if name == argument.text), None)


def _joined(args: Arguments, between: str) -> str:
    return ",".join(f"{name}{between}{value}" for name, value in args)


def _is_depth(spans: Spans, mark: int, argument: Argument) -> bool:
    return len(spans.marks.tags[mark]) - 1 == _position(argument.text)


def _duration(spans: Spans, mark: int, span: int, argument: Argument) -> int | None:
    return None if spans.marks.begins[mark] else int(spans.duration[span])


def _quantized(spans: Spans, mark: int, span: int, argument: Argument) -> int | None:
    duration = _duration(spans, mark, span, argument)
    return int(math.log10(duration)) if duration else None


def _human(spans: Spans, mark: int, span: int, argument: Argument) -> str | None:
    duration = _duration(spans, mark, span, argument)
    return None if duration is None else human(duration)


def _id_tag(spans: Spans, mark: int, argument: Argument) -> str:
    return f"{spans.marks.id[mark]}{_at(spans.marks.tags[mark], argument) or ''}"


def _time(store: Store, argument: Argument) -> Column:
    rows = store.spans.marks.row
    read = _told(_of_span(lambda spans, mark, span, argument: time_of_day(int(store.time[rows[mark]]))))
    answer = read(store, argument)
    assert isinstance(answer, Column)
    return answer


def _raw_time(of_parent: bool) -> Compute:
    def compute(store: Store, argument: Argument) -> Column:
        def read(spans: Spans, mark: int, span: int, argument: Argument) -> str | None:
            about = int(spans.parent[span]) if of_parent else span
            return None if about < 0 else str(store.time[spans.enter[about]])

        answer = _told(_of_span(read))(store, argument)
        assert isinstance(answer, Column)
        return answer

    return compute


# --- the spans around an event ---------------------------------------------------------------------


def _around(store: Store, scope: str) -> list[NDArray[np.int32]]:
    """Spans around each event, int32, rows of the table of spans or NONE; the latest one first.

    Args:
        store: of the events.
        scope: empty for events of the span's thread, ``p`` of its process, ``s`` of the children of its
            process, ``m`` of everything.
    """

    def make() -> list[NDArray[np.int32]]:
        spans = store.spans
        latest = np.full(len(store), NONE, np.int32)
        levels: list[NDArray[np.int32]] = []
        ends: dict[int, list[int]] = {}
        for span, (start, stop) in enumerate(_stretches(store)):
            key, rows = _rows_around(store, int(spans.thread[span]), scope)
            inside = rows[np.searchsorted(rows, start + 1) : np.searchsorted(rows, stop, side="right")]
            latest[inside] = span
            busy = ends.setdefault(key, [])
            level = next((i for i, end in enumerate(busy) if end <= start), len(busy))
            busy[level : level + 1] = [stop]
            if level == len(levels):
                levels.append(np.full(len(store), NONE, np.int32))
            levels[level][inside] = span
        rest = (np.where(level == latest, np.int32(NONE), level) for level in levels)
        return [latest, *rest] if len(levels) > 1 else [latest]

    return once(store, ("spans around", scope), make)


def _stretches(store: Store) -> Iterator[tuple[int, int]]:
    """First and last event row of each span."""
    spans = store.spans
    columns = (spans.enter.tolist(), spans.exit.tolist(), spans.forgotten.tolist())
    for enter, exit_, forgotten in zip(*columns, strict=True):
        yield enter, exit_ if exit_ >= 0 else forgotten - 1 if forgotten >= 0 else len(store)


def _rows_around(store: Store, thread: int, scope: str) -> tuple[int, NDArray[np.int64]]:
    """A number for those whose events a span of a thread is around, and these events' rows, ascending."""

    def rows_of_children(process: int) -> NDArray[np.int64]:
        parents = look_up_or(store.threads.parent, store.thread, NONE)
        return np.flatnonzero(parents == process)

    if scope == "m" or thread < 0:
        everything = once(store, "all event rows", lambda: np.arange(len(store)))
        return NONE, everything if scope == "m" else everything[:0]
    life, process = int(store.threads.life[thread]), int(store.threads.process[thread])
    if scope == "s":
        return process, once(store, ("events of children", process), lambda: rows_of_children(process))
    if scope == "p":
        return process, store.rows_of_process(process)
    return life, store.rows_of_thread_life(life)


def _inside(scope: str, read: Callable[[Spans, int, Argument], Hashable | None], kind: FieldType) -> Compute:
    """What is read of the spans around each event, by row of their table."""

    def compute(store: Store, argument: Argument) -> Column | Levels:
        spans = store.spans
        if not len(spans):
            return nothing(len(store))
        values = [read(spans, span, argument) for span in range(len(spans))]
        around = _around(store, scope)
        if kind is _TEXT:
            choices = encode(values)
            return Levels([Column(choices, index) for index in around])
        numbers = Numbers(np.array([value or 0 for value in values], np.int64))
        return Levels([Column(numbers, index) for index in around])

    return compute


# --- the table --------------------------------------------------------------------------------------


def _check_position(text: str) -> str:
    if _position(text) is not None:
        return ""
    return "the argument is a position, counted from 0 or, with a minus, from the end"


def _row(usage: str, kind: FieldType, text: str, compute: Compute, match: Match = Match.ONE) -> Field:
    """A field by its usage: ``span.tag[position]`` needs an argument."""
    name, bracket, argument = usage.partition("[")
    argument = argument.removesuffix("]")
    form = ArgumentForm.REQUIRED if bracket else ArgumentForm.NONE
    check = _check_position if argument in ("position", "depth") else None
    return Field(name, kind, Domain.EVENT, text, compute, form, argument, check, match=match)


def _spans() -> Iterator[Field]:
    def row(usage: str, text: str, read: Callable[..., Hashable | None], kind: FieldType = _TEXT) -> Field:
        return _row(f"span.{usage}", kind, text, _told(read, kind))

    yield row(
        "id", "number of the span that a tracer begins or ends", lambda s, m, a: int(s.marks.id[m]), _INTEGER
    )
    yield _row("span.time", _TEXT, "time of the tracer", _time)
    yield row("ntags", "how many tags the span has", lambda s, m, a: len(s.marks.tags[m]), _INTEGER)
    yield row(
        "nargs", "how many arguments the span began with",
        _of_span(lambda s, m, n, a: len(s.enter_args[n])), _INTEGER,
    )  # fmt: skip
    yield row("tags", "all tags of the span with dots between", lambda s, m, a: ".".join(s.marks.tags[m]))
    yield row("tag[position]", "one tag of the span", lambda s, m, a: _at(s.marks.tags[m], a))
    yield row(
        "args", "all arguments of the tracer", _of_span(lambda s, m, n, a: _joined(s.marks.args[m], "="))
    )
    yield row(
        "arg[name]", "one argument of the tracer, by name or position",
        _of_span(lambda s, m, n, a: _argument(s.marks.args[m], a)),
    )  # fmt: skip
    yield row(
        "enterargs", "all arguments that the span began with",
        _of_span(lambda s, m, n, a: _joined(s.enter_args[n], "=")),
    )  # fmt: skip
    yield row(
        "enterarg[name]", "one argument that the span began with, by name or position",
        _of_span(lambda s, m, n, a: _argument(s.enter_args[n], a)),
    )  # fmt: skip
    yield row("duration", "ns that the span took, at its end", _of_span(_duration), _DURATION)
    yield row("duration.quantized", "power of ten of span.duration", _of_span(_quantized), _INTEGER)
    yield row("duration.human", "span.duration for people, such as 10.3ms", _of_span(_human))
    yield row(
        "duration.fortag[depth]", "span.duration of spans with one tag more than the depth",
        _of_span(lambda s, m, n, a: _duration(s, m, n, a) if _is_depth(s, m, a) else None), _DURATION,
    )  # fmt: skip
    yield row("count", "1 at the end of a span", lambda s, m, a: int(not s.marks.begins[m]), _INTEGER)
    yield row(
        "count.fortag[depth]", "1 at the end of a span with one tag more than the depth",
        lambda s, m, a: int(not s.marks.begins[m] and _is_depth(s, m, a)), _INTEGER,
    )  # fmt: skip
    yield row(
        "childcount.fortag[depth]", "1 at the end of a span with more tags than that",
        lambda s, m, a: int(not s.marks.begins[m] and len(s.marks.tags[m]) > (_position(a.text) or 0) + 1),
        _INTEGER,
    )  # fmt: skip
    yield row("idtag[position]", "span.id and one tag, one after the other", _id_tag)
    yield _row("span.rawtime", _TEXT, "time in ns at which the span began", _raw_time(of_parent=False))
    yield _row("span.rawparenttime", _TEXT, "the same of the span around", _raw_time(of_parent=True))


_AROUND: dict[str, tuple[FieldType, str, Callable[[Spans, int, Argument], Hashable | None]]] = {
    "id": (_INTEGER, "number", lambda spans, span, argument: int(spans.id[span])),
    "ntags": (_INTEGER, "number of tags", lambda spans, span, argument: len(spans.tags[span])),
    "nargs": (_INTEGER, "number of arguments", lambda spans, span, argument: len(spans.enter_args[span])),
    "tags": (_TEXT, "tags, with dots between,", lambda spans, span, argument: ".".join(spans.tags[span])),
    "tag[position]": (_TEXT, "one tag", lambda spans, span, argument: _at(spans.tags[span], argument)),
    "args": (_TEXT, "arguments", lambda spans, span, argument: _joined(spans.enter_args[span], ":")),
    "arg[name]": (
        _TEXT, "one argument", lambda spans, span, argument: _argument(spans.enter_args[span], argument),
    ),
}  # fmt: skip
_SCOPES = {
    "": "its thread", "p.": "its process", "s.": "children of its process", "m.": "the whole machine",
}  # fmt: skip


def _fields_around() -> Iterator[Field]:
    for prefix, whose in _SCOPES.items():
        for name, (kind, what, read) in _AROUND.items():
            text = f"{what} of a span around the event; for {whose}"
            compute = _inside(prefix.removesuffix("."), read, kind)
            yield _row(f"evtin.span.{prefix}{name}", kind, text, compute, Match.ANY)


FIELDS: tuple[Field, ...] = (*_spans(), *_fields_around())
