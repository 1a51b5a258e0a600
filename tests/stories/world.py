"""A machine that is played: a clock, threads that are generators, connections, pipes and queues."""

from __future__ import annotations

import heapq
import io
import random
from collections import deque
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from hopscope.capture.lists import MachineInfo, ProcessEntry
from hopscope.capture.source import Source
from hopscope.decode.capture_writer import CaptureWriter, code_for, params_of
from hopscope.decode.event_table import EVENTS
from hopscope.store.build import build_store
from hopscope.store.store import Store

START = 1_700_000_000_000_000_000
MICROSECOND = 1_000
MILLISECOND = 1_000_000

Address = tuple[bytes, int]
Layout = Literal["sysdig", "newest"]
Steps = Generator[Any, Any, None]
"""A thread's program: it yields ns to let pass, or something to wait for."""

THREAD_FLAGS = 1 | 2 | 8 | 0x8000 | 0x2000
"""CLONE_FILES, FS, SIGHAND, VM, THREAD as captures store them."""


@dataclass(eq=False)
class Asked:
    """One request, known from both ends.

    Attributes:
        what: for the programs of the story.
        cause: the request for whose sake it was sent, None where it was for none.
        sent, received: number of the record with which its first byte moved, and which of several
            requests there it is; None where that did not happen.
    """

    what: object
    cause: Asked | None = None
    sent: tuple[int, int] | None = None
    received: tuple[int, int] | None = None


@dataclass(slots=True)
class Record:
    """One event before it becomes bytes."""

    time: int
    tid: int
    name: str
    direction: str
    values: dict[str, object]


Waiting = tuple["Thread", int]
"""A thread, and its turn: what it waits for counts as long as it has not run since."""


@dataclass(eq=False)
class Piece:
    """Bytes on their way, and the requests or answers that begin in them."""

    data: bytes
    said: list[Any] = field(default_factory=list)


@dataclass(eq=False)
class End:
    """One end of a connection, pipe or datagram socket.

    Attributes:
        ends: tuple of the connection for events that carry it.
        other: where what is sent here arrives.
        waiting: the thread that sleeps until something arrives.
    """

    ends: Any = None
    other: End | None = None
    arrived: deque[Piece] = field(default_factory=deque)
    waiting: list[Waiting] = field(default_factory=list)
    closed: bool = False
    label: str = ""


@dataclass(eq=False)
class Listener:
    """A listening socket with its backlog."""

    address: Address | str
    backlog: deque[End] = field(default_factory=deque)
    waiting: list[Waiting] = field(default_factory=list)
    up: bool = True


@dataclass(eq=False)
class Queue:
    """What is handed from thread to thread behind a futex."""

    address: int
    items: deque[Any] = field(default_factory=deque)
    waiting: list[Waiting] = field(default_factory=list)


@dataclass(eq=False)
class Datagrams:
    """A datagram socket bound to an address."""

    address: Address
    arrived: deque[tuple[bytes, Any, Datagrams]] = field(default_factory=deque)
    waiting: list[Waiting] = field(default_factory=list)
    to: Datagrams | None = None


Source_ = End | Listener | Queue | Datagrams


class World:
    """The machine.

    Args:
        seed: decides durations and choices.
        snap: recorded bytes of a payload.
        layout: with ``newest`` only exits are written, with all parameters.
    """

    def __init__(self, seed: int, snap: int, layout: Layout = "sysdig") -> None:
        self.random = random.Random(seed)
        self.snap = snap
        self.layout = layout
        self.now = START
        self.records: list[Record] = []
        self.asked: list[Asked] = []
        self.processes: list[ProcessEntry] = []
        self._agenda: list[tuple[int, int, Thread]] = []
        self._turn = 0
        self._next = {
            "tid": 1000,
            "port": 32_768,
            "ino": 7_000,
            "kernel": 0xFFFF_8880_0000_0000,
            "futex": 0xC000,
        }

    def number(self, what: str, step: int = 1) -> int:
        """A number that was not used before."""
        self._next[what] += step
        return self._next[what]

    def about(self, ns: float) -> int:
        """A duration of more or less ``ns``; now and then much more."""
        spread = self.random.lognormvariate(0, 0.4)
        return max(200, int(ns * spread))

    # --- cast ------------------------------------------------------------------------------------

    def process(self, comm: str, parent: int = 1) -> Thread:
        """A process that is there when the capture begins; its main thread."""
        tid = self.number("tid", 3)
        self.processes.append(_entry(tid, comm, tid, parent))
        return Thread(self, tid, tid, comm)

    def thread(self, main: Thread) -> Thread:
        """A further thread of a process."""
        tid = self.number("tid", 1)
        self.processes.append(_entry(tid, main.comm, main.pid, main.pid, THREAD_FLAGS))
        return Thread(self, tid, main.pid, main.comm, main.descriptors)

    def begin(self, thread: Thread, steps: Steps, after: int = 0) -> None:
        """Let a thread run its program from a moment on."""
        thread.steps = steps
        self.wake(thread, self.now + after)

    def wake(self, thread: Thread, time: int) -> None:
        """Let a thread go on at a moment."""
        self._turn += 1
        heapq.heappush(self._agenda, (time, self._turn, thread))

    def run(self, until: int) -> None:
        """Play for so many ns, or until nobody has anything to do."""
        stop = self.now + until
        while self._agenda and self._agenda[0][0] <= stop:
            time, _, thread = heapq.heappop(self._agenda)
            self.now = max(self.now, time)
            thread.go()

    def arrive(self, end: Source_) -> None:
        """Wake those who wait for something."""
        for thread, turn in end.waiting:
            if not thread.called and thread.turn == turn:
                thread.called = True
                self.wake(thread, self.now + self.about(2 * MICROSECOND))
        end.waiting.clear()

    # --- the capture -----------------------------------------------------------------------------

    def record(self, tid: int, name: str, direction: str, values: dict[str, object]) -> int:
        """Write down an event; its number among the records."""
        self.now += 1
        self.records.append(Record(self.now, tid, name, direction, values))
        return len(self.records) - 1

    def data(self) -> bytes:
        """The capture."""
        stream = io.BytesIO()
        with CaptureWriter(stream, layout=self.layout) as writer:
            writer.machine(MachineInfo(cpus=4, hostname="box"))
            for entry in self.processes:
                writer.process(entry)
            for one in self.records:
                code = code_for(one.name, one.direction, self.layout)
                known = {param.name for param in params_of(EVENTS[code], self.layout)}
                kept = {key: value for key, value in one.values.items() if key in known}
                writer.event(one.name, one.direction, ts=one.time, tid=one.tid, **kept)  # type: ignore[arg-type]
        return stream.getvalue()

    def store(self) -> Store:
        """The capture, opened."""
        return build_store(Source("made", np.frombuffer(self.data(), np.uint8)))


@dataclass(eq=False)
class Thread:
    """A thread that makes calls.

    Attributes:
        descriptors: what its process has open, by number.
        called: whether it was woken and has not run since.
        turn: how often it ran.
    """

    world: World
    tid: int
    pid: int
    comm: str
    descriptors: dict[int, object] = field(default_factory=dict)
    steps: Steps | None = None
    called: bool = False
    turn: int = 0

    def go(self) -> None:
        """Run until the next pause."""
        self.called = False
        self.turn += 1
        if self.steps is None:
            return
        try:
            wanted = next(self.steps)
        except StopIteration:
            self.steps = None
            return
        if isinstance(wanted, int | float):
            self.world.wake(self, self.world.now + max(1, int(wanted)))
            return
        for one in wanted if isinstance(wanted, list) else [wanted]:
            one.waiting.append((self, self.turn))

    # --- calls -----------------------------------------------------------------------------------

    def enter(self, name: str, **values: object) -> None:
        """Begin a call."""
        if self.world.layout == "sysdig":
            self.world.record(self.tid, name, ">", values)

    def leave(self, name: str, **values: object) -> int:
        """Come back from a call; the number of the record."""
        return self.world.record(self.tid, name, "<", values)

    def call(self, name: str, takes: float = 1_500, **values: object) -> Generator[Any, Any, int]:
        """A whole call."""
        self.enter(name, **values)
        yield self.world.about(takes)
        return self.leave(name, **values)

    def work(self, ns: float) -> Steps:
        """Compute for a while."""
        yield self.world.about(ns)

    def open(self, what: object) -> int:
        """The lowest free descriptor for something, from 3 on."""
        fd = next(fd for fd in range(3, 100_000) if fd not in self.descriptors)
        self.descriptors[fd] = what
        return fd

    def fd_of(self, what: object) -> int:
        """The descriptor of something open."""
        return next(fd for fd, other in self.descriptors.items() if other is what)

    def close(self, what: object) -> Steps:
        """Close a descriptor."""
        fd = self.fd_of(what)
        yield from self.call("close", fd=fd, res=0)
        del self.descriptors[fd]
        if isinstance(what, End):
            what.closed = True
            if what.other is not None:
                self.world.arrive(what.other)

    def connect(self, to: Listener, host: bytes, blocking: bool = True) -> Generator[Any, Any, End | None]:
        """A new connection; None where nobody listens."""
        world = self.world
        inside = isinstance(to.address, str)
        mine, yours = End(), End()
        mine.other, yours.other = yours, mine
        if isinstance(to.address, str):
            one, two = world.number("kernel", 0x440), world.number("kernel", 0x440)
            mine.ends, yours.ends = (one, two, to.address), (two, one, to.address)
        else:
            mine.ends = yours.ends = ((host, world.number("port")), to.address)
        fd = self.open(mine)
        domain, kind = (1 if inside else 2), 1
        yield from self.call("socket", fd=fd, domain=domain, type=kind, proto=0)
        self.enter("connect", fd=fd)
        yield world.about(4 * MICROSECOND)
        if not to.up and blocking:
            self.leave("connect", res=-111, fd=fd, tuple=mine.ends)
            yield from self.close(mine)
            return None
        if to.up:
            to.backlog.append(yours)
            world.arrive(to)
        self.leave("connect", res=0 if blocking or inside else -115, fd=fd, tuple=mine.ends)
        if not to.up:
            yield world.about(30 * MICROSECOND)
            yield from self.call("getsockopt", fd=fd, res=0, level=1, optname=2)
            yield from self.close(mine)
            return None
        return mine

    def accept(self, at: Listener) -> Generator[Any, Any, End]:
        """The next connection of a listener; waits for it inside the call."""
        self.enter("accept")
        while not at.backlog:
            yield at
        end = at.backlog.popleft()
        yield self.world.about(2 * MICROSECOND)
        self.leave("accept", fd=self.open(end), tuple=end.ends)
        return end

    def send(
        self, end: End, data: bytes, said: Iterable[object] = (), name: str = "write", **more: object
    ) -> Generator[Any, Any, int]:
        """Send bytes; requests among what is said in them are known as sent by this call."""
        world, fd = self.world, self.fd_of(end)
        told = list(said)
        self.enter(name, fd=fd, size=len(data), **more)
        yield world.about(3 * MICROSECOND)
        if end.other is not None:
            end.other.arrived.append(Piece(data, told))
            world.arrive(end.other)
        # Others may run before the call returns.
        yield world.about(2 * MICROSECOND)
        number = self.leave(name, res=len(data), fd=fd, size=len(data), data=data[: world.snap], **more)
        place = 0
        for one in told:
            if isinstance(one, Asked) and one.sent is None:
                one.sent = number, place
                world.asked.append(one)
                place += 1
        return number

    def receive(
        self, end: End, most: int = 65_536, name: str = "read", merge: bool = True
    ) -> Generator[Any, Any, tuple[bytes, list[Any]]]:
        """What has arrived; waits inside the call. Empty at the end of the stream."""
        world, fd = self.world, self.fd_of(end)
        self.enter(name, fd=fd, size=most)
        while not end.arrived and not (end.other is not None and end.other.closed):
            yield end
        yield world.about(1.5 * MICROSECOND)
        data = b""
        told: list[Any] = []
        while end.arrived and len(data) < most:
            piece = end.arrived[0]
            part = piece.data[: most - len(data)]
            data += part
            told += piece.said
            if len(part) < len(piece.data):
                end.arrived[0] = Piece(piece.data[len(part) :])
            else:
                end.arrived.popleft()
            if not merge:
                break
        more: dict[str, object] = {"tuple": end.ends} if name == "recvfrom" else {}
        number = self.leave(name, res=len(data), fd=fd, size=most, data=data[: world.snap], **more)
        place = 0
        for one in told:
            if isinstance(one, Asked) and one.received is None:
                one.received = number, place
                place += 1
        return data, told

    def wait(self, sources: Callable[[], list[Source_]]) -> Generator[Any, Any, list[Source_]]:
        """Sleep in epoll_wait until something is ready; what is, in any order."""
        self.enter("epoll_wait", maxevents=64)
        while True:
            among = sources()
            ready = [one for one in among if is_ready(one)]
            if ready:
                break
            yield among
        yield self.world.about(1 * MICROSECOND)
        ready = [one for one in sources() if is_ready(one)]
        self.leave("epoll_wait", res=len(ready), maxevents=64)
        self.world.random.shuffle(ready)
        return ready

    def put(self, queue: Queue, item: object) -> Steps:
        """Hand something to whoever waits at a queue."""
        queue.items.append(item)
        self.enter("futex", addr=queue.address, op=129, val=1)
        yield self.world.about(1 * MICROSECOND)
        woken = min(1, len(queue.waiting))
        if woken:
            thread, _ = queue.waiting.pop(0)
            self.world.wake(thread, self.world.now + self.world.about(5 * MICROSECOND))
        self.leave("futex", res=woken, addr=queue.address, op=129, val=1)

    def take(self, queue: Queue) -> Generator[Any, Any, Any]:
        """The next thing in a queue; sleeps on its futex while there is none."""
        while not queue.items:
            self.enter("futex", addr=queue.address, op=128, val=2)
            yield queue
            self.leave("futex", res=0, addr=queue.address, op=128, val=2)
        return queue.items.popleft()

    # --- datagrams and eventfds ------------------------------------------------------------------

    def open_datagrams(self, own: Datagrams, to: Datagrams | None = None) -> Steps:
        """Open a datagram socket: bound, or connected where it is to talk to one other."""
        fd = self.open(own)
        yield from self.call("socket", fd=fd, domain=2, type=2, proto=0)
        own.to = to
        if to is None:
            yield from self.call("bind", fd=fd, res=0, addr=own.address)
        else:
            yield from self.call("connect", fd=fd, res=0, tuple=(own.address, to.address))

    def send_datagram(self, own: Datagrams, data: bytes, to: Datagrams, said: object) -> Steps:
        """Send one datagram."""
        world, fd, ends = self.world, self.fd_of(own), (own.address, to.address)
        self.enter("sendto", fd=fd, size=len(data), tuple=ends)
        yield world.about(3 * MICROSECOND)
        to.arrived.append((data, said, own))
        world.arrive(to)
        yield world.about(2 * MICROSECOND)
        number = self.leave(
            "sendto", res=len(data), fd=fd, size=len(data), data=data[: world.snap], tuple=ends
        )
        if isinstance(said, Asked):
            said.sent = number, 0
            world.asked.append(said)

    def receive_datagram(self, own: Datagrams) -> Generator[Any, Any, tuple[Any, bytes, Datagrams]]:
        """The next datagram: what is said in it, its bytes, and where it came from."""
        fd = self.fd_of(own)
        self.enter("recvfrom", fd=fd, size=512)
        while not own.arrived:
            yield own
        data, said, back = own.arrived.popleft()
        yield self.world.about(1_500)
        number = self.leave(
            "recvfrom", res=len(data), fd=fd, size=512, data=data[: self.world.snap],
            tuple=(back.address, own.address),
        )  # fmt: skip
        if isinstance(said, Asked) and said.received is None:
            said.received = number, 0
        return said, data, back

    def open_eventfd(self, queue: Queue) -> Steps:
        """Make the eventfd through which those who wait at a queue are woken."""
        yield from self.call("eventfd", res=self.open(queue), initval=0, flags=0)

    def signal(self, queue: Queue, item: object) -> Steps:
        """Hand something over and say so through the eventfd."""
        queue.items.append(item)
        fd = self.fd_of(queue)
        self.enter("write", fd=fd, size=8)
        yield self.world.about(1_000)
        self.world.arrive(queue)
        self.leave("write", res=8, fd=fd, size=8, data=(1).to_bytes(8, "little"))

    def take_signalled(self, queue: Queue) -> Generator[Any, Any, Any]:
        """The next thing; reads the eventfd while there is none."""
        fd = self.fd_of(queue)
        while not queue.items:
            self.enter("read", fd=fd, size=8)
            while not queue.items:
                yield queue
            yield self.world.about(1_000)
            self.leave("read", res=8, fd=fd, size=8, data=len(queue.items).to_bytes(8, "little"))
        return queue.items.popleft()

    # --- processes and pipes ---------------------------------------------------------------------

    def close_here(self, what: object) -> Steps:
        """Close this process's descriptor of something that another one goes on with."""
        fd = self.fd_of(what)
        yield from self.call("close", fd=fd, res=0)
        del self.descriptors[fd]

    def fork(self, child: Thread) -> Steps:
        """Start a process that was made with :meth:`child`."""
        common = {
            "exe": self.comm,
            "comm": self.comm,
            "pid": self.pid,
            "ptid": 1,
            "vtid": self.tid,
            "vpid": self.pid,
        }
        self.enter("clone")
        yield self.world.about(60 * MICROSECOND)
        self.leave("clone", res=child.tid, **common)
        own = common | {"pid": child.pid, "ptid": self.tid, "vtid": child.tid, "vpid": child.pid}
        self.world.record(child.tid, "clone", "<", {"res": 0, **own})

    def child(self) -> Thread:
        """A process to be forked: it has all that this one has open."""
        tid = self.world.number("tid", 2)
        return Thread(self.world, tid, tid, self.comm, dict(self.descriptors))

    def pipe(self) -> Generator[Any, Any, tuple[End, End]]:
        """A pipe: what is read from, what is written to."""
        reading, writing = End(), End()
        writing.other = reading
        fd1, fd2 = self.open(reading), self.open(writing)
        yield from self.call("pipe", res=0, fd1=fd1, fd2=fd2, ino=self.world.number("ino"))
        return reading, writing

    def exit(self) -> None:
        """End the process."""
        self.world.record(self.tid, "procexit", ">", {"status": 0})


def is_ready(one: Source_) -> bool:
    """Whether a call on it would not block."""
    if isinstance(one, Listener):
        return bool(one.backlog)
    if isinstance(one, Queue):
        return bool(one.items)
    if isinstance(one, Datagrams):
        return bool(one.arrived)
    return bool(one.arrived) or (one.other is not None and one.other.closed)


def _entry(tid: int, comm: str, pid: int, parent: int, flags: int = 0) -> ProcessEntry:
    return ProcessEntry(
        tid=tid, pid=pid, ptid=parent, comm=comm, exe=comm, cwd="/", uid=0, gid=0, vtid=tid, vpid=pid,
        fdlimit=1024, flags=flags,
    )  # fmt: skip
