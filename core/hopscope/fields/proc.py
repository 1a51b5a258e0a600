"""Fields of class ``proc``: the process that made the event, and its ancestors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hopscope.fields import threads
from hopscope.fields.column import Answer, Choices, Column, Numbers
from hopscope.fields.field import Argument, ArgumentForm, Domain, Field, FieldType, Match
from hopscope.fields.memo import once

if TYPE_CHECKING:
    from collections.abc import Callable

    from hopscope.fields.field import Compute
    from hopscope.store.store import Store

_TEXT, _INTEGER, _BOOLEAN = FieldType.TEXT, FieldType.INTEGER, FieldType.BOOLEAN


def command_line(name: str, args: tuple[str, ...]) -> str:
    """A program and its arguments on one line."""
    return " ".join((name, *args))


def _cmdline(store: Store, row: int) -> str:
    return command_line(store.threads.comm[row], store.threads.args[row])


def _exeline(store: Store, row: int) -> str:
    # With a blank behind the program even where no argument follows (sysdig 0.29.3).
    return f"{store.threads.exe[row]} {_args(store, row)}"


def _args(store: Store, row: int) -> str:
    return " ".join(store.threads.args[row])


_TEXTS: dict[str, Callable[[Store, int], str]] = {
    "comm": lambda store, row: store.threads.comm[row],
    "exe": lambda store, row: store.threads.exe[row],
    "exepath": lambda store, row: store.threads.exepath[row],
    "cwd": lambda store, row: store.threads.cwd[row],
    "args": _args,
    "cmdline": _cmdline,
    "exeline": _exeline,
}
"""How a text about a process follows from a row of the thread table."""


def text_of(store: Store, name: str) -> Choices:
    """One of the texts about a process for each row of the thread table."""
    return threads.texts(store, name, lambda row: _TEXTS[name](store, row))


def _text(name: str, index: Callable[[Store], threads.Index] = threads.own) -> Compute:
    def compute(store: Store, argument: Argument) -> Column:
        return Column(text_of(store, name), index(store))

    return compute


def _number(
    name: str, missing: int | None = None, index: Callable[[Store], threads.Index] = threads.own
) -> Compute:
    """A column of the thread table; ``missing`` is the number that stands for no value."""

    def compute(store: Store, argument: Argument) -> Column:
        values: NDArray[np.int64] = getattr(store.threads, name)
        return Column(Numbers(values, None if missing is None else values != missing), index(store))

    return compute


def _up(name: str) -> Compute:
    """A text of the process or an ancestor: of the one at a level, or of all."""

    def compute(store: Store, argument: Argument) -> Answer:
        level = argument.number()
        if level is None:
            return threads.at_all_levels(store, text_of(store, name))
        return Column(text_of(store, name), threads.ancestor(store, level))

    return compute


def _ancestor_pid(store: Store, argument: Argument) -> Answer:
    level = argument.number()
    pids = Numbers(store.threads.pid)
    if level is None:
        return threads.at_all_levels(store, pids)
    return Column(pids, threads.ancestor(store, level))


def _check_level(text: str) -> str:
    return (
        ""
        if Argument(text, True).number() is not None
        else "the argument is a level: 0 the process, 1 its parent …"
    )


def _one_arg(store: Store, argument: Argument) -> Column:
    place = argument.number()
    if place is None:
        return Column(text_of(store, "args"), store.thread)
    args = store.threads.args
    one = threads.texts(
        store, f"args {place}", lambda row: args[row][place] if place < len(args[row]) else None
    )
    return Column(one, store.thread)


def _check_place(text: str) -> str:
    return (
        ""
        if Argument(text, True).number() is not None
        else "the argument is the position of an argument, from 0"
    )


def _without_empty_end(entries: tuple[str, ...]) -> tuple[str, ...]:
    """What a program that wrote zeros over its environment left of it (sysdig 0.29.3)."""
    count = len(entries)
    while count and not entries[count - 1]:
        count -= 1
    return entries[:count]


def environment_text(store: Store) -> Choices:
    """The whole environment for each row of the thread table."""
    env = store.threads.env
    return threads.texts(store, "env", lambda row: " ".join(_without_empty_end(env[row])))


def variable(store: Store, name: str) -> Choices:
    """One variable of the environment for each row of the thread table."""
    env, start = store.threads.env, name + "="
    return threads.texts(
        store,
        f"env {name}",
        lambda row: next((e[len(start) :] for e in env[row] if e.startswith(start)), None),
    )


def _environment(store: Store, argument: Argument) -> Column:
    chosen = variable(store, argument.text) if argument.given else environment_text(store)
    return Column(chosen, threads.main_or_own(store))


def _threads(store: Store, argument: Argument) -> Column:
    return Column(Numbers(threads.thread_counts(store) + 1, threads.main(store) >= 0))


def _child_threads(store: Store, argument: Argument) -> Column:
    """Threads besides the main one, at events of the main one; 0 at events of the others (sysdig 0.29.3)."""
    is_main = np.append(store.threads.tid == store.threads.pid, False)[store.thread]
    return Column(Numbers(np.where(is_main, threads.thread_counts(store), 0), store.thread >= 0))


def _duration(index: Callable[[Store], threads.Index]) -> Compute:
    def compute(store: Store, argument: Argument) -> Column:
        born = np.append(store.threads.born_time, 0)[index(store)]
        return Column(Numbers(store.time - born, born != 0))

    return compute


def _descriptor_count(store: Store, argument: Argument) -> Column:
    return Column(Numbers(threads.descriptor_counts(store), store.thread >= 0))


def _descriptor_usage(store: Store, argument: Argument) -> Column:
    limit = np.append(store.threads.fdlimit, -1)[store.thread]
    share = 100.0 * threads.descriptor_counts(store) / np.maximum(limit, 1)
    return Column(Numbers(np.where(limit > 0, share, 0.0), store.thread >= 0))


def _session_name(store: Store, argument: Argument) -> Column:
    """The leader of the session, or the highest ancestor that is in it (sysdig 0.29.3)."""

    def make() -> Column:
        leader = threads.session_leader(store)
        found = np.where(store.thread >= 0, leader, -1)
        sid = np.append(store.threads.sid, -2)
        own_sid = sid[store.thread]
        best = threads.main_or_own(store)
        within = store.thread >= 0
        for above in threads.ancestors(store)[1:]:
            within = within & (above >= 0) & (sid[above] == own_sid)
            best = np.where(within, above, best)
        rows = np.where(found >= 0, found, best).astype(np.int32)
        return Column(text_of(store, "comm"), rows)

    return once(store, "proc.sname", make)


def _session_text(name: str) -> Compute:
    """A text of the leader of the session, missing where the leader is gone."""
    return _text(name, threads.session_leader)


def _made_at(index: Callable[[Store], threads.Index]) -> Compute:
    """When a process was made; missing for those that were there before the capture."""
    return _number("born_time", 0, index)


def _login_shell(store: Store, argument: Argument) -> Column:
    """The pid of the oldest ancestor, the process included, whose name ends in ``sh``."""

    def make() -> Column:
        is_shell = np.array([*(name.endswith("sh") for name in store.threads.comm), False])
        pids = np.append(store.threads.pid, -1)
        shell = np.full(len(store), -1, dtype=np.int64)
        for level in threads.ancestors(store):
            shell = np.where(is_shell[level], pids[level], shell)
        return Column(Numbers(shell, shell >= 0))

    return once(store, "proc.loginshellid", make)


def _never(store: Store, argument: Argument) -> Column:
    return Column(Numbers(np.zeros(len(store.threads), dtype=np.bool_)), store.thread)


def _leader(name: str) -> Compute:
    """True where the process leads its session or group: its pid in its own namespace is the number."""

    def compute(store: Store, argument: Argument) -> Column:
        table = store.threads
        number = table.sid if name == "sid" else table.vpgid
        return Column(Numbers(number == table.vpid, number >= 0), store.thread)

    return compute


def _row(name: str, kind: FieldType, text: str, compute: Compute, domain: Domain = Domain.THREAD) -> Field:
    return Field(name, kind, domain, text, compute)


def _ancestors(name: str, kind: FieldType, text: str, compute: Compute) -> Field:
    form, match = ArgumentForm.OPTIONAL, Match.ANY
    return Field(name, kind, Domain.EVENT, text, compute, form, "level", _check_level, match=match)


FIELDS: tuple[Field, ...] = (
    _row("proc.pid", _INTEGER, "number of the process", _number("pid")),
    _row("proc.name", _TEXT, "name of the program, without its path", _text("comm")),
    _row("proc.exe", _TEXT, "first word of the command line", _text("exe")),
    _row("proc.exepath", _TEXT, "path of the program", _text("exepath")),
    Field(
        "proc.args",
        _TEXT,
        Domain.THREAD,
        "arguments of the command, or one of them by position",
        _one_arg,
        ArgumentForm.OPTIONAL,
        "position",
        _check_place,
    ),
    _row("proc.cmdline", _TEXT, "proc.name and proc.args", _text("cmdline")),
    _row("proc.exeline", _TEXT, "proc.exe and proc.args", _text("exeline")),
    _row("proc.cwd", _TEXT, "working directory", _text("cwd", threads.main_or_own)),
    Field(
        "proc.env",
        _TEXT,
        Domain.THREAD,
        "environment, or one variable by name",
        _environment,
        ArgumentForm.OPTIONAL,
        "variable",
    ),
    _row("proc.ppid", _INTEGER, "number of the parent process", _number("ptid", None, threads.main)),
    _row("proc.pname", _TEXT, "name of the parent process", _text("comm", threads.parent)),
    _row("proc.pcmdline", _TEXT, "command line of the parent process", _text("cmdline", threads.parent)),
    _row("proc.pexe", _TEXT, "first word of the parent's command line", _text("exe", threads.parent)),
    _row("proc.pexepath", _TEXT, "path of the parent's program", _text("exepath", threads.parent)),
    _row(
        "proc.pvpid",
        _INTEGER,
        "the parent's number in its own namespace",
        _number("vpid", -1, threads.parent),
    ),
    _ancestors(
        "proc.apid",
        _INTEGER,
        "number of an ancestor; without level: of any",
        _ancestor_pid,
    ),
    _ancestors("proc.aname", _TEXT, "name of an ancestor; without level: of any", _up("comm")),
    _ancestors("proc.aexe", _TEXT, "proc.exe of an ancestor", _up("exe")),
    _ancestors("proc.aexepath", _TEXT, "proc.exepath of an ancestor", _up("exepath")),
    _ancestors("proc.aargs", _TEXT, "proc.args of an ancestor", _up("args")),
    _ancestors("proc.acmdline", _TEXT, "proc.cmdline of an ancestor", _up("cmdline")),
    _row(
        "proc.nthreads",
        _INTEGER,
        "threads of the process, the main one included",
        _threads,
        Domain.EVENT,
    ),
    _row(
        "proc.nchilds",
        _INTEGER,
        "threads of the process, the main one left out",
        _child_threads,
        Domain.EVENT,
    ),
    _row("proc.vpid", _INTEGER, "number of the process in its own namespace", _number("vpid", -1)),
    _row("proc.sid", _INTEGER, "number of the session", _number("sid")),
    _row("proc.sname", _TEXT, "name of the session's leader", _session_name, Domain.EVENT),
    _row(
        "proc.sid.exe",
        _TEXT,
        "first word of the session leader's command line",
        _session_text("exe"),
        Domain.EVENT,
    ),
    _row(
        "proc.sid.exepath",
        _TEXT,
        "path of the session leader's program",
        _session_text("exepath"),
        Domain.EVENT,
    ),
    _row("proc.vpgid", _INTEGER, "number of the process group in its namespace", _number("vpgid")),
    _row("proc.tty", _INTEGER, "controlling terminal, 0 for none", _number("tty")),
    _row(
        "proc.is_exe_writable", _BOOLEAN, "true when its user may write the program", _number("exe_writable")
    ),
    _row("proc.is_sid_leader", _BOOLEAN, "true for the leader of a session", _leader("sid")),
    _row("proc.is_vpgid_leader", _BOOLEAN, "true for the leader of a process group", _leader("vpgid")),
    _row(
        "proc.loginshellid",
        _INTEGER,
        "pid of the oldest shell among the ancestors",
        _login_shell,
        Domain.EVENT,
    ),
    _row("proc.pid.ts", FieldType.TIME, "when the process was made", _made_at(threads.own)),
    _row("proc.ppid.ts", FieldType.TIME, "when the parent was made", _made_at(threads.parent), Domain.EVENT),
    _row(
        "proc.duration",
        FieldType.DURATION,
        "ns since the process was made",
        _duration(threads.own),
        Domain.EVENT,
    ),
    _row(
        "proc.ppid.duration",
        FieldType.DURATION,
        "ns since the parent was made",
        _duration(threads.parent),
        Domain.EVENT,
    ),
    _row(
        "proc.fdopencount", _INTEGER, "descriptors that the process has open", _descriptor_count, Domain.EVENT
    ),
    _row("proc.fdlimit", _INTEGER, "descriptors that the process may have open", _number("fdlimit")),
    _row(
        "proc.fdusage",
        FieldType.REAL,
        "open descriptors in percent of the limit",
        _descriptor_usage,
        Domain.EVENT,
    ),
    _row("proc.cmdnargs", _INTEGER, "number of arguments", lambda store, _: _lengths(store, False)),
    _row(
        "proc.cmdlenargs",
        _INTEGER,
        "characters in all arguments together",
        lambda store, _: _lengths(store, True),
    ),
    _row(
        "proc.is_container_healthcheck",
        _BOOLEAN,
        "true for a check of the container's health; files do not tell",
        _never,
    ),
    _row(
        "proc.is_container_liveness_probe",
        _BOOLEAN,
        "true for a check of the container's health; files do not tell",
        _never,
    ),
    _row(
        "proc.is_container_readiness_probe",
        _BOOLEAN,
        "true for a check of the container's health; files do not tell",
        _never,
    ),
)


def _lengths(store: Store, characters: bool) -> Column:
    def length(args: tuple[str, ...]) -> int:
        return sum(map(len, args)) if characters else len(args)

    values = np.array([length(args) for args in store.threads.args], dtype=np.int64)
    return Column(Numbers(values), store.thread)
