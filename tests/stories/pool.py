"""A service whose threads share a few connections to a store and pipeline HTTP requests over them.

Requests of several threads are on their way over one connection at a time; a thread of its own reads the
answers and hands each to the thread that waits for it. Every thread also asks a cache of its own.
"""

from __future__ import annotations

from collections import deque

from stories import talk
from stories.people import crowd
from stories.world import MICROSECOND, Asked, End, Layout, Listener, Queue, Steps, Thread, World

API, STORE, CACHE = bytes([10, 2, 0, 2]), bytes([10, 2, 0, 3]), bytes([10, 2, 0, 4])


class Shared:
    """Connections with requests that wait for their answers, and who waits for each."""

    def __init__(self, world: World, size: int) -> None:
        self.world = world
        self.ends: list[End | None] = [None] * size
        self.waiting: dict[Asked, Queue] = {}
        self.turn = 0
        self.ready = Queue(world.number("futex", 64))


def reader(thread: Thread, shared: Shared, place: int, store: Listener) -> Steps:
    """Opens a connection and reads its answers."""
    end = shared.ends[place] = yield from thread.connect(store, API)
    while end is not None:
        data, told = yield from thread.receive(end, name="recvfrom")
        if not data:
            return
        for _, asked in told:
            yield from thread.put(shared.waiting.pop(asked), data)


def serve(thread: Thread, at: Listener, shared: Shared, cache: Listener) -> Steps:
    """Takes connections and answers what comes over them."""
    mine = Queue(thread.world.number("futex", 64))
    near = yield from thread.connect(cache, API)
    while near is not None:
        end = yield from thread.accept(at)
        while True:
            data, told = yield from thread.receive(end)
            if not data:
                break
            for asked in told:
                if isinstance(asked, Asked):
                    yield from _answer(thread, end, near, shared, mine, asked)
        yield from thread.close(end)


def _answer(thread: Thread, end: End, near: End, shared: Shared, mine: Queue, asked: Asked) -> Steps:
    key = str(asked.what).rpartition("/")[2]
    lookup = Asked(key, asked)
    yield from thread.work(20 * MICROSECOND)
    yield from thread.send(near, talk.command("GET", f"item:{key}"), [lookup])
    yield from thread.receive(near)
    for part in ("details", "stock", "reviews")[: thread.world.random.randrange(4)]:
        onward = Asked(f"{part} {key}", asked)
        shared.waiting[onward] = mine
        shared.turn += 1
        bank = shared.ends[shared.turn % len(shared.ends)]
        if bank is None:
            continue
        yield from thread.work(5 * MICROSECOND)
        yield from thread.send(bank, talk.get(f"/{part}/{key}?lang=en", "store"), [onward])
        yield from thread.take(mine)
    yield from thread.work(15 * MICROSECOND)
    body = talk.document(item=key, price=thread.world.random.randrange(1000))
    yield from thread.send(end, talk.reply("200 OK", body), [("answer", asked)])


def keep(thread: Thread, at: Listener) -> Steps:
    """The store: one loop, answers in the order of the requests of each connection."""
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
            waiting = deque(asked for asked in told if isinstance(asked, Asked))
            while waiting:
                asked = waiting.popleft()
                yield from thread.work(40 * MICROSECOND)
                body = talk.document(of=str(asked.what), value=thread.world.random.randrange(10**6))
                yield from thread.send(one, talk.reply("200 OK", body), [("answer", asked)])


def remember(thread: Thread, at: Listener) -> Steps:
    """The cache."""
    ends: list[End] = []
    while True:
        ready = yield from thread.wait(lambda: [at, *ends])
        for one in ready:
            if one is at:
                ends.append((yield from thread.accept(at)))
                continue
            assert isinstance(one, End)
            _, told = yield from thread.receive(one)
            for asked in told:
                yield from thread.work(4 * MICROSECOND)
                yield from thread.send(one, talk.bulk(None), [("answer", asked)])


def pool_story(seed: int, snap: int, inflight: int, count: int = 60, layout: Layout = "sysdig") -> World:
    """The whole of it."""
    world = World(seed, snap, layout)
    at, store, cache = Listener((API, 8000)), Listener((STORE, 9000)), Listener((CACHE, 6379))
    stored, redis = world.process("stored"), world.process("redis-server")
    world.begin(stored, keep(stored, store))
    world.begin(redis, remember(redis, cache))
    shared = Shared(world, 2)
    main = world.process("catalog")
    for place in range(2):
        thread = world.thread(main)
        world.begin(thread, reader(thread, shared, place, store))
    for _ in range(inflight):
        thread = world.thread(main)
        world.begin(thread, serve(thread, at, shared, cache), 2_000_000)
    crowd(world, at, "catalog.example", inflight, count, lambda number: f"/items/{number}")
    world.run(60_000_000_000)
    return world
