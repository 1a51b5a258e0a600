"""A store as sections of an index file, and back."""

from __future__ import annotations

from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from hopscope.capture.source import Source
from hopscope.decode.columns import EventColumns
from hopscope.index.bounds import check_bounds
from hopscope.index.faults import IndexFaultError
from hopscope.index.file import IndexFile
from hopscope.index.heard import heard_sections, read_heard
from hopscope.index.members import member_sections, read_members
from hopscope.index.objects import Objects, encode_objects
from hopscope.index.texts import Sections, TextReader, TextWriter, address_sections, read_addresses
from hopscope.store.intervals import IntervalIndex, descriptor_key
from hopscope.store.store import RUN_BITS, Store
from hopscope.store.tables import DescriptorTable, ThreadTable

STREAM = "stream"
"""Section with the unpacked stream of a packed capture, or of several captures."""

_OBJECTS = "objects"
_PARTS: dict[str, type] = {
    "events": EventColumns, "store": Store, "threads": ThreadTable, "descriptors": DescriptorTable,
}  # fmt: skip
"""Classes whose attributes become sections, by what the names of those begin with."""

_TABLES = ("threads", "descriptors")
_TEXT = list[str]
_GROUP = list[tuple[str, ...]]
_ADDRESS = list[tuple[bytes, int] | None]


def to_sections(store: Store) -> Sections:
    """All that is needed to make an equal store, without copies of large columns.

    Raises ValueError or RecursionError for a store that holds what no section can.
    """
    sections: Sections = {f"events.{name}": array for name, array in store.columns.sections().items()}
    for name in _arrays_of("store"):
        sections[f"store.{name}"] = getattr(store, name)
    texts = TextWriter()
    for prefix in _TABLES:
        table = getattr(store, prefix)
        for name, hint in _hints(prefix).items():
            column, section = getattr(table, name), f"{prefix}.{name}"
            if hint == _TEXT:
                sections.update(texts.texts(section, column))
            elif hint == _GROUP:
                sections.update(texts.groups(section, column))
            elif hint == _ADDRESS:
                sections.update(address_sections(section, column))
            else:
                sections[section] = column
    sections.update(heard_sections(store, texts))
    store.release()
    sections.update(texts.pool())
    sections[_OBJECTS] = np.frombuffer(encode_objects(store), np.uint8)
    if store.members is not None:
        sections.update(member_sections(store.members))
    if store.source.packed or store.members is not None:
        sections[STREAM] = store.source.data
    return sections


def from_sections(file: IndexFile, source: Source) -> Store:
    """The store that :func:`to_sections` was given.

    Args:
        file: what was written; its columns are used where they lie.
        source: the bytes of the same capture.

    Raises:
        IndexFaultError: the sections are not what they should be, or point outside the capture.
    """
    objects = Objects(file.checked_bytes(_OBJECTS))
    columns = _event_columns(file, source, objects)
    texts = TextReader(file)
    threads: ThreadTable = ThreadTable(**_table(file, texts, "threads"))
    descriptors: DescriptorTable = DescriptorTable(**_table(file, texts, "descriptors"))
    arrays = {name: file.array(f"store.{name}", dtype) for name, dtype in _arrays_of("store").items()}
    check_bounds(columns, arrays, threads, descriptors, objects)
    events = len(columns)
    members = read_members(file, events, len(threads), len(objects.containers))
    keys = threads.tid if members is None else threads.tid + (members.thread_run.astype(np.int64) << RUN_BITS)
    store = Store(
        source=source,
        machine=objects.machine,
        interfaces=objects.interfaces,
        loss=objects.loss,
        columns=columns,
        sections=objects.sections,
        epochs=objects.epochs,
        threads=threads,
        descriptors=descriptors,
        containers=objects.containers,
        kubernetes=objects.kubernetes,
        users=objects.users,
        thread_index=IntervalIndex(keys, threads.first, threads.stop, events),
        descriptor_index=IntervalIndex(
            descriptor_key(descriptors.table, descriptors.fd), descriptors.first, descriptors.stop, events
        ),
        **arrays,
    )
    store.members = members
    store.heard_states = read_heard(file, texts, events, descriptors)
    return store


def _event_columns(file: IndexFile, source: Source, objects: Objects) -> EventColumns:
    sections: dict[str, NDArray[Any]] = {
        name: file.array(f"events.{name}", dtype) for name, dtype in _arrays_of("events").items()
    }
    return EventColumns.from_sections(source.data, objects.unknown, sections)


def _table(file: IndexFile, texts: TextReader, prefix: str) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    dtypes = _arrays_of(prefix)
    for name, hint in _hints(prefix).items():
        section = f"{prefix}.{name}"
        if hint == _TEXT:
            columns[name] = texts.texts(section)
        elif hint == _GROUP:
            columns[name] = texts.groups(section)
        elif hint == _ADDRESS:
            columns[name] = read_addresses(file, section)
        else:
            columns[name] = file.checked_array(section, dtypes[name])
    if len({len(column) for column in columns.values()}) != 1:
        raise IndexFaultError(f"its table of {prefix} has columns of different lengths")
    return columns


@cache
def _hints(prefix: str) -> dict[str, Any]:
    return get_type_hints(_PARTS[prefix])


@cache
def _arrays_of(prefix: str) -> dict[str, type[np.generic]]:
    """Array attributes of a part and their dtypes, as declared; the stream itself is none of them."""
    return {
        name: get_args(get_args(hint)[1])[0]
        for name, hint in _hints(prefix).items()
        if get_origin(hint) is np.ndarray and name != "data" and not name.startswith("_")
    }
