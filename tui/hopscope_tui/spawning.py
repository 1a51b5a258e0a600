"""A process that reads a capture which is opened when the screen is there: nothing can be forked then."""

from __future__ import annotations

import os
import socket
import sys
from typing import cast

from hopscope.caching import allow_cache, cache_allowed
from hopscope.capture.limits import choose_limit, chosen_limit
from hopscope.channel import Channel
from hopscope.redaction import is_redacting, set_redacting
from hopscope_tui.forking import Asked, Fork
from hopscope_tui.helper import work

_WORTH = 1 << 20
"""Bytes of a file, packed or not, from which on reading in this process would be felt on its screen."""

_BEGIN = (
    "import sys; sys.path[:] = sys.argv[2:]; from hopscope_tui.spawning import main; main(int(sys.argv[1]))"
)
"""What the process runs: the same packages as here, from the same places."""

_CONNECTION = 3
"""Number of the connection in the new process, the first behind the standard ones."""

_Settings = tuple[bool, int | str, bool]


def is_worth_spawning(asked: Asked) -> bool:
    """True where a process of its own can read a capture, and the capture is large enough for that."""
    if sys.platform != "linux" or not sys.executable or asked.more or asked.clocks is not None:
        return False
    try:
        return os.path.isfile(asked.path) and os.path.getsize(asked.path) >= _WORTH
    except (OSError, ValueError):
        return False


def spawn_reader(asked: Asked) -> Fork:
    """Begin a process that reads a capture. Raises OSError where the machine refuses."""
    here, there = socket.socketpair()
    settings: _Settings = (cache_allowed(), chosen_limit(), is_redacting())
    try:
        nowhere = (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDWR, 0)
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, "-P", "-c", _BEGIN, str(_CONNECTION), *sys.path],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, there.fileno(), _CONNECTION),
                nowhere,
                (os.POSIX_SPAWN_DUP2, 0, 1),
                (os.POSIX_SPAWN_DUP2, 0, 2),
            ],
        )
    except OSError:
        here.close()
        raise
    finally:
        there.close()
    Channel(here).send((asked, settings))
    return Fork(asked, pid, here, waits=False)


def main(connection: int) -> None:
    """The life of the process. Never returns."""
    end = socket.socket(fileno=connection)
    asked, (cache, limit, redacting) = cast("tuple[Asked, _Settings]", Channel(end).receive())
    allow_cache(cache)
    choose_limit(limit)
    set_redacting(redacting)
    work(asked, end, waits=False)
