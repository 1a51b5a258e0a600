"""A database with a process for each connection, forked when it comes."""

from __future__ import annotations

from stories import talk
from stories.world import MICROSECOND, Asked, End, Listener, Steps, Thread, World


def database(world: World, at: Listener, most: int) -> None:
    """Begin it; it takes at most so many connections."""
    main = world.process("postgres")
    world.begin(main, _postmaster(main, at, most))


def _postmaster(main: Thread, at: Listener, most: int) -> Steps:
    for _ in range(most):
        end = yield from main.accept(at)
        backend = main.child()
        yield from main.fork(backend)
        main.world.begin(backend, _backend(backend, end), 40 * MICROSECOND)
        fd = main.fd_of(end)
        yield from main.call("close", fd=fd, res=0)
        del main.descriptors[fd]


def _backend(thread: Thread, end: End) -> Steps:
    while True:
        data, told = yield from thread.receive(end, name="recvfrom")
        if not data:
            return
        for asked in told:
            if isinstance(asked, Asked):
                yield from thread.work(120 * MICROSECOND)
                value = f"{asked.what} {thread.world.random.randrange(16**8):08x}"
                yield from thread.send(end, talk.rows([value]), [("answer", asked)], "sendto")
