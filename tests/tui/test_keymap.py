"""The key table."""

from __future__ import annotations

from collections import Counter

import pytest
from textual.keys import Keys, _character_to_key

from hopscope_tui.keymap import GROUPS, KEYS, Key, key_name, of_scope
from hopscope_tui.screens.bookmark_panel import BookmarkPanel
from hopscope_tui.screens.capture_panel import CapturePanel
from hopscope_tui.screens.chain_panels import ChainPanel, SavedPanel
from hopscope_tui.screens.column_panel import ColumnPanel
from hopscope_tui.screens.help import help_text
from hopscope_tui.screens.history_panel import HistoryPanel
from hopscope_tui.screens.list_panel import ListPanel
from hopscope_tui.screens.loading import LoadingScreen
from hopscope_tui.screens.main import MainScreen
from hopscope_tui.screens.open_panel import OpenPanel
from hopscope_tui.screens.prompt import Prompt
from hopscope_tui.screens.spectrogram_panel import SpectrogramPanel
from hopscope_tui.screens.view_picker import ViewPicker
from hopscope_tui.widgets.filter_bar import FilterBar
from hopscope_tui.widgets.heat_map import HeatMap
from hopscope_tui.widgets.timeline import Timeline
from hopscope_tui.widgets.virtual_table import VirtualTable
from hopscope_tui.widgets.waterfall import Waterfall

_OWNERS = {
    "columns": ColumnPanel,
    "heat": HeatMap,
    "spectrogram": SpectrogramPanel,
    "table": VirtualTable,
    "loading": LoadingScreen,
    "main": MainScreen,
    "panel": ListPanel,
    "marks": BookmarkPanel,
    "filter": FilterBar,
    "chain": ChainPanel,
    "saved": SavedPanel,
    "history": HistoryPanel,
    "timeline": Timeline,
    "trail": Waterfall,
    "picker": ViewPicker,
    "prompt": Prompt,
    "open": OpenPanel,
    "about": CapturePanel,
}


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.id)
def test_every_action_exists_where_its_key_is_heard(key: Key) -> None:
    if not key.action.startswith("app."):
        name = key.action.partition("(")[0]
        owner = MainScreen if name.startswith("screen.") else _OWNERS[key.scope]
        assert callable(getattr(owner, f"action_{name.removeprefix('screen.')}"))


def test_no_key_means_two_things_on_the_main_screen() -> None:
    pressed = Counter(
        _character_to_key(name) if len(name) == 1 else name
        for key in of_scope("main", "table", "tabs")
        for name in key.keys
    )

    assert [name for name, count in pressed.items() if count > 1] == []


def test_ids_are_unique_and_groups_are_known() -> None:
    assert len({key.id for key in KEYS}) == len(KEYS)
    assert {key.group for key in KEYS} == set(GROUPS)


def test_every_key_has_a_name_that_textual_knows() -> None:
    known = {key.value for key in Keys}
    for key in KEYS:
        for name in key.keys:
            last = name.split("+")[-1]
            assert last in known or len(last) == 1 or f"ctrl+{last}" in known or last in _NAMED, name


_NAMED = {
    "slash", "backslash", "question_mark", "colon", "apostrophe", "greater_than_sign", "less_than_sign",
    "equals_sign", "minus", "plus", "full_stop", "comma", "semicolon", "vertical_line",
    "tilde",
    "left_square_bracket", "right_square_bracket", "left_curly_bracket", "right_curly_bracket", "space",
}  # fmt: skip


@pytest.mark.parametrize("function", ["f1", "f2", "f4", "f5", "f6", "f7", "f8", "f9", "f10"])
def test_every_function_key_has_another_key_beside_it(function: str) -> None:
    """Terminals and window managers keep function keys for themselves."""
    rows = [key for key in of_scope("main") if function in key.keys]

    assert len(rows) == 1
    assert len(rows[0].keys) > 1


def test_help_lists_every_group_and_every_single_key() -> None:
    text = help_text(90).plain
    for group in GROUPS:
        assert group in text
    for key in KEYS:
        if not key.id.rpartition("_")[2].isdigit():
            assert key_name(key.keys[0]) in text


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("ctrl+f", "Ctrl-F"),
        ("f2", "F2"),
        ("slash", "/"),
        ("enter", "Enter"),
        ("N", "N"),
        ("shift+tab", "Shift-Tab"),
    ],
)
def test_keys_are_named_as_people_name_them(key: str, name: str) -> None:
    assert key_name(key) == name
