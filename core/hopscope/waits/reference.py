"""The documentation of waiting, made from the tables of states, targets and calls."""

from __future__ import annotations

from collections.abc import Iterator

from hopscope.waits.calls import CLASS_MEANINGS, CLASSES
from hopscope.waits.kinds import MEANINGS, NAMES, WORDS
from hopscope.waits.targets import MEANINGS as TARGET_MEANINGS
from hopscope.waits.targets import NAMES as TARGETS
from hopscope.waits.timeline import LONGEST_ON_CPU, SHORTEST

_HEADER = """\
# Where the time went

{note}

`hopscope waits CAPTURE [FILTER]` prints what the elapsed time of a process was spent on, longest part
first; the parts add up to the whole exactly. `--process PID` chooses by number, `--from EVENT` and `--to
EVENT` cut a piece out, `--threads` takes each thread for itself, `--together` several processes as one,
`--json` prints all of it with up to a thousand events a part. `hopscope gaps CAPTURE [FILTER]` lists the
times in which nothing of a selection happened, with the events before and after and what their processes
waited for meanwhile.

## What a thread does

Between two events of a thread its state follows from three questions: is it inside a call, does that call
wait, and did it have a CPU? The first two are told by enter and exit events, the last by switch events.

| state | in words | when |
|---|---|---|
"""

_RULES = """
Some captures tell less, and then:

- **No switch events about a thread.** A call that waits, or moves bytes, counts as waiting once it takes
  longer than {shortest} µs. Time outside of calls is only that: the thread may have worked, or been in
  calls that the recording left out.
- **Exits only** (captures since 2026, or calls entered before the recording began). All time since the
  thread's last event counts for the call that ends, if that call waits or moves bytes, so it is too long
  by what the thread worked before the call; switch events, where there are any, take that off.
- **Switch events that are missing.** A thread has a CPU again at the switch event that gives it one or,
  without that, at its own next event. A call whose business is to wait has waited if it took longer than
  {longest} ms.
- **A thread that is switched away inside of no call** stands in line for a CPU if another thread got that
  CPU. If the CPU went idle, it waited for something that is no call, such as a page of memory: nothing is
  known.
- **Lost events.** Where the recorder dropped events, and from an enter whose exit is missing to the next
  call, nothing is known.
- **Before its first event** a thread was in the call whose exit comes first, if that call waits; else
  nothing is known. The same holds for its last event and the end of the capture.

## What it waits for

| target | what it is |
|---|---|
"""

_TARGETS = """
- `poll` and `ppoll` list their descriptors: the first one that was ready counts, or the first that was
  asked for where time was up. Without descriptors they wait for their time-out.
- `select` and `epoll_wait` list none. What the thread reads, writes or accepts next, before it polls
  again, is what they waited for. A program that hands this to another thread leaves it unknown.
- A futex waits for the thread that wakes it: the last wake of the same address in the process before the
  wait was over, or the end of a thread, which wakes who joins it.
- `wait4` and its like wait for the child that ends meanwhile.
- A wait that is over because its time was up counts as timed out. It was still for its connection or file
  if it had one.

Calls by what they wait for; all others do their own work:

| calls | wait for |
|---|---|
"""

_SEVERAL = """
## Several threads

A process has one elapsed time and several threads. At each instant the process is in the state that says
most about why it has not gone on yet:

1. a thread works: so does the process. Of several the one that began first counts;
2. a thread is ready and has no CPU: the process is kept from working;
3. all threads wait: the wait counts whose target stands first in the table above. What lies outside of
   the process comes before timers, timers before what clients may yet ask for, and all of that before
   other threads of the process. So a thread that waits for another thread counts for what that one waits
   for, and a program that looks once a second whether its resolver is done waits for the DNS server and
   not for its own timer;
4. of several waits for the same kind of target that one counts which ends first, because the process goes
   on with it.

With `--together`, and for every selection of several processes, connections, pipes and children that lead
from one of them to another rank with the process's own threads: who waits for another process counts for
what that one does. A connection leads to a chosen process if that has a socket with the same client end,
which address translation does not change, or listens where it leads.

## Limits

- A part says what was waited for, not whose fault that was.
- When data came is not recorded, only when the thread had a CPU again. Time in which it was ready after a
  wait but had none yet belongs to the wait.
- Time in page faults counts as work or as unknown. `io_uring` and asynchronous I/O tell nothing of what
  they wait for.
- Work of the recorder itself is left out of most captures; a CPU that it had looks idle.
"""


def waiting_page(note: str) -> str:
    """The page on waiting, in Markdown."""
    return "".join(_page(note))


def _page(note: str) -> Iterator[str]:
    yield _HEADER.format(note=note)
    for name, words, meaning in zip(NAMES, WORDS, MEANINGS, strict=True):
        yield f"| `{name}` | {words} | {meaning} |\n"
    yield _RULES.format(shortest=SHORTEST // 1000, longest=LONGEST_ON_CPU // 1_000_000)
    for name, meaning in zip(TARGETS, TARGET_MEANINGS, strict=True):
        yield f"| `{name}` | {meaning} |\n"
    yield _TARGETS
    for name, calls in CLASSES.items():
        yield f"| {', '.join(f'`{call}`' for call in calls)} | {CLASS_MEANINGS[name]} |\n"
    yield _SEVERAL
