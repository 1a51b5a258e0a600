"""Fields of class ``fd`` about the two ends of a connection: client and server, local and remote."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from hopscope.fields import descriptors
from hopscope.fields.column import Choices, Column, Mask, Numbers, combined, nothing, renamed
from hopscope.fields.field import Argument, Domain, Field, FieldType, Match
from hopscope.fields.locality import end_is_local
from hopscope.fields.memo import once
from hopscope.lookup import look_up_or
from hopscope.store.tables import NONE

if TYPE_CHECKING:
    from collections.abc import Callable

    from hopscope.fields.field import Compute
    from hopscope.store.store import Store

End = tuple[bytes, int]


def _client(store: Store) -> Choices:
    """The client end of each row of the descriptor table."""
    ends = descriptors.column(store, "client")
    return _only(ends, (descriptors.table(store).role != 0) & descriptors.of_internet(store))


def _server(store: Store) -> Choices:
    table, ends = descriptors.table(store), descriptors.column(store, "server")
    return _only(ends, ((table.role != 0) | table.listening) & descriptors.of_internet(store))


def _named_server(store: Store) -> Choices:
    """The server; one that listens on all addresses of IPv6 has none of its own (sysdig 0.29.3)."""
    ends = _server(store)
    nowhere = np.array([len(end[0]) == 16 and not any(end[0]) for end in ends.values], np.bool_)
    return _only(ends, ~(look_up_or(nowhere, ends.codes, False) & descriptors.table(store).listening))


def _local(store: Store) -> Choices:
    """The client if its address is of this machine, else the server, whoever acts (sysdig 0.29.3)."""
    return _of_pair(store, end_is_local(store, False))


def _remote(store: Store) -> Choices:
    return _of_pair(store, ~end_is_local(store, False))


def _of_pair(store: Store, client: Mask) -> Choices:
    """The client or the server end of each connection."""
    table = descriptors.table(store)
    ones, others = descriptors.column(store, "client"), descriptors.column(store, "server")
    shifted = np.where(others.codes < 0, NONE, others.codes + len(ones.values))
    ends = Choices(np.where(client, ones.codes, shifted).astype(np.int32), [*ones.values, *others.values])
    return _only(ends, (table.role != 0) & ~table.listening & descriptors.of_internet(store))


def _only(entries: Choices, chosen: Mask) -> Choices:
    return Choices(np.where(chosen, entries.codes, np.int32(NONE)), entries.values)


_ENDS: dict[str, tuple[str, Callable[[Store], Choices]]] = {
    "c": ("client", _client), "s": ("server", _server), "l": ("local", _local), "r": ("remote", _remote),
}  # fmt: skip
"""Letter in the field names, word for help, and the end of each row of the descriptor table."""


def _end(letter: str, part: int, as_text: bool = False) -> Compute:
    """Address (part 0) or port (part 1) of one end."""
    ends_of = _named_server if (letter, part) == ("s", 0) else _ENDS[letter][1]

    def compute(store: Store, argument: Argument) -> Column:
        def make() -> Choices:
            return renamed(ends_of(store), lambda end: str(end[part]) if as_text else end[part])

        choices = once(store, ("end of socket", letter, part, as_text), make)
        return Column(choices, descriptors.index(store))

    return compute


_UNSET = {"ipv4": (bytes(4), 0), "ipv6": (bytes(16), 0)}
"""What an end is while a socket is not connected: address and port zero (sysdig 0.29.3)."""


def _either(part: int) -> Compute:
    """Both addresses or both ports of a socket, whatever its role; one where it listens."""

    def make(store: Store) -> Choices:
        table, kinds = descriptors.table(store), descriptors.kinds(store)
        unset = [_UNSET.get(kind) for kind in kinds.values]
        clients, servers = (
            _filled(descriptors.column(store, name), kinds, unset) for name in ("client", "server")
        )
        one, other = (renamed(ends, itemgetter(part)) for ends in (clients, servers))
        internet = descriptors.of_internet(store)
        pairs = combined(one, other, lambda left, right: (left, right), internet & ~table.listening)
        alone = combined(one, other, lambda left, right: (right,), internet & table.listening)
        shifted = np.where(alone.codes < 0, NONE, alone.codes + len(pairs.values))
        codes = np.where(table.listening, shifted, pairs.codes).astype(np.int32)
        return Choices(codes, [*pairs.values, *alone.values])

    def compute(store: Store, argument: Argument) -> Column:
        choices = once(store, ("either end", part), lambda: make(store))
        return Column(choices, descriptors.index(store))

    return compute


def _filled(ends: Choices, kinds: Choices, unset: list[End | None]) -> Choices:
    """The ends, with what each kind of socket has instead of one that is missing."""
    place = len(ends.values) + np.arange(len(unset), dtype=np.int32)
    codes = np.where(ends.codes >= 0, ends.codes, look_up_or(place, kinds.codes, NONE))
    return Choices(codes.astype(np.int32), [*ends.values, *(end or (b"", 0) for end in unset)])


def _protocol(store: Store, argument: Argument) -> Column:
    texts = once(store, "l4", lambda: renamed(descriptors.column(store, "l4"), lambda l4: l4 or "<NA>"))
    return Column(texts, descriptors.index(store))


def _family(store: Store, argument: Argument) -> Column:
    families = {"ipv4": "ip", "ipv6": "ip", "unix": "unix"}
    texts = once(store, "family", lambda: renamed(descriptors.kinds(store), families.get))
    return Column(texts, descriptors.index(store))


def _is_server(store: Store, argument: Argument) -> Column:
    """True for listening sockets and where the server's address is of this machine (sysdig 0.29.3)."""
    table = descriptors.table(store)
    decided = descriptors.of_internet(store) & (table.listening | end_is_local(store, True))
    return Column(Numbers(decided), descriptors.index(store))


def _nothing(store: Store, argument: Argument) -> Column:
    return nothing(len(store))


_ADDRESS, _NETWORK, _PORT, _TEXT = FieldType.ADDRESS, FieldType.NETWORK, FieldType.PORT, FieldType.TEXT


def _row(name: str, kind: FieldType, text: str, compute: Compute, filter_only: bool = False) -> Field:
    return Field(name, kind, Domain.DESCRIPTOR, text, compute, filter_only=filter_only)


def _both(name: str, kind: FieldType, text: str, compute: Compute) -> Field:
    return Field(name, kind, Domain.DESCRIPTOR, text, compute, match=Match.EITHER, filter_only=True)


def _of_end(letter: str) -> tuple[Field, ...]:
    word = _ENDS[letter][0]
    return (
        _row(f"fd.{letter}ip", _ADDRESS, f"IP address of the {word} end", _end(letter, 0)),
        _row(f"fd.{letter}ip.name", _TEXT, f"domain name of the {word} end; captures do not tell", _nothing),
        _row(f"fd.{letter}net", _NETWORK, f"network of the {word} end", _end(letter, 0), filter_only=True),
        _row(f"fd.{letter}port", _PORT, f"port of the {word} end", _end(letter, 1)),
        _row(f"fd.{letter}proto", _TEXT, f"port of the {word} end, as text", _end(letter, 1, as_text=True)),
    )


FIELDS: tuple[Field, ...] = (
    _both("fd.ip", _ADDRESS, "IP address of either end", _either(0)),
    _both("fd.net", _NETWORK, "network of either end", _either(0)),
    _both("fd.port", _PORT, "port of either end", _either(1)),
    _both("fd.proto", _PORT, "port of either end", _either(1)),
    *(field for letter in _ENDS for field in _of_end(letter)),
    _row("fd.is_server", FieldType.BOOLEAN, "true when the server end is on this machine", _is_server),
    _row("fd.l4proto", _TEXT, "tcp, udp, icmp or raw", _protocol),
    _row("fd.sockfamily", _TEXT, "ip or unix", _family),
)
