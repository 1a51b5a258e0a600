"""The capture that comes with the program, what makes it, and a walk through it in words."""

from __future__ import annotations

from pathlib import Path


def demo_path() -> Path:
    """Where the demo capture lies: a plain file inside the installed package."""
    return Path(__file__).with_name("story.scap")
