"""Whether a value read from a file is of the type that its attribute declares."""

from __future__ import annotations

from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

Made = TypeVar("Made")


def fits(value: object, declared: Any) -> bool:
    """True when the value is what was declared, elements included.

    Args:
        value: as JSON gives it.
        declared: a class, a union, or a list, tuple of any length or dictionary with declared elements.
    """
    if declared is Any:
        return True
    origin, inner = get_origin(declared), get_args(declared)
    if origin is UnionType:
        return any(fits(value, one) for one in inner)
    if origin is dict:
        return isinstance(value, dict) and all(
            fits(key, inner[0]) and fits(one, inner[1]) for key, one in value.items()
        )
    if origin in (list, tuple):
        return isinstance(value, origin) and all(fits(one, inner[0]) for one in value)
    return type(value) is declared


def made(kind: type[Made], values: dict[str, Any]) -> Made:
    """A data class or named tuple from its attributes. Raises TypeError where one is not as declared."""
    declared = _hints(kind)
    for name, value in values.items():
        if not fits(value, declared[name]):
            raise TypeError(f"{name} of {kind.__name__} is of another type")
    return kind(**values)


_known: dict[type, dict[str, Any]] = {}


def _hints(kind: type) -> dict[str, Any]:
    if kind not in _known:
        _known[kind] = get_type_hints(kind)
    return _known[kind]
