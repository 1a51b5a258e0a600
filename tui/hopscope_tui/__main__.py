"""Start of the program."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hopscope.index.companion import keep_with_indexes
from hopscope_tui.forking import Fork, fork_ahead

if TYPE_CHECKING:
    from hopscope.store.store import Store
    from hopscope.timeline import Clocks


def main() -> int:
    """Run the command line; return the exit status."""
    begun = signal.getsignal(signal.SIGINT)
    if begun is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing to clear up yet: Ctrl-C ends it without a word
    keep_with_indexes(_first_view)
    ahead = fork_ahead(sys.argv[1:])
    from hopscope import cli  # noqa: PLC0415  loaded while the capture is being read

    try:
        signal.signal(signal.SIGINT, begun)
        status = cli.main(sys.argv[1:], screen=Screen(ahead))
    finally:
        if ahead is not None:
            ahead.kill()
    if status == cli.INTERRUPTED:
        cli.end_by_interrupt()
    return status


def _first_view(store: Store, path: str) -> bytes:
    from hopscope_tui.kept_view import make_view  # noqa: PLC0415  only who keeps an index needs it

    return make_view(store, path)


class Screen:
    """Opens the full screen, for the commands that do.

    Args:
        ahead: a process that reads a capture already.
    """

    def __init__(self, ahead: Fork | None = None) -> None:
        self._ahead = ahead

    def __call__(
        self,
        path: str,
        filter_text: str = "",
        view: str = "",
        *,
        follow: bool = False,
        more: Sequence[str] = (),
        clocks: Clocks | None = None,
        tabs: Sequence[str] = (),
    ) -> int:
        """Open the full screen on a capture; return the exit status.

        Args:
            path: of the capture, ``-`` for standard input.
            filter_text: a filter to begin with, empty for none.
            view: name of the view to begin with, empty for the first one.
            follow: go on at the end of a file that is still being written.
            more: captures that are opened together with it.
            clocks: what is known about the clocks of their hosts.
            tabs: captures that are opened beside it, each in a tab of its own.

        Raises:
            HopscopeError: the capture, the filter or the view is not usable.
        """
        from hopscope_tui.launch import launch  # noqa: PLC0415  the commands need no screen
        from hopscope_tui.opening import Request  # noqa: PLC0415

        beside = [Request(one, filter_text, view, follow) for one in tabs]
        return launch(Request(path, filter_text, view, follow, tuple(more), clocks), self._ahead, beside)


if __name__ == "__main__":
    sys.exit(main())
