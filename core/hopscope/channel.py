"""Messages between two processes, with open files beside them."""

from __future__ import annotations

import pickle
import select
import socket
import struct
from collections.abc import Sequence

_HEAD = struct.Struct("<QI")
"""Length of the pickled message, and how many files come with it."""

_MOST_FILES = 64
_PIECE = 1 << 20


class Channel:
    """One end of a connection.

    Args:
        end: a stream socket of the Unix family.
    """

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._files: list[int] = []

    def send(self, message: object, files: Sequence[int] = ()) -> None:
        """Send a message and open files. Raises BrokenPipeError where nobody listens any more."""
        pickled = pickle.dumps(message, protocol=5)
        head = _HEAD.pack(len(pickled), len(files))
        if files:
            sent = socket.send_fds(self._end, [head], list(files))
            head = head[sent:]
        self._end.sendall(head)
        self._end.sendall(pickled)

    def receive(self) -> object:
        """The next message; :meth:`take_files` has the files that came with it.

        Raises EOFError where the other end is closed, ConnectionError where it was with something unread.
        """
        head = bytearray()
        while len(head) < _HEAD.size:
            piece, files, _, _ = socket.recv_fds(self._end, _HEAD.size - len(head), _MOST_FILES)
            self._files += files
            if not piece:
                raise EOFError
            head += piece
        length, _ = _HEAD.unpack(head)
        return pickle.loads(self._body(length))

    def _body(self, length: int) -> bytearray:
        body = bytearray(length)
        rest = memoryview(body)
        while rest:
            got = self._end.recv_into(rest[:_PIECE])
            if not got:
                raise EOFError
            rest = rest[got:]
        return body

    def take_files(self) -> list[int]:
        """The open files that came with messages since this was asked last; they belong to who takes them."""
        files, self._files = self._files, []
        return files

    def has_message(self, seconds: float = 0) -> bool:
        """True when a message begins to come, or the end, within so many seconds."""
        poll = select.poll()
        poll.register(self._end, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def close(self) -> None:
        """Close this end."""
        self._end.close()
