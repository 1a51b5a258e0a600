"""Everything that a person can make the core do with a capture, on one input and within limits."""

from __future__ import annotations

import gc
import random
import resource
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType

import numpy as np

from hopscope.cli.output import json_line
from hopscope.conversation import messages_of
from hopscope.conversation.exchange import exchange_object
from hopscope.conversation.file_contents import file_contents
from hopscope.decode.payload import BufferForm
from hopscope.decode.render import decoded_args, render_info, render_line
from hopscope.errors import HopscopeError
from hopscope.fields import FIELDS, UnknownFieldError, field_text, field_value
from hopscope.fields.field import ArgumentForm
from hopscope.filters import compile_filter, complete
from hopscope.findings import findings_of
from hopscope.formats import DEFAULT, OutputStyle, Printer, TimeForm, compile_format
from hopscope.protocols import summary
from hopscope.store.build import open_store
from hopscope.store.store import Store
from hopscope.text import visible
from hopscope.trail import absence, causes, effects, peers
from hopscope.views import VIEWS, Selection, evaluate, selection_of_event
from hopscope.views.file_lines import file_lines
from hopscope.waits import breakdown_of, gaps_of, waits_of

SECONDS = 2.0
"""CPU time that a step may take on an input of at most 1 MB."""

MEGABYTES = 300
"""Address space that everything may take beyond what the process has before."""

SAMPLE = 40
"""Events and rows that are looked at one by one."""

LINES, HOPS = 200, 2
"""Events of a small capture that are printed, and hopped from."""

FILTERS = (
    "proc.name=cat and fd.type=ipv4",
    "evt.arg.data contains e or evt.buffer contains 404",
    "fd.name contains etc and not proc.pname in (bash, sh)",
    "evt.latency>1000 or evt.rawres<0 or fd.sport=53",
    "container.id!=host and proc.cmdline glob *a*",
    "user.name=root and group.gid=0 and proc.aname[2] exists",
    "k8s.pod.name startswith a or container.image contains n",
)


class TooSlowError(Exception):
    """A step took longer than :data:`SECONDS`."""


@dataclass(frozen=True)
class Fault:
    """What went wrong.

    Attributes:
        step: of the exercise.
        error: what came out of it.
    """

    step: str
    error: BaseException


def exercise(path: str, seed: int) -> Fault | None:
    """Open a capture and look at it from all sides; the first thing that goes wrong is returned.

    Any HopscopeError is an answer and no fault.
    """
    with bounded_memory():
        return _exercise(path, seed)


def glance(path: str) -> Fault | None:
    """Open a small capture, print all of it and hop from its last events; quick enough for millions.

    The caller bounds the memory, see :func:`bounded_memory`.
    """
    done: list[Store] = []

    def opening() -> None:
        done.append(open_store(path))

    if fault := _attempt("open", opening):
        return fault
    return _attempt("glance", lambda: _all_lines(done[0])) if done else None


def _all_lines(store: Store) -> None:
    json_line(store.info())
    rows = range(len(store))
    for row in rows[:LINES]:
        assert visible(render_line(store, row)).isprintable()
        decoded_args(store, row)
        if payload := store.payload(row):
            summary(payload)
    for row in rows[-HOPS:]:
        peers(store, row)


def _exercise(path: str, seed: int) -> Fault | None:
    done: list[Store] = []

    def opening() -> None:
        done.append(open_store(path))

    if fault := _attempt("open", opening):
        return fault
    if not done:
        return None
    for name, step in _steps(done[0], random.Random(seed)):
        if fault := _attempt(name, step):
            return fault
    return None


def _attempt(name: str, step: Callable[[], object]) -> Fault | None:
    begun = time.process_time()
    try:
        with _bounded_time():
            step()
    except HopscopeError:
        return None
    except Exception as error:  # finding those is what this is for
        return Fault(name, error)
    if (taken := time.process_time() - begun) > SECONDS:
        return Fault(name, TooSlowError(f"{taken:.1f} s"))
    return None


def _steps(store: Store, chance: random.Random) -> Iterator[tuple[str, Callable[[], object]]]:
    yield "info", lambda: json_line(store.info())
    for name in VIEWS:
        yield f"view {name}", lambda name=name: _look(store, name, Selection(), chance)  # type: ignore[misc]
    rows = [chance.randrange(len(store)) for _ in range(SAMPLE)] if len(store) else []
    yield "lines", lambda: _show(store, rows)
    yield "formats", lambda: _print(store, chance)
    names = chance.sample(list(FIELDS), SAMPLE // 2)
    yield "fields", lambda: _fields(store, rows[:10], names)
    for text in chance.sample(FILTERS, 3):
        yield f"filter {text}", lambda text=text: compile_filter(text).mask(store)  # type: ignore[misc]
    filtered = Selection().with_filter(chance.choice(FILTERS))
    chosen = chance.choice(list(VIEWS))
    yield f"filtered view {chosen}", lambda: _look(store, chosen, filtered, chance)
    for direction in (peers, causes, effects, absence):
        yield (
            f"hops {direction.__name__}",
            lambda direction=direction: [direction(store, row) for row in rows[:10]],  # type: ignore[misc]
        )
    yield "way to an event", lambda: [selection_of_event(store, row) for row in rows[:5]]
    yield "messages", lambda: _all_messages(store, chance)
    yield "files", lambda: _files(store, chance)
    yield "waits", lambda: _all_waits(store)
    yield "findings", lambda: [one.sentence for one in findings_of(store)]
    yield "completion", lambda: complete(store, "proc.name=", 10)


def _fields(store: Store, rows: list[int], names: list[str]) -> None:
    for name in names:
        with suppress(UnknownFieldError):  # those that need an argument
            for row in rows:
                field_value(store, row, name)
                field_text(store, row, name)


def _print(store: Store, chance: random.Random) -> None:
    """The default format is the line of an event; any other is printed and is safe for terminals."""
    rows = np.flatnonzero(~store.hidden)[:LINES]
    made = list(Printer(store, compile_format(DEFAULT)).lines(rows))
    if not (store.descriptors.fd >> 31).any():  # which share their key with others
        assert made == [render_line(store, row) for row in rows.tolist()]
    printable = [
        name for name, one in FIELDS.items() if not one.filter_only and one.form is ArgumentForm.NONE
    ]
    text = "*" + "".join(f"%{name}|" for name in chance.sample(printable, SAMPLE // 4)) + "%evt.args"
    style = OutputStyle(chance.choice([*BufferForm]), chance.choice([*TimeForm]), safe=True)
    printer = Printer(store, compile_format(text), style)
    for line in printer.lines(rows):
        assert line.replace("\n", "").replace("\t", "").isprintable()
    for one in printer.objects(rows):
        json_line(one)


def _all_messages(store: Store, chance: random.Random) -> None:
    messages = messages_of(store)
    listed = messages.exchanges(compile_filter(chance.choice(FILTERS)).mask(store)).tolist()
    for one in [*listed, *messages.exchanges().tolist()][:LINES]:
        assert visible(messages.sentence(one)).isprintable()
        json_line(exchange_object(messages, one, full=one < SAMPLE))


def _all_waits(store: Store) -> None:
    waits = waits_of(store)
    lives = range(len(waits.lives.begin))
    for line in (waits.line(lives), *(waits.line([one]) for one in lives[:5])):
        found = breakdown_of(store, line)
        assert sum(part.elapsed for part in found.parts) == found.elapsed
    for gap in gaps_of(store, None, 1_000_000)[:5]:
        gap.meanwhile(store)


def _files(store: Store, chance: random.Random) -> None:
    names = sorted({name for name, kind in zip(store.descriptors.name, store.descriptors.kind, strict=True)
                    if kind == "file"})  # fmt: skip
    for name in chance.sample(names, min(len(names), SAMPLE // 4)):
        for contents in file_contents(store, name):
            for line in file_lines(contents):
                assert visible(line.text).isprintable()


def _look(store: Store, name: str, selection: Selection, chance: random.Random) -> None:
    result = evaluate(store, name, selection)
    if not len(result):
        return
    column = chance.randrange(len(result.columns))
    for shown in (result, result.sort(column, chance.random() < 0.5)):
        for i in [0, len(result) - 1, *(chance.randrange(len(result)) for _ in range(SAMPLE))]:
            texts = [shown.text(i, j) for j in range(len(result.columns))]
            assert visible("".join(texts)).isprintable()
            json_line([shown.value(i, j) for j in range(len(result.columns))])
    i = chance.randrange(len(result))
    result.event_rows(i)
    below = result.drill(i)
    if below is not None:
        evaluate(store, chance.choice(list(VIEWS)), below)


def _show(store: Store, rows: list[int]) -> None:
    for row in rows:
        line = render_line(store, row)
        assert visible(line).isprintable()
        render_info(store, row)
        json_line([str(one) for one in decoded_args(store, row)])
        payload = store.payload(row)
        if payload:
            summary(payload)


@contextmanager
def _bounded_time() -> Iterator[None]:
    """Interrupt what takes more than :data:`SECONDS` of CPU time, again and again if that is caught."""
    before = signal.signal(signal.SIGPROF, _too_slow)
    signal.setitimer(signal.ITIMER_PROF, SECONDS, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextmanager
def bounded_memory() -> Iterator[None]:
    """Give the process what it has and :data:`MEGABYTES` more for a while."""
    gc.collect()
    with open("/proc/self/statm", encoding="ascii") as statm:
        pages = int(statm.read().split()[0])
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + (MEGABYTES << 20), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def be_strict() -> None:
    """Take warnings of NumPy for faults; for the whole process."""
    warnings.simplefilter("error")


def _too_slow(_signal: int, _frame: FrameType | None) -> None:
    raise TooSlowError(f"more than {SECONDS:g} s")
