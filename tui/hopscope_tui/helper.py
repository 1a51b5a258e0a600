"""The process that reads and indexes a capture, and the one that shows it: how they talk."""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hopscope.channel import Channel
from hopscope.errors import CaptureError
from hopscope.progress import ReadingProgress
from hopscope_tui.forking import Asked, Fork
from hopscope_tui.opening import FirstView, Opening, Order, Request, State

if TYPE_CHECKING:
    from hopscope.store.builder import StoreBuilder
    from hopscope.store.store import Store
    from hopscope_tui.handover import Receiver, Sender


class ViewWanted:
    """The process that reads asks for the first view, to keep it with the index.

    It would take that process as much time and memory to work it out as it took the screen before.
    """


class Helper:
    """The process, seen from the one that shows.

    Args:
        fork: the process.
        opening: to be told what comes from it.
    """

    def __init__(self, fork: Fork, opening: Opening) -> None:
        self._fork = fork
        self._channel = Channel(fork.end)
        self._opening = opening
        self._receiver: Receiver | None = None

    def run(self) -> None:
        """Pass on what is told until nothing more will be.

        Raises what the process raised; CaptureError where it ended before its work was done.
        """
        opening = self._opening
        opening.pass_on_orders = self._pass_on_orders  # type: ignore[method-assign]
        try:
            if self._fork.waits:
                self._channel.send(Order.BEGIN)
            self._pass_on_orders()
            while True:
                news = self._channel.receive()
                if isinstance(news, BaseException):
                    raise news
                if isinstance(news, FirstView):
                    opening.tell_first(news)
                elif isinstance(news, State):
                    opening.tell_state(news)
                elif isinstance(news, str):
                    opening.tell_note(news)
                elif isinstance(news, ViewWanted):
                    from hopscope_tui.ways import view_to_keep  # noqa: PLC0415  loaded by now

                    self._channel.send(view_to_keep(opening))
                elif isinstance(news, tuple):
                    opening.tell_progress(*news)
                else:
                    self._take_over(news)
        except (EOFError, ConnectionError) as error:
            if not opening.state.is_over:
                raise CaptureError(
                    "the process that read the capture has ended, perhaps for want of memory"
                ) from error
        finally:
            self._fork.kill()
            if self._receiver is not None:
                self._receiver.close()
            self._channel.close()

    def _take_over(self, news: Any) -> None:
        """Take over a piece of a store. Only now what loads slowly is loaded: the first rows are there."""
        if self._receiver is None:
            self._opening.wait_until_drawn()
        from hopscope_tui.handover import Receiver  # noqa: PLC0415
        from hopscope_tui.ways import take_in  # noqa: PLC0415

        if self._receiver is None:
            self._receiver = Receiver(self._channel)
        store = self._receiver.take(news)
        if store is not None:
            take_in(self._opening, store, news.state, complete=news.complete)

    def _pass_on_orders(self) -> None:
        with contextlib.suppress(OSError):  # it has ended; its last words are being read
            while order := self._opening.order(wait=False):
                self._channel.send(order)


class _There:
    """Listens in the process that reads, and sends on what it hears."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._sender: Sender | None = None

    def progress(self, progress: ReadingProgress, state: State) -> None:
        """Send it on."""
        self._channel.send((progress, state))

    def first(self, view: FirstView) -> None:
        """Send it on."""
        self._channel.send(view)

    def store(self, builder: StoreBuilder, store: Store, state: State) -> None:
        """Hand it over."""
        if self._sender is None:
            from hopscope_tui.handover import Sender  # noqa: PLC0415  after the first rows

            self._sender = Sender(self._channel, builder, builder.source.files())
        self._sender.send(store, state, complete=builder.source.ended)

    def together(self, store: Store, files: Sequence[int]) -> None:
        """Hand it over."""
        from hopscope_tui.handover import Sender  # noqa: PLC0415  as above

        Sender(self._channel, None, files).send(store, State.WHOLE, complete=True)

    def forget(self) -> None:
        """Nothing more will be handed over."""
        self._sender = None

    def note(self, note: str) -> None:
        """Send it on."""
        self._channel.send(note)

    def state(self, state: State) -> None:
        """Send it on."""
        self._channel.send(state)

    def view_to_keep(self) -> bytes:
        """Ask for it; the store that was handed over last is that of the whole capture."""
        self._channel.send(ViewWanted())
        while not isinstance(answer := self._channel.receive(), bytes):
            pass  # orders that came too late
        return answer

    def order(self, *, wait: bool) -> Order | None:
        """The next one; ends the process where there is nobody any more to give one."""
        if not wait and not self._channel.has_message():
            return None
        order = self._channel.receive()
        assert isinstance(order, Order)
        return order


def work(asked: Asked, end: socket.socket, *, waits: bool) -> None:
    """The life of the process: read, send, keep an index, end. Never returns."""
    channel = Channel(end)
    status = 1
    try:
        gc.disable()  # it lives for a moment and makes no cycles worth the search
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # starting threads nobody needs takes 40 ms
        if waits:
            channel.receive()
        _read(Request(*asked), channel)
        status = 0
    except (BrokenPipeError, ConnectionError, EOFError):
        pass  # nobody listens any more
    except BaseException as error:  # whatever it was, the other side must hear of it
        with contextlib.suppress(OSError):
            channel.send(_sendable(error))
    finally:
        os._exit(status)


def _read(request: Request, channel: Channel) -> None:
    if request.is_timeline:
        from hopscope_tui.reading_together import read_together  # noqa: PLC0415  not for a single capture

        read_together(request, _There(channel))
        return
    from hopscope_tui.keeping import Keeping  # noqa: PLC0415  see the head of forking

    keeping = Keeping(request)
    from hopscope.capture.growing import open_growing  # noqa: PLC0415  loads NumPy

    source = open_growing(request.path, follow=request.follow)
    there = _There(channel)
    if request.is_usual:
        there.progress(ReadingProgress(total=source.total), State.READING)  # nothing is wrong with it so far
    from hopscope.heap import give_back  # noqa: PLC0415  not before the first rows
    from hopscope_tui.reading import Reader  # noqa: PLC0415  loaded while the capture is being unpacked

    store = Reader(request, source, there, shared=True).run()
    there.forget()
    del source  # what the builder knows beside the store is as large again, and the index does without
    gc.collect()
    give_back()
    if store is not None:
        note = keeping.keep(store, there.view_to_keep)
        if note:
            channel.send(note)


def _sendable(error: BaseException) -> BaseException:
    """The fault itself where it can be pickled, else one that says the same."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # pickling may fail in any way
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
