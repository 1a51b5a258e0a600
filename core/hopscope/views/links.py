"""The links of a chain: filters and ranges of time among the steps of a selection, and their texts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hopscope.views.selection import Selection, Step, TimeRange
from hopscope.views.text import format_time

KINDS = ("filter", "time")
"""Kinds of steps that are links; the others come from going into rows."""

_RANGE = re.compile(r"\s*evt\.rawtime\s*>=\s*(\d{1,19})\s+and\s+evt\.rawtime\s*<\s*(\d{1,19})\s*")
_DIGITS = 9


def links(selection: Selection) -> tuple[Step, ...]:
    """The links of a selection, the oldest first."""
    return tuple(step for step in selection.steps if step.kind in KINDS)


def filter_of(link: Step) -> str:
    """The filter that says what a link says."""
    if isinstance(link.condition, TimeRange):
        return f"evt.rawtime>={link.condition.start} and evt.rawtime<{link.condition.stop}"
    return link.label


def link_of(text: str, epoch: int) -> Step:
    """The link that a filter makes: a range of time where it is the filter of one.

    Ranges also say which idle processes and descriptors belong and what rates are divided by, which
    other filters cannot.

    Args:
        text: a filter.
        epoch: ns since 1970 from which the capture's relative times count, for the label.

    Raises:
        FilterError: it cannot be understood.
    """
    found = _RANGE.fullmatch(text)
    if found is not None:
        start, stop = int(found[1]), int(found[2])
        if start < stop < 1 << 63:
            return time_link(start, stop, epoch)
    return Selection().with_filter(text).steps[0]


def time_link(start: int, stop: int, epoch: int) -> Step:
    """The link of a range of time, ``[start, stop)`` in ns since 1970."""
    return Step("time", range_text(start, stop, epoch), TimeRange(start, stop))


def range_text(start: int, stop: int, epoch: int) -> str:
    """A range of time for a person: ``1.20–3.45 s``, with as many digits as tell its ends apart."""
    digits = min(_DIGITS, max(0, _DIGITS + 3 - len(str(stop - start))))
    return f"{_seconds(start, epoch, digits)}–{_seconds(stop, epoch, digits)} s"


def _seconds(time: int, epoch: int, digits: int) -> str:
    whole, _, fraction = format_time(time, epoch).partition(".")
    return f"{whole}.{fraction[:digits]}" if digits else whole


def with_link(selection: Selection, old: Step, new: Sequence[Step]) -> Selection:
    """The selection with other steps in the place of one; the same selection where it has no such step.

    Steps before it keep what was worked out for them.
    """
    steps = selection.steps
    at = next((i for i, step in enumerate(steps) if step == old), len(steps))
    if at == len(steps):
        return selection
    changed = selection
    for _ in steps[at:]:
        changed = changed.pop()
    for step in (*new, *steps[at + 1 :]):
        changed = changed.push(step)
    return changed
