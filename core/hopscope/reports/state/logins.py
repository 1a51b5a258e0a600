"""Login shells under which commands had run up to a moment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from hopscope.fields.values import field_value
from hopscope.reports.columns import codes_of
from hopscope.reports.entries import Part, who
from hopscope.reports.kinds import passing
from hopscope.reports.state.listing import Listing, Moment
from hopscope.store.store import Store


def _read(store: Store, moment: Moment) -> Iterator[tuple[Any, ...]]:
    within = np.arange(len(store)) <= moment.row
    rows = np.flatnonzero(
        passing(store, "evt.type=execve and evt.dir=< and evt.failed=false", moment.condition, within=within)
    )
    found = codes_of(store, "proc.loginshellid", rows)
    for code in np.unique(found.codes[found.codes >= 0]).tolist():
        members = rows[found.codes == code]
        first, last = int(members[0]), int(members[-1])
        names = dict.fromkeys(who(store, row)[0] for row in members.tolist())
        yield (
            int(found.values[code]), field_value(store, first, "user.name"), who(store, first)[2],
            int(store.time[first]), int(store.time[last]), len(members), " ".join(filter(None, names)),
        )  # fmt: skip


LISTING = Listing(
    "logins",
    "login shells with the commands that had run below them",
    (
        Part("shell", "SHELL", "number"), Part("user", "USER"), Part("container", "CONTAINER"),
        Part("first", "FIRST", "time"), Part("last", "LAST", "time"), Part("commands", "COMMANDS", "number"),
        Part("programs", "PROGRAMS"),
    ),
    _read,
)  # fmt: skip
