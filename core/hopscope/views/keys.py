"""The keys that views group by, by name."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from hopscope.store.store import Store
from hopscope.views.connections import by_connection
from hopscope.views.grouping import Grouping, closed, number_integers, number_keys
from hopscope.views.memo import once_per_store
from hopscope.views.owners import container_of_process
from hopscope.views.stretches import STRETCHES, by_stretch

FILE_KINDS = frozenset({"file", "directory"})


@once_per_store
def by_container(store: Store) -> Grouping:
    """A group for each row of the container table; group 0 is the host."""
    return Grouping("container", "threads", closed(store.threads.container), len(store.containers))


@once_per_store
def by_process(store: Store) -> Grouping:
    """A group for each life of a process."""
    codes, size = number_integers(store.threads.process)
    return Grouping("process", "threads", codes, size)


@once_per_store
def by_thread(store: Store) -> Grouping:
    """A group for each life of a thread."""
    codes, size = number_integers(store.threads.life)
    return Grouping("thread", "threads", codes, size)


@once_per_store
def by_descriptor(store: Store) -> Grouping:
    """A group for each life of a descriptor."""
    codes, size = number_integers(store.descriptors.life)
    return Grouping("descriptor", "descriptors", codes, size)


@once_per_store
def by_file(store: Store) -> Grouping:
    """A group for each path of a file or directory within one container."""
    table = store.descriptors
    container = container_of_process(store)
    keys: list[Hashable | None] = [
        (container.get(process, 0), name) if kind in FILE_KINDS and name else None
        for kind, name, process in zip(table.kind, table.name, table.process.tolist(), strict=True)
    ]
    codes, size = number_keys(keys)
    return Grouping("file", "descriptors", codes, size, shows_idle=False)


GROUPINGS: dict[str, Callable[[Store], Grouping]] = {
    "container": by_container,
    "process": by_process,
    "thread": by_thread,
    "connection": by_connection,
    "descriptor": by_descriptor,
    "file": by_file,
}
"""What a row of a view can stand for besides the value of a field."""


def grouping_of(store: Store, key: str) -> Grouping:
    """The groups of a key: a name above, a stretch of time, or fields.

    Raises:
        UnknownFieldError: it is none of these.
    """
    if key in GROUPINGS:
        return GROUPINGS[key](store)
    if key.startswith(STRETCHES):
        return by_stretch(store, key)
    # Fields are many modules, which the first view on the screen does without.
    from hopscope.views.field_groups import by_field  # noqa: PLC0415

    return by_field(store, key)
