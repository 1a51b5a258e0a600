"""Why csysdig and we differ in a cell. Each reason is checked against the capture, not just named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

import numpy as np
from numpy.typing import NDArray

from core.views.csysdig import COMPARED, Difference, Merged, Row, clock, same_time
from hopscope.decode.event_table import EVENTS, EventFlag, codes_named
from hopscope.fields.column import Choices
from hopscope.filters import compile_filter
from hopscope.store.store import Rows, Store
from hopscope.store.tables import NONE
from hopscope.views import VIEWS, Selection, evaluate
from hopscope.views.connections import connections
from hopscope.views.field_groups import one_column
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
    return one.view.startswith("containers") and one.column == "row" and one.ours == "host"


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
    return int(store.result[np.intersect1d(rows, _events_of(store, one))].sum())


def _events_of(store: Store, one: Difference) -> Rows:
    """The events of our rows that csysdig has as this one."""
    compared = next(each for each in COMPARED if each.name == one.view)
    result = evaluate(store, compared.ours)
    column = result.column_index(compared.key)
    mine = [result.event_rows(i) for i in range(len(result)) if str(result.value(i, column)) == one.key]
    return np.concatenate(mine) if mine else np.zeros(0, np.int64)


def is_memory_sampled(comparison: Comparison, one: Difference) -> bool:
    """They look at a size only when the main thread has an event (in procs none but switches) and at the
    end, and do not know what a call of another thread tells."""
    if one.column not in ("VIRT", "RES"):
        return False
    store = comparison.store
    if one.view == "procs":
        return one.theirs == _sampled_size(store, int(one.key), one)
    lives = np.unique(store.threads.process)
    states = process_states(store).of(lives)
    inside = states[_containers_of(store, one)[store.threads.container[states]]]
    return one.theirs == sum(_sampled_size(store, pid, one) for pid in np.unique(store.threads.pid[inside]))


def _containers_of(store: Store, one: Difference) -> NDArray[np.bool_]:
    """True for the containers of a row of containers, or of an object of the cluster."""
    if one.view == "containers":
        return np.array([container.id == one.key for container in store.containers])
    entries = one_column(store, VIEWS[one.view].key).entries
    assert isinstance(entries, Choices)
    return np.asarray(entries.codes == entries.values.index(one.key), dtype=np.bool_)


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
    if one.view == "file_opens":
        is_new = one.column == "row" and one.theirs is None
        return is_new and one.key not in _opened_by_open(comparison.store, "file_opens", "time")
    if one.column != "OPENS":
        return False
    name = "filename" if one.view == "files" else "dirname"
    return one.theirs == _opened_by_open(comparison.store, one.view, name)[one.key]


@lru_cache(maxsize=8)
def _opened_by_open(store: Store, view: str, column: str) -> Counter[str]:
    """Opens by open alone in the rows of a view, by a column; in a list by the time."""
    found: Counter[str] = Counter()
    for row in evaluate(store, view, Selection().with_filter("evt.type=open")).as_json():
        key = row[column]
        found[clock(key) if isinstance(key, int) else str(key)] += int(row.get("opens", 1) or 0)
    return found


def is_exit_without_enter(comparison: Comparison, one: Difference) -> bool:
    """They take the first exit of a thread, whose enter was before the capture, for one on descriptor 0."""
    if one.view not in ("files", "directories") or one.column not in (
        "OPS",
        "BYTES IN",
        "BYTES OUT",
        "ERRORS",
    ):
        return False
    store = comparison.store
    uses = np.array([event.is_exit and EventFlag.USES_FD in event.flags for event in EVENTS])
    rows = np.flatnonzero(uses[store.code] & (store.twin == NONE) & (store.descriptor == NONE))
    rows = rows[store.thread[rows] >= 0]
    of_zero = [store.descriptor_at(int(store.thread[row]), 0, int(row)) for row in rows]
    here = [row for row, zero in zip(rows, of_zero, strict=True) if zero >= 0 and _is_in(store, zero, one)]
    if one.column == "OPS":
        return int(one.theirs or 0) - int(one.ours or 0) == len(here)
    return len(here) > 0


def _is_in(store: Store, descriptor: int, one: Difference) -> bool:
    name = store.descriptors.name[descriptor]
    return name == one.key if one.view == "files" else name.rpartition("/")[0] == one.key.rstrip("/")


def is_the_end_of_the_file(comparison: Comparison, one: Difference) -> bool:
    """They count one more event, of a type of its own, for every thread that is left at the end."""
    store, threads = comparison.store, comparison.store.threads
    if one.view == "syscalls":
        return one.column == "row" and one.key == "sysdigevent"
    counted = {
        "procs_cpu": ("SYSCALLS", "evt.type != switch"),
        "syscall_procs": ("CALLS/S", "syscall.type exists"),
    }
    if one.view not in counted:
        return False
    column, text = counted[one.view]
    left = (threads.pid == int(one.key)) & (threads.died == NONE)
    more = len(np.unique(threads.life[left]))
    if one.column == "row":
        return one.ours is None and more > 0 and comparison.theirs[one.key][column] == more
    return one.column == column and one.theirs == _passing(store, text)[int(one.key)] + more


@lru_cache(maxsize=8)
def _passing(store: Store, text: str) -> Counter[int]:
    """Events that pass a filter by pid."""
    rows = np.flatnonzero(compile_filter(text).mask(store))
    return Counter(np.append(store.threads.pid, NONE)[store.thread[rows]].tolist())


def is_a_mean_over_enters(comparison: Comparison, one: Difference) -> bool:
    """They divide the time of calls by enters and exits together."""
    if one.view != "syscalls" or one.column != "AVG TIME":
        return False
    ours = comparison.ours[one.key]
    (total,), (events,) = ours.values["total_time"], ours.values["events"]
    return same_time(str(one.theirs), int(total or 0) / int(events or 1))


def has_no_descriptor(comparison: Comparison, one: Difference) -> bool:
    """They have a row for what is about no descriptor."""
    return one.view == "io_by_type" and one.column == "row" and one.key == ""


def is_a_listen(comparison: Comparison, one: Difference) -> bool:
    """We list listen as well."""
    if one.view != "port_bindings" or one.column != "row" or one.theirs is not None:
        return False
    return comparison.ours[one.key].values["operation"] <= {"listen", "close"}


def has_no_value(comparison: Comparison, one: Difference) -> bool:
    """They leave out an event for which a column has no value."""
    if one.view != "port_bindings" or one.column != "row" or one.theirs is not None:
        return False
    return comparison.ours[one.key].values["port"] == {None}


def has_no_limit(comparison: Comparison, one: Difference) -> bool:
    """They say 0 percent where no limit is known."""
    return one.view == "procs_fd_usage" and one.column == "PCT" and one.ours is None and not one.theirs


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
    "end of file": is_the_end_of_the_file,
    "mean": is_a_mean_over_enters,
    "no descriptor": has_no_descriptor,
    "listen": is_a_listen,
    "no limit": has_no_limit,
    "no value": has_no_value,
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
