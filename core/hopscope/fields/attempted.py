"""The name that a call tried to open or connect to, where it has no descriptor to tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import EVENTS, codes_named
from hopscope.fields import descriptors, event_types
from hopscope.fields.memo import once
from hopscope.fields.tried_paths import named_path
from hopscope.lookup import look_up

if TYPE_CHECKING:
    from hopscope.store.store import Store

_NAMING_PARAM = {
    "open": "name", "creat": "name", "openat": "name", "openat2": "name", "open_by_handle_at": "path",
    "accept": "tuple", "accept4": "tuple", "connect": "tuple",
}  # fmt: skip
"""The parameter that says what a call wanted, by the name of the call."""

_CONNECT = codes_named("connect")[1]
_IN_PROGRESS = -115


def attempted_names(store: Store) -> dict[int, str]:
    """What stands for ``fd.name`` at ends of calls without a descriptor, by event row.

    The path or address that was tried; an empty text for calls that name nothing. A connect that
    failed counts, although it has a descriptor (sysdig 0.29.3).
    """

    def make() -> dict[int, str]:
        ends = look_up(event_types.IS_EXIT, store.code) & descriptors.touching(store)
        bare = ends & (descriptors.index(store) < 0)
        # One that goes on in the background has given its descriptor the name.
        refused = ends & (store.code == _CONNECT) & (store.result < 0) & (store.result != _IN_PROGRESS)
        rows = np.flatnonzero(bare | refused)
        found: dict[int, str] = dict.fromkeys(rows.tolist(), "")
        for code in np.unique(store.code[rows]).tolist():
            found.update(_tried_by(store, code, rows[store.code[rows] == code]))
        return found

    return once(store, "attempted names", make)


def _tried_by(store: Store, code: int, rows: NDArray[np.int64]) -> Iterator[tuple[int, str]]:
    """Event rows of one code and what they tried; bytes that say it alone are decoded once."""
    wanted = _NAMING_PARAM.get(EVENTS[code].name)
    if wanted is None:
        return
    known: dict[bytes, str] = {}
    for row in rows.tolist():
        raw = store.raw_param(row, wanted)
        # Where a relative path starts from is another question at each event.
        if raw is None or (wanted != "tuple" and not raw.startswith(b"/")):
            yield row, _tried(store, row)
            continue
        if raw not in known:
            known[raw] = _tried(store, row)
        yield row, known[raw]


def _tried(store: Store, row: int) -> str:
    event = EVENTS[int(store.code[row])]
    wanted = _NAMING_PARAM.get(event.name)
    if wanted is None:
        return ""
    named = row
    if wanted not in event.param_index:
        # The first version of openat has its path on the enter event only.
        named = int(store.twin[row])
        if named < 0:
            return ""
    return named_path(store, named, wanted) or ""
