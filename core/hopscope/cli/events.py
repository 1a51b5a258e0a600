"""``hopscope events``: the events as sysdig prints them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np

from hopscope.cli.capture import matching, open_capture
from hopscope.cli.captures import is_timeline, only_capture
from hopscope.cli.command import Request
from hopscope.cli.following import Following
from hopscope.cli.output import json_line
from hopscope.cli.writing import write_chosen
from hopscope.decode.event_table import codes_named
from hopscope.decode.payload import BufferForm
from hopscope.errors import UsageError
from hopscope.fields.column import Mask
from hopscope.formats import (
    DEFAULT,
    SHOW_DEFAULT,
    Format,
    OutputStyle,
    Printer,
    TimeForm,
    compile_format,
    format_named,
)
from hopscope.store.store import Rows, Store


def run(request: Request) -> int:
    """Print the events that pass the filter.

    Raises:
        FormatError, FilterError: what to print or which events cannot be understood.
        UsageError: options that do not go together.
        NewFileError: the file cannot be written.
    """
    arguments, output = request.arguments, request.output
    if arguments.write is not None:
        return _write(arguments)
    if arguments.force:
        raise UsageError("--force goes with -w")
    if arguments.format == SHOW_DEFAULT:
        output.text(DEFAULT)
        return 0
    layout = Layout.of(arguments, output.is_terminal)
    if arguments.follow:
        return _follow(request, layout)
    lines = layout.lines(open_capture(arguments), arguments)
    output.lines(lines, made_safe=not arguments.json, unbuffered=arguments.unbuffered)
    return 0


def _follow(request: Request, layout: Layout) -> int:
    """Print events as they come."""
    arguments, output = request.arguments, request.output
    only_capture(arguments, "--follow reads")
    if is_timeline(arguments):
        raise UsageError("--clock-offset does not go with --follow")
    following = Following(
        arguments,
        lambda store: rows_to_print(store, arguments),
        lambda store: is_enough(store, arguments),
        layout.of_rows,
    )
    for lines in following.batches():
        output.lines(lines, made_safe=not arguments.json, unbuffered=arguments.unbuffered)
        output.flush()
    return 0


def _write(arguments: Namespace) -> int:
    """Write the events that pass as a capture."""
    printing = {
        "-p": arguments.format is not None, "-A, -x, -X and -b": arguments.buffers, "-j": arguments.json,
        "--follow": arguments.follow, "--unbuffered": arguments.unbuffered,
    }  # fmt: skip
    return write_chosen(arguments, printing, lambda store: _passing(store, arguments))


def _passing(store: Store, arguments: Namespace) -> Mask:
    """What is written, bool, one an event: internal events that pass are written too, up to the limits."""
    passing = matching(store, arguments.filter)
    if arguments.limit is None and arguments.numevents is None:
        return passing
    shown = rows_to_print(store, arguments)[: arguments.limit]
    passing[int(shown[-1]) + 1 if len(shown) else 0 :] = False
    return passing


class Layout(NamedTuple):
    """What is printed of an event, as the options say.

    Attributes:
        format: the fields and the text around them.
        style: how they are written.
        json: True for an object instead of text.
    """

    format: Format
    style: OutputStyle
    json: bool

    @classmethod
    def of(cls, arguments: Namespace, is_terminal: bool = False) -> Layout:
        """The layout that options ask for. Raises FormatError and UsageError as :func:`run` does."""
        chosen = DEFAULT if arguments.format is None else format_named(arguments.format)
        return cls(compile_format(chosen), _style(arguments, is_terminal), arguments.json)

    def lines(self, store: Store, arguments: Namespace) -> Iterator[str]:
        """The lines of the events that filter and limits let through. Raises FilterError."""
        return islice(self.of_rows(store, rows_to_print(store, arguments)), arguments.limit)

    def of_rows(self, store: Store, rows: Rows) -> Iterator[str]:
        """The lines of some event rows, ascending; none for an event that the format leaves out."""
        printer = Printer(store, self.format, self.style)
        return map(json_line, printer.objects(rows)) if self.json else printer.lines(rows)


def _style(arguments: Namespace, is_terminal: bool) -> OutputStyle:
    chosen = arguments.buffers or []
    if len(chosen) > 1:
        raise UsageError("buffers can be printed in one form only, by one of -A, -x, -X and -b")
    form = BufferForm[chosen[0]] if chosen else BufferForm.WHOLE if arguments.json else BufferForm.CUT
    return OutputStyle(
        form,
        TimeForm(getattr(arguments, "timetype", TimeForm.CLOCK)),
        safe=is_terminal and not arguments.json,
    )


_UNCOUNTED = np.array(codes_named("container"))
"""Internal events that the reference takes in before it counts."""


def rows_to_print(store: Store, arguments: Namespace) -> Rows:
    """The event rows that filter and ``-n`` let through, ascending. Raises FilterError."""
    passing = matching(store, arguments.filter)
    rows = np.flatnonzero(passing)
    if arguments.numevents is not None:
        counted = np.cumsum(_counted(store, rows))
        rows = rows[: np.searchsorted(counted, arguments.numevents, side="left") + 1]
    shown: Rows = rows[~store.hidden[rows]]
    return shown


def is_enough(store: Store, arguments: Namespace) -> bool:
    """True where ``-n`` lets no later event through."""
    if arguments.numevents is None:
        return False
    rows = np.flatnonzero(matching(store, arguments.filter))
    most: int = arguments.numevents
    return int(_counted(store, rows).sum()) >= most


def _counted(store: Store, rows: Rows) -> Mask:
    counted: Mask = ~(store.hidden[rows] & np.isin(store.code[rows], _UNCOUNTED))
    return counted
