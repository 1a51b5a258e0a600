"""A server that forks its workers, each with a helper behind two pipes and a socket of the machine.

Each worker takes connections from the shared listening socket. For a request it asks the session keeper over
a unix socket, in a protocol that nobody knows, and lets its helper render the page: the job goes through one
pipe, the page comes back through the other. The helper looks words up at the session keeper as well.
"""

from __future__ import annotations

from stories import talk
from stories.people import crowd
from stories.world import MICROSECOND, Asked, End, Layout, Listener, Steps, Thread, World

WEB = bytes([10, 3, 0, 2])


def master(main: Thread, at: Listener, keeper: Listener, workers: int) -> Steps:
    """Forks the workers."""
    for _ in range(workers):
        worker = main.child()
        yield from main.fork(worker)
        main.world.begin(worker, work(worker, at, keeper), 30 * MICROSECOND)


def work(thread: Thread, at: Listener, keeper: Listener) -> Steps:
    """A worker: begins its helper, then answers requests."""
    jobs, to_helper = yield from thread.pipe()
    pages, from_helper = yield from thread.pipe()
    helper = thread.child()
    yield from thread.fork(helper)
    thread.world.begin(helper, render(helper, jobs, from_helper, keeper), 30 * MICROSECOND)
    yield from thread.close_here(jobs)
    yield from thread.close_here(from_helper)
    session = yield from thread.connect(keeper, WEB)
    while session is not None:
        end = yield from thread.accept(at)
        while True:
            data, told = yield from thread.receive(end)
            if not data:
                break
            for asked in told:
                if isinstance(asked, Asked):
                    yield from _answer(thread, end, session, to_helper, pages, asked)
        yield from thread.close(end)


def _answer(thread: Thread, end: End, session: End, jobs: End, pages: End, asked: Asked) -> Steps:
    name = str(asked.what).rpartition("/")[2]
    who = Asked(f"session {name}", asked)
    yield from thread.work(30 * MICROSECOND)
    yield from thread.send(session, talk.binary(1, f"session={name}"), [who])
    yield from thread.receive(session)
    job = Asked(f"render {name}", asked)
    yield from thread.work(10 * MICROSECOND)
    yield from thread.send(jobs, f"render page={name} width=80\n".encode(), [job])
    data, _ = yield from thread.receive(pages)
    yield from thread.work(10 * MICROSECOND)
    yield from thread.send(end, talk.reply("200 OK", data, "text/html"), [("answer", asked)], "writev")


def render(thread: Thread, jobs: End, pages: End, keeper: Listener) -> Steps:
    """The helper of a worker."""
    words = yield from thread.connect(keeper, WEB)
    while words is not None:
        data, told = yield from thread.receive(jobs)
        if not data:
            return
        for asked in told:
            yield from thread.work(50 * MICROSECOND)
            if isinstance(asked, Asked) and thread.world.random.random() < 0.6:
                name = str(asked.what).rpartition(" ")[2]
                onward = Asked(f"words {name}", asked)
                yield from thread.send(words, talk.binary(2, f"words={name}"), [onward])
                yield from thread.receive(words)
            yield from thread.work(50 * MICROSECOND)
            yield from thread.send(
                pages, b"<html>" + b"x" * thread.world.random.randrange(200, 900), [("answer", asked)]
            )


def keep(thread: Thread, at: Listener) -> Steps:
    """The session keeper."""
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
                yield from thread.work(12 * MICROSECOND)
                value = f"{thread.world.random.randrange(16**10):010x}"
                yield from thread.send(one, talk.binary(9, value), [("answer", asked)])


def prefork_story(seed: int, snap: int, inflight: int, count: int = 60, layout: Layout = "sysdig") -> World:
    """The whole of it."""
    world = World(seed, snap, layout)
    at, keeper = Listener((WEB, 80)), Listener("/run/keeper.sock")
    keeping, main = world.process("keeperd"), world.process("webd")
    world.begin(keeping, keep(keeping, keeper))
    world.begin(main, master(main, at, keeper, inflight))
    crowd(world, at, "web.example", inflight, count, lambda number: f"/pages/{number}")
    world.run(60_000_000_000)
    return world
