"""Which release of the reference a capture is printed like.

Releases differ in small things: how a parameter is called, whether long buffers are cut, what becomes
of bytes that are no ASCII. Each capture is printed as by the oldest of three releases that knows all
event types and parameters stored in it. That is a fact of the capture itself: recorders only ever
appended. The differences lie in ``dialects.tsv``, what each release knows in ``reference_params.tsv``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .event_table import EVENTS, Param, read_rows
from .names import syscall_names
from .payload import BufferForm

UNKNOWN = -1
"""Number of parameters of an event type that a release does not know."""


@dataclass(frozen=True)
class Dialect:
    """How one release prints.

    Attributes:
        name: the release.
        longest_buffer: characters after which a buffer is cut, 0 for never.
        empty_text, empty_buffer: what empty texts and buffers are printed as; other types are ``NULL``.
        resolves_empty_paths: True where an empty path is shown to lead to its folder.
        all_aliases: True where an enumeration prints every entry that is equal, False for the first.
        ascii_only: True where bytes that are not printable ASCII are dropped from texts and become
            dots in resolved paths, False where texts are printed as they are.
        event_names: by type code, where they differ from the event table.
        params: ``(code, index)`` to the parameter as this release declares it, where it differs.
        syscalls: by number, what generic events are called.
        no_symbols: flag names that this release does not know.
        known: int64 by type code, how many parameters this release knows, UNKNOWN for unknown types.
    """

    name: str
    longest_buffer: int
    empty_text: str
    empty_buffer: str
    resolves_empty_paths: bool
    all_aliases: bool
    ascii_only: bool
    known: NDArray[np.int64] = field(compare=False)
    event_names: dict[int, str] = field(default_factory=dict, compare=False)
    params: dict[tuple[int, int], Param] = field(default_factory=dict, compare=False)
    syscalls: dict[int, str] = field(default_factory=dict, compare=False)
    no_symbols: frozenset[str] = frozenset()

    def cut_of(self, form: BufferForm) -> int | None:
        """Bytes after which a buffer in a form is cut, None where it never is."""
        return self.longest_buffer if form is BufferForm.CUT and self.longest_buffer else None

    def param(self, code: int, index: int) -> Param:
        """A parameter of an event type as this release declares it."""
        return self.params.get((code, index)) or EVENTS[code].params[index]

    def event_name(self, code: int) -> str:
        """Name of an event type; generic events are called by their system call instead."""
        return self.event_names.get(code) or EVENTS[code].name

    def knows(self, codes: ArrayLike, counts: ArrayLike) -> bool:
        """True if this release knows all these event types with that many parameters each."""
        return bool(np.all(self.known[np.asarray(codes)] >= np.asarray(counts)))


@cache
def dialects() -> tuple[Dialect, ...]:
    """The releases, oldest first. The last one knows everything in the event table."""
    everything = np.array([len(event.params) for event in EVENTS], dtype=np.int64)
    older = (everything.copy(), everything.copy())
    for code, *counts in read_rows("reference_params.tsv"):
        for known, count in zip(older, counts, strict=True):
            known[int(code)] = UNKNOWN if count == "-" else int(count)
    return (
        _with_differences(Dialect("sysdig 0.29.3", 80, "", "", True, False, True, older[0])),
        _with_differences(Dialect("libs 0.15", 80, "<NA>", "NULL", False, True, True, older[1])),
        _with_differences(Dialect("libs of 2026", 0, "<NA>", "NULL", False, True, False, everything)),
    )


def _with_differences(plain: Dialect) -> Dialect:
    events: dict[int, str] = {}
    params: dict[tuple[int, int], Param] = {}
    syscalls = dict(syscall_names())
    no_symbols = set()
    for release, kind, where, what in read_rows("dialects.tsv"):
        if release != plain.name:
            continue
        if kind == "event":
            events[int(where)] = what
        elif kind == "syscall":
            syscalls[int(where)] = what
        elif kind == "no symbol":
            no_symbols.add(what)
        else:
            code, index = (int(part) for part in where.split("."))
            name, _, type_name = what.rpartition(":")
            params[code, index] = replace(EVENTS[code].params[index], name=name, type=type_name)
    return replace(
        plain, event_names=events, params=params, syscalls=syscalls, no_symbols=frozenset(no_symbols)
    )


def dialect_for(codes: ArrayLike, counts: ArrayLike) -> Dialect:
    """The oldest release that knows all stored events.

    Args:
        codes: type code of each event.
        counts: how many parameters each event stores.
    """
    kinds = _distinct(np.asarray(codes), np.asarray(counts))
    return next((one for one in dialects() if one.knows(*kinds)), dialects()[-1])


_PIECE = 1 << 16
_MOST_COUNTS = 256


def _distinct(codes: NDArray[Any], counts: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The different pairs of a code and a count of parameters, which are few; counts above 255 as 255."""
    there = np.zeros((int(codes.max(initial=0)) + 1) * _MOST_COUNTS, dtype=np.bool_)
    for start in range(0, len(codes), _PIECE):
        piece = slice(start, start + _PIECE)
        there[codes[piece].astype(np.int64) * _MOST_COUNTS + np.minimum(counts[piece], _MOST_COUNTS - 1)] = (
            True
        )
    code, count = np.divmod(np.flatnonzero(there), _MOST_COUNTS)
    return code, count
