"""Container, Kubernetes, user and group events: what the recorder said about the world around.

Shapes of the JSON: notes on state, sections 8 and 9. Everything is checked as it is read; what has
another type than expected counts as absent.
"""

from __future__ import annotations

from typing import Any

import orjson

CONTAINER_TYPES: dict[int, str] = {
    0: "docker", 1: "lxc", 2: "libvirt-lxc", 3: "mesos", 4: "rkt", 5: "custom", 6: "cri",
    7: "containerd", 8: "cri-o", 9: "bpm", 10: "static", 11: "podman",
}  # fmt: skip
"""Names of the type numbers in container metadata."""


def load_json(raw: bytes | None) -> dict[str, Any]:
    """The object in an event's text, empty when it is damaged or no object."""
    if not raw:
        return {}
    try:
        found = orjson.loads(raw.split(b"\0", 1)[0])
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def text_of(found: dict[str, Any], key: str) -> str:
    """A string member, empty when it is missing or no string."""
    value = found.get(key)
    return value if isinstance(value, str) else ""


def strings_of(found: dict[str, Any], key: str) -> dict[str, str] | None:
    """A member that maps strings to strings; None when it is null, missing or something else."""
    value = found.get(key)
    if not isinstance(value, dict):
        return None
    return {str(name): one if isinstance(one, str) else str(one) for name, one in value.items()}


def objects_of(found: dict[str, Any], key: str) -> tuple[dict[str, Any], ...]:
    """A member that is a list of objects; anything else in it is left out."""
    value = found.get(key)
    if not isinstance(value, list):
        return ()
    return tuple(one for one in value if isinstance(one, dict))


def container_object(raw: bytes | None) -> dict[str, Any]:
    """The inner object of a container event, empty when there is none."""
    outer = load_json(raw)
    inner = outer.get("container")
    if isinstance(inner, dict):
        return inner
    return outer if "id" in outer else {}


def kubernetes_items(raw: bytes | None) -> tuple[str, bool, tuple[dict[str, Any], ...]]:
    """``(kind, deleted, objects)`` of a Kubernetes event."""
    found = load_json(raw)
    items = objects_of(found, "items")
    if not items and isinstance(found.get("object"), dict):
        items = (found["object"],)
    return text_of(found, "kind"), text_of(found, "type") == "DELETED", items
