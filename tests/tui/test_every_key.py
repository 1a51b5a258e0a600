"""Keys that no story and no other test presses, and that every key of the program is pressed by some test."""

from __future__ import annotations

from textual.command import CommandPalette

from hopscope.kept import FilterHistory
from hopscope_tui.keymap import KEYS
from hopscope_tui.screens.prompt import Prompt
from tui.driver import running
from tui.openings import demo
from tui.pressed import exercised, is_there


def test_every_key_that_is_shown_is_pressed_by_a_test() -> None:
    """Whether those tests do press them is seen while they run: ``conftest.py`` fails them otherwise."""
    assert set(exercised()) == {key.id for key in KEYS}


def test_the_tests_that_press_them_are_there() -> None:
    assert [test for test in sorted(set(exercised().values())) if not is_there(test)] == []


async def test_pages_half_pages_and_cells() -> None:
    async with running(demo("events"), (100, 24)) as screen:
        page = screen.table.page_rows
        for key, row in (
            ("pagedown", page - 1), ("ctrl+d", page - 1 + page // 2), ("ctrl+u", page - 1), ("pageup", 0),
        ):  # fmt: skip
            await screen.press(key)
            assert abs(screen.table.cursor_row - row) <= 1, key
        await screen.press("right", "right")
        chosen = screen.table.cursor_column
        await screen.press("left")
        assert screen.table.cursor_column == chosen - 1


async def test_each_column_has_a_key_to_sort_by() -> None:
    async with running(demo("processes"), (200, 24)) as screen:
        for number, key in enumerate("!@#$%^&*("):
            await screen.press(key)
            sorting = screen.table.source.sorting
            assert sorting is not None
            assert sorting[0] == number
            assert screen.table.source.columns[number].sortable


async def test_bookmarks_are_renamed_deleted_brought_back_and_gone_through() -> None:
    async with running(demo("events")) as screen:
        for number, note in (("343", "one"), ("366", "two")):
            await screen.go_to(number)
            await screen.press("m")
            await screen.type(note)
            await screen.press("enter")
        await screen.press("left_curly_bracket")
        assert screen.event == 343
        await screen.press("right_curly_bracket")
        assert screen.event == 366
        await screen.press("M")
        await screen.choose("two")
        await screen.press("r", "ctrl+u")
        await screen.type("second")
        await screen.press("enter")
        await screen.choose("second")
        await screen.press("d")
        assert "second" not in screen.screen_text
        await screen.press("u")
        assert "second" in screen.screen_text


async def test_filters_typed_before_are_gone_through_and_left() -> None:
    for number in range(30):
        FilterHistory.load().add(f"fd.num={number}")
    async with running(demo()) as screen:
        await screen.press("slash", "ctrl+r", "down", "up", "pagedown")
        assert screen.row == "fd.num=19"
        await screen.press("pageup")
        assert screen.row == "fd.num=29"
        await screen.press("escape")
        assert not screen.main.place.selection.steps
        await screen.press("ctrl+r", "enter", "enter")
        assert "fd.num=29" in screen.crumbs


async def test_a_chain_is_saved_from_the_list_of_its_steps() -> None:
    async with running(demo("events", "proc.name=fetch")) as screen:
        await screen.press("L", "s")
        assert isinstance(screen.app.screen, Prompt)
        await screen.press("escape")
        assert not isinstance(screen.app.screen, Prompt)


async def test_marker_on_the_timeline_goes_right_and_pages_left() -> None:
    async with running(demo("events")) as screen:
        await screen.press("I", "home", "pagedown", "right")
        assert screen.main.timeline.range_cells == (11, 11)
        await screen.press("pageup")
        assert screen.main.timeline.range_cells == (1, 1)


async def test_the_palette_opens_and_closes() -> None:
    async with running(demo()) as screen:
        await screen.press("f8")
        assert isinstance(screen.app.screen, CommandPalette)
        await screen.press("escape")
        assert not isinstance(screen.app.screen, CommandPalette)


async def test_a_key_leaves_the_program() -> None:
    async with running(demo()) as screen:
        screen.send("q")
        for _ in range(200):
            await screen.pilot.pause(0.02)
            if not screen.app.is_running:
                break
        assert screen.app._exit
