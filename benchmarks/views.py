"""How long each view takes on a large capture, without a screen: the first time, and once it is warm.

    python benchmarks/views.py CAPTURE

CPU milliseconds, so that other work on the machine does not count: of the first evaluation, of one more, of
one under a selection that nothing is known of (half of the capture), and of the first rows as text.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from hopscope.store.build import open_store
from hopscope.store.store import Store
from hopscope.views import VIEWS, Selection, ViewResult, evaluate

SHOWN = 60
"""Rows that a screen shows."""


def milliseconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1000


def shown(result: ViewResult) -> list[list[str]]:
    columns = range(len(result.columns))
    return [[result.text(i, j) for j in columns] for i in range(min(SHOWN, len(result)))]


def halves(store: Store) -> Selection:
    middle = int(store.time[len(store) // 2])
    return Selection().with_time(int(store.time[0]), middle)


def main() -> None:
    store = open_store(sys.argv[1])
    half = halves(store)
    half.mask(store)
    print(f"{len(store):,} events\n{'view':24}{'rows':>9}{'first':>9}{'again':>9}{'half':>9}{'text':>9}")
    for name in VIEWS:
        first = milliseconds(lambda: evaluate(store, name))  # noqa: B023  called at once
        again = milliseconds(lambda: evaluate(store, name))  # noqa: B023
        fresh = milliseconds(lambda: evaluate(store, name, half))  # noqa: B023
        result = evaluate(store, name)
        text = milliseconds(lambda: shown(result))  # noqa: B023
        print(f"{name:24}{len(result):9,}{first:9.1f}{again:9.1f}{fresh:9.1f}{text:9.1f}")


if __name__ == "__main__":
    main()
