"""Fields of class ``syslog``: messages that were written to ``/dev/log``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hopscope.decode.event_table import EVENTS, EventFlag
from hopscope.decode.syslog import FACILITIES, SEVERITIES, SOCKET, SyslogMessage, syslog_message
from hopscope.fields.column import Column, Numbers, encode
from hopscope.fields.field import Argument, Domain, Field, FieldType
from hopscope.fields.memo import once

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from hopscope.fields.column import Rows
    from hopscope.fields.field import Compute
    from hopscope.store.store import Store


def _messages(store: Store) -> tuple[Rows, list[SyslogMessage]]:
    """Event rows that wrote a message to the system log, and the messages."""

    def make() -> tuple[Rows, list[SyslogMessage]]:
        to_log = np.array([*(SOCKET in name for name in store.descriptors.name), False])
        writes = np.array([one.is_exit and EventFlag.WRITES_TO_FD in one.flags for one in EVENTS])
        rows, found = [], []
        for row in np.flatnonzero(
            to_log[store.descriptor] & writes[store.code] & (store.result >= 0)
        ).tolist():
            message = syslog_message(store.payload(row) or b"")
            if message is not None:
                rows.append(row)
                found.append(message)
        return np.array(rows, dtype=np.int64), found

    return once(store, "syslog messages", make)


def _part(read: Callable[[SyslogMessage], Hashable]) -> Compute:
    def compute(store: Store, argument: Argument) -> Column:
        rows, found = _messages(store)
        index = np.full(len(store), -1, dtype=np.int32)
        index[rows] = np.arange(len(rows))
        return Column(encode(read(one) for one in found), index)

    return compute


def _number(read: Callable[[SyslogMessage], int]) -> Compute:
    def compute(store: Store, argument: Argument) -> Column:
        rows, found = _messages(store)
        values = np.zeros(len(store), dtype=np.int64)
        present = np.zeros(len(store), dtype=np.bool_)
        values[rows], present[rows] = [read(one) for one in found], True
        return Column(Numbers(values, present))

    return compute


def _facility_name(one: SyslogMessage) -> str:
    return FACILITIES[one.facility] if one.facility < len(FACILITIES) else "<NA>"


_TEXT, _INTEGER = FieldType.TEXT, FieldType.INTEGER


def _row(name: str, kind: FieldType, text: str, compute: Compute) -> Field:
    return Field(name, kind, Domain.EVENT, text, compute)


FIELDS: tuple[Field, ...] = (
    _row("syslog.facility.str", _TEXT, "name of the facility of a log message", _part(_facility_name)),
    _row("syslog.facility", _INTEGER, "facility of a log message", _number(lambda one: one.facility)),
    _row(
        "syslog.severity.str", _TEXT, "name of the severity of a log message",
        _part(lambda one: SEVERITIES[one.severity]),
    ),
    _row(
        "syslog.severity", _INTEGER, "severity of a log message, 0 is worst",
        _number(lambda one: one.severity),
    ),
    _row("syslog.message", _TEXT, "text of a log message", _part(lambda one: one.text)),
)  # fmt: skip
