"""What rendering needs to see of a store.

The store lies to the right of this room, so it is described here and not imported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from numpy.typing import NDArray

from .dialect import Dialect


class ThreadColumns(Protocol):
    """Columns of the table of thread states."""

    @property
    def comm(self) -> Sequence[str]:
        """Name of the program."""

    @property
    def cwd(self) -> Sequence[str]:
        """Folder of the process with a final ``/``."""

    @property
    def table(self) -> NDArray[Any]:
        """Number of the descriptor table."""

    @property
    def first(self) -> NDArray[Any]:
        """Event row from which a state holds."""

    @property
    def stop(self) -> NDArray[Any]:
        """Event row from which it holds no more."""


class DescriptorColumns(Protocol):
    """Columns of the table of descriptor states."""

    @property
    def fd(self) -> NDArray[Any]:
        """The number in its process."""

    @property
    def table(self) -> NDArray[Any]:
        """Number of the descriptor table it is in."""

    @property
    def typechar(self) -> Sequence[str]:
        """Letter of the kind."""

    @property
    def l4(self) -> Sequence[str]:
        """Transport protocol."""

    @property
    def role(self) -> NDArray[Any]:
        """0 unknown, 1 client, 2 server."""

    @property
    def listening(self) -> NDArray[Any]:
        """True without a peer."""

    @property
    def opened(self) -> NDArray[Any]:
        """Event row that made it, negative when it was there before."""

    @property
    def name(self) -> Sequence[str]:
        """Path or ends."""

    @property
    def first(self) -> NDArray[Any]:
        """Event row from which a state holds."""

    @property
    def stop(self) -> NDArray[Any]:
        """Event row from which it holds no more."""


class HeardColumns(Protocol):
    """The table of descriptors with what the reference calls bound datagram sockets behind its rows."""

    @property
    def table(self) -> DescriptorColumns:
        """All states."""

    def rows(self, own: NDArray[Any], events: NDArray[Any]) -> NDArray[Any]:
        """Rows that hold instead of rows of ``descriptors`` at event rows."""

    def row(self, own: int, event: int) -> int:
        """The same for one."""


class Accounts(Protocol):
    """Users and groups of the machine."""

    @property
    def users(self) -> Mapping[int, str]:
        """Names by uid."""

    @property
    def groups(self) -> Mapping[int, str]:
        """Names by gid."""


class StoreView(Protocol):
    """Columns, tables and look-ups of a store."""

    @property
    def number(self) -> NDArray[Any]:
        """Event numbers."""

    @property
    def time(self) -> NDArray[Any]:
        """Times in ns since the epoch."""

    @property
    def cpu(self) -> NDArray[Any]:
        """Processors."""

    @property
    def tid(self) -> NDArray[Any]:
        """Threads as stored."""

    @property
    def code(self) -> NDArray[Any]:
        """Event types."""

    @property
    def thread(self) -> NDArray[Any]:
        """Rows of ``threads``."""

    @property
    def descriptor(self) -> NDArray[Any]:
        """Rows of ``descriptors``."""

    @property
    def nparams(self) -> NDArray[Any]:
        """Numbers of stored parameters."""

    @property
    def threads(self) -> ThreadColumns:
        """States of threads."""

    @property
    def descriptors(self) -> DescriptorColumns:
        """States of descriptors."""

    @property
    def dialect(self) -> Dialect:
        """The release of the reference whose names the events have."""

    @property
    def heard(self) -> HeardColumns:
        """States of descriptors as the reference has them."""

    def users_at(self, row: int) -> Accounts:
        """Users and groups of the machine of an event."""

    def run_at(self, row: int) -> int:
        """The run of a machine that an event belongs to; threads of different runs have the same numbers."""

    def raw_params(self, row: int) -> list[bytes]:
        """Stored bytes of each parameter."""

    def thread_at(self, tid: int, row: int) -> int:
        """Row of ``threads`` for a tid at an event, negative when unknown."""

    def descriptor_at(self, thread: int, fd: int, row: int) -> int:
        """Row of ``descriptors`` for a number at an event, negative when unknown."""
