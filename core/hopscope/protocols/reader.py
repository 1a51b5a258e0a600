"""The bytes of one direction, given as they come and read as a decoder needs them.

A decoder reads a stream in a generator: it asks for bytes with ``yield from``, and is left waiting until
an event brings them. So it is written in the order of the protocol, however the bytes were cut into
events, takes linear time, and holds no more than it asked for. Bytes that were moved and not recorded
are passed over by their number; where the decoder needs to see them it gets :class:`GapError`.
"""

from __future__ import annotations

from collections.abc import Generator

LONGEST_ASKED = 1 << 16
"""Bytes that are held for one question of a decoder; the rest is passed over."""

Wait = Generator[None, None, None]
"""Reads a stream and returns when nothing more in it is of the decoder's protocol."""


class GapError(Exception):
    """Bytes are needed that the capture does not hold, or make no sense: the place in the stream is lost.

    Args:
        known: what there was of them.
    """

    def __init__(self, known: bytes = b"") -> None:
        super().__init__("bytes that are not in the capture")
        self.known = known


class Reader:
    """The bytes of one direction.

    Args:
        position: offset in the stream of the first byte to come.
        datagram: True where these bytes are one datagram, whose borders the protocol can rely on.

    Attributes:
        position: offset in the stream of the next byte that is read.
        datagram: as given.
    """

    def __init__(self, position: int = 0, *, datagram: bool = False) -> None:
        self.position = position
        self.datagram = datagram
        self._held = bytearray()
        self._gap = 0
        self._ended = False

    # --- giving ----------------------------------------------------------------------------------

    def feed(self, data: bytes) -> None:
        """Add recorded bytes; the decoder must have run since the last gap."""
        self._held += data

    def gap(self, size: int) -> None:
        """Add bytes that were moved and not recorded."""
        self._gap += size

    def end(self) -> None:
        """Nothing more will come."""
        self._ended = True

    # --- reading ---------------------------------------------------------------------------------

    @property
    def _over(self) -> bool:
        """Whether waiting brings nothing that belongs behind the bytes held."""
        return bool(self._gap) or self._ended

    @property
    def gapped(self) -> bool:
        """Whether bytes that are not recorded lie behind those that are held."""
        return bool(self._gap)

    def more(self) -> Generator[None, None, bool]:
        """Wait for a next byte, recorded or not; False when the stream has ended."""
        while not self._held and not self._gap:
            if self._ended:
                return False
            yield
        return True

    def take(self, size: int) -> Generator[None, None, bytes]:
        """Exactly so many bytes. Raises GapError where one of them is not recorded."""
        while len(self._held) < size:
            if self._over or size > LONGEST_ASKED:
                raise GapError(bytes(self._held))
            yield
        return self._pop(size)

    def peek(self, size: int) -> Generator[None, None, bytes]:
        """As :meth:`take`, but the bytes stay; fewer where no more are recorded."""
        while len(self._held) < size and not self._over:
            yield
        return bytes(self._held[:size])

    def held(self, size: int) -> bytes:
        """The first bytes of what has come and was not read yet, without waiting; they stay."""
        return bytes(self._held[:size])

    def known(self, size: int, most: int = LONGEST_ASKED) -> Generator[None, None, bytes]:
        """Pass over so many bytes; the recorded ones among the first ``most``, up to the first gap."""
        wanted = min(size, most)
        while len(self._held) < wanted and not self._over:
            yield
        data = bytes(self._held[:wanted])
        yield from self.skip(size)
        return data

    def skip(self, size: int) -> Wait:
        """Pass over so many bytes. Raises GapError where the stream ends before."""
        while size:
            step = min(size, len(self._held))
            del self._held[:step]
            hidden = min(size - step, self._gap)
            self._gap -= hidden
            self.position += step + hidden
            size -= step + hidden
            if size:
                if self._ended:
                    raise GapError
                yield

    def until(self, *marks: bytes, most: int = LONGEST_ASKED) -> Generator[None, None, bytes]:
        """The bytes up to and with the first of these marks. Raises GapError where none comes in time."""
        searched = 0
        longest = max(map(len, marks))
        while True:
            since, end = max(0, searched - longest + 1), 0
            for mark in marks:
                at = self._held.find(mark, since, end or most)
                if at >= 0:
                    end = at + len(mark)
            if end:
                return self._pop(end)
            if self._over or len(self._held) >= most:
                raise GapError(bytes(self._held[:most]))
            searched = len(self._held)
            yield

    def rest(self) -> Wait:
        """Pass over everything that is still to come."""
        while True:
            self.position += len(self._held) + self._gap
            self._held.clear()
            self._gap = 0
            if self._ended:
                return
            yield

    def _pop(self, size: int) -> bytes:
        data = bytes(self._held[:size])
        del self._held[:size]
        self.position += size
        return data
