"""What people did in shells: commands that ran below one, and directories that one went to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopscope.fields.column import Mask, Rows
from hopscope.fields.values import field_value
from hopscope.redaction import shown_arguments
from hopscope.reports.columns import codes_of, numbers
from hopscope.reports.entries import EVENT, TIME, Log, Part, Report, who
from hopscope.reports.kinds import passing
from hopscope.store.store import Store
from hopscope.store.tables import NONE

RUNS = "evt.type=execve and evt.dir=< and evt.failed=false"
MOVES = "evt.type=chdir and evt.dir=< and evt.failed=false"
A_SHELL = "proc.name contains sh and not proc.name contains sshd"
ANCESTORS = 16
"""How far above a command its shell may be (sysdig 0.29.3)."""


def shells(store: Store, rows: Rows, own: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The outermost shell above each event, and how many steps it is away.

    A shell is a program whose name ends in ``sh``.

    Args:
        store: the capture.
        rows: event rows.
        own: bool, True where the process itself may be the shell.

    Returns:
        int64 pid of the shell, NONE where there is none, and int64 steps.
    """
    pids, steps = np.full(len(rows), NONE, np.int64), np.zeros(len(rows), np.int64)
    for level in range(ANCESTORS + 1):
        names = codes_of(store, f"proc.aname[{level}]", rows)
        is_shell = np.array([*(name.endswith("sh") for name in names.values), False], np.bool_)[names.codes]
        found, there = numbers(store, f"proc.apid[{level}]", rows)
        chosen = is_shell & there & (own if level == 0 else True)
        pids[chosen], steps[chosen] = found[chosen], level
        if not there.any():
            break
    return pids, steps


def _read(store: Store, mask: Mask, report: Report) -> Iterator[tuple[Any, ...]]:
    moves = passing(store, MOVES, A_SHELL, within=mask)
    rows = np.flatnonzero(moves | passing(store, RUNS, within=mask))
    pids, steps = shells(store, rows, moves[rows])
    for row, shell, depth in zip(rows.tolist(), pids.tolist(), steps.tolist(), strict=True):
        if shell == NONE:
            continue
        _, pid, container = who(store, row)
        thread = int(store.thread[row])
        if moves[row]:
            command = f"cd {field_value(store, row, 'evt.arg.path') or ''}"
        else:
            program = store.threads.exe[thread]
            command = " ".join((program, *shown_arguments(program, store.threads.args[thread])))
        yield (
            int(store.time[row]), int(store.number[row]), shell, field_value(store, row, "user.name"), pid,
            container, depth if moves[row] else depth - 1, command,
        )  # fmt: skip


LOG = Log(
    "commands",
    "commands that ran below a shell, and directories that one went to",
    (
        TIME, EVENT, Part("shell", "SHELL", "number"), Part("user", "USER"), Part("pid", "PID", "number"),
        Part("container", "CONTAINER"), Part("depth", "DEPTH", "number"), Part("command", "COMMAND"),
    ),
    _read,
)  # fmt: skip
