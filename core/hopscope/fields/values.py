"""One field at one event: its value, and the text that sysdig prints for it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from hopscope.decode.addresses import address_text
from hopscope.decode.paths import stripped
from hopscope.decode.payload import buffer_text
from hopscope.fields.column import Answer
from hopscope.fields.field import FieldType, FieldUse
from hopscope.fields.memo import once
from hopscope.fields.registry import resolve

if TYPE_CHECKING:
    from hopscope.store.store import Store

MISSING = "<NA>"
"""What stands for a value that is missing."""

_PADDED = frozenset({"evt.rawtime.ns", "evt.reltime", "evt.reltime.ns", "evt.latency.ns", "evt.deltatime.ns"})
"""Fields that are printed with leading zeros to nine digits (sysdig 0.29.3)."""


HEXADECIMAL = frozenset({"fd.dev"})
"""Fields that are printed as hexadecimal numbers (sysdig 0.29.3)."""


@lru_cache(maxsize=512)
def use_of(name: str) -> FieldUse:
    """The field that a name with an optional ``[argument]`` means.

    Raises:
        UnknownFieldError: there is no such field, or the argument does not fit.
    """
    head, bracket, rest = name.partition("[")
    return resolve(head, rest.removesuffix("]") if bracket else None)


def answer_of(store: Store, use: FieldUse) -> Answer:
    """The column of a field, computed once for a store."""
    return once(
        store, ("answer", use.field.name, use.argument), lambda: use.field.compute(store, use.argument)
    )


def field_value(store: Store, row: int, name: str) -> Any:
    """The value of a field at an event row, None where it is missing.

    Raises:
        UnknownFieldError: there is no such field.
    """
    return answer_of(store, use_of(name)).at(row)


def field_text(store: Store, row: int, name: str) -> str:
    """The value of a field at an event row as sysdig prints it, ``<NA>`` where it is missing.

    Raises:
        UnknownFieldError: there is no such field.
    """
    use = use_of(name)
    release = store.dialect
    text = as_text(use, answer_of(store, use).at(row), release.longest_buffer)
    return stripped(text) if release.ascii_only and use.field.group == "fd" else text


def as_text(use: FieldUse, value: Any, longest: int = 0) -> str:
    """A value of a field as sysdig prints it.

    Args:
        use: the field.
        value: its value, None for a missing one.
        longest: characters after which bytes are cut, 0 for never.
    """
    if value is None:
        return MISSING
    if isinstance(value, tuple):
        return ", ".join(as_text(use, one, longest) for one in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        if use.type in (FieldType.ADDRESS, FieldType.NETWORK):
            return address_text(value)
        return buffer_text(value, longest)
    if isinstance(value, float):
        return f"{value:.1f}"
    if use.field.name in HEXADECIMAL:
        return f"{value:X}"
    if isinstance(value, int) and use.field.name in _PADDED:
        return f"{value:09d}"
    return str(value)
