"""The documentation of the views, made from their declarations."""

from __future__ import annotations

from importlib import resources
from typing import NamedTuple

from hopscope.views.attributes import ATTRIBUTES
from hopscope.views.catalogue import VIEWS
from hopscope.views.census import TRAITS
from hopscope.views.declaration import AGGREGATIONS, COLUMN_WORDS, NEEDS, VALUES, VIEW_WORDS, Word
from hopscope.views.definition import Aggregation, Column, ViewDefinition
from hopscope.views.measures import MEASURES

_HEADER = """\
# Views

Made by `make docs` from the declarations in `core/hopscope/views/builtin/`.

A view is a table over a selection: the whole capture, or what drilling down, a filter or a range of
time left of it. `hopscope view NAME CAPTURE [FILTER]` prints one, `--json` with the names below as keys.
JSON has raw values (bytes, nanoseconds, percent, per second), `null` where the capture does not tell.
[csysdig.md](csysdig.md) lists the views of csysdig and what answers them.

Rates divide by the time between the first and the last event of the selection's range of time; steps
of other kinds do not shorten it. Processor time, memory and names are those of the range of time too,
whatever single events a filter leaves. On narrow screens columns leave in the order of their rank, the
highest first; those of rank 0 stay.

Going into a row of a view that has a filter leaves what the row counted: the events of the row that pass it.
"""

_CONDITIONS = {
    "containers": "only where the capture has containers",
    "hosts": "only where captures of several hosts are opened together",
    "files": "only where several captures are opened together",
    "kubernetes": "only where the capture has Kubernetes metadata",
    "mesos": "only where processes belong to Mesos or Marathon",
    "tracers": "only where the capture has events of tracers",
}

EXAMPLE = """\
description = "Who reads and writes below /etc, by program and user."
key = "proc.name+user.name"
filter = "fd.name startswith /etc/"
sort = "bytes"
targets = ["files", "processes", "events"]

columns = [
  { field = "proc.name", title = "PROGRAM", width = 16 },
  { field = "user.name", title = "USER" },
  { field = "evt.buflen", title = "BYTES", aggregation = "sum", value = "bytes" },
  { field = "calls", aggregation = "count" },
  { field = "latency", title = "P95", aggregation = "p95" },
  { field = "fd.name", title = "FILES", aggregation = "distinct" },
]
"""
"""The view that the page shows how to add."""


def views_page() -> str:
    """The page on all views, in Markdown."""
    parts = [_HEADER, adding()]
    group = ""
    for view in VIEWS.builtin().values():
        if view.group != group:
            group = view.group
            parts.append(f"## {group}\n")
        parts.append(_view(view))
    return "\n".join((*parts, words()))


def _view(view: ViewDefinition) -> str:
    names = " or ".join(f"`{name}`" for name in (view.name, *view.aliases))
    lines = [f"### {view.title}", "", f"{names}. {view.description}", ""]
    if view.filter:
        lines += [f"Counts what passes `{view.filter}`.", ""]
    if view.needs:
        lines += [f"There is something in it {_CONDITIONS[view.needs]}.", ""]
    if view.target:
        others = ", ".join(view.targets[1:])
        more = f"; it can be opened in {others} as well" if others else ""
        lines += [f"Enter opens a row in `{view.target}`{more}.", ""]
    lines += [
        f"Sorted by {view.columns[view.column_index(view.sort)].title} at first.",
        "",
        "| column | in JSON | from | value | rank | what it is |",
        "|---|---|---|---|---|---|",
        *(_column(column) for column in view.columns),
        "",
    ]
    return "\n".join(lines)


def _column(column: Column) -> str:
    said = column.help
    condition = _CONDITIONS.get(column.metadata)
    if condition:
        said = f"{said.rstrip('.')}; {condition}."
    source = f"`{column.source}`"
    if column.aggregation is not Aggregation.NONE:
        source = f"{column.aggregation.value} of {source}"
    return f"| {column.title} | `{column.name}` | {source} | {column.kind.value} | {column.rank} | {said} |"


def adding() -> str:
    """How to add a view, with an example that is one."""
    return f"""\
## How to add a view

A view is a file of [TOML](https://toml.io). Yours lie in `views/` in the folder of your settings
(`~/.config/hopscope/views/` on Linux), one a file, named by the file; or all of them as tables in
`views.toml` beside it. This is `etc_users.toml`:

```toml
{EXAMPLE}```

`hopscope views --check etc_users.toml` says what is wrong with it, and where. When it is there, `hopscope
views` lists it, `hopscope view etc_users CAPTURE` prints it, and F2 offers it on the screen. `hopscope views
--show files` prints the declaration of any view, to begin with. A broken file costs only itself.

A view of the program itself is a file in `core/hopscope/views/builtin/` and its name under a heading in
`catalogue.toml` there; then `make docs`.
"""


def words() -> str:
    """Everything that may stand in a declaration."""
    aggregations = ", ".join(f"`{one}`" for one in AGGREGATIONS)
    lines = [
        "## What may stand in a declaration",
        "",
        *_table("of a view", VIEW_WORDS),
        *_table("of a column", COLUMN_WORDS),
        f"Aggregations: {aggregations}. `rate` is the sum by second, `p50` and `p95` are percentiles,",
        "`distinct` counts different values of a field.",
        "",
        f"Values: {', '.join(f'`{one}`' for one in VALUES)}.",
        f"Needs: {', '.join(f'`{one}`' for one in NEEDS)}.",
        "",
        "| measure | what it counts |",
        "|---|---|",
        *(f"| `{measure.name}` | {measure.help} |" for measure in MEASURES.values()),
        "",
        "Numbers of [fields](fields.md) can be put together as well, and every field can be counted.",
        "",
        "| trait | what it is, where rows are made of threads |",
        "|---|---|",
        *(f"| `{trait.name}` | {trait.help} |" for trait in TRAITS.values()),
        "",
        "Attributes, where rows are such things: " + ", ".join(f"`{name}`" for name in ATTRIBUTES) + ".",
        "",
    ]
    return "\n".join(lines)


def _table(what: str, listed: tuple[Word, ...]) -> list[str]:
    return [
        f"| key {what} | what it says |",
        "|---|---|",
        *(f"| `{one.name}` | {one.help} |" for one in listed),
        "",
    ]


class Theirs(NamedTuple):
    """A view of csysdig 0.29.3 and what answers it.

    Attributes:
        name: its id.
        ours: name of a view here, ``-`` where something else answers.
        difference: what is otherwise, in sentences; empty where nothing is.
    """

    name: str
    ours: str
    difference: str


def theirs() -> list[Theirs]:
    """Every view of csysdig, in the order of ``csysdig.tsv``."""
    text = resources.files(__package__).joinpath("csysdig.tsv").read_text(encoding="utf-8")
    return [Theirs(*line.split("\t")) for line in text.splitlines() if not line.startswith("#")]


def csysdig_page() -> str:
    """The page that says what answers each view of csysdig, in Markdown."""
    rows = [f"| `{one.name}` | {_answer(one.ours)} | {one.difference or 'None.'} |" for one in theirs()]
    return "\n".join([_CSYSDIG, *rows, ""])


def _answer(name: str) -> str:
    view = VIEWS.find(name)
    return f"`{name}`, {view.title}" if view is not None else "no view"


_CSYSDIG = """\
# csysdig's views

<!-- Made by `make docs` from core/hopscope/views/csysdig.tsv. -->

Every view of csysdig 0.29.3, hidden ones too, and what answers it here; its names work as ours do, so
`hopscope view procs CAPTURE` is `hopscope view processes CAPTURE`. [views.md](views.md) describes ours,
[view-deviations.md](view-deviations.md) counts where numbers differ and why, and [chisels.md](chisels.md) has
what answers the chisels of sysdig.

| csysdig | here | what is different |
|---|---|---|"""
