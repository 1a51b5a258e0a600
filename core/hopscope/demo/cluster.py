"""What the container engine and Kubernetes said about the pods, as captures of 2016 to 2021 hold it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from hopscope.demo.cast import DNS, DNS_SERVICE, NODE, PODS, START, STORE, WEB, WEB_SERVICE, PodSpec
from hopscope.demo.recorder import CONTAINER, KUBERNETES, Record

_SINCE = "2026-03-09T10:00:00Z"


def metadata() -> list[Record]:
    """The events before all others: one for each container, one for each kind of Kubernetes object."""
    first = [Record(0, 0, 0, CONTAINER, {"json": _text(one)}) for one in _containers()]
    return first + [Record(START, 0, 0, KUBERNETES, {"json": _text(one)}) for one in _objects()]


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True) + "\n"


def _uid(kind: str, name: str) -> str:
    digits = hashlib.sha256(f"{kind} {name}".encode()).hexdigest()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))


def _containers() -> list[dict[str, Any]]:
    """Each pod's container, and the one that holds its network and alone knows its address."""
    listed = []
    for pod in PODS:
        place = f"{pod.name}_{pod.namespace}_{pod.uid}_0"
        listed.append(_container(pod.pause_id, f"k8s_POD_{place}", "registry.example/pause:3.1", pod.ip))
        listed.append(_container(pod.container_id, f"k8s_{pod.container}_{place}", pod.image, "0.0.0.0"))
    return listed


def _container(identity: str, name: str, image: str, ip: str) -> dict[str, Any]:
    return {
        "container": {
            "Mounts": [],
            "id": identity[:12],
            "image": image,
            "imageid": hashlib.sha256(image.encode()).hexdigest(),
            "ip": ip,
            "name": name,
            "privileged": False,
            "type": 0,
        }
    }


def _objects() -> list[dict[str, Any]]:
    workload = {
        "labels": WEB.labels,
        "name": WEB.name.rsplit("-", 1)[0],
        "namespace": WEB.namespace,
        "selector": WEB.labels,
        "specReplicas": 1,
        "statReplicas": 1,
        "timestamp": _SINCE,
        "uid": _uid("ReplicaSet", WEB.name),
    }
    deployment = workload | {
        "labels": {"app": WEB.owner},
        "name": WEB.owner,
        "selector": {"app": WEB.owner},
        "uid": _uid("Deployment", WEB.owner),
    }
    node = {"addresses": [NODE], "labels": {"kubernetes.io/hostname": "node-1"}, "name": "node-1"}
    services = [
        _service("inventory", "shop", WEB_SERVICE, {"port": 80, "protocol": "TCP", "targetPort": 8080}, WEB),
        _service(
            "cluster-dns", "kube-system", DNS_SERVICE, {"port": 53, "protocol": "UDP", "targetPort": 53}, DNS
        ),
        _service(
            "kv", "kube-system", "10.96.0.20", {"port": 2379, "protocol": "TCP", "targetPort": 2379}, STORE
        ),
    ]
    namespaces = [
        {"labels": None, "name": name, "timestamp": _SINCE, "uid": _uid("Namespace", name)}
        for name in ("kube-system", "shop")
    ]
    return [
        _listing("Node", [node | {"timestamp": _SINCE, "uid": _uid("Node", "node-1")}]),
        _listing("Namespace", namespaces),
        _listing("Pod", [_pod(pod) for pod in PODS]),
        _listing("Service", services),
        _listing("ReplicaSet", [workload]),
        _listing("Deployment", [deployment]),
    ]


def _listing(kind: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"apiVersion": "v1", "items": items, "kind": kind, "type": "ADDED"}


def _pod(pod: PodSpec) -> dict[str, Any]:
    status = {
        "containerID": f"docker://{pod.container_id}",
        "image": pod.image,
        "name": pod.container,
        "ready": True,
        "restartCount": 0,
        "state": {"running": {"startedAt": _SINCE}},
    }
    return {
        "containerStatuses": [status],
        "containers": [{"image": pod.image, "name": pod.container}],
        "hostIP": NODE,
        "labels": pod.labels,
        "name": pod.name,
        "namespace": pod.namespace,
        "nodeName": "node-1",
        "phase": "Running",
        "podIP": pod.ip,
        "timestamp": _SINCE,
        "uid": pod.uid,
    }


def _service(name: str, namespace: str, ip: str, port: dict[str, Any], pod: PodSpec) -> dict[str, Any]:
    return {
        "clusterIP": ip,
        "labels": {"app": name},
        "name": name,
        "namespace": namespace,
        "ports": [port],
        "selector": {"app": (pod.labels or {}).get("app", name)},
        "timestamp": _SINCE,
        "uid": _uid("Service", name),
    }
