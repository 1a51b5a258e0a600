"""A service in which work moves between threads at every pause, as goroutines do.

Few threads run many tasks. A task that waits is put aside; whichever thread is free goes on with it, and is
woken by a futex of its own. Each task reads a request, asks two others one after the other over connections
that are shared by all, and answers. A task of its own asks after the health of others all the time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from stories import talk
from stories.gateway import serve
from stories.people import crowd
from stories.world import (
    MICROSECOND,
    MILLISECOND,
    Asked,
    End,
    Layout,
    Listener,
    Queue,
    Source_,
    Steps,
    Thread,
    World,
    is_ready,
)

API, BACK = bytes([10, 6, 0, 2]), bytes([10, 6, 0, 4])

Task = Callable[[Thread], Steps]
"""A part of a task between two pauses; it runs on whatever thread is free."""


class Scheduler:
    """Tasks that can go on, tasks that wait for something, and threads that sleep."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.runnable: deque[Task] = deque()
        self.parked: dict[Source_, Task] = {}
        self.asleep: list[Queue] = []
        self.poller: Thread | None = None
        self.changed = Queue(0)

    def park(self, source: Source_, then: Task) -> None:
        """Go on with a task when something is ready."""
        self.parked[source] = then
        self.world.arrive(self.changed)

    def go(self, thread: Thread, task: Task) -> Steps:
        """Let a task go on; wake a thread for it if one sleeps."""
        self.runnable.append(task)
        if self.asleep:
            yield from thread.put(self.asleep.pop(), None)

    def run(self, thread: Thread) -> Steps:
        """One of the threads."""
        mine = Queue(self.world.number("futex", 64))
        while True:
            while self.runnable:
                yield from self.runnable.popleft()(thread)
            if self.poller is None:
                self.poller = thread
                yield from self.poll(thread)
                self.poller = None
            else:
                self.asleep.append(mine)
                yield from thread.take(mine)

    def poll(self, thread: Thread) -> Steps:
        """Sleep until something is ready, and let those go on who waited for it."""
        ready = yield from thread.wait(lambda: [*self.parked, self.changed])
        for one in ready:
            if one in self.parked:
                self.runnable.append(self.parked.pop(one))
        for _ in range(min(len(self.asleep), max(0, len(self.runnable) - 1) + 1)):
            yield from thread.put(self.asleep.pop(), None)


class Service:
    """What the tasks do."""

    def __init__(self, world: World, at: Listener, backs: list[Listener]) -> None:
        self.world, self.at, self.backs = world, at, backs
        self.scheduler = Scheduler(world)
        self.free: dict[Listener, list[End]] = {back: [] for back in backs}

    def begin(self) -> None:
        """Tasks that are there from the beginning."""
        self.scheduler.parked[self.at] = self.accept
        self.scheduler.runnable.append(self.check)

    def accept(self, thread: Thread) -> Steps:
        while self.at.backlog:
            end = yield from thread.accept(self.at)
            self.scheduler.park(end, self.reading(end))
        self.scheduler.park(self.at, self.accept)

    def reading(self, end: End) -> Task:
        def read(thread: Thread) -> Steps:
            data, told = yield from thread.receive(end)
            if not data:
                yield from thread.close(end)
                return
            for asked in told:
                yield from thread.work(15 * MICROSECOND)
                yield from self.ask(
                    thread, self.backs[0], asked, f"/v1/stock/{asked.what[-6:]}", self.first(end, asked)
                )

        return read

    def first(self, end: End, asked: Asked) -> Task:
        def go_on(thread: Thread) -> Steps:
            yield from thread.work(10 * MICROSECOND)
            number = self.world.random.randrange(10**5)
            yield from self.ask(thread, self.backs[1], asked, f"/v1/price/{number}", self.last(end, asked))

        return go_on

    def last(self, end: End, asked: Asked) -> Task:
        def answer(thread: Thread) -> Steps:
            yield from thread.work(12 * MICROSECOND)
            body = talk.document(of=asked.what)
            yield from thread.send(end, talk.reply("200 OK", body), [("answer", asked)])
            self.scheduler.park(end, self.reading(end))

        return answer

    def ask(self, thread: Thread, back: Listener, cause: Asked | None, path: str, then: Task) -> Steps:
        """Ask another service; go on with a task when the answer is there."""
        if self.free[back]:
            conn: End | None = self.free[back].pop()
        else:
            conn = yield from thread.connect(back, API)
        if conn is None:
            return
        yield from thread.send(conn, talk.get(path, "back"), [Asked(path, cause)])

        def heard(other: Thread) -> Steps:
            assert conn is not None
            yield from other.receive(conn)
            self.free[back].append(conn)
            yield from then(other)

        if is_ready(conn):
            yield from heard(thread)
        else:
            self.scheduler.park(conn, heard)

    def check(self, thread: Thread) -> Steps:
        """Ask after the health of the others, for no request; then again."""
        if self.world.now < 1_700_000_000_000_000_000 + 25 * MILLISECOND:
            yield from self.ask(
                thread, self.backs[self.world.random.randrange(2)], None, "/healthz", self.rest
            )

    def rest(self, thread: Thread) -> Steps:
        pause = Queue(0)

        def wait(sleeper: Thread) -> Steps:
            yield from sleeper.work(600 * MICROSECOND)
            pause.items.append(None)
            self.world.arrive(pause)

        clock = Thread(self.world, 0, 0, "clock")
        self.world.begin(clock, wait(clock))
        self.scheduler.park(pause, self.check)
        yield from thread.work(1 * MICROSECOND)


def routines_story(seed: int, snap: int, inflight: int, count: int = 60, layout: Layout = "sysdig") -> World:
    """The whole of it."""
    world = World(seed, snap, layout)
    at = Listener((API, 8080))
    backs = [Listener((BACK, 9001)), Listener((BACK, 9002))]
    for back in backs:
        main = world.process("backd")
        world.begin(main, serve(main, back))
    main = world.process("api")
    service = Service(world, at, backs)
    service.begin()
    for thread in [main, *(world.thread(main) for _ in range(3))]:
        world.begin(thread, service.scheduler.run(thread), MILLISECOND)
    crowd(world, at, "api.example", inflight, count, lambda number: f"/items/{number:06d}")
    world.run(60_000_000_000)
    return world
