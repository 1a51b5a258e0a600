"""Fields of classes ``user`` and ``group``: who the thread runs as."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hopscope.fields.column import Choices, Column, Numbers
from hopscope.fields.field import Argument, Domain, Field, FieldType
from hopscope.fields.memo import once
from hopscope.store.tables import NONE

if TYPE_CHECKING:
    from hopscope.fields.field import Compute
    from hopscope.store.store import Store

_NOBODY = 0xFFFFFFFF
"""The number that means no user or group."""


def _number(name: str) -> Compute:
    def compute(store: Store, argument: Argument) -> Column:
        return Column(Numbers(getattr(store.threads, name)), store.thread)

    return compute


def _login_number(store: Store, argument: Argument) -> Column:
    values = store.threads.loginuid
    return Column(Numbers(np.where(values == _NOBODY, -1, values)), store.thread)


def _named(column: str, table: str) -> Compute:
    """What a table of the machine's users or groups says of the numbers in a column of the threads."""

    def compute(store: Store, argument: Argument) -> Column:
        def make() -> Choices:
            known: list[dict[int, str]] = [getattr(host.users, table) for host in store.hosts]
            numbers = np.stack([store.thread_host, getattr(store.threads, column)])
            distinct, place = np.unique(numbers, axis=1, return_inverse=True)
            texts = [known[host].get(one) for host, one in zip(*distinct.tolist(), strict=True)]
            values = list(dict.fromkeys(text for text in texts if text is not None))
            codes = np.array([NONE if text is None else values.index(text) for text in texts], dtype=np.int32)
            return Choices(codes[place.reshape(-1)] if len(codes) else codes, values)

        return Column(once(store, ("user", column, table), make), store.thread)

    return compute


_TEXT, _INTEGER = FieldType.TEXT, FieldType.INTEGER


def _row(name: str, kind: FieldType, text: str, compute: Compute) -> Field:
    return Field(name, kind, Domain.THREAD, text, compute)


FIELDS: tuple[Field, ...] = (
    _row("user.uid", _INTEGER, "number of the user", _number("uid")),
    _row("user.name", _TEXT, "name of the user", _named("uid", "users")),
    _row("user.homedir", _TEXT, "home directory of the user", _named("uid", "homes")),
    _row("user.shell", _TEXT, "shell of the user", _named("uid", "shells")),
    _row("user.loginuid", _INTEGER, "number of the user who logged in, -1 for none", _login_number),
    _row("user.loginname", _TEXT, "name of the user who logged in", _named("loginuid", "users")),
    _row("group.gid", _INTEGER, "number of the group", _number("gid")),
    _row("group.name", _TEXT, "name of the group", _named("gid", "groups")),
)
