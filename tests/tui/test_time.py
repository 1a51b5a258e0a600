"""Where the time went, and when nothing happened."""

from __future__ import annotations

from hopscope.demo import demo_path
from hopscope_tui.own.breakdown import BreakdownSource
from tui.driver import Driver, running
from tui.openings import opening

DEMO = demo_path()


def breakdown(screen: Driver) -> BreakdownSource:
    source = screen.main.source
    assert isinstance(source, BreakdownSource)
    return source


async def test_the_parts_of_a_process_add_up_and_lead_to_their_events() -> None:
    async with running(opening(DEMO)) as screen:
        await screen.press("2")
        await screen.choose("fetch")
        await screen.press("semicolon")
        assert screen.view == "breakdown"
        found = breakdown(screen).breakdown
        assert sum(part.elapsed for part in found.parts) == found.elapsed
        assert found.elapsed > 8_000_000_000
        assert [part.elapsed for part in found.parts] == sorted(
            (part.elapsed for part in found.parts), reverse=True
        )
        assert found.parts[0].what in screen.row
        assert "%" in screen.row
        assert "events at their edges" in screen.main.details.text

        first = found.parts[0].evidence[0]
        await screen.press("enter")
        assert screen.event == int(screen.main.store.number[first])
        await screen.press("ctrl+o")
        assert screen.view == "breakdown"
        await screen.press("end")
        assert "the whole: fetch 5120" in screen.row
        await screen.press("enter")
        assert "no event is behind this row" in screen.message


async def test_the_time_of_a_span_is_told_from_the_trail() -> None:
    async with running(opening(DEMO)) as screen:
        await screen.press("7")
        await screen.go_to("648")
        await screen.press("Q", "semicolon")
        found = breakdown(screen)
        assert found.breakdown.elapsed > 8_000_000_000
        assert "corp.example" in found.title
        await screen.press("ctrl+o")
        assert screen.view == "trail"


async def test_only_the_range_that_is_chosen_is_added_up() -> None:
    async with running(opening(DEMO)) as screen:
        await screen.press("slash")
        await screen.type("evt.rawtime>=1773136801390000000 and evt.rawtime<1773136802390000000")
        await screen.press("enter", "2")
        await screen.choose("dnsd")
        await screen.press("semicolon")
        assert breakdown(screen).breakdown.elapsed == 1_000_000_000
        assert "in the range of time" in breakdown(screen).title


async def test_gaps_are_listed_longest_first_with_what_was_waited_for() -> None:
    async with running(opening(DEMO)) as screen:
        await screen.press("slash")
        await screen.type("fd.port=53")
        await screen.press("enter", "Z")
        await screen.type("1s")
        await screen.press("enter")
        assert screen.view == "gaps"
        assert screen.row.startswith("4.00")
        assert "Meanwhile " in screen.main.details.text
        await screen.press("enter")
        before = screen.event
        await screen.press("full_stop")
        assert screen.event > before

        await screen.press("Z")
        await screen.type("long")
        await screen.press("enter")
        assert "is no duration" in screen.message
