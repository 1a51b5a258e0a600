"""The first half of indexing in a process of its own, so that both halves run at once.

The process is forked, fills the shared columns, and says through a channel how far it is; the other half
needs nothing else from it. Where no process can be forked the same is done between the other half's
steps.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import warnings
from typing import TYPE_CHECKING, NoReturn

from hopscope.capture.growing import GrowingSource
from hopscope.errors import CaptureError
from hopscope.store.growing_columns import can_share
from hopscope.store.stretches import Stretch, Stretches

if TYPE_CHECKING:
    from hopscope.channel import Channel

WORTH = 24 << 20
"""Bytes that must be left to be read for a process of their own."""

_PATIENCE = 0.2


class Beside:
    """The first half, done in this process whenever the next stretch is asked for.

    Args:
        source: where the bytes come from.
        stretches: what fills the columns.

    Attributes:
        done: all of the source is in the columns.
    """

    def __init__(self, source: GrowingSource, stretches: Stretches) -> None:
        self.done = False
        self._source = source
        self._stretches = stretches

    def next(self, seconds: float) -> Stretch | None:
        """The next stretch; None when there is none after so many seconds."""
        stretch = self._advance()
        if stretch is None and not self.done:
            self._source.grow(seconds)
            stretch = self._advance()
        return stretch

    def _advance(self) -> Stretch | None:
        source, stretches = self._source, self._stretches
        if not _is_enough(source, source.size, source.ended, stretches):
            return None
        stretch = stretches.advance(source.view(source.size), whole=source.ended)
        self.done = stretches.is_over or (source.ended and stretches.position >= source.size)
        return stretch

    def close(self) -> None:
        """Nothing to end."""


class Ahead:
    """The first half in another process.

    Args:
        source: where the bytes come from; read on here, by a thread.
        stretches: what fills the columns, which must be shared; from here on the other process has it.

    Raises:
        OSError: no process can be forked.

    Attributes:
        done: all of the source is in the columns, and every stretch was handed out.
    """

    def __init__(self, source: GrowingSource, stretches: Stretches) -> None:
        import socket  # noqa: PLC0415  not needed for small captures

        from hopscope.channel import Channel  # noqa: PLC0415

        self.done = False
        self._name = source.name
        self._source = source
        here, there = socket.socketpair()
        state = (source.size, source.ended)
        try:
            with warnings.catch_warnings():
                # said of any fork beside threads; the new process needs none of their locks
                warnings.simplefilter("ignore", DeprecationWarning)
                self._pid = os.fork()
        except OSError:
            here.close()
            there.close()
            raise
        if self._pid == 0:
            here.close()
            _work(source, stretches, state, Channel(there))
        there.close()
        self._channel = Channel(here)
        self._stopped = threading.Event()
        self._feeder: threading.Thread | None = None
        if not state[1]:
            self._feeder = threading.Thread(
                target=self._feed, args=(state[0],), name="grow-capture", daemon=True
            )
            self._feeder.start()

    def _feed(self, size: int) -> None:
        """Say how much of the source is there, until all of it is."""
        source = self._source
        with contextlib.suppress(OSError):  # nobody wants to know any more
            while not self._stopped.is_set():
                source.grow(_PATIENCE)
                if source.size != size or source.ended:
                    size = source.size
                    self._channel.send((size, source.ended))
                if source.ended:
                    break

    def next(self, seconds: float) -> Stretch | None:
        """The next stretch; None when there is none after so many seconds.

        Raises CaptureError where the process has ended too early, or what it raised.
        """
        if self.done or not self._channel.has_message(seconds):
            return None
        try:
            news = self._channel.receive()
        except (EOFError, ConnectionError):
            news = CaptureError(f"the process that reads {self._name} has ended, perhaps for want of memory")
        if isinstance(news, Stretch):
            self.done = news.last
            return news
        self.done = True
        if isinstance(news, BaseException):
            raise news
        return None

    def close(self) -> None:
        """End the process where it still runs."""
        self._stopped.set()
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        if self._feeder is not None:
            self._feeder.join(2 * _PATIENCE)
        self._channel.close()


def can_work_ahead() -> bool:
    """True where the first half can have a process and a core of its own."""
    return sys.platform == "linux" and can_share() and (os.cpu_count() or 1) > 1


def left_to_read(source: GrowingSource, position: int) -> int:
    """Bytes of the stream that are still to come behind a position, as far as anybody can tell.

    Of a packed capture it is known how much is packed; a stream is a few times as long.
    """
    if source.ended:
        return source.size - position
    if source.packed:
        return source.size - position + 4 * max(source.total - source.read, 0)
    return max(source.total, source.size) - position


def _work(source: GrowingSource, stretches: Stretches, state: tuple[int, bool], channel: Channel) -> NoReturn:
    """The life of the process: fill columns, say so, end."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _fill(source, stretches, state, channel)
        status = 0
    except (ConnectionError, EOFError):
        pass  # nobody listens any more
    except BaseException as error:  # whatever it was, the other side must hear of it
        with contextlib.suppress(OSError):
            channel.send(error if isinstance(error, CaptureError) else RuntimeError(repr(error)))
    finally:
        os._exit(status)


def _fill(source: GrowingSource, stretches: Stretches, state: tuple[int, bool], channel: Channel) -> None:
    size, ended = state
    while True:
        if not _is_enough(source, size, ended, stretches):
            size, ended = _next_size(channel)
            continue
        stretch = stretches.advance(source.view(size), whole=ended)
        over = stretches.is_over or (ended and stretches.position >= size)
        if stretch is not None:
            stretch.last = over
            channel.send(stretch)
            source.release()
            stretches.columns.release()
        if over:
            if stretch is None:
                channel.send(None)
            return
        if stretch is None:
            size, ended = _next_size(channel)


def _is_enough(source: GrowingSource, size: int, ended: bool, stretches: Stretches) -> bool:
    """Whether so many bytes are worth a stretch.

    What is read from a file is taken in stretches of known lengths, so that where they end, and with it the
    order of the small tables, does not depend on who was faster.
    """
    if ended:
        return True
    return size - stretches.position >= (1 if source.live else stretches.next_size)


def _next_size(channel: Channel) -> tuple[int, bool]:
    """How much of the source is there now, and whether that is all."""
    said = channel.receive()
    assert isinstance(said, tuple)
    return said
