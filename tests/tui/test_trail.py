"""The trail of a row: tree, bars, folding, zoom, other causes, and the way to events and back."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from textual.pilot import Pilot

from hopscope.demo import demo_path
from hopscope_tui.own.trail import TrailSource
from hopscope_tui.widgets.waterfall import Waterfall, draw_axis, draw_bar, shortened
from tui.driver import Driver, running
from tui.openings import opening

DEMO = demo_path()


async def story(screen: Driver) -> Waterfall:
    """The trail of the demo's client, from its row in the list of processes."""
    await screen.press("2")
    await screen.choose("fetch")
    await screen.press("Q")
    assert screen.view == "trail"
    return screen.main.waterfall


def source(table: Waterfall) -> TrailSource:
    assert table.trail is not None
    return table.trail


async def test_one_key_shows_the_whole_story_of_a_process_in_all_processes() -> None:
    async with running(opening(DEMO), (160, 60)) as screen:
        table = await story(screen)
        assert len(table.source) > 35
        assert screen.row.startswith("▾ fetch http://inventory.shop.svc.cluster.local/stock")
        await screen.press("end")
        shown = screen.screen_text
        assert "└─  GET /stock -> 200 OK" in shown
        assert "-> NXDOMAIN" in shown, "what came of it is not cut off"

        await screen.press("home")
        lost = next(i for i in range(len(table.source)) if source(table).signs(i) == "↻?")
        row = screen.lines[table.region.y + 1 + lost - table.top_row]
        assert "-> no answer" in row
        assert "4.000s" in row


async def test_bars_tell_working_from_waiting_without_colours() -> None:
    async with running(opening(DEMO), (160, 60)) as screen:
        table = await story(screen)
        rows = source(table)
        bar, _ = draw_bar(rows, 0, 40)
        assert "─" in bar or "╌" in bar, "the client waited most of the time"
        assert rows.meanwhile(0) is not None
        assert "Meanwhile its threads were" in screen.main.details.text
        last = len(rows) - 1
        assert draw_bar(rows, last, 40)[0].rstrip().startswith(" " * 38), "the page came at the end"
        assert draw_axis(rows, 40).startswith("╷0")


async def test_enter_goes_to_the_first_event_t_to_the_last_and_back_to_the_same_row() -> None:
    async with running(opening(DEMO)) as screen:
        table = await story(screen)
        await screen.press("down", "down", "down", "left", "z")
        row, window = screen.row, source(table).window
        assert "GET /v1/keys" in row

        await screen.press("enter")
        assert screen.event == 366
        await screen.press("full_stop")
        assert screen.event == 384, "the next event of the span"
        await screen.press("ctrl+o", "ctrl+o")
        assert screen.view == "trail"
        assert screen.row == row
        assert source(table).window == window
        assert row.startswith("│") or "▸" in row, "what was hidden stays hidden"

        await screen.press("t")
        assert screen.event == 384
        await screen.press("ctrl+o")
        assert screen.row == row


async def test_rows_fold_arrows_walk_the_tree_and_keys_zoom_and_pan() -> None:
    async with running(opening(DEMO)) as screen:
        table = await story(screen)
        whole = len(table.source)
        await screen.press("down", "left")
        assert len(table.source) == whole - 3
        assert "▸" in screen.row
        await screen.press("left")
        assert table.cursor_row == 0, "from what is folded to what caused it"
        await screen.press("right")
        assert table.cursor_row == 1
        await screen.press("right")
        assert len(table.source) == whole
        await screen.press("end")
        chosen = screen.row
        await screen.press("_")
        assert len(table.source) < whole
        assert screen.row in chosen or "▸" in screen.row
        await screen.press("*")
        assert len(table.source) == whole

        await screen.press("home")
        rows = source(table)
        begin, end = rows.window
        await screen.press("plus")
        first, last = rows.window
        assert last - first == pytest.approx((end - begin) / 2, rel=0.01)
        assert "0 shows all of it" in screen.message
        await screen.press("greater_than_sign")
        assert rows.window[0] > first
        await screen.press("less_than_sign")
        assert rows.window[0] == pytest.approx(first, abs=1_000)
        await screen.press("minus")
        assert rows.window == (begin, end)
        await screen.press("down", "z")
        start, stop = rows.span_of_time(1)
        assert rows.window[0] <= start < stop <= rows.window[1]
        assert rows.window[1] - rows.window[0] < 2 * (stop - start)
        assert draw_bar(rows, len(rows) - 1, 30)[0].endswith("›"), "the page is later"
        await screen.press("0")
        assert rows.window == (begin, end)


async def test_another_cause_hangs_the_row_elsewhere() -> None:
    async with running(opening(DEMO)) as screen:
        table = await story(screen)
        await screen.press("down", "down", "down")
        rows = source(table)
        before = [node.depth for node in rows.trail.nodes]
        await screen.press("a")
        assert "What may have caused it" in screen.screen_text
        await screen.press("end")
        assert "nothing that was received" in screen.row
        await screen.press("enter")
        assert screen.view == "trail"
        after = source(table)
        assert len(after) < len(before), "what nothing caused hangs no longer in this tree"
        await screen.press("ctrl+o")
        assert screen.view == "processes", "that was no step on the way"


async def test_the_trail_of_an_event_leads_through_finds_its_span_and_again_all_its_process_did() -> None:
    async with running(opening(DEMO)) as screen:
        await screen.press("7")
        await screen.go_to("372")
        await screen.press("Q")
        assert screen.view == "trail"
        assert "kvd 2502" in screen.row
        assert "372" in screen.row
        await screen.press("Q")
        assert source(screen.main.waterfall).trail.nodes[0].depth == 0
        processes = {cells[1].text for cells in screen.table.source.cells(0, 3)}
        assert "kvd 2502" in processes


async def test_a_connection_has_the_trails_of_all_its_requests() -> None:
    async with running(opening(DEMO)) as screen:
        await screen.press("4")
        await screen.choose("10.96.12.80")
        await screen.press("Q")
        assert screen.view == "trail"
        assert "GET /stock" in "\n".join(
            cells[0].text for cells in screen.table.source.cells(0, len(screen.table.source))
        )


async def test_a_whole_trail_is_bookmarked() -> None:
    async with running(opening(DEMO)) as screen:
        await story(screen)
        await screen.press("b")
        await screen.type("story")
        await screen.press("enter")
        assert " rows of the trail are bookmarked" in screen.message
        await screen.press("apostrophe")
        assert "story: GET /stock -> 200 OK" in "\n".join(
            "  ".join(cell.text for cell in cells)
            for cells in screen.table.source.cells(0, len(screen.table.source))
        )


async def test_details_tell_why_a_row_is_there_and_what_was_said() -> None:
    async with running(opening(DEMO), (160, 60)) as screen:
        await story(screen)
        await screen.press("down", "down", "down")
        text = screen.main.details.text
        assert "score" in text
        assert "•" in text
        assert "404 Not Found" in text
        assert "sent from here, HTTP" in text


async def test_the_mouse_chooses_folds_and_zooms() -> None:
    async with running(opening(DEMO)) as screen:
        table = await story(screen)
        rows = source(table)
        whole = len(rows)
        begin, _ = table.bar_cells()
        pilot: Pilot[None] = screen.pilot
        await pilot.click("#waterfall", offset=(begin + 3, 4))
        await screen.settle()
        assert table.cursor_row == 3
        await pilot.click("#waterfall", offset=(1 + rows.fold_sign_at(1), 2))
        await screen.settle()
        assert len(table.source) == whole - 3
        await pilot.click("#waterfall", offset=(begin + 3, 1), times=2)
        await screen.settle()
        assert screen.view == "events"


@pytest.mark.parametrize(("width", "columns"), [(80, 4), (120, 5), (200, 7)])
async def test_tree_and_bars_have_room_on_any_screen(width: int, columns: int) -> None:
    async with running(opening(DEMO), (width, 30)) as screen:
        table = await story(screen)
        assert len(table._layout.shown) >= columns - 1
        begin, cells = table.bar_cells()
        assert cells >= 18
        assert begin + cells <= width
        assert "fetch http" in screen.screen_text


def test_titles_are_cut_before_the_answer() -> None:
    assert shortened("DNS A a.very.long.name.example -> NXDOMAIN", 24) == "DNS A a.ver… -> NXDOMAIN"
    assert shortened("short -> ok", 24) == "short -> ok"
    assert len(shortened(f"x -> {'y' * 50}", 20)) <= 20


async def test_a_trail_is_saved_for_people_and_for_other_programs(tmp_path: Path) -> None:
    async with running(opening(DEMO)) as screen:
        await story(screen)
        for downs, name in enumerate(("trail.md", "trail.json", "otlp.json", "chrome.json")):
            await screen.press("E", *["down"] * downs, "enter")
            await screen.type(str(tmp_path / name))
            await screen.press("enter")
            assert f"{name} is written" in screen.message

    assert "GET /stock" in (tmp_path / "trail.md").read_text()
    rows = json.loads((tmp_path / "trail.json").read_text())["rows"]
    assert rows[-1]["title"] == "GET /stock -> 200 OK"
    assert json.loads((tmp_path / "otlp.json").read_text())["resourceSpans"]
    assert json.loads((tmp_path / "chrome.json").read_text())["traceEvents"]
    assert stat.S_IMODE((tmp_path / "chrome.json").stat().st_mode) == 0o600
