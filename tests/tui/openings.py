"""Captures for the screen to open."""

from __future__ import annotations

from pathlib import Path

from hopscope.demo import demo_path
from hopscope_tui.opening import Opening, Request


def demo(view: str = "", filter_text: str = "") -> Opening:
    """The capture that comes with the program."""
    return opening(demo_path(), view, filter_text)


def opening(path: Path, view: str = "", filter_text: str = "") -> Opening:
    """Any capture."""
    return Opening(Request(str(path), filter_text, view))
