"""The small tables: threads, descriptors, containers, Kubernetes objects, users.

Threads and descriptors change while they live (a thread executes another program, a socket gets
connected). A row of those two tables is a *state*: the stretch of event rows ``[first, stop)`` in
which nothing about it changed. All states of one thread or descriptor share its ``life`` number; a
pid or descriptor number that is used again is another life. So what was true at an event is one
look-up, and a condition is decided once per row and carried to events by one array look-up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

NONE = -1
"""A missing row, number or event in any integer column."""

FOREVER = np.iinfo(np.int64).max
"""``stop`` of a state that was still true at the end of the capture."""


@dataclass(slots=True)
class ThreadTable:
    """States of threads. All columns are as long as ``tid``.

    Attributes:
        tid, pid, ptid: numbers on the host; ``ptid`` is the parent's tid.
        vtid, vpid, sid, vpgid: -1 where the capture does not tell.
        uid, gid, loginuid: 0xffffffff where there is none.
        life: number of the thread's life.
        process: life of the main thread; threads of one process share it. Its own life for main threads.
        parent: life of the parent process's main thread, or NONE.
        table: number of the descriptor table the thread uses.
        container: row in the container table; row 0 is the host.
        first, stop: event rows ``[first, stop)`` in which this state holds. First is -1 for what was
            there before the first event.
        born: event row of the clone that made the thread, or NONE when it was there before.
        died: event row of its exit, or NONE.
        born_time: time in ns of the clone event, 0 when it was there before.
        flags: CLONE flags as stored.
        fdlimit: highest allowed number of descriptors, -1 unknown.
        tty: number of the terminal, 0 for none.
        vmsize, vmrss, vmswap: KiB, as the process list, clone and execve tell.
        pfmajor, pfminor: page faults, from the same.
        exe_writable: the user may write the executable.
        comm, exe, exepath, cwd: text. comm is ``<NA>`` for a thread that the capture never introduced.
        args: the arguments after the program's name, one string each.
        env: environment strings; those of the main thread count.
        cgroups: ``subsystem=path`` strings.
    """

    tid: NDArray[np.int64]
    pid: NDArray[np.int64]
    ptid: NDArray[np.int64]
    vtid: NDArray[np.int64]
    vpid: NDArray[np.int64]
    sid: NDArray[np.int64]
    vpgid: NDArray[np.int64]
    uid: NDArray[np.int64]
    gid: NDArray[np.int64]
    loginuid: NDArray[np.int64]
    life: NDArray[np.int32]
    process: NDArray[np.int32]
    parent: NDArray[np.int32]
    table: NDArray[np.int32]
    container: NDArray[np.int32]
    first: NDArray[np.int64]
    stop: NDArray[np.int64]
    born: NDArray[np.int64]
    died: NDArray[np.int64]
    born_time: NDArray[np.int64]
    flags: NDArray[np.int64]
    fdlimit: NDArray[np.int64]
    tty: NDArray[np.int64]
    vmsize: NDArray[np.int64]
    vmrss: NDArray[np.int64]
    vmswap: NDArray[np.int64]
    pfmajor: NDArray[np.int64]
    pfminor: NDArray[np.int64]
    exe_writable: NDArray[np.bool_]
    comm: list[str]
    exe: list[str]
    exepath: list[str]
    cwd: list[str]
    args: list[tuple[str, ...]]
    env: list[tuple[str, ...]]
    cgroups: list[tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.tid)


@dataclass(slots=True)
class DescriptorTable:
    """States of file descriptors. All columns are as long as ``fd``.

    Attributes:
        fd: the number in its process.
        table: number of the descriptor table it is in.
        life: number of the descriptor's life; fork copies a descriptor into a new life.
        origin: life it was copied from (fork, dup), or NONE.
        process: life of the main thread of the process that owns the table.
        first, stop: event rows ``[first, stop)`` in which this state holds.
        opened: event row (exit) that made the descriptor in this process or, after a fork, in the
            ancestor; NONE when it was open before the capture began.
        closed: event row of its close, or NONE.
        opener: life of the thread that opened it, or NONE.
        kind: one of the names in :data:`KINDS`.
        typechar: the reference's letter, ``f d 4 6 u p e s l i t n o b r m P``.
        l4: ``tcp``, ``udp``, ``icmp``, ``raw`` or an empty string.
        role: 0 unknown, 1 client, 2 server.
        listening: True for bound or listening sockets without a peer.
        connected: True once a connection was made or data moved on a stream socket.
        name: as the reference prints it; for a bound datagram socket its own name, always.
        client, server: ``(packed address, port)`` of the two ends, packed to 4 or 16 bytes, or None.
            ``server`` alone for listening sockets.
        local_is_client: 1 when this process is the client end, 0 when the server end, -1 unknown.
        source, peer: kernel addresses of unix sockets, 0 unknown.
        ino: inode of pipes and files, 0 unknown.
        dev: device number of files, 0 unknown.
        open_flags: O_* flags in the capture's own numbering, 0 unknown.
    """

    fd: NDArray[np.int64]
    table: NDArray[np.int32]
    life: NDArray[np.int32]
    origin: NDArray[np.int32]
    process: NDArray[np.int32]
    first: NDArray[np.int64]
    stop: NDArray[np.int64]
    opened: NDArray[np.int64]
    closed: NDArray[np.int64]
    opener: NDArray[np.int32]
    role: NDArray[np.int8]
    listening: NDArray[np.bool_]
    connected: NDArray[np.bool_]
    local_is_client: NDArray[np.int8]
    source: NDArray[np.uint64]
    peer: NDArray[np.uint64]
    ino: NDArray[np.uint64]
    dev: NDArray[np.int64]
    open_flags: NDArray[np.int64]
    kind: list[str]
    typechar: list[str]
    l4: list[str]
    name: list[str]
    client: list[tuple[bytes, int] | None]
    server: list[tuple[bytes, int] | None]

    def __len__(self) -> int:
        return len(self.fd)


KINDS = (
    "file", "directory", "ipv4", "ipv6", "unix", "pipe", "event", "signalfd", "eventpoll", "inotify",
    "timerfd", "netlink", "bpf", "userfaultfd", "io_uring", "memfd", "pidfd", "other",
)  # fmt: skip
"""Kinds of descriptor, as ``fd.type`` names them (``other`` for what the reference has no name for)."""


@dataclass(frozen=True, slots=True)
class Container:
    """A container. Row 0 of the table is the host, with id and name ``host``.

    Attributes:
        id: first twelve characters, or the engine's own short name.
        name, image, type, imageid, ip: as the metadata event tells; empty when it is missing.
        privileged: None when not told.
        labels: of the container.
        mounts: as in the metadata: Source, Destination, Mode, RW, Propagation.
        known: True when a metadata event described it.
        pod: row in :attr:`Kubernetes.pods`, or NONE.
        raw: the whole metadata object, for what has no field of its own.
    """

    id: str
    name: str = ""
    image: str = ""
    type: str = ""
    imageid: str = ""
    ip: str = ""
    privileged: bool | None = None
    labels: dict[str, str] = field(default_factory=dict)
    mounts: tuple[dict[str, Any], ...] = ()
    known: bool = False
    pod: int = NONE
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KubernetesObject:
    """A pod, service, namespace, replica set …

    Attributes:
        kind: ``Pod``, ``Service``, ``Namespace``, ``ReplicaSet``, ``Deployment`` …
        uid, name, namespace: identity; namespace is empty for objects outside one.
        labels, selector: None when the metadata says null.
        ip: pod address or cluster address.
        ports: of a service: dictionaries with port, protocol, targetPort.
        raw: the whole object.
    """

    kind: str
    uid: str
    name: str
    namespace: str = ""
    labels: dict[str, str] | None = None
    selector: dict[str, str] | None = None
    ip: str = ""
    ports: tuple[dict[str, Any], ...] = ()
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Kubernetes:
    """What the capture tells of the cluster, as it last was.

    Attributes:
        pods: one row a pod.
        services, namespaces, replicasets, deployments, controllers: the other objects.
    """

    pods: list[KubernetesObject] = field(default_factory=list)
    services: list[KubernetesObject] = field(default_factory=list)
    namespaces: list[KubernetesObject] = field(default_factory=list)
    replicasets: list[KubernetesObject] = field(default_factory=list)
    deployments: list[KubernetesObject] = field(default_factory=list)
    controllers: list[KubernetesObject] = field(default_factory=list)

    def owners(self, pod: KubernetesObject, candidates: list[KubernetesObject]) -> list[KubernetesObject]:
        """Those candidates of the pod's namespace whose whole selector is among the pod's labels."""
        labels = pod.labels or {}
        return [
            one
            for one in candidates
            if one.namespace == pod.namespace
            and one.selector
            and labels
            and all(labels.get(key) == value for key, value in one.selector.items())
        ]


@dataclass(slots=True)
class Users:
    """Users and groups of the machine.

    Attributes:
        users: uid to name; homes and shells: uid to path.
        groups: gid to name.
    """

    users: dict[int, str] = field(default_factory=dict)
    homes: dict[int, str] = field(default_factory=dict)
    shells: dict[int, str] = field(default_factory=dict)
    groups: dict[int, str] = field(default_factory=dict)
