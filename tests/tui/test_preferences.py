"""What a person set up and what the screen remembers: keys, colours, the line for newcomers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual.color import Color

from hopscope.kept import load_remembered, remember
from hopscope_tui.keymap import use_keys
from hopscope_tui.screens.help import HelpPanel, help_text
from hopscope_tui.themes import CONTRAST
from tui.driver import running
from tui.openings import demo


@pytest.fixture(autouse=True)
def _default_keys() -> Iterator[None]:
    yield
    use_keys({})


def _set_up(text: str) -> None:
    folder = Path(os.environ["HOPSCOPE_CONFIG_DIR"])
    folder.mkdir(exist_ok=True)
    (folder / "config.toml").write_text(text, encoding="utf-8")


async def test_a_newcomer_is_taught_five_keys_until_the_line_is_put_away() -> None:
    remember(lambda kept: replace(kept, taught=False))
    async with running(demo()) as screen:
        assert "New here?" in screen.lines[-2]
        assert "hops to the other end" in screen.lines[-2]
        await screen.press("H")
        assert "New here?" not in screen.screen_text
    assert load_remembered().taught
    async with running(demo()) as screen:
        assert "New here?" not in screen.screen_text
        await screen.press("H")
        assert "New here?" in screen.screen_text


async def test_keys_of_ones_own_take_the_place_of_the_others() -> None:
    _set_up('[keys]\n"main.marks" = "f6"\n"main.help" = ["f1", "ctrl+n"]\n')
    async with running(demo("events")) as screen:
        await screen.press("f6")
        assert "Bookmarks" in screen.screen_text
        await screen.press("escape", "M")
        assert "Bookmarks of" not in screen.screen_text
        await screen.press("d")
        assert screen.view == "events"
        await screen.press("ctrl+n")
        assert isinstance(screen.app.screen, HelpPanel)
        assert "F1  Ctrl-N" in help_text(80).plain


async def test_what_cannot_be_used_is_said_and_everything_else_holds() -> None:
    _set_up('theme = "hopscope-light"\ncolour = 1\n[keys]\n"main.mrak" = "m"\n"main.dig" = "X"\n')
    async with running(demo()) as screen:
        assert screen.app.theme == "hopscope-light"
        assert "no action is called main.mrak; main.mark is" in screen.message
        await screen.press("X")
        assert screen.view == "events"
        assert any("no setting colour" in problem for problem in screen.main.preferences.problems)


@pytest.mark.parametrize("text", ["theme = ", "\udcff"])
async def test_a_file_that_is_no_toml_costs_only_itself(text: str) -> None:
    folder = Path(os.environ["HOPSCOPE_CONFIG_DIR"])
    folder.mkdir(exist_ok=True)
    (folder / "config.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    async with running(demo()) as screen:
        assert "config.toml is no TOML" in screen.message
        assert len(screen.table.source) > 0


async def test_colours_that_were_chosen_are_there_the_next_time() -> None:
    async with running(demo()) as screen:
        screen.app.theme = "hopscope-contrast"
        await screen.settle()
    async with running(demo()) as screen:
        assert screen.app.theme == "hopscope-contrast"


def test_every_tone_of_the_contrast_theme_stands_out_from_its_grounds() -> None:
    variables = CONTRAST.variables
    grounds = [CONTRAST.background, variables["block-cursor-background"], CONTRAST.panel]
    texts = [CONTRAST.foreground, *(value for name, value in variables.items() if name.startswith("tone-"))]
    for ground in grounds:
        for text in texts:
            assert text is not None
            assert ground is not None
            assert _contrast(text, ground) >= 7, (text, ground)


def _contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, as WCAG 2 defines it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [part / 255 for part in Color.parse(colour).rgb]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
