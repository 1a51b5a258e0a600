"""Why csysdig and we differ in a cell. Each reason is checked against the capture, not just named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

import numpy as np

from core.views.csysdig import Difference, Merged, Row
from hopscope.decode.event_table import EVENTS, EventFlag, codes_named
from hopscope.store.store import Store
from hopscope.store.tables import NONE
from hopscope.views import Selection, evaluate
from hopscope.views.connections import connections
from hopscope.views.owners import process_states

MEMORY_CALLS = codes_named("brk", "mmap", "mmap2", "munmap")
SWITCHES = codes_named("switch")


@dataclass(frozen=True)
class Comparison:
    """All that is known when a difference is explained."""

    store: Store
    theirs: dict[str, Row]
    ours: dict[str, Merged]


Check = Callable[[Comparison, Difference], bool]


def is_the_host(comparison: Comparison, one: Difference) -> bool:
    """We have a row for what runs outside any container."""
    return one.view == "containers" and one.column == "row" and one.ours == "host"


def is_a_census(comparison: Comparison, one: Difference) -> bool:
    """We count the processes and threads that there were."""
    return one.view == "containers" and one.column in ("PROCS", "THREADS")


def is_result_of_another_call(comparison: Comparison, one: Difference) -> bool:
    """They add what fcntl, ioctl and dup return to the bytes that moved."""
    if one.column not in ("FILE", "NET"):
        return False
    kinds = {"file"} if one.column == "FILE" else {"ipv4", "ipv6"}
    return int(one.theirs or 0) - int(one.ours or 0) == _other_results(comparison.store, one, kinds)


def _other_results(store: Store, one: Difference, kinds: set[str]) -> int:
    of_kind = np.array([kind in kinds for kind in store.descriptors.kind] + [False])
    other = np.array([event.category == "IO_OTHER" for event in EVENTS])
    rows = np.flatnonzero(other[store.code] & of_kind[store.descriptor] & (store.result > 0))
    threads = store.thread[rows]
    if one.view == "procs":
        mine = store.threads.pid[threads] == int(one.key)
    else:
        ids = [container.id for container in store.containers]
        mine = store.threads.container[threads] == ids.index(one.key)
    return int(store.result[rows[mine]].sum())


def is_memory_sampled(comparison: Comparison, one: Difference) -> bool:
    """They look at a size only when the main thread has an event (in procs none but switches) and at the
    end, and do not know what a call of another thread tells."""
    if one.column not in ("VIRT", "RES"):
        return False
    store = comparison.store
    if one.view == "procs":
        return one.theirs == _sampled_size(store, int(one.key), one)
    ids = [container.id for container in store.containers]
    lives = np.unique(store.threads.process)
    states = process_states(store).of(lives)
    inside = states[store.threads.container[states] == ids.index(one.key)]
    return one.theirs == sum(_sampled_size(store, pid, one) for pid in np.unique(store.threads.pid[inside]))


def _sampled_size(store: Store, pid: int, one: Difference) -> int:
    """Greatest of the sizes of a process that they look at, in bytes."""
    threads = store.threads
    name, column = ("vm_size", threads.vmsize) if one.column == "VIRT" else ("vm_rss", threads.vmrss)
    main = (threads.pid == pid) & (threads.tid == pid)
    told = [(int(threads.first[state]), int(column[state])) for state in np.flatnonzero(main)]
    for code in MEMORY_CALLS + SWITCHES:
        rows, values = store.fixed_param(code, name)
        who = (threads.pid == pid) if code in SWITCHES else main
        mine = np.append(who, False)[store.thread[rows]]
        told += list(zip(rows[mine].tolist(), values[mine].tolist(), strict=True))
    told.sort(key=lambda row_and_size: row_and_size[0])
    looked = np.append(main, False)[store.thread]
    if one.view == "procs":
        looked &= ~np.isin(store.code, SWITCHES)
    moments = np.append(np.flatnonzero(looked), [len(store)] if not _is_gone(store, pid) else [])
    last = np.searchsorted([row for row, _ in told], moments, side="right") - 1
    return max((told[i][1] for i in last.tolist() if i >= 0), default=0) * 1024


def _is_gone(store: Store, pid: int) -> bool:
    threads = store.threads
    return bool((threads.died[(threads.pid == pid) & (threads.tid == pid)] != NONE).all())


def is_open_by_another_call(comparison: Comparison, one: Difference) -> bool:
    """They count opens by open alone, not by openat, openat2 and creat."""
    if one.column != "OPENS":
        return False
    by_open = Selection().with_filter("evt.type=open")
    rows = evaluate(comparison.store, "files", by_open).as_json()
    return one.theirs == sum(int(row["opens"] or 0) for row in rows if row["filename"] == one.key)


def is_exit_without_enter(comparison: Comparison, one: Difference) -> bool:
    """They take the first exit of a thread, whose enter was before the capture, for one on descriptor 0."""
    if one.view != "files" or one.column not in ("OPS", "BYTES IN", "BYTES OUT", "ERRORS"):
        return False
    store = comparison.store
    uses = np.array([event.is_exit and EventFlag.USES_FD in event.flags for event in EVENTS])
    rows = np.flatnonzero(uses[store.code] & (store.twin == NONE) & (store.descriptor == NONE))
    rows = rows[store.thread[rows] >= 0]
    of_zero = [store.descriptor_at(int(store.thread[row]), 0, int(row)) for row in rows]
    here = [
        row for row, zero in zip(rows, of_zero, strict=True) if zero >= 0 and _name(store, zero) == one.key
    ]
    if one.column == "OPS":
        return int(one.theirs or 0) - int(one.ours or 0) == len(here)
    return len(here) > 0


def _name(store: Store, descriptor: int) -> str:
    return store.descriptors.name[descriptor]


def is_printed_as_ipv6(comparison: Comparison, one: Difference) -> bool:
    """They print an IPv4 address as the first four bytes of an IPv6 one."""
    if one.view != "connections" or one.column not in ("LIP", "RIP"):
        return False
    ours = comparison.ours[one.key].values["lip" if one.column == "LIP" else "rip"]
    shown = str(ip_address(IPv6Address(str(one.theirs)).packed[:4]))
    others = comparison.ours[one.key].values["rip" if one.column == "LIP" else "lip"]
    return shown in ours or shown in others


def is_local_by_address(comparison: Comparison, one: Difference) -> bool:
    """They take the client for the local end whenever its address is the machine's, also for a server."""
    if one.view != "connections" or one.column not in ("LPORT", "RPORT"):
        return False
    theirs, ours = comparison.theirs[one.key], comparison.ours[one.key]
    return ours.values["lport"] == {theirs["RPORT"]} and ours.values["rport"] == {theirs["LPORT"]}


def is_datagram_name(comparison: Comparison, one: Difference) -> bool:
    """They rename an open datagram socket to the last peer, we keep its name and know each message's peer."""
    if one.view != "connections" or one.column != "row":
        return False
    theirs = [row for key, row in comparison.theirs.items() if key not in comparison.ours]
    ours = [one for key, one in comparison.ours.items() if key not in comparison.theirs]
    if any(row["L4PROTO"] != "udp" for row in theirs):
        return False
    same_bytes = all(
        sum(int(row[title] or 0) for row in theirs) == sum(merged.sums[name] for merged in ours)
        for title, name in (("BPS IN", "bytes_in"), ("BPS OUT", "bytes_out"))
    )
    return same_bytes and (one.ours is None or comparison.ours[one.key].values["l4proto"] == {"udp"})


def has_no_remote_end(comparison: Comparison, one: Difference) -> bool:
    """They leave out sockets without a remote end."""
    if one.view != "connections" or one.column != "row" or one.ours is None:
        return False
    named = [one_of for one_of in connections(comparison.store).list if one_of.name == one.key]
    return all(one_of.remote is None for one_of in named)


EXPLANATIONS: dict[str, Check] = {
    "host": is_the_host,
    "census": is_a_census,
    "other results": is_result_of_another_call,
    "memory": is_memory_sampled,
    "opens": is_open_by_another_call,
    "no enter": is_exit_without_enter,
    "addresses": is_printed_as_ipv6,
    "local end": is_local_by_address,
    "no remote end": has_no_remote_end,
    "datagram names": is_datagram_name,
}
"""Checks by the name of the reason, which docs/view-deviations.md explains."""


def explain(comparison: Comparison, difference: Difference) -> str:
    """The first reason that holds; an empty string when there is none."""
    for name, check in EXPLANATIONS.items():
        if check(comparison, difference):
            return name
    return ""
