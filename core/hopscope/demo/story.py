"""The demo capture: one request for a page that takes eight seconds, and everything else on the node.

``python -m hopscope.demo.story`` makes the shipped file again; the same bytes every time.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from hopscope.capture.lists import User
from hopscope.decode.capture_writer import CaptureWriter
from hopscope.decode.event_table import EVENTS
from hopscope.demo import demo_path, page
from hopscope.demo.background import background
from hopscope.demo.cast import CLIENT, INTERFACES, MACHINE, PROCESSES, SHELL, START, USERS, WEB_SERVICE
from hopscope.demo.cluster import metadata
from hopscope.demo.lookup import HOST, Lookup
from hopscope.demo.processes import THREAD_FLAGS, Program, clone, execute, leave
from hopscope.demo.recorder import (
    MICROSECOND,
    MILLISECOND,
    SECOND,
    Actor,
    Record,
    Recorder,
    with_switches,
)

FETCH = Actor(5_120, 5_120, 0, (86_400, 7_900))
RESOLVER = Actor(5_121, 5_120, 1, (86_400, 7_900))
COMMAND = f"fetch http://{HOST}/stock\n".encode()
POLL = 700 * MILLISECOND
"""How often the program looks whether its resolver thread is done."""


def _program(actor: Actor, vtid: int) -> Program:
    return Program(
        actor,
        SHELL.pid,
        "fetch",
        (f"http://{HOST}/stock",),
        comm="fetch",
        vtid=vtid,
        vpid=12,
        cgroups=CLIENT.cgroups,
        uid=1000,
        env=SHELL.env,
    )


def story() -> list[Recorder]:
    """The request, from the typed command to the page."""
    tape = Recorder(START, 1)
    fetch, resolver = _program(FETCH, 12), _program(RESOLVER, 13)
    shell = Program(
        SHELL.thread(), SHELL.parent, SHELL.exe, comm="bash", vtid=1, vpid=1, cgroups=CLIENT.cgroups, uid=1000
    )
    lookup = Lookup(tape, RESOLVER)
    lookup.wait_for_work()
    tape.wait(0.4 * SECOND)
    tape.read(shell.actor, 0, COMMAND, 1024)
    clone(tape, shell, fetch)
    execute(tape, fetch, "/usr/bin/fetch", ("libresolv.so.2", "libpthread.so.0", "libc.so.6"))
    clone(tape, fetch, resolver, THREAD_FLAGS)
    waiting = Recorder(tape.now, 2)
    lookup.read_configuration()
    lookup.resolve(WEB_SERVICE)
    leave(tape, resolver)
    found = tape.now
    while waiting.now < found:
        waiting.enter(FETCH, "poll", fds=[], timeout=POLL // MILLISECOND)
        waiting.now += POLL
        waiting.leave(FETCH, "poll", res=0, fds=[])
    tape.now = waiting.now
    page.connect(tape, FETCH)
    page.fetch(tape, FETCH)
    page.hang_up(tape)
    tape.generic(FETCH, "rt_sigaction")
    leave(tape, fetch, SHELL.thread())
    tape.wait(60 * MICROSECOND)
    tape.write(shell.actor, 1, b"$ ", 9 * MICROSECOND)
    return [tape, waiting]


def records() -> list[Record]:
    """All events of the capture in order, metadata first."""
    tapes = story() + background()
    told = [record for tape in tapes for record in tape.records]
    actors = [process.thread(i) for process in PROCESSES for i in range(len(process.threads))]
    return metadata() + with_switches(told, [*actors, FETCH, RESOLVER])


def capture() -> bytes:
    """The capture as a file holds it, not packed: packers differ between machines."""
    stream = io.BytesIO()
    with CaptureWriter(stream) as writer:
        writer.machine(MACHINE)
        for interface in INTERFACES:
            writer.interface(interface)
        for account in USERS:
            if isinstance(account, User):
                writer.user(account)
            else:
                writer.group(account)
        for process in PROCESSES:
            for entry in process.entries():
                writer.process(entry)
            writer.descriptors(process.pid, process.descriptors)
        for record in records():
            _write(writer, record)
    return stream.getvalue()


def _write(writer: CaptureWriter, record: Record) -> None:
    event = EVENTS[record.code]
    # The writer's own arguments are called tid and cpu; parameters of that name get an underscore.
    values = {f"{name}_" if name in ("tid", "cpu") else name: value for name, value in record.values.items()}
    writer.event(
        event.name,
        event.direction,
        ts=record.time,
        tid=record.tid,
        cpu=record.cpu,
        code=record.code,
        **values,
    )


def main() -> None:
    """Write the capture where the package keeps it, or where the command line says."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else demo_path()
    path.write_bytes(capture())
    print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
