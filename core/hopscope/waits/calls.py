"""What calls wait for, by their names: data with a look-up for many events.

The classes lie in ``calls.tsv`` beside this file. A call that is in none of them does its own work.
"""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import EVENTS, codes_named
from hopscope.decode.names import syscall_names
from hopscope.store.store import Store


def _rows() -> list[list[str]]:
    with open(os.path.join(os.path.dirname(__file__), "calls.tsv"), encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]


CLASSES = {name: tuple(calls.split()) for name, _, calls in _rows()}
"""Names of the calls of each class, in the order of the table."""

CLASS_MEANINGS = {name: meaning for name, meaning, _ in _rows()}
"""What the calls of each class wait for."""

OWN, DESCRIPTOR, POLL, READY, ACCEPT, FUTEX, CHILD, TIMER, SIGNAL, OTHER, NEVER = range(11)
"""Classes as numbers; the order is that of the table."""

_NUMBERS = {name: number for number, name in enumerate(CLASSES, 1)}

WAITING = (POLL, READY, ACCEPT, FUTEX, CHILD, TIMER, SIGNAL, OTHER)
"""Classes whose business is to wait."""

CLASS_OF = {call: _NUMBERS[name] for name, calls in CLASSES.items() for call in calls}


_GENERIC = codes_named("syscall")
_OF_CODE = np.array([CLASS_OF.get(event.name, OWN) for event in EVENTS], np.int8)
_OF_SYSCALL = np.zeros(max(syscall_names()) + 1, np.int8)
_OF_SYSCALL[list(syscall_names())] = [CLASS_OF.get(name, OWN) for name in syscall_names().values()]


def waiting_calls() -> tuple[str, ...]:
    """Names of the calls whose business is to wait."""
    return tuple(call for call, number in CLASS_OF.items() if number in WAITING)


def classes_of(store: Store) -> NDArray[np.int8]:
    """The class of the call of every event; meaningless for events that are no calls."""
    found = _OF_CODE[np.minimum(store.code, len(_OF_CODE) - 1)]
    for code in _GENERIC:
        rows, numbers = store.fixed_param(code, "ID")
        known = (numbers >= 0) & (numbers < len(_OF_SYSCALL))
        found[rows[known]] = _OF_SYSCALL[numbers[known]]
    return found


def call_name(store: Store, row: int) -> str:
    """The name of the call of an event, also where the event is a generic one."""
    event = store.event_type(row)
    if event.code not in _GENERIC:
        return event.name
    raw = store.raw_param(row, "ID")
    return syscall_names().get(int.from_bytes(raw[:2], "little"), "syscall") if raw else "syscall"
