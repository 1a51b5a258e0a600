"""Machine, interfaces, containers, cluster, users and loss as JSON, and back.

JSON of the standard library, because it writes surrogates that stand alone, which names taken from
raw bytes may hold.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from hopscope.capture.lists import Interface, MachineInfo
from hopscope.index.faults import IndexFaultError
from hopscope.index.typed import fits, made
from hopscope.store.store import Loss, Store
from hopscope.store.tables import Container, Kubernetes, KubernetesObject, Users

_CLUSTER = ("pods", "services", "namespaces", "replicasets", "deployments", "controllers")
_USERS = ("users", "homes", "shells", "groups")


def encode_objects(store: Store) -> bytes:
    """All of a store that is no column. Raises ValueError or RecursionError where JSON cannot hold it."""
    plain = {
        "machine": None if store.machine is None else store.machine._asdict(),
        "interfaces": [interface_row(one) for one in store.interfaces],
        "loss": {**asdict(store.loss), "unknown_events": list(store.loss.unknown_events.items())},
        "unknown": list(store.columns.unknown.items()),
        "sections": store.sections,
        "epochs": store.epochs,
        "containers": [_shallow(one) for one in store.containers],
        "kubernetes": {name: [_shallow(one) for one in getattr(store.kubernetes, name)] for name in _CLUSTER},
        "users": users_rows(store.users),
    }
    # Not as ASCII: two surrogates that stand side by side would come back as one character.
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


class Objects:
    """What :func:`encode_objects` wrote.

    Args:
        raw: its bytes.

    Raises:
        IndexFaultError: they make no sense.

    Attributes:
        machine, interfaces, loss, sections, epochs, containers, kubernetes, users: as in the store.
        unknown: as in the event columns.
    """

    def __init__(self, raw: bytes) -> None:
        try:
            plain = json.loads(raw.decode("utf-8", "surrogatepass"))
            machine = plain["machine"]
            self.machine = None if machine is None else made(MachineInfo, machine)
            self.interfaces = [interface(row) for row in plain["interfaces"]]
            loss = plain["loss"]
            self.loss = made(Loss, {**loss, "unknown_events": dict(loss["unknown_events"])})
            self.unknown: dict[int, int] = dict(plain["unknown"])
            self.sections: list[int] = plain["sections"]
            self.epochs: list[int] = plain["epochs"]
            if not fits(self.unknown, dict[int, int]) or not fits(
                [self.sections, self.epochs], list[list[int]]
            ):
                raise TypeError("no numbers")
            self.containers = [_container(one) for one in plain["containers"]]
            cluster = plain["kubernetes"]
            self.kubernetes = Kubernetes(**{name: list(map(_object, cluster[name])) for name in _CLUSTER})
            self.users = users(plain["users"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise IndexFaultError("its descriptions are damaged") from error


def _shallow(one: Container | KubernetesObject) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


def _container(plain: dict[str, Any]) -> Container:
    return made(Container, {**plain, "mounts": tuple(plain["mounts"])})


def _object(plain: dict[str, Any]) -> KubernetesObject:
    return made(KubernetesObject, {**plain, "ports": tuple(plain["ports"])})


def users_rows(known: Users) -> dict[str, list[tuple[int, str]]]:
    """Users and groups as JSON can hold them."""
    return {name: list(getattr(known, name).items()) for name in _USERS}


def users(rows: dict[str, Any]) -> Users:
    """What :func:`users_rows` was given."""
    return made(Users, {name: dict(rows[name]) for name in _USERS})


def interface_row(one: Interface) -> list[Any]:
    """An interface as JSON can hold it."""
    return [one.name, one.address.hex(), one.netmask.hex(), one.broadcast.hex(), one.linkspeed]


def interface(row: list[Any]) -> Interface:
    """What :func:`interface_row` was given."""
    name, address, netmask, broadcast, linkspeed = row
    addresses = (bytes.fromhex(one) for one in (address, netmask, broadcast))
    return made(Interface, dict(zip(Interface._fields, (name, *addresses, linkspeed), strict=True)))
