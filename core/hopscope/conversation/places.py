"""Where something ran: the container, and the machine where captures of several are open."""

from __future__ import annotations

from hopscope.store.store import Store
from hopscope.store.tables import Container

MACHINE = "host"
"""Id of the rows of the container table that stand for machines themselves."""


def container_at(store: Store, row: int) -> Container | None:
    """The container of a row of the container table, None for a machine itself."""
    found = store.containers[row] if row >= 0 else None
    return None if found is None or found.id == MACHINE else found


def machine_at(store: Store, row: int) -> str:
    """Name of the machine of a row of the container table; empty where there is only one."""
    if len(store.hosts) < 2 or row < 0:
        return ""
    return store.hosts[int(store.container_host[row])].name
