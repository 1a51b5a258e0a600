"""What was chosen in the beginning of a capture, found again in more of it.

Event rows and rows of the small tables stay what they are while a capture is read. The numbers of
groups need not: a group is found again by its first event, or by one of its rows in the table.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

import numpy as np

from hopscope.store.store import Store
from hopscope.store.tables import NONE
from hopscope.views.definition import EVENT_KEY
from hopscope.views.keys import grouping_of
from hopscope.views.member import Member
from hopscope.views.selection import Selection, Step


def carry_selection(selection: Selection, old: Store, new: Store) -> Selection:
    """The same steps on a store of more of the capture.

    Args:
        selection: made for ``old``.
        old: a store of the beginning.
        new: a store of the same and more.
    """
    carried = Selection()
    for step in selection.steps:
        carried = carried.push(_carry_step(step, old, new))
    return carried


def carry_key(key: Hashable | None, old: Store, new: Store) -> Hashable | None:
    """The key of the same row of a view; stores as for :func:`carry_selection`.

    Keys of rows that are no groups hold nothing that changes its number.
    """
    if isinstance(key, tuple) and len(key) == 2 and key[0] != EVENT_KEY and isinstance(key[1], int):
        return key[0], _carry_code(str(key[0]), key[1], old, new)
    return key


def _carry_step(step: Step, old: Store, new: Store) -> Step:
    member = step.condition
    if not isinstance(member, Member):
        return step
    if member.values:
        return step
    code = _carry_code(member.key, member.code, old, new)
    return replace(step, condition=replace(member, code=code))


def _carry_code(key: str, code: int, old: Store, new: Store) -> int:
    before, after = grouping_of(old, key), grouping_of(new, key)
    if before.values:
        return after.code_of(before.values[code])
    if len(before.rows):  # groups of single events: what comes later may divide those of states
        belongs = before.of_events(old) == code
        first = int(belongs.argmax())
        if len(belongs) and belongs[first]:
            return int(after.of_events(new, np.array([first]))[0])
    states = before.states_of(code)
    if len(states):
        return int(after.codes[states[0]])
    return code if code < after.size else NONE
