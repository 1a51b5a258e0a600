"""Fields about the program file, the capabilities and the process group, as ``execve`` tells them.

Captures of 2022 and later have these numbers on the exits of ``execve``, ``execveat`` and ``capset``. They
hold until the next such call; a child has those of its parent at the moment it is made. What was there
before the capture and has executed nothing since has no value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hopscope.decode.event_table import codes_named
from hopscope.fields import threads
from hopscope.fields.asof import States, follow
from hopscope.fields.column import Column, Mask, Numbers, encode, spread
from hopscope.fields.evt_args import raw_numbers
from hopscope.fields.field import Argument, Domain, Field, FieldType
from hopscope.fields.memo import once
from hopscope.fields.proc import text_of
from hopscope.store.tables import FOREVER, NONE

if TYPE_CHECKING:
    from hopscope.fields.field import Compute
    from hopscope.store.store import Store

_WRITTEN_ABOVE, _IN_MEMORY, _ON_LOWER = 2, 4, 8
"""Bits of the flags of ``execve``: the file lies on the upper layer, in memory, on a lower layer."""

CAPABILITIES = [
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
    "PERFMON",
    "BPF",
    "CHECKPOINT_RESTORE",
]
"""Names of the capabilities by bit, capabilities(7)."""


def _told(store: Store, param: str, *calls: str) -> NDArray[np.int64]:
    """Row of the event that tells a number for the process of each event, int64; -1 where none does."""

    def make() -> NDArray[np.int64]:
        _, present = _stored(store, param)
        rows = store.rows_of_codes(codes_named(*calls))
        rows = rows[present[rows] & (store.result[rows] == 0) & (store.process[rows] >= 0)]
        span = len(store) + 2
        moments = np.sort(store.process[rows].astype(np.int64) * span + rows + 1)
        processes = store.process.astype(np.int64)
        found = _last(moments, processes, np.arange(len(store)), span)
        inherited = _inherited(store, moments, span)
        fallback: NDArray[np.int64] = np.append(inherited, NONE)[processes]
        return np.where(found >= 0, found, fallback)

    return once(store, ("told by", param, calls), make)


def _last(
    moments: NDArray[np.int64], process: NDArray[np.int64], row: NDArray[np.int64], span: int
) -> NDArray[np.int64]:
    """The last telling event of each process up to a row, -1 where there is none."""
    if not len(moments):
        return np.full(len(process), NONE, dtype=np.int64)
    place = np.searchsorted(moments, process * span + row + 1, side="right") - 1
    moment = moments[np.maximum(place, 0)]
    return np.where((place >= 0) & (process >= 0) & (moment // span == process), moment % span - 1, NONE)


def _inherited(store: Store, moments: NDArray[np.int64], span: int) -> NDArray[np.int64]:
    """What each process had when it was made, by its number; -1 for those that were there before."""
    table = store.threads
    inherited = np.full(int(table.process.max(initial=-1)) + 1, NONE, dtype=np.int64)
    mains = np.flatnonzero((table.life == table.process) & (table.born >= 0) & (table.parent >= 0))
    _, first = np.unique(table.life[mains], return_index=True)
    mains = mains[first]
    mains = mains[np.argsort(table.born[mains], kind="stable")]
    parents = table.parent[mains].astype(np.int64)
    at_birth = _last(moments, parents, table.born[mains], span)
    for life, parent, told in zip(
        table.life[mains].tolist(), parents.tolist(), at_birth.tolist(), strict=True
    ):
        inherited[life] = told if told >= 0 or parent >= len(inherited) else inherited[parent]
    return inherited


def _stored(store: Store, param: str) -> tuple[NDArray[np.int64], Mask]:
    entries = raw_numbers(store, param).entries
    assert isinstance(entries, Numbers)
    assert entries.present is not None
    return entries.values, entries.present


def _of_program(store: Store, param: str) -> Column:
    return Column(Numbers(_stored(store, param)[0]), _told(store, param, "execve", "execveat"))


def _number(param: str) -> Compute:
    return lambda store, argument: _of_program(store, param)


def _flag(bit: int) -> Compute:
    def compute(store: Store, argument: Argument) -> Column:
        return Column(
            Numbers(_stored(store, "flags")[0] & bit != 0), _told(store, "flags", "execve", "execveat")
        )

    return compute


def _age(store: Store, argument: Argument) -> Column:
    """How long before the process was made its program file last changed."""
    changed = spread(_of_program(store, "exe_ino_ctime")).entries
    assert isinstance(changed, Numbers)
    assert changed.present is not None
    born = np.append(store.threads.born_time, 0)[store.thread]
    present = changed.present & (changed.values > 0) & (born > changed.values)
    return Column(Numbers(np.where(present, born - changed.values, 0), present))


def capability_names(bits: int) -> str:
    """The names of a set of capabilities, with a blank between."""
    return " ".join(f"CAP_{name}" for bit, name in enumerate(CAPABILITIES) if bits >> bit & 1)


def _capabilities(param: str) -> Compute:
    def compute(store: Store, argument: Argument) -> Column:
        values, present = _stored(store, param)
        distinct, place = np.unique(values, return_inverse=True)
        texts = encode(capability_names(bits) for bits in distinct.tolist())
        codes = np.where(present, texts.codes[place], NONE).astype(np.int32)
        return Column(texts._replace(codes=codes), _told(store, param, "execve", "execveat", "capset"))

    return compute


def _group_leader(store: Store) -> threads.Index:
    """Row of the thread whose tid is the number of the process group, at each event; -1 for none."""

    def make() -> threads.Index:
        told, table = _told(store, "pgid", "execve", "execveat"), store.threads
        states = States(table.tid, table.first, table.stop, len(store))
        values, _ = _stored(store, "pgid")
        whole = np.zeros(len(values), dtype=np.int64)
        return follow(states, told.astype(np.int32), whole, whole + FOREVER, values)

    return once(store, "process group leader", make)


def _leader_text(name: str) -> Compute:
    return lambda store, argument: Column(text_of(store, name), _group_leader(store))


def _leads(store: Store, argument: Argument) -> Column:
    numbers = spread(_of_program(store, "pgid")).entries
    assert isinstance(numbers, Numbers)
    pid = np.append(store.threads.pid, NONE)[store.thread]
    return Column(Numbers(numbers.values == pid, numbers.present))


_TEXT, _INTEGER, _BOOLEAN = FieldType.TEXT, FieldType.INTEGER, FieldType.BOOLEAN


def _row(name: str, kind: FieldType, text: str, compute: Compute) -> Field:
    return Field(name, kind, Domain.EVENT, text, compute)


FIELDS: tuple[Field, ...] = (
    _row("proc.pgid", _INTEGER, "number of the process group", _number("pgid")),
    _row("proc.pgid.name", _TEXT, "name of the process group's leader", _leader_text("comm")),
    _row("proc.pgid.exe", _TEXT, "first word of the group leader's command line", _leader_text("exe")),
    _row("proc.pgid.exepath", _TEXT, "path of the group leader's program", _leader_text("exepath")),
    _row("proc.is_pgid_leader", _BOOLEAN, "true for the leader of a process group, by proc.pgid", _leads),
    _row(
        "proc.is_exe_upper_layer", _BOOLEAN, "true when the program lies on the upper layer of an overlay",
        _flag(_WRITTEN_ABOVE),
    ),
    _row(
        "proc.is_exe_lower_layer", _BOOLEAN, "true when the program lies on a lower layer of an overlay",
        _flag(_ON_LOWER),
    ),
    _row("proc.is_exe_from_memfd", _BOOLEAN, "true when the program lies in memory only", _flag(_IN_MEMORY)),
    _row("proc.exe_ino", _INTEGER, "inode of the program", _number("exe_ino")),
    _row("proc.exe_ino.ctime", FieldType.TIME, "when the program's inode changed", _number("exe_ino_ctime")),
    _row("proc.exe_ino.mtime", FieldType.TIME, "when the program was last written", _number("exe_ino_mtime")),
    _row(
        "proc.exe_ino.ctime_duration_proc_start", FieldType.DURATION,
        "ns between the last change of the program and the start of the process", _age,
    ),
    _row("thread.cap_permitted", _TEXT, "capabilities the thread may use", _capabilities("cap_permitted")),
    _row(
        "thread.cap_inheritable", _TEXT, "capabilities that programs may inherit",
        _capabilities("cap_inheritable"),
    ),
    _row("thread.cap_effective", _TEXT, "capabilities that the thread uses", _capabilities("cap_effective")),
)  # fmt: skip
