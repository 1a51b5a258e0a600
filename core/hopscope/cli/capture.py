"""Opening a capture for a command, with progress and warnings on standard error."""

from __future__ import annotations

import shutil
import sys
import time
from argparse import Namespace
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hopscope.caching import cache_allowed
from hopscope.cli.captures import clocks_of, is_timeline
from hopscope.cli.output import complain
from hopscope.filters import compile_filter
from hopscope.index import open_indexed
from hopscope.progress import ReadingProgress, percent
from hopscope.store.store import Store


def open_capture(arguments: Namespace) -> Store:
    """The store of the captures that a command line names; says on standard error what was lost.

    Raises CaptureError where nothing of one can be read, UsageError for a clock of a host that is not there.
    """
    with Progress() as progress:
        if is_timeline(arguments):
            from hopscope.timeline import open_timeline_indexed  # noqa: PLC0415  not for a single capture

            store = open_timeline_indexed(
                arguments.captures,
                progress.report,
                clocks_of(arguments),
                use_cache=cache_allowed(),
                note=progress.notes.append,
            )
        else:
            store = open_indexed(
                arguments.capture,
                progress.report,
                progress.reading,
                use_cache=cache_allowed(),
                note=progress.notes.append,
            )
    for note in progress.notes:
        complain(note)
    complain_of_loss(store)
    return store


def complain_of_loss(store: Store) -> None:
    """Say on standard error what was lost."""
    members = store.members
    for sentence in store.loss.damage:
        complain(sentence if members is not None else f"{store.source.name}: {sentence}")
    for note in members.notes if members is not None else ():
        complain(note)


def matching(store: Store, words: Sequence[str]) -> NDArray[np.bool_]:
    """Event rows that a filter given as words lets through; all of them without words.

    Raises FilterError where it does not parse.
    """
    text = " ".join(words).strip()
    if not text:
        return np.ones(len(store), dtype=np.bool_)
    return compile_filter(text).mask(store)


class Progress:
    """One line on standard error that goes away again; none for short waits or without a terminal.

    Attributes:
        notes: sentences to be printed when the line has gone.
    """

    PATIENCE = 0.5
    """Seconds before anything is shown."""

    PAUSE = 0.1
    """Seconds between two words."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._shown = ""
        self._begun = time.monotonic()
        self._said = 0.0
        self._wanted = sys.stderr is not None and sys.stderr.isatty()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self._show("")

    def report(self, what: str, part: float) -> None:
        """Say what is being done, and how much of all the work is done (0 to 1)."""
        if self._is_due():
            self._show(f"{what} ... {part:.0%}")

    def reading(self, progress: ReadingProgress) -> None:
        """Say how far reading is: share, bytes, events, rate, time left."""
        if self._is_due():
            share = "" if progress.share is None else f" {percent(progress.share)}"
            self._show(f"reading{share} · {' · '.join(progress.words())}")

    def _is_due(self) -> bool:
        now = time.monotonic()
        if not self._wanted or now - self._begun < self.PATIENCE or now - self._said < self.PAUSE:
            return False
        self._said = now
        return True

    def _show(self, text: str) -> None:
        text = text[: shutil.get_terminal_size().columns - 1]
        if text != self._shown:
            print(f"\r{text:<{len(self._shown)}}\r{text}", end="", file=sys.stderr, flush=True)
            self._shown = text
