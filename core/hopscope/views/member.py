"""The condition behind a drill-down: belongs to one group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hopscope.store.store import Store
from hopscope.views.grouping import distinct
from hopscope.views.keys import GROUPINGS
from hopscope.views.selection import Mask


@dataclass(frozen=True, slots=True)
class Member:
    """Events, threads and descriptors of one group.

    Attributes:
        key: name of the grouping.
        code: number of the group.
    """

    key: str
    code: int

    def mask(self, store: Store) -> Mask:
        """Events of the group."""
        return GROUPINGS[self.key](store).contains(store, self.code)

    def threads(self, store: Store) -> Mask | None:
        """Thread states in the group; for a group of descriptors only events can tell."""
        grouping = GROUPINGS[self.key](store)
        if grouping.table != "threads":
            return None
        return np.asarray(grouping.codes[:-1] == self.code, dtype=np.bool_)

    def descriptors(self, store: Store) -> Mask | None:
        """Descriptor states in the group, or those of the group's processes.

        The threads of a process share its descriptors, so for one thread only events can tell.
        """
        grouping = GROUPINGS[self.key](store)
        if grouping.table == "descriptors":
            return np.asarray(grouping.codes[:-1] == self.code, dtype=np.bool_)
        if self.key == "thread":
            return None
        lives = distinct(store.threads.process[grouping.states_of(self.code)])
        return np.isin(store.descriptors.process, lives)
