"""One exchange for people and programs: who, where, what was asked, what came back, after how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hopscope.conversation.messages import KINDS, PROTOCOLS, Messages
from hopscope.conversation.places import container_at, machine_at
from hopscope.conversation.transfers import RECEIVE
from hopscope.protocols.message import RESPONSE
from hopscope.protocols.part import Part
from hopscope.store.store import Store
from hopscope.store.tables import NONE, Container


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose event one is.

    Attributes:
        process: name of the program, empty where the capture does not tell.
        pid, tid: numbers on the host, -1 where the capture does not tell.
        container: None outside of containers.
        pod, namespace: of Kubernetes, else empty.
        machine: its name, empty where all events come from one.
    """

    process: str = ""
    pid: int = NONE
    tid: int = NONE
    container: Container | None = None
    pod: str = ""
    namespace: str = ""
    machine: str = ""


def owner_of(messages: Messages, message: int) -> Owner:
    """Who moved the first byte of a message."""
    return owner_at(messages.store, messages.row(message))


def owner_at(store: Store, row: int) -> Owner:
    """Whose event one is, by its row."""
    thread = int(store.thread[row])
    if thread == NONE:
        return Owner(tid=int(store.tid[row]))
    threads = store.threads
    number = int(threads.container[thread])
    container = container_at(store, number)
    pod = store.kubernetes.pods[container.pod] if container is not None and container.pod != NONE else None
    return Owner(
        process=threads.comm[thread],
        pid=int(threads.pid[thread]),
        tid=int(store.tid[row]),
        container=container,
        pod=pod.name if pod is not None else "",
        namespace=pod.namespace if pod is not None else "",
        machine=machine_at(store, number),
    )


def descriptor_of(messages: Messages, message: int) -> str:
    """Name of the connection or file, as it was when the first byte moved."""
    descriptor = int(messages.streams.transfers.descriptor[messages.first[message]])
    return messages.store.descriptors.name[descriptor] if descriptor >= 0 else ""


def halves(messages: Messages, message: int) -> tuple[int, int]:
    """``(request or note, response)`` of the exchange that a message belongs to, NONE for what is missing."""
    partner = int(messages.partner[message])
    if KINDS[messages.kind[message]] == RESPONSE:
        return partner, message
    return message, partner


def exchange_object(messages: Messages, message: int, full: bool = False) -> dict[str, Any]:
    """An exchange as plain data; with ``full`` also what its messages say in full."""
    first, second = halves(messages, message)
    owner = owner_of(messages, message)
    answer = second if second != NONE else first
    latency = int(messages.latency[message])
    out: dict[str, Any] = {
        "time": int(messages.store.time[messages.row(message)]),
        "process": owner.process,
        "pid": owner.pid if owner.pid != NONE else None,
        "tid": owner.tid,
        "container": owner.container.name or owner.container.id if owner.container is not None else None,
        "pod": owner.pod or None,
        "namespace": owner.namespace or None,
        "host": owner.machine or None,
        "protocol": PROTOCOLS[messages.protocol[message]],
        "descriptor": descriptor_of(messages, message),
        "summary": messages.sentence(message),
        "failed": bool(messages.failed[answer]),
        "status": int(messages.status[answer]) if messages.status[answer] >= 0 else None,
        "identifier": int(messages.identifier[message]) if messages.identifier[message] >= 0 else None,
        "latency_ns": latency if latency >= 0 else None,
    }
    repeats = int(messages.repeats[message])
    out["repeats"] = int(messages.store.number[messages.row(repeats)]) if repeats != NONE else None
    for one in (first, second):
        if one != NONE:
            out[KINDS[messages.kind[one]]] = _half(messages, one, full)
    return out


def _half(messages: Messages, message: int, full: bool) -> dict[str, Any]:
    store = messages.store
    out = {
        "events": store.number[messages.rows(message)].tolist(),
        "time": int(store.time[messages.row(message)]),
        "direction": "received" if messages.direction[message] == RECEIVE else "sent",
        "bytes": int(messages.stop[message] - messages.start[message]),
        "summary": messages.texts[message].summary,
        "cut": bool(messages.cut[message]),
    }
    if full:
        out["parts"] = [part_object(part) for part in messages.parts(message)]
    return out


def part_object(part: Part) -> dict[str, Any]:
    """A part of a message as plain data."""
    return {"title": part.title, "lines": [{"depth": line.depth, "text": line.text} for line in part.lines]}
