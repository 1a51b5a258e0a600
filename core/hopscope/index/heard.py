"""What bound datagram sockets went through as sections of an index, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hopscope.decode.addresses import Endpoint
from hopscope.index.faults import IndexFaultError
from hopscope.index.texts import Sections, address_sections, read_addresses
from hopscope.store.heard import HeardState

if TYPE_CHECKING:
    from hopscope.index.file import IndexFile
    from hopscope.index.texts import TextReader, TextWriter
    from hopscope.store.heard import Rows
    from hopscope.store.store import Store
    from hopscope.store.tables import DescriptorTable

_LIFE, _FIRST, _CONNECTED, _NAME, _CLIENT, _SERVER = (
    f"heard.{name}" for name in ("life", "first", "connected", "name", "client", "server")
)


def heard_sections(store: Store, texts: TextWriter) -> Sections:
    """:attr:`Store.heard_states`, so that nobody has to follow the messages again."""
    lives, states = store.heard_states
    return {
        _LIFE: lives,
        _FIRST: np.array([one.first for one in states], np.int64),
        _CONNECTED: np.array([one.connected for one in states], np.bool_),
        **texts.texts(_NAME, (one.name for one in states)),
        **address_sections(_CLIENT, [one.client for one in states]),
        **address_sections(_SERVER, [one.server for one in states]),
    }


def read_heard(
    file: IndexFile, texts: TextReader, events: int, table: DescriptorTable
) -> tuple[Rows, list[HeardState]]:
    """What :func:`heard_sections` was given. Raises IndexFaultError where it does not fit together.

    Args:
        file, texts: where the sections are.
        events: how many there are.
        table: descriptors, which each life must be one of.
    """
    lives, first = file.checked_array(_LIFE, np.int64), file.checked_array(_FIRST, np.int64)
    connected, names = file.checked_array(_CONNECTED, np.bool_), texts.texts(_NAME)
    clients, servers = read_addresses(file, _CLIENT), read_addresses(file, _SERVER)
    if {len(first), len(connected), len(names), len(clients), len(servers)} != {len(lives)}:
        raise IndexFaultError("what its sockets heard does not fit together")
    if len(lives) and (
        not 0 <= int(lives.min()) <= int(lives.max()) <= int(table.life.max(initial=-1))
        or not -1 <= int(first.min()) <= int(first.max()) < events
    ):
        raise IndexFaultError("what its sockets heard points outside")
    ends = ([end and Endpoint(*end) for end in several] for several in (clients, servers))
    told = zip(first.tolist(), names, *ends, connected.tolist(), strict=True)
    return lives, [HeardState(*one) for one in told]
