"""Who takes part in the demo: one node of a small cluster, its pods, processes and open descriptors.

Addresses are from the ranges that RFC 5737 sets aside for documentation, and from private ranges.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass

from hopscope.capture.lists import (
    DescriptorEntry,
    Group,
    Interface,
    MachineInfo,
    ProcessEntry,
    User,
)
from hopscope.demo.recorder import Actor

Endpoint = tuple[bytes, int]

TCP, UDP = 2, 3
"""Numbers of the transport protocols in descriptor lists."""

START = 1_773_136_800_000_000_000
"""When the capture begins: 2026-03-10 10:00:00 UTC, in ns since the epoch."""

NODE = "192.0.2.10"
COLLECTOR = "192.0.2.20"
UPSTREAM = "198.51.100.53"
DNS_POD, DNS_SERVICE = "10.244.0.3", "10.96.0.10"
STORE_POD = "10.244.0.4"
CLIENT_POD = "10.244.0.17"
PROBE_POD = "10.244.0.18"
WEB_POD, WEB_SERVICE = "10.244.0.21", "10.96.12.80"

MACHINE = MachineInfo(2, 4 << 30, 32768, "node-1", START - 86_400_000_000_000, 0)


def packed(address: str) -> bytes:
    """The address as 4 or 16 bytes."""
    return ipaddress.ip_address(address).packed


def endpoint(address: str, port: int) -> Endpoint:
    """An address and a port as captures hold them."""
    return packed(address), port


def mapped(address: str, port: int) -> Endpoint:
    """The same in the IPv6 form that a socket of both families sees (RFC 4291, 2.5.5.2)."""
    return packed(f"::ffff:{address}"), port


INTERFACES = [
    Interface("lo", packed("127.0.0.1"), packed("255.0.0.0"), packed("0.0.0.0"), 0),
    Interface("eth0", packed(NODE), packed("255.255.255.0"), packed("192.0.2.255"), 0),
    Interface("cni0", packed("10.244.0.1"), packed("255.255.255.0"), packed("10.244.0.255"), 0),
]

USERS: list[User | Group] = [
    User(0, 0, "root", "/root", "/bin/bash"),
    User(33, 33, "www-data", "/var/www", "/usr/sbin/nologin"),
    User(104, 110, "syslog", "/home/syslog", "/usr/sbin/nologin"),
    User(1000, 1000, "shop", "/home/shop", "/bin/bash"),
    Group(0, "root"),
    Group(33, "www-data"),
    Group(110, "syslog"),
    Group(1000, "shop"),
]


@dataclass(frozen=True, slots=True)
class PodSpec:
    """A pod: its names, its address and its one container."""

    name: str
    namespace: str
    ip: str
    container: str
    image: str
    labels: dict[str, str] | None
    owner: str = ""

    @property
    def uid(self) -> str:
        """Identity of the pod, made from its name."""
        digits = hashlib.sha256(f"pod {self.name}".encode()).hexdigest()
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))

    @property
    def container_id(self) -> str:
        """The 64 hexadecimal digits of the container."""
        return hashlib.sha256(f"container {self.name}".encode()).hexdigest()

    @property
    def pause_id(self) -> str:
        """The same of the container that holds the pod's network."""
        return hashlib.sha256(f"pause {self.name}".encode()).hexdigest()

    @property
    def cgroups(self) -> tuple[str, ...]:
        """The control groups of the container's processes."""
        path = f"/kubepods/burstable/pod{self.uid}/{self.container_id}"
        return tuple(
            f"{subsystem}={path}" for subsystem in ("cpuset", "cpu", "cpuacct", "io", "memory", "pids")
        )


DNS = PodSpec(
    "cluster-dns-6f4d7", "kube-system", DNS_POD, "dnsd", "registry.example/dnsd:1.8", {"app": "cluster-dns"}
)
STORE = PodSpec("kv-0", "kube-system", STORE_POD, "kvd", "registry.example/kvd:3.2", {"app": "kv"})
CLIENT = PodSpec("checkout", "shop", CLIENT_POD, "checkout", "registry.example/checkout:12", None)
PROBE = PodSpec("probe", "shop", PROBE_POD, "probe", "registry.example/probe:2", {"app": "probe"})
WEB = PodSpec(
    "inventory-5c8d7-x2x9z",
    "shop",
    WEB_POD,
    "inventory",
    "registry.example/inventory:7",
    {"app": "inventory", "pod-template-hash": "5c8d7"},
    owner="inventory",
)
PODS = (DNS, STORE, CLIENT, PROBE, WEB)


def file(fd: int, path: str, flags: int = 1, ino: int = 0) -> DescriptorEntry:
    """An open file."""
    return DescriptorEntry(fd, ino, 16, path, open_flags=flags)


def pipe(fd: int, ino: int) -> DescriptorEntry:
    """One end of a pipe."""
    return DescriptorEntry(fd, ino, 7, f"pipe:[{ino}]")


def poller(fd: int) -> DescriptorEntry:
    """An epoll descriptor."""
    return DescriptorEntry(fd, 0, 12, "anon_inode:[eventpoll]")


def tcp(fd: int, source: Endpoint, destination: Endpoint, ino: int) -> DescriptorEntry:
    """A connection as the owner's kernel holds it: its own end first."""
    return DescriptorEntry(fd, ino, 3, source=source, destination=destination, l4=TCP)


def unix(fd: int, source: int, peer: int, path: str, ino: int) -> DescriptorEntry:
    """A unix socket with its kernel addresses."""
    return DescriptorEntry(fd, ino, 8, path, unix_source=source, unix_peer=peer)


STANDARD = (file(0, "/dev/null", 3), file(1, "/dev/null", 3), file(2, "/dev/null", 3))
"""What a service is born with."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process that was there before the capture began.

    Attributes:
        threads: number of each thread on the host; the first is the main thread.
        cpu: CPU of each thread, in the same order.
    """

    threads: tuple[int, ...]
    parent: int
    exe: str
    args: tuple[str, ...] = ()
    cpus: tuple[int, ...] = (0,)
    pod: PodSpec | None = None
    uid: int = 0
    vpid: int = 0
    memory: tuple[int, int] = (9_000, 3_000)
    descriptors: tuple[DescriptorEntry, ...] = STANDARD
    env: tuple[str, ...] = ("PATH=/usr/bin:/bin",)
    comm: str = ""
    title: str = ""

    @property
    def pid(self) -> int:
        """Number of the main thread."""
        return self.threads[0]

    def thread(self, position: int = 0) -> Actor:
        """One of its threads as an actor."""
        return Actor(self.threads[position], self.pid, self.cpus[position], self.memory)

    def entries(self) -> list[ProcessEntry]:
        """The process list's entry of each thread."""
        return [self._entry(position) for position in range(len(self.threads))]

    def _entry(self, position: int) -> ProcessEntry:
        vpid = self.vpid or self.pid
        return ProcessEntry(
            tid=self.threads[position],
            pid=self.pid,
            ptid=self.parent,
            sid=vpid,
            vpgid=vpid,
            comm=self.comm or self.exe.rsplit("/", 1)[-1],
            exe=self.title or self.exe,
            exepath=self.exe,
            args=self.args,
            cwd="/",
            fdlimit=65536,
            # CLONE_FILES, FS, SIGHAND, SYSVSEM, THREAD, VM for the threads beside the main one.
            flags=0 if position == 0 else 1 | 2 | 2048 | 4096 | 8192 | 32768,
            uid=self.uid,
            gid=self.uid,
            vmsize_kb=self.memory[0],
            vmrss_kb=self.memory[1],
            vmswap_kb=0,
            pfmajor=0,
            pfminor=self.memory[1] // 4,
            env=self.env,
            vtid=vpid + position if self.pod else self.threads[position],
            vpid=vpid,
            cgroups=self.pod.cgroups if self.pod else (),
            root="/",
        )


STORE_CLIENT_END, STORE_SERVER_END = endpoint(DNS_POD, 51514), endpoint(STORE_POD, 2379)
LOG_PIPE = {"dnsd": 41_010, "inventory": 41_020}
SYSLOG_SOCKET = 0xFFFF_8880_1A00_4400
RUNTIME_SOCKET = 0xFFFF_8880_1A00_8800

SYSTEMD = Process((1,), 0, "/usr/lib/systemd/systemd", ("--system",), memory=(168_000, 12_600))
SYSLOGD = Process(
    (380,), 1, "/usr/sbin/syslogd", ("-n",), cpus=(1,), uid=104, memory=(222_000, 5_100),
    descriptors=(
        *STANDARD,
        unix(3, SYSLOG_SOCKET, 0, "/dev/log", 11_380),
        file(7, "/var/log/messages", 0x2 | 0x8, 90_117),
    ),
)  # fmt: skip
CRON = Process((412,), 1, "/usr/sbin/cron", ("-f",), cpus=(1,), memory=(8_500, 2_900))
RUNTIME = Process(
    (655, 661, 662), 1, "/usr/bin/containerd", cpus=(0, 1, 0), memory=(1_510_000, 48_200),
    descriptors=(
        *STANDARD,
        poller(4),
        unix(9, RUNTIME_SOCKET, 0, "/run/containerd/containerd.sock", 11_655),
    ),
)  # fmt: skip
KUBELET = Process(
    (700, 705, 706), 1, "/usr/bin/kubelet", ("--config=/etc/kubelet.yaml",), cpus=(1, 0, 1),
    memory=(1_880_000, 91_000), descriptors=(*STANDARD, poller(4)),
)  # fmt: skip
AGENT = Process((810,), 1, "/usr/bin/node-agent", cpus=(1,), memory=(24_000, 8_000))
SHIM = Process(
    (1101, 1105, 1106), 1, "/usr/bin/shim", ("-namespace", "k8s.io"), cpus=(0, 1, 1), memory=(712_000, 9_300),
    comm="shim",
    descriptors=(
        *STANDARD,
        pipe(11, LOG_PIPE["dnsd"]),
        pipe(12, LOG_PIPE["inventory"]),
        file(21, "/var/log/pods/dnsd.log", 0x2 | 0x8, 91_001),
        file(22, "/var/log/pods/inventory.log", 0x2 | 0x8, 91_002),
    ),
)  # fmt: skip

DNSD = Process(
    (2410, 2418, 2425, 2431), 1101, "/usr/bin/dnsd", ("-zone=cluster.local", f"-store=http://{STORE_POD}:2379"),
    cpus=(1, 0, 1, 0), pod=DNS, vpid=1, memory=(31_700, 12_900),
    descriptors=(
        file(0, "/dev/null"),
        file(1, "/dev/null", 2),
        pipe(2, LOG_PIPE["dnsd"]),
        tcp(3, STORE_CLIENT_END, STORE_SERVER_END, 42_001),
        poller(4),
        DescriptorEntry(6, 42_006, 6, source=(packed("::"), 53), l4=UDP),
    ),
)  # fmt: skip
KVD = Process(
    (2502, 2505, 2509), 1101, "/usr/bin/kvd", (f"--listen=http://{STORE_POD}:2379", "--data=/var/lib/kvd"),
    cpus=(1, 0, 1), pod=STORE, vpid=1, memory=(55_300, 22_100),
    descriptors=(
        *STANDARD,
        poller(4),
        DescriptorEntry(7, 43_007, 5, source=endpoint(STORE_POD, 2379), l4=TCP),
        file(8, "/var/lib/kvd/wal/0000000000000001.wal", 0x3, 92_008),
        # Own end first, also at a server: readers turn a connection round whose own port is listening.
        tcp(9, STORE_SERVER_END, STORE_CLIENT_END, 43_009),
    ),
)  # fmt: skip
SHELL = Process(
    (2301,), 1101, "/bin/bash", cpus=(0,), pod=CLIENT, vpid=1, uid=1000, memory=(18_200, 3_400),
    env=("HOME=/home/shop", "PATH=/usr/local/bin:/usr/bin:/bin", "TERM=xterm"),
    descriptors=(file(0, "/dev/pts/0", 3), file(1, "/dev/pts/0", 3), file(2, "/dev/pts/0", 3)),
)  # fmt: skip
PROBED = Process(
    (2350,), 1101, "/usr/bin/probe", ("--every=2s",), cpus=(0,), pod=PROBE, vpid=1, memory=(12_300, 4_000)
)
HTTPD_MASTER = Process(
    (2610,), 1101, "/usr/sbin/httpd", ("-f", "/etc/httpd.conf"), cpus=(0,), pod=WEB, vpid=1,
    memory=(14_900, 5_200),
)  # fmt: skip
_WEB_DESCRIPTORS = (
    *STANDARD,
    pipe(5, LOG_PIPE["inventory"]),
    DescriptorEntry(6, 44_006, 5, source=endpoint("0.0.0.0", 8080), l4=TCP),
    poller(8),
)
HTTPD = Process(
    (2611,), 2610, "/usr/sbin/httpd", cpus=(0,), pod=WEB, vpid=6, uid=33, memory=(15_300, 2_700),
    descriptors=_WEB_DESCRIPTORS, title="httpd: worker",
)  # fmt: skip
PROCESSES = (
    SYSTEMD, SYSLOGD, CRON, RUNTIME, KUBELET, AGENT, SHIM, SHELL, PROBED, DNSD, KVD, HTTPD_MASTER, HTTPD,
)  # fmt: skip
