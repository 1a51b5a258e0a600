"""The table of event types, as data: what each code is called and which parameters it carries.

The rows lie in ``events.tsv`` beside this file (facts of the public event table up to libs of
2026-06); this module reads them. One code never changes its meaning, later releases only append
parameters, so a capture of any age stores a prefix of a row's parameters. The exceptions are
handled where blocks become columns (:mod:`hopscope.decode.columns`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import IntFlag
from functools import cached_property


class EventFlag(IntFlag):
    """What an event type does to descriptors and state."""

    NONE = 0
    CREATES_FD = 1
    DESTROYS_FD = 2
    USES_FD = 4
    READS_FROM_FD = 8
    WRITES_TO_FD = 16
    MODIFIES_STATE = 32
    UNUSED = 64
    WAITS = 128
    SKIPPARSERESET = 256
    OLD_VERSION = 512
    LARGE_PAYLOAD = 2048


FIXED_WIDTH: dict[str, int] = {
    "INT8": 1, "UINT8": 1, "FLAGS8": 1, "ENUMFLAGS8": 1, "SIGTYPE": 1, "L4PROTO": 1, "SOCKFAMILY": 1,
    "INT16": 2, "UINT16": 2, "FLAGS16": 2, "ENUMFLAGS16": 2, "PORT": 2, "SYSCALLID": 2,
    "INT32": 4, "UINT32": 4, "FLAGS32": 4, "ENUMFLAGS32": 4, "BOOL": 4, "IPV4ADDR": 4, "UID": 4,
    "GID": 4, "SIGSET": 4, "MODE": 4, "FD32": 4, "PID32": 4,
    "INT64": 8, "UINT64": 8, "ERRNO": 8, "FD": 8, "PID": 8, "RELTIME": 8, "ABSTIME": 8, "DOUBLE": 8,
}  # fmt: skip
"""Bytes of each parameter type that has a fixed width. The other types vary."""

SIGNED_TYPES = frozenset({"INT8", "INT16", "INT32", "INT64", "ERRNO", "FD", "PID", "FD32", "PID32"})
"""Parameter types that are stored as signed integers."""


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of an event type.

    Attributes:
        name: as the reference prints it.
        type: type name without its prefix, for instance ``FD`` or ``CHARBUF``.
        format: ``DEC``, ``HEX``, ``OCT``, ``ID`` or ``NA``.
        table: name of the flag table (or of the dynamic types of a ``DYN``), or an empty string.
        dirfd: index of the parameter against which a relative path is resolved, or -1.
    """

    name: str
    type: str
    format: str
    table: str
    dirfd: int


_NO_KIND = frozenset({"UNKNOWN", "SYSCALL", "TRACEPOINT", "METAEVENT", "PLUGIN", "ITER"})


@dataclass(frozen=True)
class EventType:
    """One row of the event table.

    Attributes:
        code: the number stored in captures. Even codes are enters, odd ones exits.
        name: system call or pseudo event, for instance ``openat``.
        category: kind of operation, for instance ``IO_READ``, ``FILE``, ``NET``, ``INTERNAL``.
        flags: what the event does to descriptors and state.
        declaration: the parameters as text; parsed when first asked for.
    """

    code: int
    name: str
    categories: tuple[str, ...]
    flags: EventFlag
    declaration: str

    @property
    def category(self) -> str:
        """The kind of operation, without where the event comes from (SYSCALL, TRACEPOINT …)."""
        return next((one for one in self.categories if one not in _NO_KIND), "UNKNOWN")

    @property
    def is_exit(self) -> bool:
        """True for the event at the end of a call."""
        return bool(self.code & 1)

    @property
    def direction(self) -> str:
        """``>`` for enter and ``<`` for exit events."""
        return "<" if self.code & 1 else ">"

    @cached_property
    def params(self) -> tuple[Param, ...]:
        """The parameters in stored order."""
        return tuple(_parse_param(token) for token in self.declaration.split())

    @cached_property
    def param_index(self) -> dict[str, int]:
        """Position of each parameter by name; the first one where a name occurs twice."""
        found: dict[str, int] = {}
        for i, param in enumerate(self.params):
            found.setdefault(param.name, i)
        return found


def _parse_param(token: str) -> Param:
    name, kind, fmt, table, dirfd = (*token.split(":"), "", "", "", "")[:5]
    return Param(name, kind, fmt or "DEC", table, int(dirfd) if dirfd else -1)


def read_rows(name: str) -> list[list[str]]:
    """The rows of a ``.tsv`` file beside this module, without its comment line."""
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as file:
        text = file.read()
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]


def _load() -> tuple[EventType, ...]:
    flag_values = {name: flag.value for name, flag in EventFlag.__members__.items()}
    rows = []
    for code, name, categories, flags, declaration in read_rows("events.tsv"):
        bits = sum(flag_values[flag] for flag in flags.split(",") if flag)
        rows.append(EventType(int(code), name, tuple(categories.split(",")), EventFlag(bits), declaration))
    return tuple(rows)


EVENTS: tuple[EventType, ...] = _load()
"""Every known event type; ``EVENTS[code].code == code``."""


def codes_named(*names: str) -> tuple[int, ...]:
    """Codes of all versions, enter and exit, of the events with these names."""
    wanted = set(names)
    return tuple(event.code for event in EVENTS if event.name in wanted)
