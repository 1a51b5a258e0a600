"""The process that reads and indexes a capture, and how its result comes back.

The two ends share a pipe and a piece of memory. Through the pipe go pickled news, each with its
length before it; the columns of the index, the largest part by far, are written to the memory and
used from there without another copy.
"""

from __future__ import annotations

import contextlib
import gc
import mmap
import os
import pickle
import signal
import struct
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from hopscope.errors import CaptureError
from hopscope_tui.forking import Fork
from hopscope_tui.opening import FirstView, Progress, Request, Tell

if TYPE_CHECKING:
    from hopscope.store.store import Store

_LENGTH = struct.Struct("<Q")
_ALIGNMENT = 64
_MAPPED_FROM = 64 << 20
"""Bytes from which on a plain file is mapped at both sides and not copied from one to the other."""


@dataclass(frozen=True, slots=True)
class _Index:
    """A store: pickled without its columns, and where those lie in the shared memory.

    Attributes:
        pickled: all but the columns.
        columns: start and stop of each in the shared memory.
        mapped: bytes of the capture where those are not among the columns, because the file itself is
            mapped into memory at the other side too; else 0.
    """

    pickled: bytes
    columns: tuple[tuple[int, int], ...]
    mapped: int


class Helper:
    """The process, seen from the one that started it."""

    def __init__(self, fork: Fork) -> None:
        self._fork = fork
        self._news = os.fdopen(fork.news, "rb")

    def receive(self, tell: Tell) -> Store:
        """Pass news on until the store is there.

        Raises what the process raised; CaptureError where it ended without a word.
        """
        try:
            while True:
                news = _receive(self._news)
                if isinstance(news, BaseException):
                    raise news
                if isinstance(news, _Index):
                    store = self._load(news)
                    if news.mapped:
                        _map_capture(store, self._fork.asked[0], news.mapped)
                    return store
                assert isinstance(news, Progress | FirstView)
                tell(news)
        except EOFError as error:
            raise CaptureError(
                "the process that read the capture has ended, perhaps for want of memory"
            ) from error
        finally:
            self._fork.end()
            self._news.close()
            os.close(self._fork.memory)

    def _load(self, index: _Index) -> Store:
        """The store, its columns in the shared memory; pages that are written to are copied."""
        size = os.fstat(self._fork.memory).st_size
        if not size:
            store: Store = pickle.loads(index.pickled)
            return store
        memory = memoryview(mmap.mmap(self._fork.memory, size, flags=mmap.MAP_PRIVATE))
        store = pickle.loads(index.pickled, buffers=[memory[start:stop] for start, stop in index.columns])
        return store


def work(asked: tuple[str, str, str], writing: int, memory: int) -> None:
    """The life of the process: prepare, send, end. Never returns."""
    status = 1
    news = os.fdopen(writing, "wb")
    try:
        gc.disable()  # it lives for a moment and makes no cycles worth the search
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # starting threads nobody needs takes 40 ms
        from hopscope_tui.early import read_early  # noqa: PLC0415  loads NumPy

        early = read_early(asked[0])
        from hopscope_tui.preparing import index, prepare  # noqa: PLC0415  loaded while the file is being read

        store = prepare(Request(*asked), lambda one: _send(news, one), partial(index, early=early))
        _send(news, _keep_columns(store, memory, asked[0]))
        status = 0
    except BrokenPipeError:
        pass  # nobody listens any more
    except BaseException as error:  # whatever it was, the other side must hear of it
        with contextlib.suppress(OSError):
            _send(news, _sendable(error))
    finally:
        os._exit(status)


def _keep_columns(store: Store, memory: int, path: str) -> _Index:
    size = store.source.size
    mapped = size if size >= _MAPPED_FROM and not store.source.packed and os.path.isfile(path) else 0
    if mapped:
        store.source.data = store.columns.data = store.source.data[:0]
    buffers: list[pickle.PickleBuffer] = []
    pickled = pickle.dumps(store, protocol=5, buffer_callback=buffers.append)
    places, at = [], 0
    for buffer in buffers:
        raw = buffer.raw()
        _write(memory, raw, at)
        places.append((at, at + raw.nbytes))
        at += -(-raw.nbytes // _ALIGNMENT) * _ALIGNMENT
    return _Index(pickled, tuple(places), mapped)


def _map_capture(store: Store, path: str, size: int) -> None:
    """Give the store the bytes of a large file again. Raises CaptureError where it is another file by now."""
    from hopscope.capture.source import open_source  # noqa: PLC0415  loads NumPy

    source = open_source(path)
    if source.size != size:
        raise CaptureError(f"{source.name} was changed while it was read")
    store.source.data = store.columns.data = source.data


def _write(memory: int, raw: memoryview, at: int) -> None:
    written = 0
    while written < raw.nbytes:
        written += os.pwrite(memory, raw[written:], at + written)


def _sendable(error: BaseException) -> BaseException:
    """The fault itself where it can be pickled, else one that says the same."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # pickling may fail in any way
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _send(news: BinaryIO, what: object) -> None:
    pickled = pickle.dumps(what, protocol=5)
    news.write(_LENGTH.pack(len(pickled)) + pickled)
    news.flush()


def _receive(news: BinaryIO) -> object:
    head = news.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    pickled = news.read(length)
    if len(pickled) < length:
        raise EOFError
    return pickle.loads(pickled)
