"""``hopscope log``: what happened one after the other, as one of several logs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from hopscope.cli.capture import Progress, open_capture
from hopscope.cli.command import Request
from hopscope.cli.entry_text import cell, entry_object
from hopscope.cli.output import json_array
from hopscope.cli.table import Heading, print_table
from hopscope.errors import UsageError
from hopscope.reports.entries import Log, Part
from hopscope.reports.entry_groups import Entry, EntryGroup, chosen, condition, grouped, place_of, quantities
from hopscope.reports.kinds import passing
from hopscope.reports.logs import LOGS


def run(request: Request) -> int:
    """Print the entries of a log, or entries put together.

    Raises:
        UsageError: there is no such log, value or condition.
    """
    arguments, output = request.arguments, request.output
    if arguments.log not in LOGS:
        raise UsageError(f"there is no log {arguments.log!r}, only {', '.join(LOGS)}")
    log = LOGS[arguments.log]
    conditions = [condition(log, text) for text in arguments.where or ()]
    names = [name.strip() for name in arguments.by.split(",") if name.strip()]
    keys = [place_of(log, name) for name in names]
    if arguments.sort and not keys:
        raise UsageError("--sort goes with --by; a log is in the order in which things happened")
    store = open_capture(arguments)
    with Progress() as progress:
        read = log.read(
            store, passing(store, *arguments.filter), lambda share: progress.report("reading messages", share)
        )
        entries = chosen(read, conditions)
        first = list(islice(entries, 1))
    entries = _joined(first, entries)
    if keys:
        groups = grouped(log, entries, keys, arguments.sort or "count")[: arguments.limit]
        _print_groups(request, log, keys, groups)
    elif arguments.json:
        output.lines(json_array(entry_object(log.parts, one) for one in islice(entries, arguments.limit)))
    else:
        headings = [Heading(part.title, part.is_right) for part in log.parts]
        cells = (list(map(cell, log.parts, one)) for one in islice(entries, arguments.limit))
        print_table(output, headings, cells)
    return 0


def _joined(first: list[Entry], rest: Iterable[Entry]) -> Iterator[Entry]:
    yield from first
    yield from rest


def _print_groups(request: Request, log: Log, keys: list[int], groups: list[EntryGroup]) -> None:
    parts = [log.parts[place] for place in keys]
    added = [part for _, part in quantities(log, keys)]
    if request.arguments.json:
        request.output.lines(json_array(_group_object(parts, added, one) for one in groups))
        return
    headings = [Heading("COUNT", True)]
    headings += [Heading(f"{'MEAN' if part.unit == 'ns' else 'TOTAL'} {part.title}", True) for part in added]
    headings += [Heading(part.title, part.is_right) for part in parts]
    print_table(request.output, headings, (_group_cells(parts, added, one) for one in groups))


def _group_cells(parts: list[Part], added: list[Part], one: EntryGroup) -> list[str]:
    return [
        str(one.count),
        *(
            cell(part, mean if part.unit == "ns" else total)
            for part, total, mean in zip(added, one.sums, one.means, strict=True)
        ),
        *(cell(part, value) for part, value in zip(parts, one.keys, strict=True)),
    ]


def _group_object(parts: list[Part], added: list[Part], one: EntryGroup) -> dict[str, Any]:
    out: dict[str, Any] = {part.name: value for part, value in zip(parts, one.keys, strict=True)}
    out["count"] = one.count
    for part, total, mean in zip(added, one.sums, one.means, strict=True):
        out[f"total_{part.name}"] = total
        out[f"mean_{part.name}"] = round(mean, 3) if mean is not None else None
    return out
