"""Fields of class ``proc`` about relatives: the environment of ancestors, the leader of the process group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hopscope.fields import threads
from hopscope.fields.column import Answer, Choices, Column
from hopscope.fields.field import Argument, ArgumentForm, Domain, Field, FieldType, Match
from hopscope.fields.memo import once
from hopscope.fields.proc import environment_text, text_of, variable
from hopscope.store.tables import NONE

if TYPE_CHECKING:
    from hopscope.fields.field import Compute
    from hopscope.store.store import Store


def _ancestor_environment(store: Store, argument: Argument) -> Answer:
    """An ancestor's environment, at a level or of any; or a variable of the nearest that has it."""
    level = argument.number()
    if not argument.given:
        return threads.at_all_levels(store, environment_text(store))
    if level is not None:
        return Column(environment_text(store), threads.ancestor(store, level))

    def make() -> Column:
        values = variable(store, argument.text)
        has = np.append(values.codes >= 0, False)
        nearest = np.full(len(store), NONE, dtype=np.int32)
        for above in threads.ancestors(store)[:0:-1]:
            nearest = np.where(has[above], above, nearest).astype(np.int32)
        return Column(values, nearest)

    return once(store, ("proc.aenv", argument.text), make)


def _group_leader(store: Store) -> threads.Index:
    """The process itself where it leads its group, else the highest ancestor in the same group."""

    def make() -> threads.Index:
        groups = np.append(store.threads.vpgid, -2)
        own = groups[store.thread]
        best = threads.main_or_own(store)
        within = (store.thread >= 0) & (own >= 0) & (np.append(store.threads.vpid, -3)[store.thread] != own)
        for above in threads.ancestors(store)[1:]:
            within = within & (above >= 0) & (groups[above] == own)
            best = np.where(within, above, best)
        return np.where(own >= 0, best, NONE).astype(np.int32)

    return once(store, "leader of the process group", make)


def _leader_text(name: str) -> Compute:
    def compute(store: Store, argument: Argument) -> Column:
        entries: Choices = text_of(store, name)
        return Column(entries, _group_leader(store))

    return compute


def _row(name: str, text: str, compute: Compute) -> Field:
    return Field(name, FieldType.TEXT, Domain.EVENT, text, compute)


FIELDS: tuple[Field, ...] = (
    Field(
        "proc.aenv",
        FieldType.TEXT,
        Domain.EVENT,
        "environment of an ancestor by level, or one variable of the nearest that has it",
        _ancestor_environment,
        ArgumentForm.OPTIONAL,
        "level or variable",
        match=Match.ANY,
    ),
    _row("proc.vpgid.name", "name of the process group's leader", _leader_text("comm")),
    _row("proc.vpgid.exe", "first word of the group leader's command line", _leader_text("exe")),
    _row("proc.vpgid.exepath", "path of the group leader's program", _leader_text("exepath")),
)
