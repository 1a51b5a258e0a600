"""What else goes on while the story happens: the node's own services, a probe, a job, a log."""

from __future__ import annotations

from collections.abc import Callable

from hopscope.demo import messages
from hopscope.demo.cast import (
    AGENT,
    COLLECTOR,
    CRON,
    HTTPD,
    KUBELET,
    KVD,
    NODE,
    PODS,
    PROBE_POD,
    PROBED,
    RUNTIME,
    SHIM,
    START,
    SYSLOG_SOCKET,
    SYSLOGD,
    WEB_POD,
    endpoint,
)
from hopscope.demo.processes import Program, clone, execute, leave
from hopscope.demo.recorder import MICROSECOND, MILLISECOND, PROCINFO, SECOND, Actor, Recorder

LENGTH = 10.0 * SECOND
"""How long the background goes on."""


def background() -> list[Recorder]:
    """Everything beside the story, each part with a clock of its own."""
    idlers = (
        (RUNTIME.thread(0), 157.0, 11),
        (RUNTIME.thread(2), 189.0, 12),
        (SHIM.thread(2), 171.0, 13),
        (KUBELET.thread(1), 143.0, 14),
    )
    tapes = [_idle(actor, every * MILLISECOND, seed) for actor, every, seed in idlers]
    tapes += [part(Recorder(START + 1_700 * seed, seed)) for seed, part in enumerate(PARTS, 20)]
    return tapes


def _idle(actor: Actor, every: float, seed: int) -> Recorder:
    """A thread that looks at its timers again and again."""
    tape = Recorder(START + 1_700 * seed, seed)
    end = START + int(LENGTH)
    while tape.now < end:
        tape.enter(actor, "select")
        tape.wait(every)
        tape.leave(actor, "select", res=0)
        tape.call(actor, "futex", {"addr": 0xC8_2002_0D08, "op": 0, "val": 0}, {"res": -110}, every / 40)
    return tape


def _repeat(tape: Recorder, first: float, every: float, what: Callable[[int], None]) -> Recorder:
    """Do something at regular moments."""
    moment = START + int(first)
    number = 0
    while moment < START + int(LENGTH):
        tape.now = max(tape.now, moment)
        what(number)
        number += 1
        moment += int(every)
    return tape


def _cpu_times(tape: Recorder) -> Recorder:
    """Once a second the recorder notes how much CPU time the busier threads have used, in percent so far."""
    threads = (KUBELET.thread(0), RUNTIME.thread(1), KVD.thread(0), AGENT.thread())

    def note(number: int) -> None:
        for position, thread in enumerate(threads):
            used = {"cpu_usr": 100 + (position + 1) * number, "cpu_sys": 40 + number}
            tape.event(thread, PROCINFO, used)
            tape.wait(0.3 * MICROSECOND)

    return _repeat(tape, 0.3 * SECOND, 1.0 * SECOND, note)


def _measure_pods(tape: Recorder) -> Recorder:
    """The kubelet reads the memory use of each pod."""
    thread = KUBELET.thread(0)

    def measure(number: int) -> None:
        for position, pod in enumerate(PODS):
            path = f"/sys/fs/cgroup/memory/kubepods/burstable/pod{pod.uid}/memory.usage_in_bytes"
            used = 4_194_304 * (position + 2) + 8_192 * number
            tape.read_file(thread, path, b"%d\n" % used, 10)

    return _repeat(tape, 0.15 * SECOND, 1.3 * SECOND, measure)


def _ask_runtime(tape: Recorder) -> Recorder:
    """The kubelet asks the container runtime over a unix socket, a new connection each time."""
    thread, server = KUBELET.thread(2), RUNTIME.thread(1)
    path = "/run/containerd/containerd.sock"
    tape.enter(server, "epoll_wait", maxevents=128)

    def ask(number: int) -> None:
        own = 0xFFFF_8880_2B00_0000 + 0x880 * number
        other = own + 0x440
        way = (own, other, path)
        query = b"\x00\x00\x2a\x01\x04/runtime.v1.RuntimeService/ListContainers %d" % number
        reply = b"\x00\x00\x96\x01\x04" + b",".join(pod.container_id[:12].encode() for pod in PODS)
        tape.call(thread, "socket", {"domain": 1, "type": 0x80001, "proto": 0}, {"fd": 11})
        tape.call(thread, "connect", {"fd": 11, "addr": path}, {"res": 0, "tuple": way}, 9 * MICROSECOND)
        tape.leave(server, "epoll_wait", res=1)
        accepted = {"fd": 14, "tuple": way, "queuepct": 0, "queuelen": 0, "queuemax": 128}
        tape.call(server, "accept", {"flags": 0}, accepted)
        tape.write(thread, 11, query, 6 * MICROSECOND)
        tape.wait(12 * MICROSECOND)
        tape.read(server, 14, query, 16_384)
        tape.wait(300 * MICROSECOND)
        tape.write(server, 14, reply, 6 * MICROSECOND)
        tape.wait(9 * MICROSECOND)
        tape.read(thread, 11, reply, 16_384)
        tape.close(thread, 11)
        tape.wait(5 * MICROSECOND)
        tape.read(server, 14, b"", 16_384)
        tape.close(server, 14)
        tape.enter(server, "epoll_wait", maxevents=128)

    return _repeat(tape, 0.6 * SECOND, 2.0 * SECOND, ask)


def _keep_log(tape: Recorder) -> Recorder:
    """The key-value store writes its log ahead, for itself."""
    thread = KVD.thread(1)

    def append(number: int) -> None:
        entry = b"\x10\x00\x00\x00\x00\x00\x00\x84term=7 index=%d heartbeat" % (90_211 + number)
        tape.write(thread, 8, entry, 11 * MICROSECOND)
        tape.generic(thread, "fdatasync", 900 * MICROSECOND)
        tape.call(thread, "nanosleep", {"interval": 100 * MILLISECOND}, {"res": 0}, 60 * MILLISECOND)

    return _repeat(tape, 0.05 * SECOND, 0.25 * SECOND, append)


def _report(tape: Recorder) -> Recorder:
    """An agent reads the load and sends it to a collector outside the node, as datagrams."""
    thread = AGENT.thread()
    way = (endpoint(NODE, 49_201), endpoint(COLLECTOR, 8125))

    def report(number: int) -> None:
        if number == 0:
            tape.call(thread, "socket", {"domain": 2, "type": 2, "proto": 0}, {"fd": 5})
            tape.call(thread, "connect", {"fd": 5, "addr": way[1]}, {"res": 0, "tuple": way})
        tape.read_file(thread, "/proc/loadavg", b"0.%02d 0.12 0.09 2/311 5123\n" % (10 + number), 6)
        tape.read_file(
            thread, "/proc/meminfo", b"MemTotal: 4028912 kB\nMemFree: %d kB\n" % (911_200 - 64 * number), 6
        )
        line = b"node.load:0.%02d|g" % (10 + number)
        tape.write(thread, 5, line, 16 * MICROSECOND)

    return _repeat(tape, 0.02 * SECOND, 1.0 * SECOND, report)


def _probe(tape: Recorder) -> Recorder:
    """A probe asks the web server for its health, straight at the pod's address."""
    thread, server = PROBED.thread(), HTTPD.thread()
    tape.enter(server, "epoll_wait", maxevents=512)

    def probe(number: int) -> None:
        way = (endpoint(PROBE_POD, 40_100 + 2 * number), endpoint(WEB_POD, 8080))
        query = messages.get("/healthz", f"{WEB_POD}:8080", "probe/2")
        reply = messages.response("200 OK", b"ok\n", "text/plain", "httpd/2.6")
        tape.call(thread, "socket", {"domain": 2, "type": 1, "proto": 6}, {"fd": 4})
        tape.call(thread, "connect", {"fd": 4, "addr": way[1]}, {"res": 0, "tuple": way}, 40 * MICROSECOND)
        tape.leave(server, "epoll_wait", res=1)
        accepted = {"fd": 3, "tuple": way, "queuepct": 0, "queuelen": 0, "queuemax": 128}
        tape.call(server, "accept", {"flags": 0}, accepted)
        tape.write(thread, 4, query)
        tape.wait(10 * MICROSECOND)
        got = {"res": len(query), "data": query, "tuple": None}
        tape.call(server, "recvfrom", {"fd": 3, "size": 1024}, got)
        sent = {"res": len(reply), "data": reply}
        tape.call(server, "writev", {"fd": 3, "size": len(reply)}, sent, 20 * MICROSECOND)
        tape.wait(15 * MICROSECOND)
        tape.read(thread, 4, reply)
        tape.close(thread, 4)
        tape.call(server, "recvfrom", {"fd": 3, "size": 1024}, {"res": 0, "data": b"", "tuple": None})
        tape.close(server, 3)
        tape.enter(server, "epoll_wait", maxevents=512)

    return _repeat(tape, 0.25 * SECOND, 2.0 * SECOND, probe)


def _job(tape: Recorder) -> Recorder:
    """Cron runs `du /var/log | wc -l` in a shell and tells the system log."""
    tape.now += int(3.0 * SECOND)
    numbers = {name: 5_201 + i for i, name in enumerate(("sh", "du", "wc"))}

    def program(name: str, parent: int, exe: str, args: tuple[str, ...]) -> Program:
        actor = Actor(numbers[name], numbers[name], 1, (4_600, 1_100))
        return Program(actor, parent, exe, args, comm=name)

    cron = Program(CRON.thread(), 1, CRON.exe, CRON.args, comm="cron")
    shell = program("sh", CRON.pid, "/bin/sh", ("-c", "du -a /var/log | wc -l"))
    du = program("du", numbers["sh"], "du", ("-a", "/var/log"))
    wc = program("wc", numbers["sh"], "wc", ("-l",))
    clone(tape, cron, shell)
    execute(tape, shell, "/bin/sh")
    tape.call(shell.actor, "pipe", {}, {"res": 0, "fd1": 3, "fd2": 4, "ino": 61_880})
    for child, kept, place in ((du, 4, 1), (wc, 3, 0)):
        clone(tape, shell, child)
        tape.close(child.actor, place)
        tape.call(child.actor, "dup", {"fd": kept}, {"res": place})
        tape.close(child.actor, 3)
        tape.close(child.actor, 4)
        execute(tape, child, f"/usr/bin/{child.comm}")
    tape.close(shell.actor, 3)
    tape.close(shell.actor, 4)
    _count(tape, shell, du, wc)
    _log(tape, cron.actor)
    return tape


def _count(tape: Recorder, shell: Program, du: Program, wc: Program) -> None:
    """One child writes names into the pipe, the other counts the lines."""
    tape.open(du.actor, "/var/log", 3, 0x1401)
    for position in range(4):
        tape.call(du.actor, "getdents64", {"fd": 3}, {"res": 96 - 32 * position})
        names = b"".join(
            b"%d\t/var/log/app.%d.log\n" % (12 * i, i) for i in range(3 * position, 3 * position + 3)
        )
        tape.write(du.actor, 1, names, 5 * MICROSECOND)
        tape.wait(9 * MICROSECOND)
        tape.read(wc.actor, 0, names, 16_384)
    leave(tape, du, shell.actor)
    tape.read(wc.actor, 0, b"", 16_384)
    tape.open(wc.actor, "/dev/null", 3, 0x2)
    tape.write(wc.actor, 3, b"12\n", 3 * MICROSECOND)
    leave(tape, wc, shell.actor)
    leave(tape, shell, CRON.thread())


def _log(tape: Recorder, cron: Actor) -> None:
    """A datagram to the system log's unix socket."""
    own = 0xFFFF_8880_3C00_1100
    line = b"<78>cron[412]: (root) CMD (du -a /var/log | wc -l)"
    server = SYSLOGD.thread()
    way = (own, SYSLOG_SOCKET, "/dev/log")
    tape.enter(server, "recvfrom", fd=3, size=8192)
    tape.call(cron, "socket", {"domain": 1, "type": 0x80002, "proto": 0}, {"fd": 5})
    tape.call(cron, "connect", {"fd": 5, "addr": "/dev/log"}, {"res": 0, "tuple": way}, 4 * MICROSECOND)
    tape.call(
        cron,
        "sendto",
        {"fd": 5, "size": len(line), "tuple": way},
        {"res": len(line), "data": line},
        7 * MICROSECOND,
    )
    tape.wait(20 * MICROSECOND)
    tape.leave(server, "recvfrom", res=len(line), data=line, tuple=way)
    tape.write(server, 7, line[4:] + b"\n", 10 * MICROSECOND)
    tape.close(cron, 5)


PARTS = (_cpu_times, _measure_pods, _ask_runtime, _keep_log, _report, _probe, _job)
