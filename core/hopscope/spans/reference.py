"""The documentation of trails, with the table of evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hopscope.spans.inside import LEAST_SCORE
from hopscope.spans.links import CLOSE, SURE
from hopscope.spans.reasons import REASONS

_SOURCES: tuple[tuple[str, str], ...] = (
    (
        "where requests come from",
        "how they are found",
    ),
    (
        "protocols that a decoder knows",
        "the messages of `hopscope messages`, requests with their responses",
    ),
    (
        "other connections, and TLS",
        "turns: all that one end says until the other one does. Who asks is the client; where nothing"
        " tells who that is, whoever spoke first",
    ),
    (
        "other datagrams",
        "each that a client sends; the next one that comes back from there answers it. Where nothing "
        "ever comes back, nobody waits for an answer",
    ),
    (
        "pipes between two processes",
        "jobs; where another pipe leads back, what comes through it answers them. Standard output and"
        " error are output, unless they answer",
    ),
    (
        "calls of which nothing was recorded",
        "what came back, or what the other end recorded: both ends of a stream count the same bytes, "
        "so the calls that moved a request are known where only one end shows it",
    ),
)
"""Where requests come from, and how they are found."""

_EXPORTS: tuple[tuple[str, str], ...] = (
    (
        "option",
        "what it makes",
    ),
    (
        "`--json`",
        "rows with their place, the place of the row above, times, events, bytes, marks, the link "
        "with its evidence and the other candidates",
    ),
    (
        "`--otlp`",
        "an ExportTraceServiceRequest in OTLP's JSON form: one resource a process, kinds client, "
        "server, producer, consumer and internal, links from repeated requests to the first one, "
        "evidence as attributes. Jaeger opens the file",
    ),
    (
        "`--chrome`",
        "Chrome trace events: complete events in a process each, requests that overlap in lanes, "
        "arrows from cause to effect. Perfetto (ui.perfetto.dev) opens the file",
    ),
    (
        "`--markdown`",
        "a table for a report, and why doubtful links were drawn",
    ),
)
"""Options of the command, and what they make."""

_BEFORE = """\
# Trails

{note}

A trail is the tree of requests that an event belongs to: who asked whom, for whose sake, what came back
and after how long. `hopscope trail CAPTURE EVENT` prints it; on the screen it is a waterfall. Nothing has
to be instrumented: all of it is worked out from system calls.

## Spans

A span is one request as one process saw it. It was *received* here and answered, or *sent* from here and
answered to here; a request within the capture has two spans, one at each end. What nobody answered is a
span too, up to the close with which it was given up. Lines of logs are none.

{sources}

The root of a tree is the run of a process that was started in the capture and whose requests nothing
received caused. In a process that was there before it is the first span without a cause; `--process`
takes all that the process did. A process that was started while a request was worked on, such as a CGI
program, hangs below that.

## Links from process to process

A received request hangs below the same one as it was sent. On streams the two are the same bytes of the
connection, whose ends are found as for hops: equal addresses, the client's address where the server's was
translated, kernel addresses of unix sockets, or equal bytes. Datagrams are told apart by the client's
address, the transaction's number and the question; where addresses were translated by the last two. One
call may have sent several datagrams.

## Links inside a process

A sent request hangs below the received one for whose sake it was sent. All that the process was working
on at that time, and what it had just answered, are candidates. The events of the process are gone through
backwards, to know what each thread answered next, and forwards, to know what each thread was at: what it
received last, what the answer that it got last belongs to, or what the thread was at that woke or started
it (futexes, eventfds and pipes inside the process, clone). Then the evidence is added up:

"""

_AFTER = """
A weight takes away that part of the doubt: two of 0.5 leave a quarter of it, a score of 75 %. What speaks
against a candidate multiplies the score. The best candidate is the cause if it has {least:.0%} or more. A
link is *doubtful* below {sure:.0%}, or when the next candidate is less than {close:.0%} behind; `--json`
and the screen show all candidates with their evidence.

Words count by how few of the requests that are being worked on have them, and less where many requests of
the process have them at any time. Header lines that most messages share are left out.

## How good the links are

`python benchmarks/links.py` plays six systems that know who asked whom: a reverse proxy with a dead
upstream, a pool of connections with pipelined HTTP, a pre-forked server with pipes and unix sockets, a
thread pool that answers out of order, an event loop, and tasks that move between threads. What came out
stands in [benchmarks/README.md](../benchmarks/README.md#links-of-trails). Precision is the share of the
links drawn that are true, recall the share of the true ones that are drawn.

## Limits

- What waits in memory without a system call is not seen: where a thread takes a job from a queue
  without being woken, only content, order and who answers tell which job it was.
- One request that serves several at once, such as a lookup that two clients share, hangs below one of
  them.
- Requests over a connection of an unknown protocol that are sent before the answer to the one before
  are one turn.
- What moves through shared memory, io_uring or memory-mapped files is not recorded.
- Links of a process with many requests at a time that neither share words nor keep to threads are
  guesses; they are marked doubtful.

## For other programs

{exports}
"""


def trails_page(note: str) -> str:
    """How trails are made: spans, links, evidence, limits.

    Args:
        note: says that the page is made.
    """
    evidence = [
        (one.words.replace("{}", "…"), f"score × {one.weight:.2f}" if one.against else f"{one.weight:.2f}")
        for one in sorted(REASONS, key=lambda one: (one.against, -one.weight))
    ]
    before = _BEFORE.format(note=note, sources=_table(_SOURCES))
    after = _AFTER.format(least=LEAST_SCORE, sure=SURE, close=CLOSE, exports=_table(_EXPORTS))
    return f"{before}{_table([('evidence', 'weight'), *evidence])}\n{after}"


def _table(rows: Iterable[Sequence[str]]) -> str:
    """Rows as Markdown, the first one as their head."""
    head, *others = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([head, "|---|---|", *others])
