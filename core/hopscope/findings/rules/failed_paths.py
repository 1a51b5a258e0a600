"""Files that could not be opened and programs that could not be run, by program and error."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hopscope.conversation.transfers import exit_codes
from hopscope.decode.event_table import EVENTS
from hopscope.decode.names import errno_name
from hopscope.fields.tried_paths import named_path
from hopscope.findings.case import Case
from hopscope.findings.finding import Finding, Rule
from hopscope.findings.words import several
from hopscope.store.store import NO_RESULT
from hopscope.store.tables import NONE

OPENS = exit_codes("open", "openat", "openat2", "creat", "open_by_handle_at")
RUNS = exit_codes("execve", "execveat")

PATHS = ("filename", "name", "pathname", "path", "exe")
"""Parameters that hold the path, the first that an exit or its enter has counts."""

FAILED = 4096
"""Results down to the negative of this are errors."""

AT_WORKING_DIRECTORY = -100
"""What stands for the working directory where a descriptor of a folder is asked for."""

RESTARTED = range(512, 517)
"""Errors with which the kernel makes a call begin anew; nobody outside of it sees them."""

MOST_CITED = 8


def _find(case: Case) -> Iterator[Finding]:
    for codes, what in ((OPENS, "open"), (RUNS, "run")):
        yield from _of_calls(case, codes, what)


def _of_calls(case: Case, codes: tuple[int, ...], what: str) -> Iterator[Finding]:
    store = case.store
    rows = store.rows_of_codes(codes)
    result = store.result[rows]
    failed = (result < 0) & (result > -FAILED) & (result != NO_RESULT) & ~np.isin(-result, RESTARTED)
    rows, result = rows[failed], result[failed]
    if not len(rows):
        return
    groups: dict[tuple[str, int, int], list[int]] = {}
    threads = store.threads
    for row, thread, error in zip(rows.tolist(), store.thread[rows].tolist(), result.tolist(), strict=True):
        known = thread != NONE
        key = threads.comm[thread] if known else "", int(threads.container[thread]) if known else NONE, error
        groups.setdefault(key, []).append(row)
    for group in groups.values():
        yield _finding(case, np.array(group, np.int64), what)


def _finding(case: Case, rows: NDArray[np.int64], what: str) -> Finding:
    store = case.store
    known: dict[tuple[int, int, bytes], str] = {}
    paths = []
    for row in rows.tolist():
        place, name, raw = _named(case, row)
        # A relative path depends on the working directory, which belongs to the state of the thread.
        key = int(store.code[row]), NONE if raw.startswith(b"/") else int(store.thread[row]), raw
        path = known.get(key)
        if path is None:
            path = (named_path(store, place, name) if name else "") or "an unseen path"
            if raw.startswith(b"/") or _from_working_directory(case, place):
                known[key] = path
        paths.append(path)
    error = errno_name(int(store.result[rows[0]])) or str(int(store.result[rows[0]]))
    different = len(set(paths))
    if len(rows) == 1:
        sentence = f"could not {what} {paths[0]}: {error}"
    else:
        places = "one path" if different == 1 else f"{different:,} paths"
        processes = len(np.unique(store.process[rows]))
        by = f" of {processes:,} processes" if processes > 1 else ""
        sentence = f"could not {what} {places} in {len(rows):,} tries{by}: {error} for {several(paths)}"
    spent = store.latency[rows]
    stops = store.time[rows]
    return Finding(
        sentence,
        int(rows[0]),
        tuple(rows[:MOST_CITED].tolist()),
        rows=rows,
        spans=np.stack([stops - np.maximum(spent, 0), stops], axis=1),
    )


def _from_working_directory(case: Case, row: int) -> bool:
    folder = case.store.raw_param(row, "dirfd")
    return not folder or int.from_bytes(folder, "little", signed=True) == AT_WORKING_DIRECTORY


def _named(case: Case, row: int) -> tuple[int, str, bytes]:
    """Event row, name and bytes of the parameter that holds the path; empty without one."""
    store = case.store
    for place in (row, int(store.twin[row])):
        if place == NONE:
            continue
        known = EVENTS[int(store.code[place])].param_index
        for name in PATHS:
            # What an exit calls the program is what was there before; its enter says what was wanted.
            if name not in known or (name == "exe" and store.twin[row] != NONE and place == row):
                continue
            raw = store.raw_param(place, name)
            if raw:
                return place, name, raw
    return row, "", b""


RULE = Rule(
    name="path-failed",
    title="Files that could not be opened and programs that could not be run",
    evidence="the failed calls of a program in one container with one error, and the paths they named",
    lost="in the failed calls themselves",
    find=_find,
)
