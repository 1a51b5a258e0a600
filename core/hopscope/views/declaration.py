"""From a declaration in TOML to a view, with an error that says where what is wrong and what was expected.

The words of a declaration are the rows of the tables below; documentation and checks are made from them.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from hopscope.errors import HopscopeError
from hopscope.views.attributes import ATTRIBUTES
from hopscope.views.census import TRAITS
from hopscope.views.definition import DEPTH, EVENT_KEY, Aggregation, Column, Kind, ViewDefinition
from hopscope.views.keys import GROUPINGS
from hopscope.views.measures import MEASURES
from hopscope.views.stretches import STRETCHES
from hopscope.views.subjects import SUBJECTS

NEEDS = {
    "containers": "the capture has no containers",
    "kubernetes": "the capture has no Kubernetes metadata",
    "hosts": "the capture is of one host",
    "files": "the capture is one file",
    "mesos": "no process of the capture belongs to Mesos or Marathon",
    "tracers": "the capture has no events of tracers",
}
"""What a view or a column may need, and what is said where a capture does not have it."""

VALUES = {
    "text": Kind.TEXT, "integer": Kind.INTEGER, "number": Kind.NUMBER, "bytes": Kind.BYTES, "rate": Kind.RATE,
    "frequency": Kind.FREQUENCY, "duration": Kind.DURATION, "percent": Kind.PERCENT, "time": Kind.TIME,
}  # fmt: skip
"""Words for what a value is."""

AGGREGATIONS = {one.value: one for one in Aggregation}
"""Words for how the events of a row become one value."""

_WIDTHS = {
    Kind.TEXT: 16, Kind.INTEGER: 8, Kind.NUMBER: 8, Kind.BYTES: 9, Kind.RATE: 9, Kind.FREQUENCY: 9,
    Kind.DURATION: 10, Kind.PERCENT: 7, Kind.TIME: 14,
}  # fmt: skip
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Word(NamedTuple):
    """One key of a declaration.

    Attributes:
        name: the key.
        type: of its value.
        help: what it says.
    """

    name: str
    type: type
    help: str


VIEW_WORDS = (
    Word("title", str, "header on the screen; made from the name where it is missing"),
    Word("description", str, "one to three sentences for the list of views; required"),
    Word(
        "key",
        str,
        "what a row stands for: `container`, `process`, `thread`, `connection`, `descriptor`, `file`, `time`"
        " (a stretch of it), `event` (a row for each event), or any field of the filter language; several"
        " fields are joined by `+`, `log:` before a field makes steps of a logarithmic scale; required",
    ),
    Word("columns", list, "the columns from left to right; required"),
    Word("sort", str, "name of the column sorted by at first; the first one where it is missing"),
    Word("filter", str, "only events that pass this filter count"),
    Word("targets", list, "views a row can be opened in; Enter takes the first one. `events` where missing"),
    Word("aliases", list, "other names it answers to"),
    Word(
        "applies_to",
        list,
        "kinds of the last chosen row under which it is offered: keys of views, `capture` for the start; with"
        " a minus before each those under which it is not. Offered everywhere where it is missing",
    ),
    Word("needs", str, f"offered only where the capture has {', '.join(f'`{one}`' for one in NEEDS)}"),
    Word("group", str, "heading in the list of views"),
)
"""Keys of a view."""

COLUMN_WORDS = (
    Word("field", str, "an attribute of what the row stands for, a measure, or a field; required"),
    Word("title", str, "header; made from the field where it is missing"),
    Word("name", str, "key in JSON; made from the title where it is missing"),
    Word("aggregation", str, "how the row's events become one value; without it nothing is added up"),
    Word("value", str, "what a value is: " + ", ".join(f"`{one}`" for one in VALUES)),
    Word("width", int, "cells"),
    Word("stretch", bool, "takes what is left of the screen"),
    Word("rank", int, "0 is always shown; on narrow screens the highest rank leaves first"),
    Word("needs", str, "shown only where the capture has it"),
    Word("sortable", bool, "false where sorting would decode every event"),
    Word("help", str, "one line; that of the field where it is missing"),
)
"""Keys of a column."""


class DeclarationError(HopscopeError):
    """A declaration that cannot be understood; says file, line and what was expected."""


class _Where(NamedTuple):
    """A place in a declaration.

    Attributes:
        text: the whole of it.
        origin: the file, for messages.
        table: the view, and the column in it.
    """

    text: str
    origin: str
    table: str

    def wrong(self, said: str, near: str = "") -> DeclarationError:
        """The error at the first line with a text, else without a line."""
        lines = self.text.splitlines()
        line = next((i for i, one in enumerate(lines, 1) if near and near in one), 0)
        place = f"{self.origin}:{line}" if line else self.origin
        return DeclarationError(f"{place}: {self.table}: {said}" if self.table else f"{place}: {said}")

    def at(self, table: str) -> _Where:
        """The same file, a place in this table."""
        return _Where(self.text, self.origin, table)


def declared(text: str, origin: str, name: str, *, group: str = "") -> list[ViewDefinition]:
    """The views that a file declares.

    Args:
        text: the file. With ``columns`` at its top it is one view, else each of its tables is one.
        origin: the file's name for messages; kept as ``ViewDefinition.origin``.
        name: of the view where the file is one.
        group: heading where a view names none.

    Raises:
        DeclarationError: it cannot be understood.
    """
    where = _Where(text, origin, "")
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        place = f"{origin}:{found[1] if found else max(1, len(text.splitlines()))}"
        raise DeclarationError(f"{place}: this is no TOML: {error}") from error
    if "columns" in document or "key" in document:
        return [_view(document, where, name, group)]
    views = []
    for table, content in document.items():
        if not isinstance(content, dict):
            raise where.wrong(f"a view needs key and columns; {table} stands outside any table [name]", table)
        views.append(_view(content, where, table, group))
    if not views:
        raise where.wrong("no view is declared; a view needs description, key and columns")
    return views


def _view(content: Mapping[str, Any], where: _Where, name: str, group: str) -> ViewDefinition:
    where = where.at(f"view {name}")
    if not _NAME.fullmatch(name):
        raise where.wrong("the name of a view is of small letters, digits and _", name)
    _check_words(content, VIEW_WORDS, where, ("description", "key", "columns"))
    key = content["key"]
    _check_key(key, where)
    columns = tuple(
        _column(one, where.at(f"view {name}: column {number}"), key)
        for number, one in enumerate(content["columns"], 1)
    )
    names = [column.name for column in columns]
    for one in names:
        if names.count(one) > 1:
            raise where.wrong(f"two columns have the name {one}; give one of them another name", one)
    sort = content.get("sort", names[0] if names else "")
    if sort not in names:
        raise where.wrong(f"sort: there is no column {sort}{_meant(sort, names)}", f'"{sort}"')
    _check_needs(content, where)
    return ViewDefinition(
        name=name,
        title=content.get("title", name.replace("_", " ").capitalize()),
        description=content["description"],
        key=key,
        columns=columns,
        sort=sort,
        targets=_texts(content, "targets", where, () if key == EVENT_KEY else ("events",)),
        aliases=_texts(content, "aliases", where, ()),
        filter=content.get("filter", ""),
        applies_to=_applies(content, where),
        needs=content.get("needs", ""),
        group=content.get("group", group),
        origin=where.origin,
    )


def _column(content: Any, where: _Where, key: str) -> Column:
    if not isinstance(content, dict):
        raise where.wrong('a column is a table such as { field = "fd.name" }', str(content))
    if isinstance(content.get("title", content.get("field")), str):
        where = where.at(f"{where.table} ({content.get('title', content.get('field'))})")
    _check_words(content, COLUMN_WORDS, where, ("field",))
    source = content["field"]
    aggregation = AGGREGATIONS[_one_of(content, "aggregation", AGGREGATIONS, where, "none")]
    kind, help = _source(source, aggregation, key, where)
    value = _one_of(content, "value", VALUES, where, "")
    kind = VALUES[value] if value else kind
    title = content.get("title", source.rpartition(".")[2].upper())
    _check_needs(content, where)
    return Column(
        name=content.get("name", re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")),
        title=title,
        source=source,
        kind=kind,
        width=content.get("width", max(_WIDTHS[kind], len(title))),
        help=content.get("help", help),
        aggregation=aggregation,
        rank=content.get("rank", 0),
        stretch=content.get("stretch", False),
        metadata=content.get("needs", ""),
        sortable=content.get("sortable", not _is_decoded(source, key)),
    )


# --- what a column shows ---------------------------------------------------------------------------


def _source(source: str, aggregation: Aggregation, key: str, where: _Where) -> tuple[Kind, str]:
    """What the values of a column are and what they mean, as its source tells."""
    if key == EVENT_KEY:
        if aggregation is not Aggregation.NONE:
            raise where.wrong("a row is one event, so there is nothing to add up", "aggregation")
        return (Kind.TEXT, "") if source in _LISTED else _of_field(source, where)
    if aggregation is Aggregation.NONE:
        if source in (key, STRETCHES) and key == STRETCHES:
            return Kind.TIME, "Where the stretch begins."
        subject = source.partition(".")[0]
        if source in ATTRIBUTES and subject in SUBJECTS.get(key, ()):
            return Kind.TEXT, ATTRIBUTES[source].help
        if source in TRAITS:
            if _tells_of_threads(key):
                return Kind.INTEGER, TRAITS[source].help
            raise where.wrong(f"{source} is told of threads, and a row for {key} is not made of them", source)
        if source in MEASURES:
            raise where.wrong(
                f"{source} is told event by event; give it an aggregation: {_listed(AGGREGATIONS)}", source
            )
        return _of_field(source, where, (*ATTRIBUTES, *TRAITS))
    if source in MEASURES and aggregation is not Aggregation.DISTINCT:
        kind, help = _MEASURED.get(source, Kind.INTEGER), MEASURES[source].help
    else:
        kind, help = _of_field(source, where, MEASURES)
        if kind not in _COUNTABLE and aggregation not in (Aggregation.COUNT, Aggregation.DISTINCT):
            raise where.wrong(f"{source} has no numbers; it can be counted by count or distinct", source)
    if aggregation in (Aggregation.COUNT, Aggregation.DISTINCT):
        return Kind.INTEGER, help
    if aggregation is Aggregation.TIME_AVG:
        return (Kind.RATE if kind is Kind.BYTES else Kind.FREQUENCY), f"{help}, by second"
    return kind, help


_LISTED = frozenset({"container.label", "process.command"})
"""Columns of lists of events that are no field."""

_MEASURED = {
    **dict.fromkeys(("bytes_in", "bytes_out", "bytes_file", "bytes_net"), Kind.BYTES),
    "latency": Kind.DURATION,
}
_COUNTABLE = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.DURATION, Kind.TIME})


def _of_field(name: str, where: _Where, others: Iterable[str] = ()) -> tuple[Kind, str]:
    # Fields are many modules, which the first view on the screen does without.
    from hopscope.fields import FIELDS, FieldType, UnknownFieldError  # noqa: PLC0415
    from hopscope.fields.values import use_of  # noqa: PLC0415

    kinds = {
        FieldType.INTEGER: Kind.INTEGER, FieldType.PORT: Kind.INTEGER, FieldType.REAL: Kind.NUMBER,
        FieldType.DURATION: Kind.DURATION, FieldType.TIME: Kind.TIME,
    }  # fmt: skip
    try:
        use = use_of(name.removeprefix("log:").replace(DEPTH, "0"))
    except UnknownFieldError as error:
        meant = f"; {error.hint}" if error.hint else _meant(name, (*others, *FIELDS))
        raise where.wrong(f"{error}{meant}", name) from error
    return kinds.get(use.type, Kind.TEXT), use.field.help[:1].upper() + use.field.help[1:] + "."


def _is_decoded(source: str, key: str) -> bool:
    """True for fields that are decoded event by event, in a list of events."""
    if key != EVENT_KEY or source in _LISTED:
        return False
    from hopscope.fields.field import Domain  # noqa: PLC0415  loads all fields
    from hopscope.fields.values import use_of  # noqa: PLC0415

    return use_of(source).field.domain is Domain.ARGUMENTS


def _tells_of_threads(key: str) -> bool:
    if key in GROUPINGS:
        return SUBJECTS[key][-1] == "container" and key in ("container", "process", "thread")
    from hopscope.fields.field import Domain  # noqa: PLC0415  loads all fields
    from hopscope.fields.values import use_of  # noqa: PLC0415

    if key in (EVENT_KEY, STRETCHES) or DEPTH in key or key.startswith("log:"):
        return False
    if key.startswith(("mesos.", "marathon.")):
        return True
    return all(use_of(one).field.domain in (Domain.CONTAINER, Domain.THREAD) for one in key.split("+"))


# --- checks ----------------------------------------------------------------------------------------


def _check_words(
    content: Mapping[str, Any], words: tuple[Word, ...], where: _Where, required: tuple[str, ...]
) -> None:
    types = {word.name: word.type for word in words}
    for name, value in content.items():
        if name not in types:
            raise where.wrong(f"there is no key {name}{_meant(name, types)}", name)
        if not isinstance(value, types[name]) or (types[name] is int and isinstance(value, bool)):
            raise where.wrong(f"{name} must be {_TYPE_NAMES[types[name]]}, not {value!r}", name)
    for name in required:
        if not content.get(name):
            raise where.wrong(f"{name} is missing; {next(w.help for w in words if w.name == name)}")


_TYPE_NAMES = {str: "a text in quotes", int: "a whole number", bool: "true or false", list: "a list in [ ]"}


def _check_key(key: str, where: _Where) -> None:
    if key in GROUPINGS or key in (EVENT_KEY, STRETCHES):
        return
    for one in key.split("+"):
        kind, _ = _of_field(one, where, (*GROUPINGS, EVENT_KEY, STRETCHES))
        if one.startswith("log:") and kind not in _COUNTABLE:
            raise where.wrong(f"{one}: the field has no numbers to put on a scale", one)


def _check_needs(content: Mapping[str, Any], where: _Where) -> None:
    _one_of(content, "needs", NEEDS, where, "")


def _applies(content: Mapping[str, Any], where: _Where) -> tuple[str, ...]:
    kinds = _texts(content, "applies_to", where, ())
    if len({kind.startswith("-") for kind in kinds}) > 1:
        raise where.wrong("applies_to has a minus before all of its kinds or before none", "applies_to")
    return kinds


def _one_of(
    content: Mapping[str, Any], name: str, known: Mapping[str, object], where: _Where, default: str
) -> str:
    value: str = content.get(name, default)
    if value != default and value not in known:
        raise where.wrong(f"{name}: {value!r} is none of {_listed(known)}{_meant(value, known)}", value)
    return value


def _texts(content: Mapping[str, Any], name: str, where: _Where, default: tuple[str, ...]) -> tuple[str, ...]:
    values = content.get(name)
    if values is None:
        return default
    for value in values:
        if not isinstance(value, str):
            raise where.wrong(f"{name} is a list of texts, and {value!r} is none", name)
    return tuple(values)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _meant(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), 1, 0.6)
    return f"; perhaps {close[0]} is meant" if close else ""


def check_references(view: ViewDefinition, known: Callable[[str], bool], names: Iterable[str]) -> None:
    """Compile the filter and look for the targets of a view.

    Raises:
        DeclarationError: the filter cannot be understood, or a target is no view.
    """
    where = _Where("", view.origin, f"view {view.name}")
    for target in view.targets:
        if not known(target):
            raise where.wrong(f"targets: there is no view {target}{_meant(target, names)}")
    if view.filter:
        from hopscope.errors import FilterError  # noqa: PLC0415  filters load all fields
        from hopscope.filters import compile_filter  # noqa: PLC0415

        try:
            compile_filter(view.at_depth(0).filter)
        except FilterError as error:
            hint = f"; {error.hint}" if error.hint else ""
            raise where.wrong(f"filter: {error}{hint}") from error
