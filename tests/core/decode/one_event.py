"""A store of one event with a thread and a few descriptors, for rendering without the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.dialect import dialect_for, dialects
from hopscope.decode.encode import encode_param
from hopscope.decode.event_table import EVENTS, codes_named

FOREVER = np.iinfo(np.int64).max


@dataclass
class Threads:
    comm: list[str]
    cwd: list[str]

    @property
    def table(self) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        return np.arange(len(self.comm), dtype=np.int32)

    @property
    def first(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.full(len(self.comm), -1, dtype=np.int64)

    @property
    def stop(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.full(len(self.comm), FOREVER, dtype=np.int64)


@dataclass
class Descriptors:
    """Descriptors of the only thread, by number."""

    fds: list[int]
    typechar: list[str]
    l4: list[str]
    name: list[str]
    roles: list[int]
    opened_by_event: bool = False

    @property
    def fd(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array(self.fds, dtype=np.int64)

    @property
    def table(self) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        return np.zeros(len(self.fds), dtype=np.int32)

    @property
    def role(self) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
        return np.array(self.roles, dtype=np.int8)

    @property
    def listening(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        return np.zeros(len(self.fds), dtype=np.bool_)

    @property
    def opened(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.full(len(self.fds), 0 if self.opened_by_event else -1, dtype=np.int64)

    @property
    def first(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.full(len(self.fds), -1, dtype=np.int64)

    @property
    def stop(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.full(len(self.fds), FOREVER, dtype=np.int64)


@dataclass
class Accounts:
    users: dict[int, str] = field(default_factory=lambda: {0: "root"})
    groups: dict[int, str] = field(default_factory=lambda: {0: "root"})


def some_descriptors(opened_by_event: bool = False) -> Descriptors:
    return Descriptors(
        fds=[3, 4, 5, 6, 7, 8],
        typechar=["f", "4", "4", "p", "d", "6"],
        l4=["", "tcp", "tcp", "", "", "raw"],
        name=["/etc/pässwd", "1.2.3.4:5->6.7.8.9:80", "", "", "/srv", ""],
        roles=[0, 1, 0, 0, 0, 0],
        opened_by_event=opened_by_event,
    )


class NothingHeard:
    """The descriptors as they are."""

    def __init__(self, table: Descriptors) -> None:
        self.table = table

    def rows(self, own: NDArray[Any], events: NDArray[Any]) -> NDArray[Any]:
        return own

    def row(self, own: int, event: int) -> int:
        return own


class OneEvent:
    """What rendering sees of a store, for one event of thread 100, ``cat`` in ``/home/bob/``."""

    def __init__(self, code: int, raws: list[bytes], *, known: bool = True) -> None:
        self.raws = raws
        self.number = np.array([7])
        self.time = np.array([1_480_000_000_123_456_789])
        self.cpu = np.array([2])
        self.tid = np.array([100])
        self.code = np.array([code])
        self.thread = np.array([0 if known else -1])
        self.descriptor = np.array([-1])
        self.nparams = np.array([len(raws)])
        self.threads = Threads(["cat"], ["/home/bob/"])
        self.descriptors = some_descriptors()
        self.heard = NothingHeard(self.descriptors)
        self.dialect = dialect_for(self.code, self.nparams)
        self.users = Accounts()

    def raw_params(self, row: int) -> list[bytes]:
        assert row == 0
        return self.raws

    def thread_at(self, tid: int, row: int) -> int:
        return 0 if tid == 100 else -1

    def users_at(self, row: int) -> Accounts:
        return self.users

    def run_at(self, row: int) -> int:
        return 0

    def descriptor_at(self, thread: int, fd: int, row: int) -> int:
        return self.descriptors.fds.index(fd) if fd in self.descriptors.fds else -1


def one_event(
    name: str, direction: str, /, *, release: int = 0, code: int | None = None, **values: object
) -> OneEvent:
    """An event by name with the parameters that a release of the reference knows.

    The newest code of that name which the release knows; what is not given is not stored, nor what follows.
    """
    known = dialects()[release].known
    if code is None:
        code = max(c for c in codes_named(name) if EVENTS[c].direction == direction and known[c] >= 0)
    params = EVENTS[code].params[: int(known[code])]
    return OneEvent(
        code, [encode_param(param, values[param.name]) for param in params if param.name in values]
    )
