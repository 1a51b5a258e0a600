"""Every picture of the gallery is what the program draws; its screens in other sizes and themes, too.

    make screenshots
    UPDATE_GOLDEN=1 python -m pytest tests/tui/test_gallery.py

write them again, for somebody to look at. A golden file has the text of a screen as people read it and, for
each size and theme, eight digits a line that stand for its colours and marks.
"""

from __future__ import annotations

import importlib.util
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import golden
from hopscope_tui.themes import THEMES
from tui.driver import Driver, running
from tui.openings import demo

FOLDER = Path(__file__).parents[2] / "screenshots"
SMALL, LARGE = (80, 24), (160, 48)
IN_OTHER_SIZES = {
    "containers", "hop", "trail", "findings", "messages", "overview", "tree", "spectrogram", "follow", "time",
    "views", "help", "brush", "filter",
}  # fmt: skip
"""One picture of each kind of screen, in both sizes and in each theme."""


def _gallery() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gallery", FOLDER / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["gallery"] = module
    spec.loader.exec_module(module)
    return module


GALLERY = _gallery()


def test_the_folder_holds_these_pictures_and_no_other() -> None:
    assert {path.stem for path in FOLDER.glob("*.svg")} == {picture.name for picture in GALLERY.PICTURES}


@pytest.mark.parametrize("picture", GALLERY.PICTURES, ids=lambda picture: picture.name)
async def test_the_program_draws_what_the_picture_shows(
    picture: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in GALLERY.STILL.items():
        monkeypatch.setattr(name, value)
    async with running(demo(), GALLERY.SIZE) as screen:
        await GALLERY.go(screen, picture)
        svg = GALLERY.drawn(screen)
        parts = []
        themes = THEMES
        for size in (SMALL, LARGE) if picture.name in IN_OTHER_SIZES else ():
            await screen.pilot.resize_terminal(*size)
            await screen.settle()
            parts.append(f"{size[0]}x{size[1]}\n{screen.screen_text}")
            for theme in themes:
                await _use(screen, theme.name)
                parts.append(f"{theme.name}\n{_styles(screen)}")
            themes = themes[::-1]  # the last one is in use already

    if parts:
        golden.check(f"screen-{picture.name}.txt", "\n\n".join(parts) + "\n")
    kept = (FOLDER / f"{picture.name}.svg").read_text(encoding="utf-8")
    same = kept == svg  # pytest would take long to say where two such texts differ
    assert same, f"{picture.name}.svg is no longer what is drawn; `make screenshots` draws it again"


async def _use(screen: Driver, theme: str) -> None:
    """Draw in other colours; what is shown stays."""
    if screen.app.theme != theme:
        screen.app.theme = theme
        await screen.settle()


def _styles(screen: Driver) -> str:
    """Eight digits for the styles of each line, eight lines to a row."""
    strips = screen.app.screen._compositor.render_strips()
    lines = [sha256(repr([(len(one.text), str(one.style)) for one in strip]).encode()) for strip in strips]
    digits = [line.hexdigest()[:8] for line in lines]
    return "\n".join(" ".join(digits[i : i + 8]) for i in range(0, len(digits), 8))
