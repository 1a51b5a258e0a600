"""Fields of class ``evt`` about time: when an event happened and how long it took."""

from __future__ import annotations

import os
from datetime import UTC
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.clock import date_and_time, time_of_day
from hopscope.decode.event_table import EVENTS, EventFlag, codes_named
from hopscope.fields import event_types
from hopscope.fields.column import Column, Lazy, Numbers
from hopscope.fields.field import Argument, Domain, Field, FieldType
from hopscope.fields.memo import once

if TYPE_CHECKING:
    from collections.abc import Callable

    from hopscope.fields.field import Compute
    from hopscope.store.store import Store

SECOND = 1_000_000_000

_REPEATS = event_types.FLAGS & int(EventFlag.SKIPPARSERESET) != 0
_REPEATS[list(codes_named("switch", "page_fault"))] = True
"""Types at which a thread keeps its latency."""


def iso8601(time_ns: int) -> str:
    """Date and time in UTC: ``2016-12-04T15:41:38.271984729+0000``."""
    return date_and_time(time_ns, UTC).replace(" ", "T") + "+0000"


def human(duration_ns: int) -> str:
    """A duration as sysdig prints it for people: ``1.36us``, ``28us``, ``5.00s``, ``0ns``."""
    if duration_ns >= SECOND:
        return f"{duration_ns // 10_000_000 / 100:.2f}s"
    for unit, name in ((1_000_000, "ms"), (1_000, "us")):
        if duration_ns >= 10 * unit:
            return f"{duration_ns // unit}{name}"
        if duration_ns >= unit:
            return f"{duration_ns * 100 // unit / 100:.2f}{name}"
    return f"{duration_ns}ns"


def _texts(write: Callable[[int], str], whole_seconds: bool = False) -> Compute:
    def compute(store: Store, argument: Argument) -> Lazy:
        def read(row: int) -> str:
            text = write(int(store.time[row]))
            return text.partition(".")[0] if whole_seconds else text

        return Lazy(read)

    return compute


def _relative(store: Store) -> NDArray[np.int64]:
    return store.relative_time


def _since_last(store: Store) -> NDArray[np.int64]:
    def make() -> NDArray[np.int64]:
        return np.diff(store.time, prepend=store.time[:1])

    return once(store, "evt.deltatime", make)


def _whole(store: Store) -> NDArray[np.int64]:
    return store.time


def _part(base: str, part: str) -> Compute:
    """A time or duration in full, its whole seconds, or the rest of it in ns."""
    sources = {"rawtime": _whole, "reltime": _relative, "deltatime": _since_last, "latency": _latency}
    source = sources[base]

    def compute(store: Store, argument: Argument) -> Column:
        values = source(store)
        if part == "s":
            values = values // SECOND
        elif part == "ns":
            values = values % SECOND
        present = ~event_types.INTERNAL[store.code] if base == "latency" else None
        return Column(Numbers(values, present))

    return compute


def _latency(store: Store) -> NDArray[np.int64]:
    """Latency of each event; events that are no calls repeat what their thread had last (sysdig 0.29.3)."""

    def make() -> NDArray[np.int64]:
        order = np.argsort(store.tid_key, kind="stable")
        tids = store.tid_key[order]
        own = ~_REPEATS[store.code[order]] | (np.diff(tids, prepend=tids[:1] - 1) != 0)
        last = np.maximum.accumulate(np.where(own, np.arange(len(order)), 0))
        repeated = np.empty(len(store), dtype=np.int64)
        repeated[order] = store.latency[order][last]
        return repeated

    return once(store, "evt.latency", make)


def _latency_human(store: Store, argument: Argument) -> Lazy:
    latency = _latency(store)
    return Lazy(lambda row: None if event_types.INTERNAL[store.code[row]] else human(int(latency[row])))


def _quantized(store: Store, argument: Argument) -> Column:
    """Column of a logarithmic scale of 100 s as wide as the terminal; 1 without one (sysdig 0.29.3)."""
    try:
        width = os.get_terminal_size().columns
    except OSError:
        width = 0
    latency = _latency(store)
    place = np.minimum(np.log10(np.maximum(latency, 1)), 11.0) * width / 11 + 1
    return Column(Numbers(place.astype(np.int64), (latency != 0) & ~event_types.INTERNAL[store.code]))


def _wait_latency(store: Store, argument: Argument) -> Column:
    waits = event_types.has_flag(store, EventFlag.WAITS) & event_types.IS_EXIT
    assert len(waits) == len(EVENTS)
    return Column(Numbers(_latency(store), waits[store.code]))


def _row(name: str, kind: FieldType, text: str, compute: Compute, domain: Domain = Domain.EVENT) -> Field:
    return Field(name, kind, domain, text, compute)


_TIME, _DURATION, _TEXT = FieldType.TIME, FieldType.DURATION, FieldType.TEXT

FIELDS: tuple[Field, ...] = (
    _row("evt.time", _TEXT, "local time with nanoseconds", _texts(time_of_day), Domain.ARGUMENTS),
    _row("evt.time.s", _TEXT, "local time in whole seconds", _texts(time_of_day, True), Domain.ARGUMENTS),
    _row("evt.time.iso8601", _TEXT, "date and time in UTC, ISO 8601", _texts(iso8601), Domain.ARGUMENTS),
    _row(
        "evt.datetime", _TEXT, "local date and time with nanoseconds", _texts(date_and_time), Domain.ARGUMENTS
    ),
    _row(
        "evt.datetime.s",
        _TEXT,
        "local date and time in whole seconds",
        _texts(date_and_time, True),
        Domain.ARGUMENTS,
    ),
    _row("evt.rawtime", _TIME, "time in ns since 1970", _part("rawtime", "")),
    _row("evt.rawtime.s", _TIME, "whole seconds since 1970", _part("rawtime", "s")),
    _row("evt.rawtime.ns", _TIME, "the part of the time below a second, in ns", _part("rawtime", "ns")),
    _row("evt.reltime", _DURATION, "ns since the capture began", _part("reltime", "")),
    _row("evt.reltime.s", _DURATION, "whole seconds since the capture began", _part("reltime", "s")),
    _row(
        "evt.reltime.ns", _DURATION, "the part of evt.reltime below a second, in ns", _part("reltime", "ns")
    ),
    _row("evt.deltatime", _DURATION, "ns since the event before", _part("deltatime", "")),
    _row("evt.deltatime.s", _DURATION, "whole seconds since the event before", _part("deltatime", "s")),
    _row(
        "evt.deltatime.ns",
        _DURATION,
        "the part of evt.deltatime below a second, in ns",
        _part("deltatime", "ns"),
    ),
    _row("evt.latency", _DURATION, "ns between the start of a call and its end", _part("latency", "")),
    _row("evt.latency.s", _DURATION, "whole seconds of evt.latency", _part("latency", "s")),
    _row(
        "evt.latency.ns", _DURATION, "the part of evt.latency below a second, in ns", _part("latency", "ns")
    ),
    _row(
        "evt.latency.human", _TEXT, "evt.latency for people, such as 10.3ms", _latency_human, Domain.ARGUMENTS
    ),
    _row(
        "evt.latency.quantized", FieldType.INTEGER, "column of evt.latency on a logarithmic scale", _quantized
    ),
    _row(
        "evt.outputtime",
        _TEXT,
        "time as the option -t asks; local time",
        _texts(time_of_day),
        Domain.ARGUMENTS,
    ),
    _row("evt.wait_latency", _DURATION, "ns that a waiting call took", _wait_latency),
)
