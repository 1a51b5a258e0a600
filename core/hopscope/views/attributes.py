"""What a row says about the thing it stands for: names, numbers, addresses.

An attribute is a function of the capture and one row of a small table. It is called only for rows
that are shown, sorted by or searched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hopscope.decode.addresses import address_text
from hopscope.store.store import Store
from hopscope.store.tables import NONE, KubernetesObject
from hopscope.views.connections import Connection, connections, other_ends
from hopscope.views.names import command_line
from hopscope.views.owners import process_states, tid_of_life

Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class Attribute:
    """A value of one thing.

    Attributes:
        name: what columns call it: the thing and the value, ``process.pid``.
        of: its value for a row of the thing's table, None for a missing one.
        help: what it is, where the name does not say it.
    """

    name: str
    of: Callable[[Store, int], Value]
    help: str = ""

    @property
    def subject(self) -> str:
        """The thing: ``process`` and ``thread`` (rows of the thread table), ``container``,
        ``descriptor``, ``connection`` (number of the connection)."""
        return self.name.partition(".")[0]


# --- processes and threads -------------------------------------------------------------------------


def _known(value: int) -> int | None:
    return value if value != NONE else None


def _user(store: Store, row: int) -> Value:
    uid = int(store.threads.uid[row])
    if uid == 0xFFFFFFFF:
        return None
    return store.hosts[int(store.thread_host[row])].users.users.get(uid, str(uid))


def _host(store: Store, row: int) -> Value:
    """Name of the machine of a row of the thread table."""
    return store.hosts[int(store.thread_host[row])].name


def _container_host(store: Store, row: int) -> Value:
    return store.hosts[int(store.container_host[row])].name


def _process_host(store: Store, life: int) -> Value:
    return store.hosts[int(store.process_host[life])].name


# --- containers and Kubernetes ---------------------------------------------------------------------


def _pod(store: Store, container: int) -> KubernetesObject | None:
    pod = store.containers[container].pod
    return store.kubernetes.pods[pod] if pod != NONE else None


def _pod_name(store: Store, container: int) -> Value:
    pod = _pod(store, container)
    return pod.name if pod else None


def _namespace(store: Store, container: int) -> Value:
    pod = _pod(store, container)
    return pod.namespace if pod else None


def _services(store: Store, container: int) -> Value:
    pod = _pod(store, container)
    if pod is None:
        return None
    owners = store.kubernetes.owners(pod, store.kubernetes.services)
    return ", ".join(service.name for service in owners) or None


# --- descriptors -----------------------------------------------------------------------------------


def _event_time(store: Store, row: int) -> Value:
    return int(store.time[row]) if row >= 0 else None


def _opener(store: Store, row: int) -> Value:
    return tid_of_life(store).get(int(store.descriptors.opener[row]))


# --- connections -----------------------------------------------------------------------------------


def _connection(store: Store, code: int) -> Connection:
    return connections(store).list[code]


def _local_address(store: Store, code: int) -> Value:
    local = _connection(store, code).local
    return address_text(local[0]) if local else None


def _local_port(store: Store, code: int) -> Value:
    local = _connection(store, code).local
    return local[1] if local else None


def _remote_address(store: Store, code: int) -> Value:
    remote = _connection(store, code).remote
    return address_text(remote[0]) if remote else None


def _remote_port(store: Store, code: int) -> Value:
    remote = _connection(store, code).remote
    return remote[1] if remote else None


def _peer(store: Store, code: int) -> Value:
    """Command and pid of the process at the other end; of several where they share the socket.

    Where it is on another machine its name follows.
    """
    own = _process_host(store, _connection(store, code).process)
    lives = {_connection(store, other).process for other in other_ends(store, code)}
    names = []
    for life in sorted(lives):
        row = process_states(store).row_of(life)
        if row >= 0:
            host = _host(store, row)
            where = f" on {host}" if host != own else ""
            names.append(f"{store.threads.comm[row]} {store.threads.pid[row]}{where}")
    return ", ".join(names) or None


ATTRIBUTES: dict[str, Attribute] = {
    attribute.name: attribute
    for attribute in (
        Attribute("process.pid", lambda store, row: int(store.threads.pid[row])),
        Attribute(
            "process.ppid", lambda store, row: _known(int(store.threads.ptid[row])), "pid of the parent"
        ),
        Attribute(
            "process.vpid",
            lambda store, row: _known(int(store.threads.vpid[row])),
            "pid inside the container",
        ),
        Attribute("process.comm", lambda store, row: store.threads.comm[row], "short name of the program"),
        Attribute("process.command", command_line, "program and arguments"),
        Attribute("process.host", _host, "name of the machine"),
        Attribute("process.user", _user, "user name, or the number where the capture has no name"),
        Attribute("thread.tid", lambda store, row: int(store.threads.tid[row])),
        Attribute(
            "thread.vtid", lambda store, row: _known(int(store.threads.vtid[row])), "tid inside the container"
        ),
        Attribute("thread.host", _host, "name of the machine"),
        Attribute("thread.comm", lambda store, row: store.threads.comm[row], "name of the thread"),
        Attribute("container.host", _container_host, "name of the machine"),
        Attribute("container.id", lambda store, row: store.containers[row].id),
        Attribute("container.name", lambda store, row: store.containers[row].name or None),
        Attribute("container.image", lambda store, row: store.containers[row].image or None),
        Attribute("container.type", lambda store, row: store.containers[row].type or None, "engine"),
        Attribute("container.pod", _pod_name, "name of the Kubernetes pod"),
        Attribute("container.namespace", _namespace, "Kubernetes namespace of the pod"),
        Attribute("container.service", _services, "Kubernetes services that select the pod"),
        Attribute(
            "descriptor.host",
            lambda store, row: _process_host(store, int(store.descriptors.process[row])),
            "name of the machine",
        ),
        Attribute("descriptor.fd", lambda store, row: int(store.descriptors.fd[row])),
        Attribute("descriptor.type", lambda store, row: store.descriptors.kind[row]),
        Attribute("descriptor.name", lambda store, row: store.descriptors.name[row] or None),
        Attribute(
            "descriptor.opened", lambda store, row: _event_time(store, int(store.descriptors.opened[row]))
        ),
        Attribute(
            "descriptor.closed", lambda store, row: _event_time(store, int(store.descriptors.closed[row]))
        ),
        Attribute("descriptor.opener", _opener, "tid of the thread that opened it"),
        Attribute(
            "connection.host",
            lambda store, code: _process_host(store, _connection(store, code).process),
            "name of the machine",
        ),
        Attribute("connection.protocol", lambda store, code: _connection(store, code).l4 or None),
        Attribute("connection.name", lambda store, code: _connection(store, code).name),
        Attribute("connection.local_address", _local_address),
        Attribute("connection.local_port", _local_port),
        Attribute("connection.remote_address", _remote_address),
        Attribute("connection.remote_port", _remote_port),
        Attribute("connection.peer", _peer, "process at the other end, where the capture has it"),
    )
}
"""All attributes by name."""
