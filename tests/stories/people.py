"""Who asks in the stories: programs that send requests one after the other, several at a time."""

from __future__ import annotations

from collections.abc import Callable

from stories.talk import get
from stories.world import MICROSECOND, MILLISECOND, Asked, Listener, Steps, Thread, World

HOST = bytes([10, 1, 0, 9])


def ask_by_http(
    thread: Thread, to: Listener, host: str, count: int, path: Callable[[int], str], headers: bool = True
) -> Steps:
    """Send requests over one connection, each after the answer to the one before."""
    end = yield from thread.connect(to, HOST)
    if end is None:
        return
    for _ in range(count):
        yield from thread.work(400 * MICROSECOND)
        number = thread.world.random.randrange(10**6)
        asked = Asked(path(number))
        extra = {"X-Request-Id": f"{thread.world.random.randrange(16**12):012x}"} if headers else None
        yield from thread.send(end, get(str(asked.what), host, extra), [asked], name="sendto")
        while True:
            data, told = yield from thread.receive(end, name="recvfrom")
            if ("answer", asked) in told or not data:
                break
    yield from thread.close(end)


def crowd(
    world: World, to: Listener, host: str, inflight: int, count: int, path: Callable[[int], str]
) -> None:
    """A program with as many threads as requests are to be in flight."""
    main = world.process("loadgen")
    threads = [main, *(world.thread(main) for _ in range(inflight - 1))]
    each = max(1, count // inflight)
    for place, thread in enumerate(threads):
        world.begin(thread, ask_by_http(thread, to, host, each, path), int(place * 0.1 * MILLISECOND))
