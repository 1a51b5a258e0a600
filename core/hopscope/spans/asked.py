"""What was asked on connections and what came back, before it becomes spans."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.conversation.streams import Indexes


@dataclass(slots=True)
class Asked:
    """Columns, one entry a request; those of the same names in :class:`hopscope.spans.spans.Spans`.

    Attributes:
        answer_begin: int64, offset of the answer's first byte in its direction, NONE without.
        one_way: bool, nobody answers on this channel.
    """

    kind: NDArray[np.int8]
    request: NDArray[np.int32]
    response: NDArray[np.int32]
    channel: NDArray[np.int32]
    asked: Indexes
    asked_last: Indexes
    answered: Indexes
    answered_last: Indexes
    begin: Indexes
    end: Indexes
    size: Indexes
    answer_size: Indexes
    answer_begin: Indexes
    answer_channel: NDArray[np.int32]
    one_way: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.kind)


def nothing_asked() -> Asked:
    """No request."""
    none = np.zeros(0, np.int64)
    small = none.astype(np.int32)
    return Asked(
        none.astype(np.int8), small, small, small, none, none, none, none, none, none, none, none,
        none, small, none.astype(np.bool_),
    )  # fmt: skip


def chosen(asked: Asked, places: NDArray[Any]) -> Asked:
    """Some of them, by a mask or by places."""
    return Asked(**{one.name: getattr(asked, one.name)[places] for one in fields(Asked)})


def together(parts: list[Asked]) -> Asked:
    """All of them in one."""
    return Asked(
        **{one.name: np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Asked)}
    )
