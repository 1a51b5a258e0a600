"""A gateway that is one event loop: asks a cache over one connection, then services, and answers.

Requests of all clients are in flight at a time. Questions to the cache are pipelined over one connection;
what the services are asked names nothing that the client's request had: the cache told it. A part of the
requests is answered only after two services have answered that were asked at the same time. Meanwhile a timer
sends measurements that belong to no request.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from stories import talk
from stories.people import crowd
from stories.pool import remember
from stories.world import (
    MICROSECOND,
    MILLISECOND,
    Asked,
    Datagrams,
    End,
    Layout,
    Listener,
    Steps,
    Thread,
    World,
)

EDGE, CACHE, SERVICE = bytes([10, 5, 0, 2]), bytes([10, 5, 0, 3]), bytes([10, 5, 0, 4])


@dataclass(eq=False)
class Job:
    """A request that is being worked on."""

    asked: Asked
    client: End
    left: int = 0
    begun: bool = field(default=False)


class Gateway:
    """The event loop."""

    def __init__(self, thread: Thread, at: Listener, cache: Listener, services: list[Listener]) -> None:
        self.thread, self.at, self.cache, self.services = thread, at, cache, services
        self.clients: list[End] = []
        self.near: End | None = None
        self.jobs: dict[Asked, Job] = {}
        self.free: list[tuple[Listener, End]] = []
        self.busy: dict[End, Listener] = {}

    def run(self) -> Steps:
        thread = self.thread
        near = self.near = yield from thread.connect(self.cache, EDGE)
        assert near is not None
        while True:
            ready = yield from thread.wait(lambda: [self.at, near, *self.clients, *self.busy])
            for one in ready:
                if one is self.at:
                    self.clients.append((yield from thread.accept(self.at)))
                elif one is self.near:
                    yield from self.remembered()
                elif one in self.busy:
                    yield from self.heard(one)
                elif isinstance(one, End):
                    yield from self.take(one)

    def take(self, client: End) -> Steps:
        thread = self.thread
        data, told = yield from thread.receive(client)
        if not data:
            self.clients.remove(client)
            yield from thread.close(client)
        for asked in told:
            lookup = Asked("session", asked)
            self.jobs[lookup] = Job(asked, client)
            assert self.near is not None
            yield from thread.send(self.near, talk.command("GET", f"sess:{asked.what[-6:]}"), [lookup])

    def remembered(self) -> Steps:
        assert self.near is not None
        _, told = yield from self.thread.receive(self.near)
        for _, lookup in told:
            job = self.jobs.pop(lookup)
            several = self.thread.world.random.random() < 0.4
            job.left = 2 if several else 1
            for service in (
                self.services[: job.left] if several else self.thread.world.random.sample(self.services, 1)
            ):
                yield from self.ask(service, job)

    def ask(self, service: Listener, job: Job) -> Steps:
        thread = self.thread
        for place, (listener, kept) in enumerate(self.free):
            if listener is service:
                end: End | None = kept
                del self.free[place]
                break
        else:
            end = yield from thread.connect(service, EDGE)
        if end is not None:
            onward = Asked("service", job.asked)
            self.jobs[onward] = job
            self.busy[end] = service
            user = thread.world.random.randrange(10**5)
            yield from thread.send(end, talk.get(f"/v1/users/{user}", "users"), [onward])

    def heard(self, end: End) -> Steps:
        thread = self.thread
        data, told = yield from thread.receive(end)
        if not data:
            del self.busy[end]
            return
        for _, onward in told:
            self.free.append((self.busy.pop(end), end))
            job = self.jobs.pop(onward)
            job.left -= 1
            if not job.left:
                body = talk.document(ok=True, size=len(data))
                yield from thread.send(job.client, talk.reply("200 OK", body), [("answer", job.asked)])


def serve(thread: Thread, at: Listener) -> Steps:
    """A service: one loop, with pauses that let answers overtake each other."""
    ends: list[End] = []
    while True:
        ready = yield from thread.wait(lambda: [at, *ends])
        for one in ready:
            if one is at:
                ends.append((yield from thread.accept(at)))
                continue
            assert isinstance(one, End)
            data, told = yield from thread.receive(one)
            if not data:
                ends.remove(one)
                yield from thread.close(one)
            for asked in told:
                yield from thread.work(thread.world.random.choice((20, 50, 150)) * MICROSECOND)
                body = talk.document(name=f"user{thread.world.random.randrange(10**6)}")
                yield from thread.send(one, talk.reply("200 OK", body), [("answer", asked)])


def measure(thread: Thread, to: Datagrams) -> Steps:
    """A thread that reports numbers now and then, for no request."""
    mine = Datagrams((EDGE, thread.world.number("port")))
    yield from thread.open_datagrams(mine, to)
    for _ in range(30):
        yield from thread.work(700 * MICROSECOND)
        value = thread.world.random.randrange(1000)
        yield from thread.send_datagram(mine, f"gateway.requests:{value}|c".encode(), to, Asked("measure"))


def collect(thread: Thread, at: Datagrams) -> Steps:
    """Who takes the numbers."""
    yield from thread.open_datagrams(at)
    while True:
        yield from thread.receive_datagram(at)


def gateway_story(seed: int, snap: int, inflight: int, count: int = 60, layout: Layout = "sysdig") -> World:
    """The whole of it."""
    world = World(seed, snap, layout)
    at, cache = Listener((EDGE, 8080)), Listener((CACHE, 6379))
    services = [Listener((SERVICE, 9001)), Listener((SERVICE, 9002))]
    statistics = Datagrams((SERVICE, 8125))
    redis, stats, node = world.process("redis-server"), world.process("statsd"), world.process("node")
    world.begin(redis, remember(redis, cache))
    world.begin(stats, collect(stats, statistics))
    for service in services:
        main = world.process("users")
        world.begin(main, serve(main, service))
    world.begin(node, Gateway(node, at, cache, services).run(), MILLISECOND)
    timer = world.thread(node)
    world.begin(timer, measure(timer, statistics), 2 * MILLISECOND)
    crowd(world, at, "api.example", inflight, count, lambda number: f"/me/{number:06d}")
    world.run(60_000_000_000)
    return world
