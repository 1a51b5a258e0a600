"""The documentation of the views, made from their declarations."""

from __future__ import annotations

from hopscope.views.attributes import ATTRIBUTES
from hopscope.views.builtin import VIEWS
from hopscope.views.census import TRAITS
from hopscope.views.definition import Aggregation, Column, ViewDefinition
from hopscope.views.measures import MEASURES

_HEADER = """\
# Views

Made from the declarations in `core/hopscope/views/builtin/` by `python -m hopscope.views.reference`;
`tests/core/views/test_reference.py` holds that it is current.

A view is a table over a selection: the whole capture, or what drilling down, a filter or a range of
time left of it. `hopscope view NAME CAPTURE [FILTER]` prints one, `--json` with the names below as keys.
JSON has raw values (bytes, nanoseconds, percent, per second), `null` where the capture does not tell.

Rates divide by the time between the first and the last event of the selection's range of time; steps
of other kinds do not shorten it. Processor time, memory and names are those of the range of time too,
whatever single events a filter leaves. On narrow screens columns leave in the order of their rank, the
highest first; those of rank 0 stay.
"""

_CONDITIONS = {
    "containers": "only where the capture has containers",
    "hosts": "only where captures of several hosts are opened together",
    "files": "only where several captures are opened together",
    "kubernetes": "only where the capture has Kubernetes metadata",
}


def views_page() -> str:
    """The page on all views, in Markdown."""
    parts = [_HEADER, *(_view(view) for view in VIEWS.values()), _adding()]
    return "\n".join(parts)


def _view(view: ViewDefinition) -> str:
    names = " or ".join(f"`{name}`" for name in (view.name, *view.aliases))
    lines = [f"## {view.title}", "", f"{names}. {view.description}", ""]
    if view.targets:
        others = ", ".join(view.targets[1:])
        lines += [f"Enter opens a row in `{view.target}`; it can be opened in {others} as well.", ""]
    lines += [
        f"Sorted by {view.columns[view.column_index(view.sort)].title} at first.",
        "",
        "| column | in JSON | value | rank | what it is |",
        "|---|---|---|---|---|",
        *(_column(column) for column in view.columns),
        "",
    ]
    return "\n".join(lines)


def _column(column: Column) -> str:
    said = column.help
    condition = _CONDITIONS.get(column.metadata)
    if condition:
        said = f"{said.rstrip('.')}; {condition}."
    return f"| {column.title} | `{column.name}` | {column.kind.value} | {column.rank} | {said} |"


def _adding() -> str:
    aggregations = ", ".join(f"`{one.name}`" for one in Aggregation if one is not Aggregation.NONE)
    lines = [
        "## One more view",
        "",
        "A view is one file in `core/hopscope/views/builtin/` and one line in its `__init__.py`. It names",
        "a key to group by, and columns: attributes of what a row stands for, traits of its threads,",
        f"or measures of its events put together by {aggregations}.",
        "",
        "| measure | what it counts |",
        "|---|---|",
        *(f"| `{measure.name}` | {measure.help} |" for measure in MEASURES.values()),
        "",
        "| trait | what it is |",
        "|---|---|",
        *(f"| `{trait.name}` | {trait.help} |" for trait in TRAITS.values()),
        "",
        "Attributes: " + ", ".join(f"`{name}`" for name in ATTRIBUTES) + ".",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(views_page(), end="")
