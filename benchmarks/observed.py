"""hopscope with a clock on its screen's thread: every stretch without a pause is written down.

    python observed.py REPORT [ARGUMENTS OF HOPSCOPE]

When the program ends REPORT holds a line for each stretch of at least 5 ms: when it began (seconds on the
monotonic clock, which all processes share), how long it was, and what ran.
"""

from __future__ import annotations

import asyncio
import sys
import time
from asyncio.events import Handle
from pathlib import Path

NOTED = 0.005
_run = Handle._run
_noted: list[tuple[float, float, str]] = []


def _timed(handle: Handle) -> None:
    begun = time.perf_counter()
    _run(handle)
    passed = time.perf_counter() - begun
    if passed >= NOTED:
        _noted.append((begun, passed, _name(handle)))


def _name(handle: Handle) -> str:
    task = getattr(getattr(handle, "_callback", None), "__self__", None)
    if isinstance(task, asyncio.Task):
        return f"{task.get_coro()!r} {task.get_name()}"
    return repr(handle)


def main() -> int:
    """Run hopscope; write the report."""
    report, arguments = Path(sys.argv[1]), sys.argv[2:]
    sys.argv = ["hopscope", *arguments]
    Handle._run = _timed  # type: ignore[assignment, method-assign]
    from hopscope_tui.__main__ import main as run  # noqa: PLC0415  as the program itself does

    try:
        return run()
    finally:
        lines = (f"{begun:.6f}\t{passed:.6f}\t{' '.join(name.split())}\n" for begun, passed, name in _noted)
        report.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
