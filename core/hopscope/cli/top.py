"""``hopscope top``: what moved most bytes, took longest, failed most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from hopscope.cli.capture import open_capture
from hopscope.cli.command import Request
from hopscope.cli.output import json_array
from hopscope.cli.table import Heading, print_table
from hopscope.decode.payload import BufferForm
from hopscope.errors import UsageError
from hopscope.fields.values import MISSING, use_of
from hopscope.formats import OutputStyle
from hopscope.formats.texts import source_of
from hopscope.redaction import is_redacting
from hopscope.reports.kinds import KINDS, passing, shown
from hopscope.reports.top import Group, Measure, Top, measure_named, top
from hopscope.store.store import Store
from hopscope.views.text import format_bytes, format_duration

SHOWN = 30
"""Lines without ``-n``."""


def run(request: Request) -> int:
    """Print the largest groups.

    Raises:
        UsageError: there is no such field or measure.
    """
    arguments = request.arguments
    measure = measure_named(arguments.of)
    keys = [key.strip() for key in arguments.by.split(",") if key.strip()]
    if not keys:
        raise UsageError("--by needs the name of a field, for instance proc.name")
    store = open_capture(arguments)
    mask = passing(store, KINDS.get(arguments.only, ""), *arguments.filter)
    if measure.name != "cpu":  # the recorder's samples are internal events
        mask = shown(store, mask)
    found = top(store, mask, keys, measure)
    limit = SHOWN if arguments.limit is None else arguments.limit or None
    groups = found.groups[:limit]
    if is_redacting():
        groups = [one._replace(keys=_masked(store, keys, one)) for one in groups]
    if arguments.json:
        request.output.lines(json_array(_objects(keys, measure, groups)))
        return 0
    headings = [Heading(measure.title, True), Heading("%", True), *(Heading(key.upper()) for key in keys)]
    print_table(request.output, headings, ([*_amount(measure, found, one), *one.keys] for one in groups))
    return 0


def _masked(store: Store, keys: list[str], one: Group) -> tuple[str, ...]:
    """The keys as formats print them, which mask arguments and environments by their own borders."""
    row = np.array([one.row])
    texts = (source_of(store, use_of(key), OutputStyle(BufferForm.WHOLE)).texts(row)[0] for key in keys)
    return tuple(text or MISSING for text in texts)


def _amount(measure: Measure, found: Top, one: Group) -> tuple[str, str]:
    whole = found.span if measure.name in ("cpu", "run") else found.total
    share = f"{one.value / whole * 100:.2f}" if whole else ""
    if measure.unit == "bytes":
        return format_bytes(one.value), share
    return format_duration(one.value) if measure.unit == "ns" else str(one.value), share


def _objects(keys: list[str], measure: Measure, groups: list[Group]) -> Iterator[dict[str, Any]]:
    name = measure.name + (f"_{measure.unit}" if measure.unit == "ns" else "")
    for one in groups:
        yield {**dict(zip(keys, one.keys, strict=True)), name: one.value, "counted_events": one.events}
