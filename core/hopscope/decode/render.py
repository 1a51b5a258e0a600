"""Whole events as text: what the reference prints as ``%evt.info`` and as a line of ``sysdig -r``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import tzinfo

from hopscope.attached import attached
from hopscope.redaction import is_redacting

from .clock import time_of_day
from .event_table import EVENTS, EventFlag, Param, codes_named
from .masking import masking
from .moment import EventMoment, Moments
from .payload import BufferForm
from .render_params import Renderer, renderer
from .store_view import StoreView
from .syslog import syslog_text
from .values import decode_param

GENERIC = frozenset(codes_named("syscall"))
"""Events of system calls without parameters of their own; their arguments are never printed."""

CONTAINER_JSON = frozenset(codes_named("container")) - {
    code for code in codes_named("container") if code < 272
}
"""Events that carry a container's metadata as JSON; they belong to no thread."""


NONE = -1

_NUMBER_WIDTHS = frozenset({1, 2, 4, 8})

WRITTEN = {
    event.code: event.param_index.get("data", NONE)
    for event in EVENTS
    if event.is_exit and EventFlag.WRITES_TO_FD in event.flags
}
"""Place of the bytes written, by type code of exits that write; NONE where a type stores none."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of an event.

    Attributes:
        name, type: as in the event table, by the release of the reference that the capture follows.
        text: the number or text as printed.
        resolved: what it stands for, printed in brackets; empty where there is nothing to add.
        value: the decoded value, see :func:`hopscope.decode.values.decode_param`.
    """

    name: str
    type: str
    text: str
    resolved: str
    value: object

    def __str__(self) -> str:
        return f"{self.name}={self.text}({self.resolved})" if self.resolved else f"{self.name}={self.text}"


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the parameters of one event type are rendered."""

    params: tuple[Param, ...]
    labels: tuple[str, ...]
    renderers: tuple[Renderer, ...]


class _EventRenderer:
    """Renders the events of one store, with one plan for each type that occurs."""

    def __init__(self, store: StoreView, buffers: BufferForm, masked: bool) -> None:
        self.moments = Moments(store)
        self._buffers, self._masked = buffers, masked
        self._plans: dict[int, _Plan] = {}

    def plan(self, code: int) -> _Plan:
        plan = self._plans.get(code)
        if plan is None:
            dialect = self.moments.dialect
            params = tuple(dialect.param(code, i) for i in range(max(0, int(dialect.known[code]))))
            labels = tuple(f"{param.name}=" for param in params)
            renderers = tuple(renderer(param, dialect, self._buffers) for param in params)
            if self._masked:
                most = dialect.cut_of(self._buffers)
                pairs = zip(params, renderers, strict=True)
                renderers = tuple(masking(param, render, most) for param, render in pairs)
            plan = _Plan(params, labels, renderers)
            self._plans[code] = plan
        return plan

    def event(self, store: StoreView, row: int, zone: tzinfo | None) -> EventMoment:
        code, thread = int(store.code[row]), int(store.thread[row])
        return EventMoment(self.moments, row, thread, store.raw_params(row), code, zone)

    def args(self, event: EventMoment) -> str:
        if event.code in GENERIC:
            return ""
        plan = self.plan(event.code)
        parts = []
        for label, render, raw in zip(plan.labels, plan.renderers, event.raws, strict=False):
            text, resolved = render(event, raw)
            parts.append(f"{label}{text}({resolved}) " if resolved else f"{label}{text} ")
        return "".join(parts)

    def info(self, store: StoreView, row: int, zone: tzinfo | None) -> str:
        event = self.event(store, row, zone)
        place = WRITTEN.get(event.code, NONE)
        if 0 <= place < len(event.raws) and self.moments.is_syslog(int(store.descriptor[row])):
            message = syslog_text(event.raws[place]) if event.raws[0][7:8] < b"\x80" else None
            if message is not None:
                return message
        return self.args(event)

    def arguments(self, store: StoreView, row: int, zone: tzinfo | None) -> list[Argument]:
        event = self.event(store, row, zone)
        plan = self.plan(event.code)
        found = []
        for param, render, raw in zip(plan.params, plan.renderers, event.raws, strict=False):
            text, resolved = render(event, raw)
            found.append(Argument(param.name, param.type, text, resolved, decode_param(param, raw)))
        return found

    def name(self, store: StoreView, row: int) -> str:
        code = int(store.code[row])
        if code not in GENERIC:
            return self.moments.dialect.event_name(code)
        raws = store.raw_params(row)
        if not raws or len(raws[0]) not in _NUMBER_WIDTHS:
            return self.moments.dialect.event_name(code)
        return self.moments.dialect.syscalls.get(int.from_bytes(raws[0], "little"), "<unknown>")

    def process(self, store: StoreView, row: int) -> str:
        thread = int(store.thread[row])
        if thread < 0 and int(store.code[row]) in CONTAINER_JSON:
            return f"container:{_container_id(store.raw_params(row))}"
        return self.moments.comm(thread)


def _container_id(raws: list[bytes]) -> str:
    try:
        told = json.loads(raws[0].rstrip(b"\0\n")) if raws else {}
        return str(told["container"]["id"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _renderer_of(
    store: StoreView, buffers: BufferForm = BufferForm.CUT, masked: bool | None = None
) -> _EventRenderer:
    kept: dict[tuple[BufferForm, bool], _EventRenderer] = attached(store, "renderers")
    style = buffers, is_redacting() if masked is None else masked
    found = kept.get(style)
    if found is None:
        found = kept[style] = _EventRenderer(store, *style)
    return found


def render_info(
    store: StoreView,
    row: int,
    zone: tzinfo | None = None,
    buffers: BufferForm = BufferForm.CUT,
    masked: bool | None = None,
) -> str:
    """An event as ``%evt.info`` prints it: its arguments, or the message that was written to the system log.

    Args:
        store: indexed capture.
        row: event row.
        zone: time zone of arguments that are times; None for the machine's own.
        buffers: how recorded bytes are printed.
        masked: True to mask credentials, False never to; None where redaction is on.
    """
    return _renderer_of(store, buffers, masked).info(store, row, zone)


def render_args(store: StoreView, row: int, zone: tzinfo | None = None, masked: bool | None = None) -> str:
    """The arguments of an event as ``%evt.args`` prints them: ``name=value(resolved) `` each."""
    found = _renderer_of(store, masked=masked)
    return found.args(found.event(store, row, zone))


def decoded_args(
    store: StoreView, row: int, zone: tzinfo | None = None, masked: bool | None = None
) -> list[Argument]:
    """The arguments of an event one by one, in stored order; also those of generic events.

    Credentials are masked in their texts as in :func:`render_info`, never in their values.
    """
    return _renderer_of(store, masked=masked).arguments(store, row, zone)


def event_name(store: StoreView, row: int) -> str:
    """``%evt.type``: name of the event; the system call's for generic events."""
    return _renderer_of(store).name(store, row)


def line_fields(store: StoreView, row: int, zone: tzinfo | None = None) -> dict[str, object]:
    """The fields of the default format by name, in its order.

    Args:
        store: indexed capture.
        row: event row.
        zone: time zone of ``evt.outputtime``; None for the machine's own.
    """
    found = _renderer_of(store)
    return {
        "evt.num": int(store.number[row]),
        "evt.outputtime": time_of_day(int(store.time[row]), zone),
        "evt.cpu": int(store.cpu[row]),
        "proc.name": found.process(store, row),
        "thread.tid": -1 if int(store.code[row]) in CONTAINER_JSON else int(store.tid[row]),
        "evt.dir": EVENTS[int(store.code[row])].direction,
        "evt.type": found.name(store, row),
        "evt.info": found.info(store, row, zone),
    }


def render_line(store: StoreView, row: int, zone: tzinfo | None = None) -> str:
    """A line of ``sysdig -r CAPTURE`` in its default format, without the line end.

    Args:
        store: indexed capture.
        row: event row.
        zone: time zone; None for the machine's own.
    """
    fields = line_fields(store, row, zone)
    return "{} {} {} {} ({}) {} {} {}".format(*fields.values())
