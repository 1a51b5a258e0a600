"""A reverse proxy with one event loop, application servers with a thread for each connection, a database.

One of the upstreams is dead: connections to it are refused. The proxy then tries the next one, or answers 502
where all that a path leads to are dead.
"""

from __future__ import annotations

from stories import talk
from stories.database import database
from stories.people import crowd
from stories.world import MICROSECOND, Asked, End, Layout, Listener, Steps, Thread, World

PROXY, APP = bytes([10, 1, 0, 2]), bytes([10, 1, 0, 3])


class Proxy:
    """The event loop."""

    def __init__(self, thread: Thread, at: Listener, upstreams: list[Listener], dead: Listener) -> None:
        self.thread, self.at, self.upstreams, self.dead = thread, at, upstreams, dead
        self.clients: list[End] = []
        self.busy: dict[End, tuple[Asked, End]] = {}
        self.idle: list[tuple[Listener, End]] = []
        self.turn = 0

    def run(self) -> Steps:
        thread = self.thread
        while True:
            ready = yield from thread.wait(lambda: [self.at, *self.clients, *self.busy])
            for one in ready:
                if one is self.at:
                    self.clients.append((yield from thread.accept(self.at)))
                elif one in self.busy:
                    yield from self.pass_back(one)
                elif isinstance(one, End):
                    yield from self.take(one)

    def take(self, client: End) -> Steps:
        data, told = yield from self.thread.receive(client, name="recvfrom")
        if not data:
            self.clients.remove(client)
            yield from self.thread.close(client)
        for asked in told:
            if isinstance(asked, Asked):
                yield from self.thread.work(8 * MICROSECOND)
                yield from self.forward(asked, client)

    def forward(self, asked: Asked, client: End) -> Steps:
        thread, path = self.thread, str(asked.what)
        self.turn += 1
        tried = [self.dead] if path.startswith("/old") or self.turn % 4 == 0 else []
        end = None
        for upstream in tried:
            yield from thread.connect(upstream, PROXY, blocking=False)
        if path.startswith("/old"):
            yield from thread.send(
                client,
                talk.reply("502 Bad Gateway", b"no upstream\n", "text/plain"),
                [("answer", asked)],
                "writev",
            )
            return
        target = self.upstreams[self.turn % len(self.upstreams)]
        for place, (listener, kept) in enumerate(self.idle):
            if listener is target:
                end = kept
                del self.idle[place]
                break
        else:
            end = yield from thread.connect(target, PROXY, blocking=False)
        if end is not None:
            onward = Asked(asked.what, asked)
            self.busy[end] = asked, client
            yield from thread.send(
                end, talk.get(path, "app", {"X-Forwarded-For": "10.1.0.9"}), [onward], "writev"
            )
            self.busy[end] = onward, client

    def pass_back(self, end: End) -> Steps:
        thread = self.thread
        onward, client = self.busy[end]
        data, told = yield from thread.receive(end, name="recvfrom")
        if ("answer", onward) not in told:
            return
        del self.busy[end]
        target = next(one for one in self.upstreams if end.ends is not None and one.address == end.ends[1])
        self.idle.append((target, end))
        if onward.cause is not None:
            yield from thread.send(client, data, [("answer", onward.cause)], "writev")


def app(thread: Thread, at: Listener, db: Listener) -> Steps:
    """One thread of the application: takes a connection and answers what comes over it, with the database."""
    bank = yield from thread.connect(db, APP)
    while True:
        end = yield from thread.accept(at)
        while True:
            data, told = yield from thread.receive(end)
            if not data:
                break
            for asked in told:
                if isinstance(asked, Asked) and bank is not None:
                    yield from answer(thread, end, bank, asked)
        yield from thread.close(end)


def answer(thread: Thread, end: End, bank: End, asked: Asked) -> Steps:
    number = str(asked.what).rpartition("/")[2]
    found: list[object] = []
    for table in ("orders", "customers")[: 1 + thread.world.random.randrange(2)]:
        yield from thread.work(60 * MICROSECOND)
        onward = Asked(f"{table} {number}", asked)
        statement = f"SELECT v FROM {table} WHERE id = {number}"
        yield from thread.send(bank, talk.query(statement), [onward], "sendto")
        while ("answer", onward) not in found:
            _, found = yield from thread.receive(bank, name="recvfrom")
    yield from thread.work(30 * MICROSECOND)
    body = talk.document(order=number, state="shipped", total=thread.world.random.randrange(10_000))
    yield from thread.send(end, talk.reply("200 OK", body), [("answer", asked)])


def proxy_story(seed: int, snap: int, inflight: int, count: int = 60, layout: Layout = "sysdig") -> World:
    """The whole of it."""
    world = World(seed, snap, layout)
    at = Listener((PROXY, 80))
    upstreams = [Listener((APP, 8081)), Listener((APP, 8082))]
    dead = Listener((APP, 8083), up=False)
    db = Listener((bytes([10, 1, 0, 4]), 5432))
    database(world, db, 2 * inflight + 4)
    for upstream in upstreams:
        main = world.process("app")
        for thread in [main, *(world.thread(main) for _ in range(inflight + 1))]:
            world.begin(thread, app(thread, upstream, db))
    nginx = world.process("nginx")
    world.begin(nginx, Proxy(nginx, at, upstreams, dead).run())

    def path(number: int) -> str:
        return f"/old/{number}" if number % 7 == 0 else f"/orders/{number}"

    crowd(world, at, "shop.example", inflight, count, path)
    world.run(60_000_000_000)
    return world
