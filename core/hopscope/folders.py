"""Folders of the person who runs the program, closed to everybody else. Loads little."""

from __future__ import annotations

from pathlib import Path

OWN = 0o700
"""Permissions of a folder that only its owner may look into, as the XDG base directory specification asks."""


def make_own_folder(folder: Path) -> None:
    """Make a folder and what is missing above it, all of it for the owner only; what is there stays as it is.

    ``Path.mkdir(parents=True)`` gives its mode to the last folder alone. Raises OSError.
    """
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        if folder == folder.parent:
            break
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir(mode=OWN, exist_ok=True)
