"""Facts about event types as arrays: one entry a type code, looked up with ``Store.code``."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.dialect import dialects
from hopscope.decode.event_table import EVENTS, EventFlag, codes_named
from hopscope.fields.column import Choices, Column, Mask, encode, renamed
from hopscope.fields.memo import once
from hopscope.lookup import look_up

if TYPE_CHECKING:
    from hopscope.store.store import Store

FLAGS: NDArray[np.int32] = np.array([int(event.flags) for event in EVENTS], dtype=np.int32)
"""Flags of each type, as :class:`EventFlag` numbers them."""

IS_EXIT: Mask = np.arange(len(EVENTS)) % 2 == 1
"""True for exit types, which have odd codes."""

BEGINS: Mask = ~IS_EXIT & (FLAGS & int(EventFlag.SKIPPARSERESET) == 0)
"""True for types after which the thread's next exit is theirs or nobody's."""

GENERIC = codes_named("syscall")
"""Types of the calls that are recorded only by their number."""

INTERNAL: Mask = np.array(["INTERNAL" in event.categories for event in EVENTS])
"""True for types that the recorder wrote on its own account."""

IS_IO: Mask = np.array([event.category.startswith("IO_") for event in EVENTS])
"""True for the categories that move or manage bytes of a descriptor."""

IS_CALL: Mask = np.array(
    [not {"INTERNAL", "SCHEDULER", "METAEVENT", "UNUSED"} & {*event.categories} for event in EVENTS]
)
"""True for what ``syscall.type`` names: calls, and also exits of processes and signals (sysdig 0.29.3)."""


_LATE_FD_USERS = codes_named("mmap", "mmap2", "sendmmsg", "recvmmsg")
"""Types that have descriptors for the newest release of the reference only."""


def has_flag(store: Store, flag: EventFlag) -> Mask:
    """True for types with any of these flags in the release that the capture follows."""
    mask: Mask = FLAGS & int(flag) != 0
    if store.dialect.name != dialects()[-1].name:
        mask[list(_LATE_FD_USERS)] = False
    return mask


def category_of(code: int) -> str:
    """What ``evt.category`` calls a type, where its descriptor does not decide."""
    name = EVENTS[code].category
    return "IPC" if name == "IPC" else name.lower()


@cache
def all_names() -> tuple[str, ...]:
    """Every name that an event of any capture can have, sorted."""
    names = {event.name for event in EVENTS}
    for release in dialects():
        names.update(release.event_names.values(), release.syscalls.values())
    return tuple(sorted(names))


def generic_names(store: Store) -> tuple[NDArray[np.int64], Choices]:
    """Event rows of generic events and the name of the call of each."""

    def make() -> tuple[NDArray[np.int64], Choices]:
        names = store.dialect.syscalls
        rows, numbers = [], []
        for code in GENERIC:
            found, values = store.fixed_param(code, "ID")
            rows.append(found)
            numbers.append(values)
        ids, place = np.unique(np.concatenate(numbers), return_inverse=True)
        choices = Choices(place.reshape(-1).astype(np.int32), ids.tolist())
        return np.concatenate(rows), renamed(choices, lambda number: names.get(number, "<unknown>"))

    return once(store, "generic names", make)


def per_type(values: list[str | None], store: Store) -> Column:
    """A column whose value depends on the event's type alone."""
    return Column(encode(values), store.code)


def with_generic(values: list[str | None], named: dict[str, str] | None, store: Store) -> Column:
    """A column by type, except for generic events, whose value depends on the call's name.

    Args:
        values: the value of each type code.
        named: the value by name of the call, ``other`` for names that are not there; None for the
            name itself.
        store: the capture.
    """
    rows, names = generic_names(store)
    if not len(rows):
        return per_type(values, store)
    of_names = names.values if named is None else [named.get(name, "other") for name in names.values]
    everything = encode([*values, *of_names])
    codes = look_up(everything.codes[: len(values)], store.code)
    codes[rows] = everything.codes[len(values) :][names.codes]
    return Column(Choices(codes, everything.values))
