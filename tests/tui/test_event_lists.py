"""Lists of events: forms of times, calls in one row, what happened around an event."""

from __future__ import annotations

from hopscope.views.time_forms import Times
from tui.driver import Driver, running
from tui.openings import demo


def _cell(screen: Driver, title: str) -> str:
    table = screen.table
    titles = [column.title for column in table.source.columns]
    return table.source.cells(table.cursor_row, table.cursor_row + 1)[0][titles.index(title)].text


async def test_one_key_goes_through_the_forms_of_times() -> None:
    async with running(demo("events", "proc.name=fetch")) as screen:
        await screen.press("down")
        number, store = screen.event, screen.main.store
        row, above = screen.main.event_row, int(screen.main.rows.event_rows(0)[0])
        since_above = (int(store.time[row]) - int(store.time[above])) / 1e9

        assert _cell(screen, "TIME") == f"{(int(store.time[row]) - store.epoch) / 1e9:.9f}"
        await screen.press("u")
        assert _cell(screen, "SINCE ABOVE") == f"{since_above:.9f}"
        await screen.press("u")
        assert _cell(screen, "TIME LOCAL").count(":") == 2
        await screen.press("u")
        assert _cell(screen, "TIME UTC").startswith("20")
        await screen.press("u")
        assert _cell(screen, "TIME")
        assert screen.event == number


async def test_times_count_from_a_reference_event_until_it_is_chosen_again() -> None:
    async with running(demo("events", "proc.name=fetch")) as screen:
        await screen.press("down", "down", "U")
        reference = screen.event
        assert float(_cell(screen, f"SINCE {reference}")) == 0
        await screen.press("up")
        assert _cell(screen, f"SINCE {reference}").startswith("-")
        await screen.press("down", "U")
        assert screen.main.look.times == Times()
        assert _cell(screen, "TIME")


async def test_calls_become_one_row_with_the_arguments_of_both_events() -> None:
    async with running(demo("events", "proc.name=fetch")) as screen:
        rows = len(screen.table.source)
        store = screen.main.store
        paired = int((store.twin[screen.main.place.selection.rows(store)] >= 0).sum())
        await screen.press("J")
        assert len(screen.table.source) == rows - paired // 2
        await screen.choose("recvfrom")
        assert _cell(screen, "DIR") == "<>"
        info = _cell(screen, "INFO")
        assert info.count("fd=") == 1
        assert "res=" in info
        number = screen.event
        await screen.press("J")
        assert len(screen.table.source) == rows
        assert screen.event == number


async def test_an_enter_event_is_found_in_the_row_of_its_call() -> None:
    async with running(demo("events", "proc.name=fetch")) as screen:
        while _cell(screen, "DIR") != ">" or screen.main.store.twin[screen.main.event_row] < 0:
            await screen.press("down")
        enter = screen.event
        await screen.press("J")
        assert screen.main.store.number[screen.main.store.twin[screen.main.event_row]] == enter
        await screen.press("t")
        assert _cell(screen, "DIR") == "<>"


async def test_around_an_event_shows_all_events_near_it_and_then_more() -> None:
    async with running(demo("events", "proc.name=fetch and evt.type=recvfrom")) as screen:
        number, store = screen.event, screen.main.store
        moment = int(store.time[screen.main.event_row])
        await screen.press("W")
        near = (abs(store.time - moment) <= 10_000_000) & ~store.hidden
        assert len(screen.table.source) == int(near.sum())
        assert screen.event == number
        assert f"10 ms around {number}" in screen.crumbs
        await screen.press("down", "W")
        near = (abs(store.time - moment) <= 100_000_000) & ~store.hidden
        assert len(screen.table.source) == int(near.sum())
        assert screen.event == number
        await screen.press("backspace")
        assert "recvfrom" in screen.crumbs
        assert screen.event == number
