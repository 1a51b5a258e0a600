"""Containers from control groups, an example of each engine."""

from __future__ import annotations

import pytest

from hopscope.state.cgroups import ENGINES, container_of

HEX = "0123456789abcdef" * 4
UUID = "01234567-89ab-cdef-0123-456789abcdef"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", None),
        ("/system.slice/ssh.service", None),
        (f"/docker/{HEX}", ("0123456789ab", "docker")),
        (f"/system.slice/docker-{HEX}.scope", ("0123456789ab", "docker")),
        (f"/kubepods/besteffort/pod1234/{HEX}", ("0123456789ab", "docker")),
        (f"/kubepods.slice/kubepods-pod1.slice/cri-containerd-{HEX}.scope", ("0123456789ab", "cri")),
        (f"/kubepods.slice/crio-{HEX}.scope", ("0123456789ab", "cri")),
        (
            f"/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:{HEX}",
            ("0123456789ab", "cri"),
        ),
        (f"/machine.slice/libpod-{HEX}.scope", ("0123456789ab", "podman")),
        (f"/user.slice/user@1000.service/user.slice/podman-77.scope/{HEX}", ("0123456789ab", "podman")),
        ("/lxc/web", ("web", "lxc")),
        ("/lxc.payload/web", ("web", "lxc")),
        ("/lxc.payload.web", ("web", "lxc")),
        ("/machine/web.libvirt-lxc", ("web", "libvirt-lxc")),
        (f"/mesos/{UUID}", (UUID, "mesos")),
        ("/bpm-worker.scope", ("worker", "bpm")),
        ("/docker/0123", None),
    ],
)
def test_each_engine_is_recognised_by_its_path(path: str, expected: tuple[str, str] | None) -> None:
    assert container_of(("cpu=/", f"memory={path}")) == expected


def test_the_table_names_every_engine_once_in_a_row() -> None:
    names = [name for name, _ in ENGINES]

    assert names == sorted(names, key=names.index)
