"""What was waited for, in words."""

from __future__ import annotations

from hopscope.store.store import Store
from hopscope.store.tables import NONE
from hopscope.waits.calls import CLASS_OF, DESCRIPTOR, OWN, TIMER, call_name
from hopscope.waits.kinds import WAIT, WORDS
from hopscope.waits.targets import (
    ASKED,
    ASKING,
    CHILD_TARGET,
    FILE_TARGET,
    FUTEX_TARGET,
    INSIDE,
    NO_ADDRESS,
    PIPE_TARGET,
    REQUESTS,
    SIGNAL_TARGET,
    THREAD_TARGET,
    TIMER_TARGET,
    Targets,
)

_SOCKETS = {"unix": "unix socket", "netlink": "netlink socket"}


def state_words(store: Store, kind: int, targets: Targets, target: int) -> str:
    """What a thread did in a stretch: ``connection 10.0.0.1:4000->10.0.0.2:80``, ``on a CPU``.

    Args:
        store: the events.
        kind: of the stretch.
        targets: that ``target`` is an entry of.
        target: what was waited for, NONE.
    """
    return target_words(store, targets, target) if kind == WAIT and target != NONE else WORDS[kind]


def target_words(store: Store, targets: Targets, target: int) -> str:
    """What a target is."""
    kind, number = int(targets.kind[target]), int(targets.number[target])
    if kind in (CHILD_TARGET, THREAD_TARGET):
        return _process_words(store, kind, number)
    if kind == FUTEX_TARGET:
        return "another thread, unknown which" + (f" (futex {number:X})" if number != NO_ADDRESS else "")
    if kind == SIGNAL_TARGET:
        return "a signal"
    if kind == REQUESTS:
        return f"requests at {store.descriptors.name[number]}" if number >= 0 else "new connections"
    if kind == TIMER_TARGET:
        call = call_name(store, int(targets.call[target]))
        return (
            f"sleep ({call})"
            if CLASS_OF.get(call, OWN) in (TIMER, OWN, DESCRIPTOR)
            else f"time-out of {call}"
        )
    if number < 0:
        call = call_name(store, int(targets.call[target]))
        return f"unknown, in {call}" if call in CLASS_OF else f"in {call} itself"
    return _descriptor_words(store, kind, number)


def _descriptor_words(store: Store, kind: int, descriptor: int) -> str:
    table = store.descriptors
    what = table.kind[descriptor]
    name = table.name[descriptor] or f"descriptor {int(table.fd[descriptor])}"
    if kind in (ASKED, ASKING):
        noun = _SOCKETS.get(what, "connection")
        return f"{noun} {name}" if kind == ASKED else f"client's {noun} {name}"
    if kind == PIPE_TARGET:
        return f"pipe {name}"
    if kind == INSIDE:
        return f"{'eventfd' if what == 'event' else what} of the process itself, {name}"
    if kind == FILE_TARGET:
        return f"{what} {name}"
    return f"{what} {name}"


def _process_words(store: Store, kind: int, life: int) -> str:
    noun = "child" if kind == CHILD_TARGET else "thread"
    if life < 0:
        return "a child process" if kind == CHILD_TARGET else "another thread"
    states = (store.threads.life == life).nonzero()[0]
    if not len(states):
        return f"a {noun}"
    last = int(states[-1])
    return f"{noun} {store.threads.comm[last]} {int(store.threads.tid[last])}"
