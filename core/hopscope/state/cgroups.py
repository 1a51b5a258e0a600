"""Which container a thread is in, from the paths of its control groups.

Each engine leaves its mark in the path; the engines are tried in the order of the table, over the
paths in the order of the capture, and the first match wins (sysdig 0.29.3 and newer container
plugins; source: notes on state, section 8).
"""

from __future__ import annotations

import re
from functools import lru_cache

_HEX = "[0-9a-f]{64}"

ENGINES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("podman", re.compile(rf"/libpod-(?:payload-)?({_HEX})(?:\.scope)?(?:/|$)")),
    ("podman", re.compile(rf"/podman-\d+\.scope/({_HEX})(?:/|$)")),
    ("cri", re.compile(rf"kubepods.*/(?:crio-|cri-containerd-)({_HEX})(?:\.scope)?(?:/|$)")),
    ("cri", re.compile(rf"/crio-({_HEX})(?:\.scope)?(?:/|$)")),
    ("cri", re.compile(rf"(?:/cri-containerd-|:cri-containerd:)({_HEX})(?:\.scope)?(?:/|$)")),
    ("docker", re.compile(rf"/(?:docker-)?({_HEX})(?:\.scope)?(?:/|$)")),
    ("containerd", re.compile(rf"/nerdctl-({_HEX})(?:\.scope)?(?:/|$)")),
    ("lxc", re.compile(r"/lxc(?:\.payload)?/([^/]+)")),
    ("lxc", re.compile(r"/lxc\.payload\.([^/]+)")),
    ("libvirt-lxc", re.compile(r"/([^/]+)\.libvirt-lxc")),
    ("libvirt-lxc", re.compile(r"machine-lxc[^/]*?(?:x2d\d+)?(?:\\x2d|-)([^/]+)\.scope")),
    ("libvirt-lxc", re.compile(r"/libvirt/lxc/([^/]+)")),
    ("mesos", re.compile(r"/mesos/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")),
    ("rkt", re.compile(r"machine-rkt\\x2d([0-9a-fx\\]+?)\.scope/system\.slice/([^/]+)\.service")),
    ("bpm", re.compile(r"/bpm-([^/]+)\.scope")),
)
"""Engine name and the pattern whose first group is the container's id, in the order of trial."""


@lru_cache(maxsize=8192)
def container_of(cgroups: tuple[str, ...]) -> tuple[str, str] | None:
    """``(id, engine)`` for a thread's ``subsystem=path`` strings, None on the host.

    Ids of 64 hexadecimal digits are cut to their first twelve.
    """
    for engine, pattern in ENGINES:
        for cgroup in cgroups:
            found = pattern.search(cgroup.partition("=")[2])
            if found:
                return _short(found, engine), engine
    return None


def _short(found: re.Match[str], engine: str) -> str:
    if engine == "rkt":
        return found[1].replace("\\x2d", "-") + ":" + found[2]
    return found[1][:12] if len(found[1]) == 64 else found[1]
