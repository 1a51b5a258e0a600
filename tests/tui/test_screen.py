"""The screen on the demo capture: views, drill-down, sorting, filters, search, sizes."""

from __future__ import annotations

from time import sleep

import pytest
from textual.events import MouseScrollDown
from textual.keys import _character_to_key

from hopscope.views import VIEWS
from hopscope_tui.keymap import GROUPS, of_scope
from hopscope_tui.screens.help import HelpPanel
from hopscope_tui.screens.prompt import Prompt
from hopscope_tui.screens.text_panel import TextPanel
from hopscope_tui.widgets.details_pane import DetailsPane
from hopscope_tui.widgets.filter_bar import FilterBar
from hopscope_tui.widgets.row_source import Cell
from tui.driver import Driver, running
from tui.openings import demo


async def test_every_view_has_a_digit_and_rows() -> None:
    async with running(demo()) as screen:
        for number, (name, title) in enumerate(VIEWS.tabs, 1):
            await screen.press(str(number))
            assert screen.view == name
            assert title in screen.lines[1]
            assert len(screen.table.source) > 0


async def test_backspace_comes_back_to_row_sorting_and_filter() -> None:
    async with running(demo()) as screen:
        await screen.press("2", "slash")
        await screen.type("fd.type = ipv4")
        await screen.press("enter")
        await screen.press("greater_than_sign")
        await screen.choose("PID")
        await screen.press("enter", "end", "up")
        row, sorting, crumbs = screen.row, screen.table.source.sorting, screen.crumbs
        assert "fd.type = ipv4" in crumbs

        await screen.press("enter", "enter", "down", "backspace", "backspace")

        assert (screen.row, screen.table.source.sorting, screen.crumbs) == (row, sorting, crumbs)


async def test_backspace_at_the_top_says_so() -> None:
    async with running(demo()) as screen:
        await screen.press("backspace")
        assert screen.view == "containers"
        assert "top" in screen.message


async def test_after_a_hop_backspace_climbs_the_breadcrumb() -> None:
    async with running(demo()) as screen:
        await screen.go_to("343")
        await screen.hop("p")
        assert "dnsd 2410 > :::53" in screen.crumbs
        await screen.press("backspace")
        assert screen.view == "descriptors"
        assert ":::53" in screen.row
        await screen.press("backspace")
        assert screen.view == "processes"
        assert "2410" in screen.row
        await screen.press("backspace")
        assert screen.view == "containers"
        assert "dnsd" in screen.row


async def test_keys_typed_ahead_mean_what_they_would_have_meant_later() -> None:
    async with running(demo()) as screen:
        await screen.choose("checkout")
        screen.send("enter", "enter", "enter")
        await screen.settle()
        assert screen.view == "events"
        assert len(screen.main.place.selection.steps) == 3


async def test_shift_and_digit_sorts_and_turns_round() -> None:
    async with running(demo()) as screen:
        await screen.press("6", "at")
        first = screen.table.source.sorting
        assert first is not None
        await screen.press("at")
        assert screen.table.source.sorting == (1, not first[1])
        await screen.press("less_than_sign")
        assert screen.table.source.sorting == first


async def test_a_click_on_a_header_sorts_and_keeps_the_row() -> None:
    async with running(demo()) as screen:
        await screen.press("6", "down", "down")
        chosen = screen.row
        await screen.pilot.click("#table", offset=(4, 0))
        await screen.settle()
        assert screen.table.source.sorting is not None
        assert screen.table.source.sorting[0] == 0
        assert screen.row == chosen


async def test_a_double_click_goes_into_the_row() -> None:
    async with running(demo()) as screen:
        await screen.pilot.click("#table", offset=(10, 2), times=2)
        await screen.settle()
        assert screen.view == "processes"


async def test_tabs_and_breadcrumb_are_there_to_click() -> None:
    async with running(demo()) as screen:
        await screen.choose("checkout")
        await screen.press("enter", "enter")
        await screen.pilot.click("#breadcrumb", offset=(10, 0))
        await screen.settle()
        assert screen.crumbs.startswith("all > container checkout 1")
        await screen.pilot.click("#tabs", offset=(3, 0))
        await screen.settle()
        assert screen.view == "containers"


async def test_search_finds_in_any_case_goes_round_and_comes_back() -> None:
    async with running(demo()) as screen:
        await screen.press("5")
        await screen.find("LIBC.SO")
        first = screen.table.cursor_row
        assert "libc.so" in screen.row
        await screen.press("n")
        second = screen.table.cursor_row
        assert "libc.so" in screen.row
        await screen.press("N")
        assert screen.table.cursor_row == first != second
        await screen.find("no such text anywhere")
        assert "nowhere" in screen.message


@pytest.mark.parametrize(
    ("moment", "event"), [("343", 343), ("#343", 343), ("0.39", None), ("9999999", None), ("nonsense", -1)]
)
async def test_go_to_a_number_or_a_time(moment: str, event: int | None) -> None:
    async with running(demo()) as screen:
        await screen.go_to(moment)
        if event == -1:
            assert screen.view == "containers"
            assert "nonsense" in screen.message
        else:
            assert screen.view == "events"
            assert event in (None, screen.event)
        if moment == "0.39":
            store, row = screen.main.store, screen.main.event_row
            assert store.time[row] - store.epoch >= 390_000_000 > store.time[row - 1] - store.epoch


async def test_a_wrong_filter_is_explained_and_not_applied() -> None:
    async with running(demo()) as screen:
        await screen.press("7", "f4")
        await screen.type("proc.nme = x")
        await screen.press("enter")

        bar = screen.widget("#filter")
        assert isinstance(bar, FilterBar)
        assert bar.display
        text = screen.screen_text
        assert "^" in text
        assert "proc.name" in text
        await screen.press("escape")
        assert not bar.display
        assert screen.crumbs.startswith("all")
        assert "proc.nme" not in screen.crumbs


async def test_a_filter_is_judged_while_it_is_typed() -> None:
    async with running(demo()) as screen:
        await screen.press("7", "slash")
        field = screen.widget("#filter-input")
        for text, right, wrong in (("proc.na", False, False), ("me=fetch", True, False), (" )", False, True)):
            await screen.type(text)
            assert (field.has_class("-right"), field.has_class("-wrong")) == (right, wrong), text


async def test_tab_completes_a_filter() -> None:
    async with running(demo()) as screen:
        await screen.press("7", "slash")
        await screen.type("proc.nam")
        await screen.press("tab")
        await screen.type("=fetch")
        await screen.press("enter")
        assert "proc.name=fetch" in screen.crumbs.replace(" = ", "=")
        assert "fetch" in screen.row


async def test_an_empty_view_says_what_to_do() -> None:
    async with running(demo()) as screen:
        await screen.press("2")
        await screen.choose("bash")
        await screen.press("enter", "4")
        text = screen.screen_text
        assert "no connections under this selection" in text
        assert "Backspace goes back" in text
        await screen.press("enter", "p", "d", "e", "m", "y", "t")
        assert screen.view == "connections"


async def test_the_filter_of_an_empty_view_can_be_taken_away() -> None:
    async with running(demo()) as screen:
        await screen.press("slash")
        await screen.type("proc.name=nobody")
        await screen.press("enter")
        assert len(screen.table.source) == 0
        assert "F4" in screen.screen_text
        await screen.press("ctrl+l")
        assert len(screen.table.source) == 6


async def test_details_tell_all_about_an_event() -> None:
    async with running(demo()) as screen:
        await screen.go_to("354")
        details = screen.widget("#details")
        assert isinstance(details, DetailsPane)
        for part in (
            "354 < recvmsg",
            "Arguments",
            "DNS query",
            "dnsd 2410",
            ":::53",
            "Container",
            "Pod",
            "Twin",
        ):
            assert part in details.text, part
        text = details.text
        await screen.press("x")
        assert details.text != text
        assert "000000" in details.text


async def test_enter_on_an_event_gives_the_details_the_screen_and_back() -> None:
    async with running(demo()) as screen:
        await screen.press("7", "enter")
        assert not screen.widget("#table").display
        await screen.press("backspace")
        assert screen.widget("#table").display
        assert screen.view == "events"


async def test_echo_shows_both_directions_and_leads_to_the_event() -> None:
    async with running(demo()) as screen:
        await screen.press("4")
        await screen.choose("10.96.12.80")
        await screen.press("e")
        text = screen.screen_text
        assert "▶" in text
        assert "◀" in text
        assert "GET /stock HTTP" in text
        await screen.press("enter")
        assert screen.view == "events"
        await screen.press("backspace")
        assert screen.view == "echo"


async def test_dig_shows_the_events_of_the_row() -> None:
    async with running(demo()) as screen:
        await screen.press("2")
        await screen.choose("fetch")
        await screen.press("d")
        assert screen.view == "events"
        assert screen.crumbs.startswith("all > fetch 5120 ")
        assert "5120" in screen.row


async def test_bookmarks_are_renamed_deleted_and_brought_back() -> None:
    async with running(demo()) as screen:
        for moment, note in (("343", "one"), ("354", "two")):
            await screen.go_to(moment)
            await screen.press("m")
            await screen.type(note)
            await screen.press("enter")
        await screen.press("home", "right_curly_bracket")
        assert screen.event == 343
        await screen.press("right_curly_bracket")
        assert screen.event == 354
        await screen.press("right_curly_bracket")
        assert "no bookmark" in screen.message
        await screen.press("left_curly_bracket")
        assert screen.event == 343

        await screen.press("apostrophe", "r")
        await screen.type("!")
        await screen.press("enter")
        assert "one!" in screen.row
        await screen.press("d")
        assert len(screen.table.source) == 1
        await screen.press("u")
        assert len(screen.table.source) == 2
        await screen.press("escape")
        assert "2 bookmarks" in screen.lines[0]


async def test_the_palette_knows_views_and_actions() -> None:
    async with running(demo()) as screen:
        await screen.press("ctrl+p")
        await screen.type("connections")
        await screen.pilot.pause(0.3)
        await screen.press("enter")
        assert screen.view == "connections"


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (200, 60), (40, 12)])
async def test_it_fits_any_window(size: tuple[int, int]) -> None:
    async with running(demo(), size) as screen:
        for key in ("1", "4", "7", "enter", "escape", "f2", "escape", "f1", "escape", "space"):
            await screen.press(key)
            assert len(screen.lines) == size[1]
            assert {len_cells(line) for line in screen.lines} == {size[0]}
        assert "Help" in screen.lines[-1]


async def test_a_small_window_keeps_the_table_and_shows_details_on_demand() -> None:
    async with running(demo(), (80, 24)) as screen:
        await screen.press("7")
        assert not screen.widget("#details").display
        await screen.press("space")
        assert screen.widget("#details").display
        assert screen.widget("#table").display


async def test_the_window_can_be_resized() -> None:
    async with running(demo(), (80, 24)) as screen:
        await screen.press("7")
        await screen.pilot.resize_terminal(160, 50)
        await screen.settle()
        assert screen.widget("#details").display
        assert "INFO" in screen.screen_text
        await screen.pilot.resize_terminal(80, 24)
        await screen.settle()
        assert not screen.widget("#details").display


@pytest.mark.parametrize("theme", ["hopscope-light", "ansi-dark", "nord", "textual-light"])
async def test_every_theme_has_colours_for_everything(theme: str) -> None:
    async with running(demo()) as screen:
        if theme not in screen.app.available_themes:
            pytest.skip(f"this Textual has no theme {theme}")
        screen.app.theme = theme
        await screen.press("7", "e", "f1", "escape", "slash")
        assert screen.lines


def len_cells(line: str) -> int:
    from rich.cells import cell_len

    return cell_len(line)


_PREPARATION = {
    "table.left": ("right",),
    "main.view_7": ("1",),
    "main.others": ("p", "enter"),
    "main.forward": ("ctrl+o",),
    "main.unfilter": ("slash", *"evt.num>1", "enter"),
    "main.next": ("ctrl+f", *"con", "enter"),
    "main.previous": ("ctrl+f", *"con", "enter"),
    "main.next_mark": ("m", "enter", "home"),
    "main.previous_mark": ("m", "enter", "end"),
    "main.escape": ("enter",),
}
"""Keys to press before, for keys that do nothing without."""
_UNDO = {"main.details": ("space",), "main.hex": ("x",)}
"""Keys to press behind, for what outlives a place."""
_ELSEWHERE = {"main.quit", "main.view_8"}
"""Keys with a test of their own, and one for a view that is not there."""


@pytest.mark.parametrize("group", GROUPS)
async def test_every_key_does_something(group: str) -> None:
    """From an event that has a peer, a twin and a way up, each key changes what is on the screen.

    Of the digits that choose views and columns, and their like, the first three.
    """
    async with running(demo(), (120, 30)) as screen:
        screens, start = len(screen.app.screen_stack), None
        for key in of_scope("main", "table"):
            if key.group != group or key.id in _ELSEWHERE or key.id[-1] in "456789":
                continue
            if start is None or where(screen) != start:  # some keys lead nowhere else
                await screen.go_to("343")
                await screen.press("d", "down")
                start = where(screen)
            await screen.press(*_PREPARATION.get(key.id, ()))
            before = state(screen)
            await screen.press(key.keys[0])
            assert state(screen) != before, key.id
            while len(screen.app.screen_stack) > screens:
                await screen.press("escape")
            await screen.press(*_UNDO.get(key.id, ()), "escape")


async def test_a_key_s_other_names_are_heard_as_that_key() -> None:
    async with running(demo("events")) as screen:
        heard = screen.app.screen.active_bindings
        for key in of_scope("main", "table"):
            for name in key.keys:
                found = heard[_character_to_key(name) if len(name) == 1 else name].binding
                assert found.id == key.id or f"app.{found.action}" == key.action, name


def where(screen: Driver) -> tuple[object, ...]:
    """The row that is chosen and what has the keys."""
    focused = screen.app.screen.focused
    return screen.view, screen.crumbs, screen.row, focused.id if focused else ""


def state(screen: Driver) -> tuple[object, ...]:
    """All that a key can change."""
    focused = screen.app.screen.focused
    return (
        screen.screen_text,
        screen.main.place,
        len(screen.app.screen_stack),
        focused.id if focused else "",
        screen.app.clipboard,
    )


async def test_questions_are_asked_in_panels() -> None:
    async with running(demo()) as screen:
        screens = len(screen.app.screen_stack)
        for key, kind in (("f1", HelpPanel), ("i", TextPanel), ("colon", Prompt), ("ctrl+f", Prompt)):
            await screen.press(key)
            assert isinstance(screen.app.screen, kind)
            await screen.press("escape")
            assert len(screen.app.screen_stack) == screens


async def test_q_leaves() -> None:
    async with running(demo()) as screen:
        screen.send("q")
        await screen.pilot.pause(0.1)
        assert screen.app.return_code == 0


async def test_keys_typed_behind_a_hop_belong_to_where_it_leads() -> None:
    async with running(demo()) as screen:
        await screen.go_to("366")
        screen.send("p", "t", "m")
        await screen.settle()
        await screen.press("enter")
        assert "kvd" in screen.crumbs
        marked = screen.main.capture.bookmarks.list()
        assert [bookmark.number for bookmark in marked] == [screen.event]
        assert ">" in screen.row, "the twin of what was received is its enter"


async def test_escape_stops_a_long_search(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(demo()) as screen:
        await screen.press("7")
        source = screen.main.rows

        def slow(start: int, stop: int) -> list[tuple[Cell, ...]]:
            sleep(0.05)
            return [(Cell("nothing"),)] * (stop - start)

        monkeypatch.setattr("hopscope_tui.jobs._SEARCH_ROWS", 4)
        monkeypatch.setattr(source, "cells", slow)
        await screen.press("ctrl+f")
        await screen.type("never")
        screen.send("enter")
        await screen.pilot.pause(0.4)
        assert "Esc stops" in screen.message
        await screen.press("escape")
        assert screen.message == "stopped"


async def test_a_click_beside_a_panel_closes_it_and_one_in_it_does_not() -> None:
    async with running(demo()) as screen:
        screens = len(screen.app.screen_stack)
        await screen.press("f2")
        await screen.pilot.click("#panel-table", offset=(5, 3))
        await screen.settle()
        assert "Threads" in screen.row
        assert len(screen.app.screen_stack) == screens + 1
        await screen.pilot.click(offset=(1, 1))
        await screen.settle()
        assert len(screen.app.screen_stack) == screens


async def test_the_wheel_scrolls_and_leaves_the_row_chosen() -> None:
    async with running(demo()) as screen:
        await screen.press("7")
        event = MouseScrollDown(screen.table, 5, 5, 0, 1, 0, False, False, False, 5, 5)
        screen.table.post_message(event)
        await screen.settle()
        assert screen.table.top_row > 0
        assert screen.table.cursor_row == 0


@pytest.mark.parametrize("view", [tab.name for tab in VIEWS.tabs if VIEWS[tab.name].targets])
async def test_a_row_opens_in_every_view_it_leads_to(view: str) -> None:
    async with running(demo(view)) as screen:
        for index, target in enumerate(VIEWS[view].targets):
            await screen.press("home", "o")
            screen.send(*["down"] * index)
            await screen.press("enter")
            assert screen.view == target
            await screen.press("backspace")
            assert screen.view == view
