"""``hopscope flame``: where the time of spans went."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

from hopscope.cli.capture import open_capture
from hopscope.cli.command import Request
from hopscope.cli.output import Masked, json_document
from hopscope.cli.table import Heading, print_table
from hopscope.reports.flame import Node, placed, spans_of, tree_of
from hopscope.reports.kinds import passing
from hopscope.store.store import Store
from hopscope.text import visible
from hopscope.views.text import format_duration

HEADINGS = (
    Heading("TOTAL", True), Heading("ALONE", True), Heading("COUNT", True), Heading("MEAN", True),
    Heading("MIN", True), Heading("MAX", True), Heading("SPAN"),
)  # fmt: skip

WIDTH, HEIGHT, LETTER = 1200, 18, 7
"""Pixels of a picture, of a line in it, and of a letter."""

NARROWEST = 0.2
"""Pixels below which a span is left out of the picture."""

_COLOURS = ("#f4a582", "#fddbc7", "#f7b267", "#f4845f", "#f79d65")


def run(request: Request) -> int:
    """Print the spans in the form that was asked for."""
    arguments, output = request.arguments, request.output
    store = open_capture(arguments)
    mask = passing(store, *arguments.filter)
    if arguments.format == "statsd":
        output.lines(
            f"{_statsd('.'.join(span.tags))}:{span.duration / 1e6:g}|ms" for span in spans_of(store, mask)
        )
        return 0
    root = tree_of(store, mask)
    if arguments.json:
        output.text(json_document([_object(store, one) for one in root.children.values()]))
    elif arguments.format == "folded":
        output.lines(
            f"{';'.join(map(_frame, one.path))} {one.node.alone}" for one in placed(root) if one.node.alone
        )
    elif arguments.format == "svg":
        output.lines(_svg(root), made_safe=True)
    else:
        print_table(output, HEADINGS, _rows(root))
    return 0


def _statsd(name: str) -> str:
    """A name without what separates the parts of a line of statsd."""
    return "".join("_" if one in ":|@" else one for one in visible(name))


def _frame(name: str) -> str:
    """A name without what separates the parts of a folded stack."""
    return visible(name).replace(";", ",")


def _object(store: Store, top: Node) -> dict[str, Any]:
    """A node and all below it, without recursion: names of a capture may be nested as deep as it likes."""
    made: dict[int, dict[str, Any]] = {}
    waiting = [top]
    for node in waiting:
        made[id(node)] = {
            "name": node.name, "count": node.count, "total_ns": node.total, "alone_ns": node.alone,
            "min_ns": node.least, "max_ns": node.most,
            "mean_ns": node.total / node.count if node.count else None,
            "events": store.number[node.events].tolist(), "children": [],
        }  # fmt: skip
        waiting += node.children.values()
    for node in waiting:
        made[id(node)]["children"] = [made[id(child)] for child in node.children.values()]
    return made[id(top)]


def _rows(root: Node) -> Iterator[list[str]]:
    for one in placed(root):
        node = one.node
        mean = format_duration(node.total // node.count) if node.count else ""
        times = [format_duration(node.least), format_duration(node.most)] if node.count else ["", ""]
        indented = "  " * (len(one.path) - 1) + node.name
        yield [
            format_duration(node.width),
            format_duration(node.alone),
            str(node.count),
            mean,
            *times,
            indented,
        ]


def _svg(root: Node) -> Iterator[str]:
    """A picture without scripts or anything from elsewhere: outermost spans at the bottom."""
    nodes = list(placed(root))
    deepest = max((len(one.path) for one in nodes), default=1)
    height = (deepest + 1) * HEIGHT
    scale = WIDTH / root.width if root.width else 0.0
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" font-family="monospace" font-size="12">'
    )
    for one in nodes:
        width = one.node.width * scale
        if width < NARROWEST:
            continue
        left, top = one.start * scale, height - len(one.path) * HEIGHT
        name = html.escape(visible(one.node.name))
        told = html.escape(
            f"{visible(' / '.join(one.path))}: {format_duration(one.node.width)}, {one.node.count} spans"
        )
        letters = int(width / LETTER) - 1
        label = html.escape(visible(one.node.name)[:letters]) if letters > 1 else ""
        yield Masked(
            f'<g><title>{told}</title><rect x="{left:.2f}" y="{top}" width="{max(width - 0.5, 0.1):.2f}" '
            f'height="{HEIGHT - 1}" fill="{_COLOURS[len(name) % len(_COLOURS)]}"/>'
            f'<text x="{left + 3:.2f}" y="{top + 13}">{label}</text></g>'
        )
    yield "</svg>"
