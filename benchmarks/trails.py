"""From the key to the trail: over one event, and over a selection of many messages, once links are known.

    python benchmarks/trails.py [--events N] [--messages N] [--record]

``prepare`` is what the screen does beforehand once a capture is complete: reading all messages, spans, links.
Seconds are those of the processor.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence

import generate
import numpy as np
import report

from hopscope.index import open_indexed
from hopscope.spans import Trail, links_of, prepare, trail_of, trail_of_events
from hopscope.store.store import Store

EVENTS = 1_500_000


def timed(work: Callable[[], Trail | None]) -> tuple[float, int]:
    """Seconds of the processor, and rows of the trail."""
    begun = time.process_time()
    made = work()
    return time.process_time() - begun, len(made) if made is not None else 0


def over_messages(store: Store, most: int) -> tuple[int, float, int]:
    """Messages in a selection from the beginning of the capture, seconds, rows."""
    messages = links_of(store).spans.messages
    count = min(most, len(messages))
    mask = np.zeros(len(store), np.bool_)
    mask[: messages.row(count - 1) + 1] = True
    seconds, rows = timed(lambda: trail_of_events(store, mask))
    return count, seconds, rows


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--events", type=int, default=EVENTS, help="default: %(default)s")
    parser.add_argument(
        "--messages", type=int, default=100_000, help="in the selection; default: %(default)s"
    )
    parser.add_argument("--record", action="store_true", help="write the result into benchmarks/README.md")
    arguments = parser.parse_args(argv)
    store = open_indexed(str(generate.cached(arguments.events)), lambda *_: None, lambda *_: None)
    preparing, _ = timed(lambda: prepare(store))
    spans = links_of(store).spans
    alone, few = timed(lambda: trail_of(store, int(spans.first[len(spans) // 2])))
    count, seconds, rows = over_messages(store, arguments.messages)
    lines = [
        (
            "prepare",
            f"{len(spans.messages):,} messages",
            f"{len(spans):,} spans",
            report.milliseconds(preparing),
        ),
        ("trail of one event", "", f"{few:,} rows", report.milliseconds(alone)),
        ("trail of a selection", f"{count:,} messages", f"{rows:,} rows", report.milliseconds(seconds)),
    ]
    text = f"{report.machine()}\n\n{arguments.events:,} events:\n\n"
    text += report.table(("what", "over", "makes", "CPU"), lines)
    print(text)
    if arguments.record:
        report.record("trails", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
