"""Start of the program."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; return the exit status."""
    from hopscope import cli  # noqa: PLC0415

    return cli.main(sys.argv[1:], screen=run_screen)


def run_screen(path: str, filter_text: str = "", view: str = "") -> int:
    """Open the full screen on a capture; return the exit status.

    Args:
        path: of the capture, ``-`` for standard input.
        filter_text: a filter to begin with, empty for none.
        view: name of the view to begin with, empty for the first one.

    Raises:
        HopscopeError: the capture, the filter or the view is not usable.
    """
    from hopscope_tui.launch import launch  # noqa: PLC0415  the commands need no screen

    return launch(path, filter_text, view)


if __name__ == "__main__":
    sys.exit(main())
