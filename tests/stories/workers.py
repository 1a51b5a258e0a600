"""A name server with a thread that receives, a pool of threads that work, and answers out of order.

Questions of all clients come to one datagram socket. Some of the answers are sent by the worker itself, the
others are handed to a thread that sends them, which is woken through an eventfd. For each name a worker asks
a database over a connection of its own, some names twice; answers come when they are ready.
"""

from __future__ import annotations

import dnslib

from stories import talk
from stories.database import database
from stories.world import (
    MICROSECOND,
    MILLISECOND,
    Asked,
    Datagrams,
    Layout,
    Listener,
    Queue,
    Steps,
    Thread,
    World,
)

SERVER, CLIENT = bytes([10, 4, 0, 2]), bytes([10, 4, 0, 9])


def receive(thread: Thread, at: Datagrams, jobs: Queue) -> Steps:
    """The receiving thread."""
    while True:
        asked, data, back = yield from thread.receive_datagram(at)
        yield from thread.work(6 * MICROSECOND)
        yield from thread.put(jobs, (asked, data, back))


def work(thread: Thread, at: Datagrams, jobs: Queue, done: Queue, db: Listener) -> Steps:
    """A worker."""
    bank = yield from thread.connect(db, SERVER)
    while bank is not None:
        item = yield from thread.take(jobs)
        asked, data, back = item
        name = str(asked.what)
        for table in ("names", "aliases")[: 1 + thread.world.random.randrange(2)]:
            yield from thread.work(25 * MICROSECOND)
            onward = Asked(f"{table} {name}", asked)
            yield from thread.send(bank, talk.query(f"SELECT a FROM {table} WHERE name = '{name}'"), [onward])
            yield from thread.receive(bank)
        yield from thread.work(thread.world.random.choice((20, 60, 900)) * MICROSECOND)
        reply = dnslib.DNSRecord.parse(data).reply()
        reply.add_answer(dnslib.RR(name, rdata=dnslib.A("10.4.7.7"), ttl=60))
        answer = bytes(reply.pack())
        if thread.world.random.random() < 0.5:
            yield from thread.send_datagram(at, answer, back, ("answer", asked))
        else:
            yield from thread.signal(done, (answer, back, asked))


def send(thread: Thread, at: Datagrams, done: Queue) -> Steps:
    """The sending thread."""
    while True:
        answer, back, asked = yield from thread.take_signalled(done)
        yield from thread.send_datagram(at, answer, back, ("answer", asked))


def ask(thread: Thread, to: Datagrams, count: int) -> Steps:
    """A client: one question after the other from a socket of its own each time."""
    world = thread.world
    for _ in range(count):
        mine = Datagrams((CLIENT, world.number("port")))
        name = f"host{world.random.randrange(10**6)}.zone{world.random.randrange(9)}.example"
        identity = world.random.randrange(65_536)
        query = dnslib.DNSRecord(dnslib.DNSHeader(id=identity, rd=1), q=dnslib.DNSQuestion(name))
        yield from thread.open_datagrams(mine, to)
        yield from thread.send_datagram(mine, bytes(query.pack()), to, Asked(name))
        yield from thread.receive_datagram(mine)
        yield from thread.close(mine)
        yield from thread.work(300 * MICROSECOND)


def workers_story(seed: int, snap: int, inflight: int, count: int = 60, layout: Layout = "sysdig") -> World:
    """The whole of it."""
    world = World(seed, snap, layout)
    at = Datagrams((SERVER, 53))
    jobs, done = Queue(world.number("futex", 64)), Queue(0)
    db = Listener((bytes([10, 4, 0, 3]), 5432))
    pool = max(2, inflight)
    database(world, db, pool)
    main = world.process("named")
    threads = [world.thread(main) for _ in range(pool + 1)]
    world.begin(main, _prepare(main, at, done, jobs))
    for thread in threads[:-1]:
        world.begin(thread, work(thread, at, jobs, done, db), MILLISECOND)
    world.begin(threads[-1], send(threads[-1], at, done), MILLISECOND)
    asking = world.process("resolve")
    crew = [asking, *(world.thread(asking) for _ in range(inflight - 1))]
    for place, thread in enumerate(crew):
        world.begin(thread, ask(thread, at, max(1, count // inflight)), 3 * MILLISECOND + place * 90_000)
    world.run(60_000_000_000)
    return world


def _prepare(thread: Thread, at: Datagrams, done: Queue, jobs: Queue) -> Steps:
    yield from thread.open_datagrams(at)
    yield from thread.open_eventfd(done)
    yield from receive(thread, at, jobs)
