"""Fields of class ``thread``: the one thread that made the event, and its time on a CPU."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import codes_named
from hopscope.fields.column import Column, Numbers
from hopscope.fields.field import Argument, ArgumentForm, Domain, Field, FieldType
from hopscope.fields.memo import once
from hopscope.fields.threads import texts

if TYPE_CHECKING:
    from hopscope.fields.field import Compute
    from hopscope.store.store import Store

_SWITCHES = tuple(code for code in codes_named("switch"))
_PROCINFO = codes_named("procinfo")[0]


def _tid(store: Store, argument: Argument) -> Column:
    return Column(Numbers(store.tid))


def _vtid(store: Store, argument: Argument) -> Column:
    return Column(Numbers(store.threads.vtid, store.threads.vtid >= 0), store.thread)


def _is_main(store: Store, argument: Argument) -> Column:
    return Column(Numbers(store.threads.tid == store.threads.pid), store.thread)


def run_times(store: Store) -> NDArray[np.int64]:
    """ns on the CPU of the thread that leaves it, at each switch event; 0 elsewhere.

    The time since the switch before on the same CPU; 0 for the first (sysdig 0.29.3).
    """

    def make() -> NDArray[np.int64]:
        times = np.zeros(len(store), dtype=np.int64)
        rows = store.rows_of_codes(_SWITCHES)
        order = rows[np.argsort(store.cpu_key[rows], kind="stable")]
        passed = np.diff(store.time[order], prepend=0)
        same = np.diff(store.cpu_key[order].astype(np.int64), prepend=-1) == 0
        times[order] = np.where(same, passed, 0)
        return times

    return once(store, "run times", make)


def _run_time(store: Store, argument: Argument) -> Column:
    return Column(Numbers(run_times(store)))


def _total_run_time(store: Store, argument: Argument) -> Column:
    def make() -> NDArray[np.int64]:
        order = np.argsort(store.tid_key, kind="stable")
        running = np.cumsum(run_times(store)[order])
        tids = store.tid_key[order]
        starts = np.flatnonzero(np.diff(tids, prepend=tids[:1] - 1))
        before = np.concatenate(([0], running))[starts]
        totals = np.empty(len(store), dtype=np.int64)
        totals[order] = running - np.repeat(before, np.diff(starts, append=len(order)))
        return totals

    return Column(Numbers(once(store, "total run times", make), store.thread >= 0))


def _cpu_share(part: str) -> Compute:
    """CPU use between two procinfo events of a thread; only these events have it, at most 100."""

    def compute(store: Store, argument: Argument) -> Column:
        def make() -> Column:
            with_user, user = store.fixed_param(_PROCINFO, "cpu_usr")
            with_system, system = store.fixed_param(_PROCINFO, "cpu_sys")
            # A damaged event may have only one of the two.
            rows, first, second = np.intersect1d(
                with_user, with_system, assume_unique=True, return_indices=True
            )
            user, system = user[first], system[second]
            used = {"user": user, "system": system}.get(part, user + system)
            order = np.argsort(store.tid_key[rows], kind="stable")
            same = np.diff(store.tid_key[rows][order], prepend=-2) == 0
            share = np.where(same, np.diff(used[order], prepend=0), 0)
            values = np.zeros(len(store), dtype=np.float64)
            present = np.zeros(len(store), dtype=np.bool_)
            values[rows[order]] = np.clip(share, 0, 100)
            present[rows] = store.thread[rows] >= 0
            return Column(Numbers(values, present))

        return once(store, ("thread.cpu", part), make)

    return compute


_SUBSYSTEMS = {"perf": "perf_event", "mem": "memory", "io": "blkio"}
"""Subsystems that recorders of some ages call otherwise."""


def cgroup(entry: str) -> tuple[str, str]:
    """Subsystem and path of one entry of a thread's cgroups."""
    name, _, path = entry.partition("=")
    name = name.removesuffix("_cgroup")
    return _SUBSYSTEMS.get(name, name), path


def _cgroups(store: Store, argument: Argument) -> Column:
    entries = store.threads.cgroups
    if not argument.given:
        whole = texts(
            store, "cgroups", lambda row: " ".join("=".join(cgroup(one)) for one in entries[row]) or None
        )
        return Column(whole, store.thread)
    wanted = argument.text

    def one_of(row: int) -> str | None:
        return next((path for name, path in map(cgroup, entries[row]) if name == wanted), None)

    return Column(texts(store, f"cgroup {wanted}", one_of), store.thread)


def _name_and_tid(store: Store, argument: Argument) -> Column:
    table = store.threads
    return Column(texts(store, "nametid", lambda row: f"{table.comm[row]}{table.tid[row]}"), store.thread)


_INTEGER, _DURATION, _REAL = FieldType.INTEGER, FieldType.DURATION, FieldType.REAL

FIELDS: tuple[Field, ...] = (
    Field("thread.tid", _INTEGER, Domain.EVENT, "number of the thread", _tid),
    Field("thread.vtid", _INTEGER, Domain.THREAD, "number of the thread in its own namespace", _vtid),
    Field(
        "thread.ismain", FieldType.BOOLEAN, Domain.THREAD, "true for the main thread of a process", _is_main
    ),
    Field(
        "thread.exectime", _DURATION, Domain.EVENT, "ns that the thread which leaves a CPU has run", _run_time
    ),
    Field(
        "thread.totexectime", _DURATION, Domain.EVENT, "ns that the thread has run so far", _total_run_time
    ),
    Field("thread.cpu", _REAL, Domain.EVENT, "CPU use since the last procinfo event", _cpu_share("")),
    Field("thread.cpu.user", _REAL, Domain.EVENT, "CPU use in user space", _cpu_share("user")),
    Field("thread.cpu.system", _REAL, Domain.EVENT, "CPU use in the kernel", _cpu_share("system")),
    Field("thread.cgroups", FieldType.TEXT, Domain.THREAD, "all cgroups of the thread", _cgroups),
    Field(
        "thread.cgroup",
        FieldType.TEXT,
        Domain.THREAD,
        "cgroup of the thread in one subsystem, such as cpu",
        _cgroups,
        ArgumentForm.REQUIRED,
        "subsystem",
    ),
    Field(
        "thread.nametid", FieldType.TEXT, Domain.THREAD, "proc.name and thread.tid together", _name_and_tid
    ),
)
