"""Attempts to run commands through a shell's environment (Shellshock: CVE-2014-6271 and those after it).

An old bash takes an environment variable whose value begins with ``() {`` for a function and runs what
stands behind the function's end. Functions that bash exports itself end at their closing brace.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from hopscope.decode.event_table import EVENTS, codes_named
from hopscope.findings.case import Case
from hopscope.findings.finding import Finding, Rule
from hopscope.findings.words import times
from hopscope.store.tables import NONE

MOST_CITED = 8
LONGEST_SHOWN = 100
LONGEST_LOOKED_AT = 1 << 16

_FUNCTION = re.compile(r"\(\) ?\{")
_SHELL = re.compile(r"(?:ba|da|a|k|z|rba)?sh")
_EXECUTIONS = tuple(code for code in codes_named("execve", "execveat") if EVENTS[code].is_exit)


def smuggled(value: str) -> str | None:
    """What a shell could run behind the function in a value: the commands; None for a plain function.

    A function without an end is one too: later faults of the same kind were about those.
    """
    if _FUNCTION.match(value) is None:
        return None
    depth = 0
    for place, one in enumerate(value[:LONGEST_LOOKED_AT]):
        depth += (one == "{") - (one == "}")
        if one == "}" and not depth:
            rest = value[place + 1 : LONGEST_LOOKED_AT].strip(" \t\r\n;")
            return rest or None
    return value[:LONGEST_LOOKED_AT]


def _find(case: Case) -> Iterator[Finding]:
    store = case.store
    groups: dict[tuple[str, str], list[int]] = {}
    seen: dict[tuple[str, ...], tuple[str, str] | None] = {}
    for row in store.rows_of_codes(_EXECUTIONS).tolist():
        thread = int(store.thread[row])
        if thread == NONE or store.result[row] < 0 or not _SHELL.fullmatch(store.threads.comm[thread]):
            continue
        env = store.threads.env[thread]
        if env not in seen:
            seen[env] = _attempt(env)
        attempt = seen[env]
        if attempt is not None:
            groups.setdefault(attempt, []).append(row)
    for (name, commands), rows in groups.items():
        shown = commands if len(commands) <= LONGEST_SHOWN else commands[: LONGEST_SHOWN - 1] + "…"
        shell = store.threads.comm[int(store.thread[rows[0]])]
        sentence = f"{shell} was started with commands behind a function in its variable {name}: {shown}"
        if len(rows) > 1:
            sentence += f", {times(len(rows))}"
        yield Finding(sentence, rows[0], tuple(rows[:MOST_CITED]), rows=np.array(rows, np.int64))


def _attempt(env: tuple[str, ...]) -> tuple[str, str] | None:
    """Name and commands of the first variable that smuggles some."""
    for entry in env:
        name, _, value = entry.partition("=")
        commands = smuggled(value)
        if commands is not None:
            return name, commands
    return None


RULE = Rule(
    name="shellshock",
    title="Shells started with commands hidden behind a function in their environment (Shellshock)",
    evidence="the start of the shell; the variable and the commands are named",
    lost="none",
    find=_find,
)
