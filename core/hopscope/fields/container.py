"""Fields of class ``container``, decided on the container table and reached through the thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hopscope.fields.column import Column, Numbers, encode
from hopscope.fields.field import Argument, ArgumentForm, Domain, Field, FieldType
from hopscope.fields.glob import matcher
from hopscope.fields.memo import once

if TYPE_CHECKING:
    from collections.abc import Callable

    from hopscope.fields.field import Compute
    from hopscope.store.store import Store
    from hopscope.store.tables import Container

_TEXT = FieldType.TEXT


def index(store: Store) -> NDArray[np.int32]:
    """Row of the container that the event's thread is in, int32; -1 for events without a thread."""

    def make() -> NDArray[np.int32]:
        found: NDArray[np.int32] = np.append(store.threads.container, np.int32(-1))[store.thread]
        return found

    return once(store, "container of event", make)


def per_container(store: Store, name: object, make: Callable[[Container], Any]) -> Column:
    """A column with one value a row of the container table, kept for the store under a name."""
    return once(
        store,
        ("container", name),
        lambda: Column(encode(make(one) for one in store.containers), index(store)),
    )


def container_prefix(store: Store) -> Column:
    """What stands before the colon in ``fd.containername``: the id, nothing on the host (sysdig 0.29.3)."""
    return per_container(store, "prefix", lambda one: "" if _is_host(one) else one.id)


def _text(name: str, make: Callable[[Container], str | None]) -> Compute:
    return lambda store, argument: per_container(store, name, make)


def _known(text: str) -> str | None:
    return text or None


def _told(one: Container, key: str) -> str | None:
    value = one.raw.get(key)
    return value if isinstance(value, str) and value else None


def _is_host(one: Container) -> bool:
    return one.id == "host"


def _name(one: Container) -> str | None:
    return _known(one.name)


def _type(one: Container) -> str | None:
    return _known(one.type or ("host" if _is_host(one) else ""))


def _privileged(store: Store, argument: Argument) -> Column:
    told = np.array([bool(one.privileged) for one in store.containers])
    present = np.array([one.privileged is not None for one in store.containers])
    return Column(Numbers(told, present), index(store))


_MOUNT_KEYS = ("Source", "Destination", "Mode", "RW", "Propagation")


def _mount_part(mount: dict[str, Any], key: str) -> str:
    value = mount.get(key, "")
    return str(value).lower() if isinstance(value, bool) else str(value)


def mount_text(mount: dict[str, Any]) -> str:
    """A mount on one line: source, destination, mode, writable, propagation."""
    return ":".join(_mount_part(mount, key) for key in _MOUNT_KEYS)


def _mounts(one: Container) -> str | None:
    return None if _is_host(one) or not one.known else ",".join(mount_text(mount) for mount in one.mounts)


def _mount(key: str) -> Compute:
    """A mount by position, or the first whose path matches a pattern.

    The source is found by its destination and everything else by its source (sysdig 0.29.3).
    """
    searched = "Destination" if key == "Source" else "Source"

    def find(one: Container, argument: Argument) -> str | None:
        place = argument.number()
        if place is not None:
            mount = one.mounts[place] if place < len(one.mounts) else None
        else:
            matches = matcher(argument.text, False)
            mount = next((m for m in one.mounts if matches(_mount_part(m, searched))), None)
        if mount is None:
            return None
        return _mount_part(mount, key) if key else mount_text(mount)

    def compute(store: Store, argument: Argument) -> Column:
        return per_container(store, ("mount", key, argument.text), lambda one: find(one, argument))

    return compute


def _label(store: Store, argument: Argument) -> Column:
    return per_container(store, ("label", argument.text), lambda one: one.labels.get(argument.text))


def joined_labels(labels: dict[str, str]) -> str:
    """Labels as they are printed: ``key:value, key:value`` sorted by key."""
    return ", ".join(f"{key}:{labels[key]}" for key in sorted(labels))


def _labels(one: Container) -> str | None:
    return joined_labels(one.labels) if one.labels else None


def _probe(key: str) -> Callable[[Container], str | None]:
    """The command of a check; ``NONE`` for a container without one (sysdig 0.29.3)."""

    def text(one: Container) -> str | None:
        if _is_host(one):
            return None
        probe = one.raw.get(key)
        if not isinstance(probe, dict):
            return "NONE"
        args = probe.get("args")
        words = [str(probe.get("exe", "")), *(str(arg) for arg in (args if isinstance(args, list) else []))]
        return " ".join(words)

    return text


def _flag(key: str) -> Compute:
    def compute(store: Store, argument: Argument) -> Column:
        told = [one.raw.get(key) for one in store.containers]
        present = np.array([isinstance(value, bool) for value in told])
        return Column(Numbers(np.array([value is True for value in told]), present), index(store))

    return compute


def _started(store: Store) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """When each container was made, in ns; the metadata has seconds."""
    told = [one.raw.get("created_time") for one in store.containers]
    seconds = [value if isinstance(value, int) and 0 < value < 1 << 33 else 0 for value in told]
    return np.array(seconds, dtype=np.int64) * 1_000_000_000, np.array(seconds) > 0


def _start(store: Store, argument: Argument) -> Column:
    times, present = _started(store)
    return Column(Numbers(times, present), index(store))


def _duration(store: Store, argument: Argument) -> Column:
    times, present = _started(store)
    where = index(store)
    return Column(Numbers(store.time - np.append(times, 0)[where], np.append(present, False)[where]))


def _row(name: str, text: str, compute: Compute, kind: FieldType = _TEXT) -> Field:
    return Field(name, kind, Domain.CONTAINER, text, compute)


def _with_argument(name: str, text: str, compute: Compute, argument: str) -> Field:
    return Field(name, _TEXT, Domain.CONTAINER, text, compute, ArgumentForm.REQUIRED, argument)


FIELDS: tuple[Field, ...] = (
    _row(
        "container.id", "identity of the container; host outside containers", _text("id", lambda one: one.id)
    ),
    _row(
        "container.full_id",
        "full identity of the container",
        _text("full_id", lambda one: _told(one, "full_id")),
    ),
    _row("container.name", "name of the container; host outside containers", _text("name", _name)),
    _row("container.image", "image of the container", _text("image", lambda one: _known(one.image))),
    _row("container.image.id", "identity of the image", _text("imageid", lambda one: _known(one.imageid))),
    _row(
        "container.image.repository",
        "repository of the image",
        _text("repo", lambda one: _told(one, "imagerepo")),
    ),
    _row("container.image.tag", "tag of the image", _text("tag", lambda one: _told(one, "imagetag"))),
    _row(
        "container.image.digest",
        "digest of the image",
        _text("digest", lambda one: _told(one, "imagedigest")),
    ),
    _row("container.type", "engine of the container, such as docker; host outside", _text("type", _type)),
    _row("container.ip", "address of the container", _text("ip", lambda one: _known(one.ip))),
    _row("container.privileged", "true for a privileged container", _privileged, FieldType.BOOLEAN),
    _row("container.mounts", "all mounts", _text("mounts", _mounts)),
    _with_argument("container.mount", "a mount by position or source", _mount(""), "position or path"),
    _with_argument("container.mount.source", "source of a mount", _mount("Source"), "position or path"),
    _with_argument(
        "container.mount.dest",
        "destination of a mount, by its source",
        _mount("Destination"),
        "position or path",
    ),
    _with_argument("container.mount.mode", "mode of a mount", _mount("Mode"), "position or path"),
    _with_argument(
        "container.mount.rdwr", "true for a mount that can be written", _mount("RW"), "position or path"
    ),
    _with_argument(
        "container.mount.propagation", "propagation of a mount", _mount("Propagation"), "position or path"
    ),
    _with_argument("container.label", "value of a label", _label, "key"),
    _row("container.labels", "all labels", _text("labels", _labels)),
    _row("container.healthcheck", "command of the health check", _text("healthcheck", _probe("Healthcheck"))),
    _row(
        "container.liveness_probe",
        "command of the liveness probe",
        _text("liveness", _probe("LivenessProbe")),
    ),
    _row(
        "container.readiness_probe",
        "command of the readiness probe",
        _text("readiness", _probe("ReadinessProbe")),
    ),
    _row("container.start_ts", "when the container was made", _start, FieldType.TIME),
    _row("container.duration", "ns since the container was made", _duration, FieldType.DURATION),
    _row(
        "container.host_pid", "true when it shares the host's processes", _flag("host_pid"), FieldType.BOOLEAN
    ),
    _row(
        "container.host_network",
        "true when it shares the host's network",
        _flag("host_network"),
        FieldType.BOOLEAN,
    ),
    _row("container.host_ipc", "true when it shares the host's IPC", _flag("host_ipc"), FieldType.BOOLEAN),
    _row(
        "container.cni.json",
        "network plugin's answer; captures do not tell",
        _text("cni", lambda one: _told(one, "cni_json")),
    ),
)
