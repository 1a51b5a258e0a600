"""Fields of class ``k8s``: the pod of the event's container, and what belongs to the pod."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hopscope.fields.column import Column
from hopscope.fields.container import joined_labels, per_container
from hopscope.fields.field import Argument, ArgumentForm, Domain, Field, FieldType

if TYPE_CHECKING:
    from collections.abc import Callable

    from hopscope.fields.field import Compute
    from hopscope.store.store import Store
    from hopscope.store.tables import Container, Kubernetes, KubernetesObject

Find = "Callable[[Kubernetes, KubernetesObject], list[KubernetesObject]]"


def _pod(cluster: Kubernetes, pod: KubernetesObject) -> list[KubernetesObject]:
    return [pod]


def _namespace(cluster: Kubernetes, pod: KubernetesObject) -> list[KubernetesObject]:
    return [one for one in cluster.namespaces if one.name == pod.namespace][:1]


def _services(cluster: Kubernetes, pod: KubernetesObject) -> list[KubernetesObject]:
    return cluster.owners(pod, cluster.services)


def _replica_set(cluster: Kubernetes, pod: KubernetesObject) -> list[KubernetesObject]:
    return cluster.owners(pod, cluster.replicasets)[:1]


def _deployment(cluster: Kubernetes, pod: KubernetesObject) -> list[KubernetesObject]:
    return cluster.owners(pod, cluster.deployments)[:1]


def _controller(cluster: Kubernetes, pod: KubernetesObject) -> list[KubernetesObject]:
    return cluster.owners(pod, cluster.controllers)[:1]


_OBJECTS: dict[str, tuple[str, Callable[[Kubernetes, KubernetesObject], list[KubernetesObject]]]] = {
    "pod": ("pod", _pod),
    "ns": ("namespace", _namespace),
    "svc": ("services", _services),
    "rs": ("replica set", _replica_set),
    "deployment": ("deployment", _deployment),
    "rc": ("replication controller", _controller),
}
"""Part of the field names, word for help, and how the objects follow from the pod."""


def objects_of(store: Store, one: Container, part: str) -> list[KubernetesObject]:
    """The objects of one kind that a container belongs to."""
    pods = store.kubernetes.pods
    if not 0 <= one.pod < len(pods):
        return []
    return _OBJECTS[part][1](store.kubernetes, pods[one.pod])


def _column(store: Store, part: str, key: object, text: Callable[[KubernetesObject], str | None]) -> Column:
    """Texts of all objects of one kind, joined by commas; missing when there is no object or no text."""

    def of_container(one: Container) -> str | None:
        texts = [text(each) for each in objects_of(store, one, part)]
        told = [each for each in texts if each is not None]
        return ", ".join(told) if told else None

    return per_container(store, ("k8s", part, key), of_container)


def _text(part: str, key: str, text: Callable[[KubernetesObject], str | None]) -> Compute:
    return lambda store, argument: _column(store, part, key, text)


def _label(part: str) -> Compute:
    def compute(store: Store, argument: Argument) -> Column:
        return _column(
            store, part, ("label", argument.text), lambda one: (one.labels or {}).get(argument.text)
        )

    return compute


def _labels(one: KubernetesObject) -> str:
    return joined_labels(one.labels or {})


def _from_labels(key: str) -> Callable[[Container], Any]:
    return lambda one: one.labels.get(key)


def _sandbox(full: bool) -> Compute:
    def text(one: Container) -> str | None:
        found = one.labels.get("io.kubernetes.sandbox.id")
        return found if full or not found else found[:12]

    return lambda store, argument: per_container(store, ("sandbox", full), text)


def _of_object(part: str) -> tuple[Field, ...]:
    word = _OBJECTS[part][0]
    text, container = FieldType.TEXT, Domain.CONTAINER
    return (
        Field(
            f"k8s.{part}.name",
            text,
            container,
            f"name of the {word}",
            _text(part, "name", lambda one: one.name),
        ),
        Field(
            f"k8s.{part}.id",
            text,
            container,
            f"identity of the {word}",
            _text(part, "id", lambda one: one.uid),
        ),
        Field(
            f"k8s.{part}.label",
            text,
            container,
            f"value of a label of the {word}",
            _label(part),
            ArgumentForm.REQUIRED,
            "key",
        ),
        Field(
            f"k8s.{part}.labels", text, container, f"all labels of the {word}", _text(part, "labels", _labels)
        ),
    )


FIELDS: tuple[Field, ...] = (
    *(field for part in _OBJECTS for field in _of_object(part)),
    Field(
        "k8s.pod.uid",
        FieldType.TEXT,
        Domain.CONTAINER,
        "identity of the pod",
        _text("pod", "uid", lambda one: one.uid),
    ),
    Field(
        "k8s.pod.ip",
        FieldType.TEXT,
        Domain.CONTAINER,
        "address of the pod",
        _text("pod", "ip", lambda one: one.ip or None),
    ),
    Field(
        "k8s.pod.sandbox_id",
        FieldType.TEXT,
        Domain.CONTAINER,
        "identity of the pod's sandbox",
        _sandbox(False),
    ),
    Field(
        "k8s.pod.full_sandbox_id",
        FieldType.TEXT,
        Domain.CONTAINER,
        "full identity of the sandbox",
        _sandbox(True),
    ),
)
