"""The filters of views, each decided once for a capture and kept in one bit an event."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopscope.store.store import Store
from hopscope.views.memo import once_per_store

Mask = NDArray[np.bool_]


@once_per_store
def _packed(store: Store) -> dict[str, NDArray[np.uint8]]:
    return {}


def filter_mask(store: Store, text: str) -> Mask:
    """True for the events that pass a filter; as long as the store.

    Raises:
        FilterError: it cannot be understood.
    """
    packed = _packed(store)
    if text not in packed:
        # Filters bring all fields with them, which the first view on the screen does without.
        from hopscope.filters import compile_filter  # noqa: PLC0415

        packed[text] = np.packbits(compile_filter(text).mask(store))
    return np.unpackbits(packed[text], count=len(store)).view(np.bool_)


@dataclass(frozen=True, slots=True)
class WithFilter:
    """The condition that a filter of a view is."""

    text: str

    def mask(self, store: Store) -> Mask:
        """The events that pass."""
        return filter_mask(store, self.text)
