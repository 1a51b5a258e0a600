"""Fields of class ``hopscope``: the file that an event is in, where several are opened together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hopscope.fields.column import Choices, Column, Numbers
from hopscope.fields.field import Argument, Domain, Field, FieldType
from hopscope.fields.memo import once

if TYPE_CHECKING:
    from hopscope.store.store import Store


def _file(store: Store, argument: Argument) -> Column:
    names = [store.source.name] if store.members is None else [one.name for one in store.members.files]
    places = np.zeros(len(store), np.uint16) if store.members is None else store.members.file_of
    return Column(Choices(np.arange(len(names), dtype=np.int32), names), places)


def _own_number(store: Store, argument: Argument) -> Column:
    return Column(Numbers(store.number if store.members is None else store.members.own_number))


def _recorded_time(store: Store, argument: Argument) -> Column:
    def make() -> Column:
        times = store.time.copy()
        for place, host in enumerate(store.hosts):
            if host.clock.offset or host.clock.drift:
                rows = np.flatnonzero(store.host == place)
                times[rows] = host.clock.uncorrected(times[rows])
        return Column(Numbers(times))

    return once(store, "hopscope.rawtime", make)


FIELDS: tuple[Field, ...] = (
    Field("hopscope.file", FieldType.TEXT, Domain.EVENT, "file that the event is in, as it was named", _file),
    Field(
        "hopscope.filenum",
        FieldType.INTEGER,
        Domain.EVENT,
        "number that the event has where its file is opened alone",
        _own_number,
    ),
    Field(
        "hopscope.hosttime",
        FieldType.TIME,
        Domain.EVENT,
        "time by the clock of the event's own host, before any correction",
        _recorded_time,
    ),
)
