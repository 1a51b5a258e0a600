"""Containers, Kubernetes objects and users, from metadata events and lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from hopscope.capture.lists import Group, User
from hopscope.decode.columns import CodeIndex, EventColumns
from hopscope.decode.event_table import EVENTS, codes_named
from hopscope.state.metadata import (
    CONTAINER_TYPES,
    container_object,
    kubernetes_items,
    objects_of,
    strings_of,
    text_of,
)
from hopscope.state.told import take
from hopscope.store.tables import NONE, Container, Kubernetes, KubernetesObject, Users

_OLD_CONTAINER = 228
_SHORT_ID = 12
_KIND_LISTS = {
    "Pod": "pods", "Service": "services", "Namespace": "namespaces", "ReplicaSet": "replicasets",
    "Deployment": "deployments", "ReplicationController": "controllers",
}  # fmt: skip


class Surroundings:
    """What metadata events have told up to now, stretch by stretch."""

    def __init__(self) -> None:
        self._described: dict[str, Container] = {}
        self._old: dict[str, Container] = {}
        self._kubernetes: dict[str, dict[str, KubernetesObject]] = {}
        self._users = Users()

    def read(self, columns: EventColumns, by_code: CodeIndex) -> None:
        """Take in the metadata events of a stretch. ``by_code``: its rows."""
        for container in _described(columns, by_code):
            self._described[container.id] = container
        for container in _old_containers(columns, by_code):
            self._old[container.id] = container
        _read_kubernetes(columns, by_code, self._kubernetes)
        _read_users(columns, by_code, self._users)

    def containers(self, engines: dict[str, str]) -> list[Container]:
        """All containers; row 0 is the host.

        Args:
            engines: engine of each id that control groups named, for those without metadata.
        """
        found: dict[str, Container] = {"host": Container("host", "host", type="host", known=True)}
        found.update(self._described)
        found.update(self._old)
        for name, engine in engines.items():
            if name not in found:
                found[name] = Container(name, type=engine)
        return list(found.values())

    def kubernetes(self) -> Kubernetes:
        """The cluster as the capture last tells of it."""
        found = Kubernetes()
        for kind, attribute in _KIND_LISTS.items():
            setattr(found, attribute, list(self._kubernetes.get(kind, {}).values()))
        return found

    def users(self, users: Iterable[User], groups: Iterable[Group]) -> Users:
        """Users and groups of the host, from the lists and from events that add some."""
        found = Users()
        for user in users:
            found.users[user.uid], found.homes[user.uid], found.shells[user.uid] = (
                user.name,
                user.home,
                user.shell,
            )
        for group in groups:
            found.groups[group.gid] = group.name
        for name in ("users", "homes", "shells", "groups"):
            getattr(found, name).update(getattr(self._users, name))
        return found


def _described(columns: EventColumns, by_code: CodeIndex) -> Iterable[Container]:
    """Containers of a stretch in the order of their events; the last one for an id wins."""
    texts: list[tuple[int, bytes | None]] = []
    for code in codes_named("container"):
        rows = by_code.rows(code)
        if code == _OLD_CONTAINER or not len(rows):
            continue
        texts.extend(zip(rows.tolist(), take(columns, code, "json", rows), strict=True))
    for code in codes_named("asyncevent"):
        rows = by_code.rows(code)
        names = take(columns, code, "name", rows)
        for row, name, data in zip(rows.tolist(), names, take(columns, code, "data", rows), strict=True):
            if name is not None and name.startswith(b"container_added"):
                texts.append((row, data))
    for _, raw in sorted(texts, key=lambda one: one[0]):
        container = _container(container_object(raw))
        if container is not None:
            yield container


def _old_containers(columns: EventColumns, by_code: CodeIndex) -> Iterable[Container]:
    rows = by_code.rows(_OLD_CONTAINER)
    parts = [take(columns, _OLD_CONTAINER, name, rows) for name in ("id", "type", "name", "image")]
    for name, kind, label, image in zip(*parts, strict=True):
        if name:
            yield Container(
                _text(name), _text(label), _text(image), CONTAINER_TYPES.get(kind, str(kind)), known=True
            )


def _text(raw: bytes | None) -> str:
    return (raw or b"").split(b"\0", 1)[0].decode("utf-8", "surrogateescape")


def _container(found: dict[str, Any]) -> Container | None:
    name = text_of(found, "id")
    if not name:
        return None
    kind = found.get("type")
    privileged = found.get("privileged")
    return Container(
        id=name,
        name=text_of(found, "name"),
        image=text_of(found, "image"),
        type=CONTAINER_TYPES.get(kind, str(kind)) if isinstance(kind, int) else "",
        imageid=text_of(found, "imageid"),
        ip=text_of(found, "ip"),
        privileged=privileged if isinstance(privileged, bool) else None,
        labels=strings_of(found, "labels") or {},
        mounts=objects_of(found, "Mounts"),
        known=True,
        raw=found,
    )


def _read_kubernetes(
    columns: EventColumns, by_code: CodeIndex, by_kind: dict[str, dict[str, KubernetesObject]]
) -> None:
    for code in codes_named("k8s"):
        if not EVENTS[code].params:
            continue
        rows = by_code.rows(code)
        for raw in take(columns, code, "json", rows):
            kind, deleted, items = kubernetes_items(raw)
            objects = by_kind.setdefault(kind, {})
            for item in items:
                one = _object(kind, item)
                if deleted:
                    objects.pop(one.uid, None)
                else:
                    objects[one.uid] = one


def _object(kind: str, item: dict[str, Any]) -> KubernetesObject:
    return KubernetesObject(
        kind=kind,
        uid=text_of(item, "uid"),
        name=text_of(item, "name"),
        namespace=text_of(item, "namespace"),
        labels=strings_of(item, "labels"),
        selector=strings_of(item, "selector"),
        ip=text_of(item, "podIP") or text_of(item, "clusterIP"),
        ports=objects_of(item, "ports"),
        raw=item,
    )


def link_pods(containers: list[Container], kubernetes: Kubernetes) -> list[Container]:
    """Containers with the pod each belongs to.

    A pod names its containers; newer captures say it the other way round, by labels that the
    container carries, and those win. A pod that is known by labels alone gets a row of its own.
    """
    of_container: dict[str, int] = {}
    by_uid = {pod.uid: row for row, pod in enumerate(kubernetes.pods)}
    for row, pod in enumerate(kubernetes.pods):
        for status in (
            *objects_of(pod.raw, "containerStatuses"),
            *objects_of(pod.raw, "initContainerStatuses"),
        ):
            name = text_of(status, "containerID").rpartition("://")[2][:_SHORT_ID]
            if name:
                of_container[name] = row
    linked = []
    for container in containers:
        row = of_container.get(container.id, NONE)
        pod_name = container.labels.get("io.kubernetes.pod.name")
        if pod_name:
            uid = container.labels.get("io.kubernetes.pod.uid", pod_name)
            if uid not in by_uid:
                by_uid[uid] = len(kubernetes.pods)
                namespace = container.labels.get("io.kubernetes.pod.namespace", "")
                kubernetes.pods.append(
                    KubernetesObject("Pod", uid, pod_name, namespace, _pod_labels(container))
                )
            row = by_uid[uid]
        linked.append(replace(container, pod=row) if row != NONE else container)
    return linked


def _pod_labels(container: Container) -> dict[str, str]:
    return {
        key: value
        for key, value in container.labels.items()
        if not key.startswith(("io.kubernetes.", "annotation."))
    }


def _read_users(columns: EventColumns, by_code: CodeIndex, found: Users) -> None:
    for code in codes_named("useradded"):
        rows = by_code.rows(code)
        parts = [take(columns, code, name, rows) for name in ("uid", "name", "home", "shell", "container_id")]
        for uid, name, home, shell, container in zip(*parts, strict=True):
            if uid is not None and not _text(container):
                found.users[uid], found.homes[uid], found.shells[uid] = _text(name), _text(home), _text(shell)
    for code in codes_named("groupadded"):
        rows = by_code.rows(code)
        parts = [take(columns, code, name, rows) for name in ("gid", "name", "container_id")]
        for gid, name, container in zip(*parts, strict=True):
            if gid is not None and not _text(container):
                found.groups[gid] = _text(name)
