"""The IP sockets of a moment, as ``netstat`` lists them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hopscope.decode.addresses import address_text
from hopscope.reports.entries import Part
from hopscope.reports.state.listing import CONTAINER, HOST, Listing, Moment, container_name, held
from hopscope.store.store import Store

KINDS = ("ipv4", "ipv6")


def _read(store: Store, moment: Moment) -> Iterator[tuple[Any, ...]]:
    for host, now, rows in held(store, moment):
        threads, descriptors = now.threads, now.descriptors
        for row in rows.tolist():
            one, opened = int(now.thread[row]), int(now.descriptor[row])
            if opened < 0 or descriptors.kind[opened] not in KINDS:
                continue
            client, server = descriptors.client[opened], descriptors.server[opened]
            if client is None and server is None:
                continue
            yield (
                host or None, descriptors.l4[opened] or None, _end(server), _end(client),
                "ESTABLISHED" if client is not None else "LISTEN", int(threads.tid[one]),
                int(threads.pid[one]), threads.comm[one], container_name(now, one),
                int(descriptors.fd[opened]),
            )  # fmt: skip


def _end(end: tuple[bytes, int] | None) -> str | None:
    return f"{address_text(end[0])}:{end[1]}" if end is not None else None


LISTING = Listing(
    "netstat",
    "connections and listening sockets of each process",
    (
        HOST, Part("protocol", "PROTO"), Part("server", "SERVER"), Part("client", "CLIENT"),
        Part("state", "STATE"), Part("tid", "TID", "number"), Part("pid", "PID", "number"),
        Part("process", "PROCESS"), CONTAINER, Part("fd", "FD", "number"),
    ),
    _read,
)  # fmt: skip
