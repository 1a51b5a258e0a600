"""What was read and written, in the order of the calls."""

from __future__ import annotations

import numpy as np

from hopscope.fields.column import Mask, Rows
from hopscope.reports.kinds import KINDS, passing
from hopscope.store.store import Store

LOG_FILES = (
    "(fd.name contains .log or fd.name contains _log or fd.name contains /var/log)"
    " and not (fd.name contains .gz or fd.name contains .tgz)"
)
"""Names of log files (sysdig 0.29.3)."""

CHANNELS = {
    "stdin": "fd.num=0",
    "stdout": "fd.num=1",
    "stderr": "fd.num=2",
    **KINDS,
    "logs": f"({LOG_FILES}) and evt.is_io_write=true",
}
"""What can be listened to alone: a filter by name."""

DIRECTIONS = {"read": "evt.is_io_read=true", "write": "evt.is_io_write=true"}


def moved(store: Store, mask: Mask, channel: str = "", direction: str = "") -> Rows:
    """Ends of calls that moved bytes, ascending.

    Args:
        store: the capture.
        mask: bool, one an event: those that may be found.
        channel: one of :data:`CHANNELS`, empty for all.
        direction: one of :data:`DIRECTIONS`, empty for both.
    """
    conditions = ("evt.is_io=true and evt.dir=< and evt.rawres>0", CHANNELS.get(channel, ""))
    return np.flatnonzero(passing(store, *conditions, DIRECTIONS.get(direction, ""), within=mask))
