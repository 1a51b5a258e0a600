"""The filter line, this value and not this value, the chain and its saved ones."""

from __future__ import annotations

import re
import shutil
import threading
from pathlib import Path

import pytest
from textual.widgets import Input

from hopscope.filters import complete
from hopscope.kept import FilterHistory, SavedChains
from hopscope_tui.widgets.breadcrumb import Breadcrumb
from hopscope_tui.widgets.filter_bar import FilterBar, age_text
from hopscope_tui.widgets.typed_before import TypedBefore
from tui.driver import Driver, running
from tui.openings import demo


async def set_filter(screen: Driver, text: str, key: str = "slash") -> None:
    await screen.press(key)
    await screen.type(text)
    await screen.press("enter")


def filters(screen: Driver) -> list[str]:
    return [step.label for step in screen.main.place.selection.steps if step.kind == "filter"]


def line_of(screen: Driver) -> str:
    """The filter line as it is on the screen."""
    return screen.lines[4].rstrip()


# --- the line ----------------------------------------------------------------------------------------


async def test_matches_are_counted_while_one_types_and_an_old_count_says_its_age() -> None:
    async with running(demo()) as screen:
        await screen.press("7", "slash")
        await screen.type("proc.name=fetch")
        every = len(screen.table.source)
        left = screen.main.place.selection.with_filter("proc.name=fetch").mask(screen.main.store).sum()
        assert 0 < left < every
        assert line_of(screen).endswith(f"{left} of {every:,}")
        await screen.type(" and ")
        age = re.search(rf"{left} · (\d+) s ago", line_of(screen))
        assert age is not None
        await screen.pilot.pause(1.2)
        later = re.search(rf"{left} · (\d+) s ago", line_of(screen))
        assert later is not None
        assert int(later[1]) > int(age[1])
        await screen.type("evt.dir=<")
        assert line_of(screen).endswith(f"of {every:,}")


async def test_what_is_typed_before_the_line_is_there_belongs_into_it() -> None:
    async with running(demo()) as screen:
        screen.send("7", "slash", *"proc.name=fetch", "enter")
        await screen.settle()
        assert filters(screen) == ["proc.name=fetch"]
        assert screen.view == "events"
        assert not screen.main.capture.bookmarks.list()


async def test_keys_go_into_the_line_from_the_moment_it_is_open() -> None:
    async with running(demo()) as screen:
        await screen.press("7", "slash", "escape")
        bar = screen.main.query_one(FilterBar)
        assert screen.main.focused is screen.table
        bar.open("")
        assert screen.main.focused in bar.query("#filter-input")


async def test_escape_lets_go_of_what_is_held() -> None:
    async with running(demo()) as screen:
        screen.send("7", "slash", "p", "escape", "1")
        await screen.settle()
        await screen.press("escape")
        assert filters(screen) == []
        await screen.press("2")
        assert screen.view == "processes"


async def test_what_is_counted_is_what_the_other_links_leave() -> None:
    async with running(demo()) as screen:
        await screen.press("7")
        await set_filter(screen, "proc.name=fetch")
        left = len(screen.table.source)
        await screen.press("A")
        await screen.type("evt.dir=<")
        assert line_of(screen).startswith(" Add")
        assert line_of(screen).endswith(f" of {left}")


async def test_slow_answers_never_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    typed = threading.Event()

    def slow(store: object, text: str, cursor: int) -> list[object]:
        assert threading.current_thread() is not threading.main_thread(), "the screen would stand still"
        calls.append(text)
        typed.wait(10)
        return []

    async with running(demo()) as screen:
        await screen.press("slash")
        monkeypatch.setattr("hopscope.filters.completion.complete", slow)
        screen.send(*"proc.name=fetch")
        while screen.main.query_one("#filter-input", Input).value != "proc.name=fetch":
            await screen.pilot.pause(0.01)
        typed.set()
        await screen.settle()
        assert calls[-1] == "proc.name=fetch"
        assert len(calls) <= 3, calls


async def test_a_mistake_is_pointed_at_while_one_types() -> None:
    async with running(demo()) as screen:
        await screen.press("slash")
        await screen.type("evt.num>1 and fd.nme=x")
        line, caret = line_of(screen), screen.lines[5]
        assert line.index("fd.nme") == caret.index("^")
        assert "perhaps fd.name is meant" in screen.screen_text


async def test_the_caret_follows_a_line_that_is_scrolled() -> None:
    async with running(demo(), (60, 24)) as screen:
        await screen.press("slash")
        await screen.type("evt.num>1 and evt.num>2 and evt.num>3 and evt.num>4 and fd.nme=x")
        assert line_of(screen).index("fd.nme") == screen.lines[5].index("^")


async def test_a_word_that_can_still_become_right_is_no_mistake_yet() -> None:
    async with running(demo()) as screen:
        await screen.press("slash")
        for text in ("evt.ty", "pe=rea", "d and pro"):
            await screen.type(text)
            assert "^" not in screen.lines[5], text


async def test_completion_offers_values_of_this_capture() -> None:
    async with running(demo()) as screen:
        for field, value in (
            ("proc.name", "fetch"), ("fd.sport", "53"), ("container.name", "checkout"), ("fd.name", "/etc/"),
        ):  # fmt: skip
            store = screen.main.store
            text = f"{field}={value[:2]}"
            assert any(value in offer.text for offer in complete(store, text, len(text))), field
        await screen.press("slash")
        await screen.type("proc.name=fe")
        await screen.press("tab")
        assert "proc.name=fetch" in line_of(screen)


# --- filters typed before ----------------------------------------------------------------------------


async def test_up_and_down_go_through_what_was_typed_before_a_restart() -> None:
    for line in ("fd.sport=53", "proc.name=dnsd", "proc.name=fetch"):
        FilterHistory.load().add(line)
    async with running(demo()) as screen:
        await screen.press("slash")
        bar = screen.widget("#filter-input")
        await screen.type("proc")
        seen = []
        for key in ("up", "up", "up", "down", "down"):
            await screen.press(key)
            seen.append(bar.value)  # type: ignore[attr-defined]
        assert seen == ["proc.name=fetch", "proc.name=dnsd", "proc.name=dnsd", "proc.name=fetch", "proc"]
        await screen.press("down", "up")
        assert bar.value == "proc", "up from a later completion goes to the one before"  # type: ignore[attr-defined]
        await screen.press("escape")
        await set_filter(screen, "evt.num > 3")
    assert FilterHistory.load().lines[-1] == "evt.num > 3"


async def test_the_list_of_what_was_typed_before_is_searched_and_forgets() -> None:
    for line in ("fd.sport=53", "proc.name=dnsd", "proc.name=fetch"):
        FilterHistory.load().add(line)
    async with running(demo()) as screen:
        await screen.press("slash", "ctrl+r")
        assert len(screen.table.source) == 3
        assert screen.row == "proc.name=fetch"
        await screen.type("NAME proc")
        assert len(screen.table.source) == 2
        await screen.press("down", "ctrl+t")
        assert FilterHistory.load().lines == ("fd.sport=53", "proc.name=fetch")
        await screen.press("enter")
        assert "proc.name=fetch" in line_of(screen)
        await screen.press("enter")
        assert filters(screen) == ["proc.name=fetch"]


async def test_a_history_that_cannot_be_read_is_said_and_nothing_else_is_lost(tmp_path: Path) -> None:
    FilterHistory.load().add("fd.num=1")
    (file,) = (tmp_path / "state").glob("filter-history.json")
    file.write_text("no JSON")
    async with running(demo()) as screen:
        await screen.press("slash")
        assert "put aside" in screen.message
        await screen.type("evt.num>1")
        await screen.press("enter")
        assert filters(screen) == ["evt.num>1"]


async def test_files_that_cannot_be_written_cost_only_themselves(tmp_path: Path) -> None:
    for kind in ("state", "config"):
        shutil.rmtree(tmp_path / kind, ignore_errors=True)
        (tmp_path / kind).write_text("a file where the folder should be")
    async with running(demo()) as screen:
        await set_filter(screen, "evt.num>1")
        assert "cannot" in screen.message
        assert filters(screen) == ["evt.num>1"]
        await screen.press("S")
        await screen.type("mine")
        await screen.press("enter")
        assert "cannot" in screen.message


def test_what_was_typed_is_there_again_behind_the_last_line() -> None:
    before = TypedBefore(("a=1", "b=2", "a=3"))
    before.typed("a")

    assert [before.older(), before.older(), before.older()] == ["a=3", "a=1", None]
    assert before.is_shown
    assert [before.newer(), before.newer()] == ["a=3", "a"]
    assert not before.is_shown


@pytest.mark.parametrize(("seconds", "text"), [(0.2, "0 s"), (59, "59 s"), (150, "2 min")])
def test_ages_are_short(seconds: float, text: str) -> None:
    assert age_text(seconds) == text


# --- this value, not this value ----------------------------------------------------------------------


async def test_a_cell_is_chosen_with_the_arrows_and_kept_or_left_out() -> None:
    async with running(demo("processes")) as screen:
        await screen.choose("fetch")
        await screen.press("right")
        assert "[" in screen.lines[5 + screen.table.cursor_row - screen.table.top_row]
        await screen.press("equals_sign")
        assert filters(screen) == ["proc.pid=5120"]
        assert "fetch" in screen.row
        await screen.press("ctrl+l")
        await screen.press("minus")
        assert filters(screen) == ["not proc.pid=5120"]
        assert len(screen.table.source) > 1
        listed = screen.table.source.cells(0, len(screen.table.source))
        assert "5120" not in [cells[0].text for cells in listed]


async def test_the_same_value_is_not_added_twice() -> None:
    async with running(demo("processes")) as screen:
        await screen.press("right", "equals_sign", "equals_sign")
        assert len(filters(screen)) == 1
        assert "already" in screen.message


async def test_a_sum_has_no_field_and_a_row_offers_those_it_has() -> None:
    async with running(demo("processes")) as screen:
        await screen.choose("fetch")
        columns = [column.title for column in screen.table.source.columns]
        screen.table.cursor_column = columns.index("TH")
        await screen.press("equals_sign")
        assert "TH is worked out" in screen.message
        await screen.press("escape", "minus")
        assert "Everything but this value" in screen.screen_text
        await screen.press("enter")
        assert filters(screen) == ["not proc.pid=5120"]


async def test_the_details_of_an_event_offer_its_fields_and_arguments() -> None:
    async with running(demo()) as screen:
        await screen.go_to("343")
        await screen.press("tab", "equals_sign")
        offered = [cells[0].text for cells in screen.panel._source.cells(0, len(screen.panel._source))]
        assert {"proc.name", "fd.num", "evt.type", "thread.tid"} <= set(offered)
        assert any(name.startswith("evt.arg[") for name in offered)
        await screen.choose("evt.type")
        await screen.press("enter")
        assert filters(screen)[-1].startswith("evt.type=")
        assert screen.event == 343


@pytest.mark.parametrize(("key", "field"), [("T", "thread.tid="), ("P", "proc.pid="), ("D", "fd.num=")])
async def test_only_the_thread_process_or_descriptor_of_an_event(key: str, field: str) -> None:
    async with running(demo()) as screen:
        await screen.press("7")
        every = len(screen.table.source)
        await screen.go_to("343")
        await screen.press(key)
        assert filters(screen)[-1].startswith(field)
        assert screen.event == 343
        assert len(screen.table.source) < every


async def test_the_conversation_has_cells_too() -> None:
    async with running(demo("connections")) as screen:
        await screen.choose("10.96.12.80")
        await screen.press("e", "right", "equals_sign")
        assert filters(screen)[-1].startswith("evt.num=")


async def test_a_click_chooses_a_cell() -> None:
    async with running(demo("processes")) as screen:
        await screen.pilot.click("#table", offset=(6, 1))
        await screen.settle()
        await screen.press("equals_sign")
        assert filters(screen)[0].startswith("proc.pid=")


# --- the chain ---------------------------------------------------------------------------------------


async def test_links_are_popped_one_by_one_and_the_jump_list_brings_them_back() -> None:
    async with running(demo()) as screen:
        for text in ("evt.num>1", "evt.num>2", "evt.num>3"):
            await set_filter(screen, text, "A")
        assert screen.crumbs.startswith("all > evt.num>1 > evt.num>2 > evt.num>3")
        await screen.press("ctrl+l", "ctrl+l")
        assert filters(screen) == ["evt.num>1"]
        assert "Ctrl-O" in screen.message
        await screen.press("ctrl+o")
        assert filters(screen) == ["evt.num>1", "evt.num>2"]
        await screen.press("ctrl+l", "ctrl+l", "ctrl+l")
        assert "no filter" in screen.message


async def test_a_link_below_a_drill_down_goes_from_all_places_above_too() -> None:
    async with running(demo()) as screen:
        await set_filter(screen, "evt.num>1")
        await screen.choose("checkout")
        await screen.press("enter", "ctrl+l")
        assert filters(screen) == []
        assert len(screen.main.place.selection.steps) == 1
        await screen.press("backspace")
        assert screen.view == "containers"
        assert not screen.main.place.selection


async def test_any_link_is_taken_away_or_changed_from_the_list() -> None:
    async with running(demo()) as screen:
        for text in ("evt.num>1", "evt.num>2", "evt.num>3"):
            await set_filter(screen, text, "A")
        await screen.press("L", "up", "d")
        assert filters(screen) == ["evt.num>1", "evt.num>3"]
        await screen.press("L", "home", "enter")
        assert line_of(screen).startswith(" Change")
        await screen.press("end", "ctrl+u")
        await screen.type("evt.num>9")
        await screen.press("enter")
        assert filters(screen) == ["evt.num>9", "evt.num>3"]


async def test_the_list_of_steps_leads_back_up_too() -> None:
    async with running(demo()) as screen:
        await screen.choose("checkout")
        await screen.press("enter", "enter", "L", "home", "enter")
        assert len(screen.main.place.selection.steps) == 1
        await screen.press("1", "backspace", "L")
        assert "the whole capture is shown" in screen.screen_text


async def test_a_click_on_a_filter_in_the_way_keeps_the_filters_before_it() -> None:
    async with running(demo()) as screen:
        await set_filter(screen, "evt.num>1", "A")
        await set_filter(screen, "evt.num>2", "A")
        await screen.pilot.click("#breadcrumb", offset=(screen.crumbs.index("evt.num>1") + 2, 0))
        await screen.settle()
        assert filters(screen) == ["evt.num>1"]


async def test_a_long_way_leaves_out_its_middle_and_lists_it_on_a_click() -> None:
    async with running(demo(), (80, 24)) as screen:
        for i in range(8):
            await set_filter(screen, f"evt.num>{i} and evt.num>=0", "A")
        breadcrumb = screen.widget("#breadcrumb")
        assert isinstance(breadcrumb, Breadcrumb)
        assert "evt.num>7" in screen.lines[3]
        assert "…" in screen.lines[3]
        await screen.pilot.click("#breadcrumb", offset=(screen.lines[3].index("…"), 0))
        await screen.settle()
        assert len(screen.panel._source) == 8


# --- saved chains ------------------------------------------------------------------------------------


async def test_a_chain_is_saved_recalled_renamed_deleted_and_brought_back() -> None:
    async with running(demo()) as screen:
        await set_filter(screen, "proc.name=fetch", "A")
        await set_filter(screen, "evt.dir=<", "A")
        await screen.press("S")
        await screen.type("mine")
        await screen.press("enter")
        assert "saved as mine" in screen.message
    async with running(demo()) as screen:
        await screen.press("ctrl+l", "ctrl+l")
        await set_filter(screen, "evt.num>1")
        await screen.press("O", "a")
        assert filters(screen) == ["evt.num>1", "proc.name=fetch", "evt.dir=<"]
        await screen.press("ctrl+o", "O", "enter")
        assert filters(screen) == ["proc.name=fetch", "evt.dir=<"]
        await screen.press("O", "r")
        await screen.type("!")
        await screen.press("enter")
        assert screen.row.startswith("mine!")
        await screen.press("d")
        assert SavedChains.load().list() == ()
        await screen.press("u")
        assert [chain.name for chain in SavedChains.load().list()] == ["mine!"]


async def test_nothing_is_overwritten_without_asking() -> None:
    SavedChains.load().save("mine", ["fd.num=1"])
    SavedChains.load().save("yours", ["fd.num=2"])
    async with running(demo()) as screen:
        await set_filter(screen, "evt.num>1")
        for keys, kept in (
            (("escape",), "fd.num=1"),
            (("enter",), "fd.num=1"),
            (("down", "enter"), "evt.num>1"),
        ):
            await screen.press("S")
            await screen.type("mine")
            await screen.press("enter")
            assert "already" in screen.screen_text
            await screen.press(*keys)
            assert SavedChains.load().list()[0].filters == (kept,)
        await screen.press("O", "r", "end", "ctrl+u")
        await screen.type("yours")
        await screen.press("enter")
        assert "already" in screen.screen_text
        assert [chain.name for chain in SavedChains.load().list()] == ["mine", "yours"]


async def test_what_can_not_be_saved_or_recalled_says_so() -> None:
    SavedChains.load().save("old", ["no.such.field=1"])
    async with running(demo()) as screen:
        await screen.press("S")
        assert "no filter to save" in screen.message
        await screen.press("O", "enter")
        assert "old cannot be used" in screen.message
        assert filters(screen) == []


async def test_a_masked_filter_is_not_shown_in_the_line() -> None:
    async with running(demo()) as screen:
        await set_filter(screen, 'proc.cmdline contains "--password=hunter22secret"')
        await screen.press("R")
        assert "hunter22secret" not in screen.screen_text
        await screen.press("slash")
        assert "masked" in screen.message
        assert "hunter22secret" not in screen.screen_text
        await screen.press("R")


async def test_the_line_is_left_without_a_trace() -> None:
    async with running(demo()) as screen:
        await screen.press("slash")
        await screen.type("proc.name=x")
        await screen.press("escape")
        bar = screen.widget("#filter")
        assert isinstance(bar, FilterBar)
        assert not bar.display
        assert filters(screen) == []
        assert FilterHistory.load().lines == ()
