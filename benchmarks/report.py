"""Results as Markdown, and their places in README.md."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path

PAGE = Path(__file__).with_name("README.md")


def machine() -> str:
    """Day and machine of a measurement."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    processor = _processor() or platform.processor() or platform.machine()
    python = f"Python {platform.python_version()}"
    return f"{today}, {platform.system()}, {processor}, {os.cpu_count()} CPUs, {python}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; all columns but the first are numbers."""
    lines = [headings, ["---", *("---:" for _ in headings[1:])], *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines) + "\n"


def record(mark: str, text: str, page: Path = PAGE) -> None:
    """Put a result in the place of the one before, between ``<!-- mark -->`` and ``<!-- end -->``.

    Raises ValueError where the page has no such marks.
    """
    begin, end = f"<!-- {mark} -->\n", "<!-- end -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{page} has no place for {mark!r}")
    page.write_text(f"{before}{begin}{text.rstrip()}\n{end}{after}", encoding="utf-8")


def milliseconds(seconds: float) -> str:
    """``38 ms``, ``0.4 ms``, ``1.24 s``."""
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e3:.0f} ms" if seconds >= 0.01 else f"{seconds * 1e3:.1f} ms"


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so much of all are not above, from 0 to 1."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]
