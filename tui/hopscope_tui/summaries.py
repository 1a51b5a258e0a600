"""Events in a few words."""

from __future__ import annotations

from hopscope.decode.render import render_info
from hopscope.store.store import Store
from hopscope.text import visible

_LONGEST_INFO = 400


def event_place_text(store: Store, row: int) -> str:
    """Process and thread of an event: ``skydns 4617:17280``; of several hosts with ``on node-1`` behind."""
    thread = int(store.thread[row])
    if thread < 0:
        return host_text(store, row)
    threads = store.threads
    pid, tid = int(threads.pid[thread]), int(store.tid[row])
    number = f"{pid}:{tid}" if pid != tid else f"{pid}"
    return f"{visible(threads.comm[thread])} {number} {host_text(store, row)}".rstrip()


def host_text(store: Store, row: int) -> str:
    """``on node-1`` for an event, where there are several hosts; else empty."""
    return f"on {visible(store.hosts[int(store.host[row])].name)}" if len(store.hosts) > 1 else ""


def event_label(store: Store, row: int) -> str:
    """An event for a list of bookmarks: ``skydns 4617:17280 < recvmsg``."""
    kind = store.event_type(row)
    return f"{event_place_text(store, row)} {kind.direction} {kind.name}".strip()


def event_summary(store: Store, row: int) -> str:
    """Number, process, call and arguments of an event."""
    info = visible(render_info(store, row), _LONGEST_INFO)
    return f"{store.number[row]} {event_label(store, row)} {info}".rstrip()
