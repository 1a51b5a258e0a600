"""Short names of things, for breadcrumbs and columns."""

from __future__ import annotations

import re

from hopscope.redaction import shown_arguments
from hopscope.store.store import Store
from hopscope.store.tables import Container

_KUBELET_NAME = re.compile(r"k8s_([^._]+)[._]")
"""Names that a kubelet gives docker containers: ``k8s_NAME.HASH_POD_NAMESPACE_UID_N``, without the
hash since 2017."""

_CONTAINER_LABEL = "io.kubernetes.container.name"


def command_line(store: Store, row: int) -> str:
    """Program and arguments of a row of the thread table; the short name where there is no program.

    Credentials among the arguments are masked while redaction is on.
    """
    program = store.threads.exe[row] or store.threads.comm[row]
    return " ".join((program, *shown_arguments(program, store.threads.args[row])))


def container_label(container: Container) -> str:
    """What to call a container in few words: its name in Kubernetes, its name, or its id."""
    label = container.labels.get(_CONTAINER_LABEL)
    if label:
        return label
    return short_name(container.name) or container.id


def short_name(name: str) -> str:
    """Name of a container without what a kubelet puts around it."""
    match = _KUBELET_NAME.match(name)
    return match[1] if match else name


def process_label(store: Store, row: int) -> str:
    """Short name and pid of the process of a row of the thread table."""
    return f"{store.threads.comm[row]} {store.threads.pid[row]}"


def thread_label(store: Store, row: int) -> str:
    """Short name and tid of a row of the thread table."""
    return f"{store.threads.comm[row]} {store.threads.tid[row]}"


def descriptor_label(store: Store, row: int) -> str:
    """Name of a descriptor, for sockets with the protocol; its number and kind where it has no name."""
    table = store.descriptors
    name, l4 = table.name[row], table.l4[row]
    if not name:
        return f"{table.kind[row]} fd {table.fd[row]}"
    return f"{name}/{l4}" if l4 else name
