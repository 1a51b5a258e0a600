"""Fields of class ``evt`` that need an event's arguments, decoded event by event where they must be."""

from __future__ import annotations

import difflib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import EVENTS, FIXED_WIDTH, Param, codes_named
from hopscope.decode.render import decoded_args, render_args, render_info
from hopscope.decode.render_columns import Style, many_events
from hopscope.decode.values import decode_param
from hopscope.fields.column import Answer, Column, Lazy, Numbers, Rows
from hopscope.fields.field import Argument, ArgumentForm, Domain, Field, FieldType
from hopscope.fields.memo import once
from hopscope.fields.tried_paths import named_path

if TYPE_CHECKING:
    from hopscope.store.store import Store

_TEXT = FieldType.TEXT

_PATH_TYPES = frozenset({"CHARBUF", "FSPATH", "FSRELPATH"})
_VALUE_TYPES = {"BOOL": FieldType.BOOLEAN, "RELTIME": FieldType.DURATION, "ABSTIME": FieldType.TIME}

_PATHS = {
    "renameat": ("oldpath", "newpath"), "renameat2": ("oldpath", "newpath"), "linkat": ("oldpath", "newpath"),
    "symlinkat": ("linkpath", ""), "openat": ("name", ""), "openat2": ("name", ""), "unlinkat": ("name", ""),
    "mkdirat": ("path", ""), "fchmodat": ("filename", ""), "fchownat": ("pathname", ""),
    "open_by_handle_at": ("path", ""),
}  # fmt: skip
"""Which parameters ``evt.abspath`` and its second path look at, by the name of the call."""


@lru_cache(maxsize=1)
def param_names() -> dict[str, Param]:
    """Every parameter's name, with the first parameter that has it."""
    names: dict[str, Param] = {}
    for event in EVENTS:
        for param in event.params:
            names.setdefault(param.name, param)
    return names


def _check_name(text: str) -> str:
    if text in param_names():
        return ""
    near = difflib.get_close_matches(text, param_names(), 1)
    return f"no event has an argument {text!r}" + (f", perhaps {near[0]!r} is meant" if near else "")


def _check_name_or_place(text: str) -> str:
    return "" if Argument(text, True).number() is not None else _check_name(text)


def _type_of(text: str) -> FieldType:
    kind = param_names()[text].type
    if kind in _VALUE_TYPES:
        return _VALUE_TYPES[kind]
    if kind in FIXED_WIDTH:
        return FieldType.INTEGER
    return FieldType.TEXT if kind in _PATH_TYPES else FieldType.BYTES


def _codes_with(store: Store, name: str) -> tuple[int, ...]:
    """Type codes that occur in the capture and have a parameter."""
    present = once(store, "codes", lambda: np.flatnonzero(np.bincount(store.code)).tolist())
    return tuple(code for code in present if name in EVENTS[code].param_index)


def _rows_with(store: Store, name: str) -> Rows:
    return store.rows_of_codes(_codes_with(store, name))


def _argument(store: Store, argument: Argument) -> Answer:
    """The text of one argument: what it stands for if there is that, else as it is written."""
    place = argument.number()

    def read(row: int) -> str | None:
        args = decoded_args(store, row, masked=False)
        if place is not None:
            chosen = args[place] if place < len(args) else None
        else:
            chosen = next((one for one in args if one.name == argument.text), None)
        return None if chosen is None else chosen.resolved or chosen.text

    def many(rows: Rows) -> list[str | None]:
        wanted = argument.text if place is None else place
        return many_events(store, Style()).argument(store, rows, wanted)

    rows = _rows_with(store, argument.text) if place is None else np.flatnonzero(store.nparams > place)
    return Lazy(read, rows, many=many)


def _raw_argument(store: Store, argument: Argument) -> Answer:
    name = argument.text
    if param_names()[name].type in FIXED_WIDTH:
        return raw_numbers(store, name)

    def read(row: int) -> Any:
        raw = store.raw_param(row, name)
        if raw is None:
            return None
        event = EVENTS[int(store.code[row])]
        param = event.params[event.param_index[name]]
        return decode_param(param, raw) if param.type in _PATH_TYPES else raw

    return Lazy(read, _rows_with(store, name))


def raw_numbers(store: Store, name: str) -> Column:
    """A parameter of fixed width for all events, as numbers; kept for the store."""

    def make() -> Column:
        values = np.zeros(len(store), dtype=np.int64)
        present = np.zeros(len(store), dtype=np.bool_)
        for code in _codes_with(store, name):
            event = EVENTS[code]
            if event.params[event.param_index[name]].type in FIXED_WIDTH:
                rows, stored = store.fixed_param(code, name)
                values[rows], present[rows] = stored, True
        return Column(Numbers(values, present))

    return once(store, ("rawarg", name), make)


def _info(store: Store, argument: Argument) -> Lazy:
    return Lazy(
        lambda row: render_info(store, row, masked=False),
        many=lambda rows: many_events(store, Style()).info(store, rows),
    )


def _arguments(store: Store, argument: Argument) -> Lazy:
    return Lazy(
        lambda row: render_args(store, row, masked=False),
        many=lambda rows: many_events(store, Style()).args(store, rows),
    )


def _check_end(text: str) -> str:
    return "" if text in ("src", "dst") else "the argument is src or dst"


def _absolute_path(store: Store, argument: Argument) -> Lazy:
    second = argument.text == "dst"

    def read(row: int) -> str | None:
        first, other = _PATHS[EVENTS[int(store.code[row])].name]
        return named_path(store, row, other if second and other else first)

    return Lazy(read, _path_rows(store))


def _path_rows(store: Store) -> NDArray[np.int64]:
    codes = codes_named(*_PATHS)
    first_openat = codes_named("openat")[0]
    return store.rows_of_codes(tuple(code for code in codes if EVENTS[code].is_exit or code == first_openat))


FIELDS: tuple[Field, ...] = (
    Field("evt.args", _TEXT, Domain.ARGUMENTS, "all arguments as one text", _arguments),
    Field("evt.info", _TEXT, Domain.ARGUMENTS, "all arguments as one text, or what was logged", _info),
    Field(
        "evt.arg",
        _TEXT,
        Domain.ARGUMENTS,
        "one argument as text, by name or position",
        _argument,
        ArgumentForm.REQUIRED,
        "name or position",
        _check_name_or_place,
    ),
    Field(
        "evt.rawarg",
        FieldType.BYTES,
        Domain.ARGUMENTS,
        "one argument as it is stored, by name",
        _raw_argument,
        ArgumentForm.REQUIRED,
        "name",
        _check_name,
        _type_of,
    ),
    Field(
        "evt.abspath",
        _TEXT,
        Domain.ARGUMENTS,
        "absolute path of calls such as renameat; src and dst where there are two",
        _absolute_path,
        ArgumentForm.OPTIONAL,
        "src or dst",
        _check_end,
    ),
)
