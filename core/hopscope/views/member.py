"""The condition behind a drill-down: belongs to one group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hopscope.store.store import Store
from hopscope.views.filter_masks import filter_mask
from hopscope.views.grouping import Grouping, distinct
from hopscope.views.keys import grouping_of
from hopscope.views.selection import Mask

_OF_PROCESSES = ("container", "process", "proc.", "user.", "group.", "k8s.", "mesos.", "marathon.")
"""Beginnings of keys that all threads of a process have in common."""


_SPAN, _SPAN_AROUND = "span.rawtime", "span.rawparenttime"
"""When a span began, and when the one around it did."""


@dataclass(frozen=True, slots=True)
class Member:
    """Events, threads and descriptors of one group.

    Attributes:
        key: name of the grouping.
        code: number of the group; of groups of fields that of this store, which others may number otherwise.
        values: of groups of fields, their values.
        filter: the filter of the view the group was a row of, empty for none.
    """

    key: str
    code: int
    values: tuple[Any, ...] = ()
    filter: str = ""

    def mask(self, store: Store) -> Mask:
        """Events of the group."""
        grouping = grouping_of(store, self.key)
        mask = grouping.contains(store, self._code(grouping))
        if self.key == _SPAN:
            # What lies inside of a span belongs to it as well.
            inside = grouping_of(store, _SPAN_AROUND)
            mask = mask | inside.contains(store, inside.code_of(self.values))
        return mask & filter_mask(store, self.filter) if self.filter else mask

    def threads(self, store: Store) -> Mask | None:
        """Thread states in the group; for a group of descriptors or events only events can tell."""
        grouping = grouping_of(store, self.key)
        if grouping.table != "threads" or self.filter:
            return None
        return np.asarray(grouping.codes[:-1] == self._code(grouping), dtype=np.bool_)

    def descriptors(self, store: Store) -> Mask | None:
        """Descriptor states in the group, or those of the group's processes.

        The threads of a process share its descriptors, so for one thread, or for what a field tells of
        single threads, only events can tell.
        """
        grouping = grouping_of(store, self.key)
        if self.filter or grouping.table == "entries":
            return None
        code = self._code(grouping)
        if grouping.table == "descriptors":
            return np.asarray(grouping.codes[:-1] == code, dtype=np.bool_)
        if not self.key.startswith(_OF_PROCESSES):
            return None
        lives = distinct(store.threads.process[grouping.states_of(code)])
        return np.isin(store.descriptors.process, lives)

    def whole_states(self, store: Store, table: str) -> Mask | None:
        """States of a table of which every event is in the group, of others none; None if events tell."""
        grouping = grouping_of(store, self.key)
        if grouping.table != table or self.filter or len(grouping.rows):
            return None
        return np.asarray(grouping.codes[:-1] == self._code(grouping), dtype=np.bool_)

    def _code(self, grouping: Grouping) -> int:
        return grouping.code_of(self.values) if self.values else self.code
