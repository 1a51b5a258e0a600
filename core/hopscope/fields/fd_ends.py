"""Fields of class ``fd`` about the two ends of a connection: client and server, local and remote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hopscope.fields import descriptors
from hopscope.fields.column import Column, Numbers, encode, nothing, renamed
from hopscope.fields.field import Argument, Domain, Field, FieldType, Match
from hopscope.fields.locality import end_is_local
from hopscope.fields.memo import once

if TYPE_CHECKING:
    from collections.abc import Callable

    from hopscope.fields.field import Compute
    from hopscope.store.store import Store

End = tuple[bytes, int]


def _client(store: Store, row: int) -> End | None:
    return descriptors.table(store).client[row] if descriptors.table(store).role[row] else None


def _server(store: Store, row: int) -> End | None:
    table = descriptors.table(store)
    return table.server[row] if table.role[row] or table.listening[row] else None


def _named_server(store: Store, row: int) -> End | None:
    """The server; one that listens on all addresses of IPv6 has none of its own (sysdig 0.29.3)."""
    table = descriptors.table(store)
    end = _server(store, row)
    everywhere = end is not None and table.listening[row] and table.kind[row] == "ipv6" and not any(end[0])
    return None if everywhere else end


def _is_pair(store: Store, row: int) -> bool:
    table = descriptors.table(store)
    return bool(table.role[row]) and not table.listening[row] and table.kind[row] in descriptors.INTERNET


def _local(store: Store, row: int) -> End | None:
    """The client if its address is of this machine, else the server, whoever acts (sysdig 0.29.3)."""
    table = descriptors.table(store)
    if not _is_pair(store, row):
        return None
    return table.client[row] if end_is_local(store, False)[row] else table.server[row]


def _remote(store: Store, row: int) -> End | None:
    table = descriptors.table(store)
    if not _is_pair(store, row):
        return None
    return table.server[row] if end_is_local(store, False)[row] else table.client[row]


_ENDS: dict[str, tuple[str, Callable[[Store, int], End | None]]] = {
    "c": ("client", _client), "s": ("server", _server), "l": ("local", _local), "r": ("remote", _remote),
}  # fmt: skip
"""Letter in the field names, word for help, and the end of a row of the descriptor table."""


def _end(letter: str, part: int, as_text: bool = False) -> Compute:
    """Address (part 0) or port (part 1) of one end."""
    end_of = _named_server if (letter, part) == ("s", 0) else _ENDS[letter][1]

    def one(store: Store, row: int) -> Any:
        end = end_of(store, row)
        if end is None:
            return None
        return str(end[part]) if as_text else end[part]

    def compute(store: Store, argument: Argument) -> Column:
        choices = descriptors.of_sockets(store, f"{letter} {part} {as_text}", lambda row: one(store, row))
        return Column(choices, descriptors.index(store))

    return compute


_UNSET = {"ipv4": (bytes(4), 0), "ipv6": (bytes(16), 0)}
"""What an end is while a socket is not connected: address and port zero (sysdig 0.29.3)."""


def _either(part: int) -> Compute:
    """Both addresses or both ports of a socket, whatever its role; one where it listens."""

    def both(store: Store, row: int) -> tuple[Any, ...] | None:
        table = descriptors.table(store)
        unset = _UNSET[table.kind[row]]
        server = table.server[row] or unset
        return (server[part],) if table.listening[row] else ((table.client[row] or unset)[part], server[part])

    def compute(store: Store, argument: Argument) -> Column:
        choices = descriptors.of_sockets(store, f"either {part}", lambda row: both(store, row))
        return Column(choices, descriptors.index(store))

    return compute


def _protocol(store: Store, argument: Argument) -> Column:
    texts = once(store, "l4", lambda: renamed(encode(descriptors.table(store).l4), lambda l4: l4 or "<NA>"))
    return Column(texts, descriptors.index(store))


def _family(store: Store, argument: Argument) -> Column:
    families = {"ipv4": "ip", "ipv6": "ip", "unix": "unix"}
    texts = once(store, "family", lambda: renamed(descriptors.kinds(store), families.get))
    return Column(texts, descriptors.index(store))


def _is_server(store: Store, argument: Argument) -> Column:
    """True for listening sockets and where the server's address is of this machine (sysdig 0.29.3)."""
    table = descriptors.table(store)
    internet = np.array([kind in descriptors.INTERNET for kind in table.kind], dtype=np.bool_)
    decided = internet & (table.listening | end_is_local(store, True))
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
