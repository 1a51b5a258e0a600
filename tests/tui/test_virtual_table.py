"""The table: only visible rows, moving, mouse, widths."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from hopscope_tui.tones import tone_variables
from hopscope_tui.widgets.row_source import Cell, ListedRows, TableColumn
from hopscope_tui.widgets.virtual_table import VirtualTable

HEIGHT = 24
MILLIONS = 5_000_000


class Numbers:
    """Many rows that remember which of them were asked for."""

    def __init__(self, count: int) -> None:
        self.columns = (TableColumn("N", right=True), TableColumn("SQUARE"))
        self.sorting: tuple[int, bool] | None = (0, False)
        self.count = count
        self.asked: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return self.count

    def cells(self, start: int, stop: int) -> list[tuple[Cell, ...]]:
        self.asked.append((start, stop))
        return [(Cell(str(i)), Cell(f"square {i * i}", "read")) for i in range(start, stop)]


class TableApp(App[None]):
    """Nothing but a table."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[object] = []

    def get_css_variables(self) -> dict[str, str]:
        variables = super().get_css_variables()
        return {**variables, **tone_variables(variables)}

    def compose(self) -> ComposeResult:
        yield VirtualTable()

    def on_virtual_table_row_opened(self, event: VirtualTable.RowOpened) -> None:
        self.messages.append(("opened", event.row))

    def on_virtual_table_header_clicked(self, event: VirtualTable.HeaderClicked) -> None:
        self.messages.append(("header", event.column))


Shown = tuple[VirtualTable, Pilot[None]]


@asynccontextmanager
async def shown(
    source: Numbers | ListedRows, width: int = 60
) -> AsyncIterator[tuple[VirtualTable, Pilot[None]]]:
    app = TableApp()
    async with app.run_test(size=(width, HEIGHT)) as pilot:
        table = app.query_one(VirtualTable)
        table.focus()
        table.show(source)
        await pilot.pause()
        yield table, pilot


def lines(table: VirtualTable) -> list[str]:
    """What is drawn, with a blank in the place of the sign of the chosen row."""
    return [table.render_line(y).text.replace("▸", " ").rstrip() for y in range(table.size.height)]


async def test_of_millions_of_rows_only_those_near_the_screen_are_asked_for() -> None:
    source = Numbers(MILLIONS)
    async with shown(source) as (table, pilot):
        source.asked.clear()
        await pilot.press("pagedown")
        await pilot.pause()

        asked = {row for start, stop in source.asked for row in range(start, stop)}
        assert max(asked, default=0) < 200
        assert len(lines(table)) == HEIGHT


async def test_the_last_of_millions_of_rows_is_one_key_away() -> None:
    async with shown(Numbers(MILLIONS)) as (table, pilot):
        await pilot.press("end")
        await pilot.pause()

        assert table.cursor_row == MILLIONS - 1
        assert lines(table)[-1].split()[0] == str(MILLIONS - 1)
        await pilot.press("home")
        assert table.cursor_row == 0


async def test_the_header_stays_while_rows_scroll() -> None:
    async with shown(Numbers(1000)) as (table, pilot):
        await pilot.press("pagedown", "pagedown")
        await pilot.pause()

        assert lines(table)[0].split() == ["N", "▲", "SQUARE"]
        assert table.cursor_row == 2 * (HEIGHT - 1)


async def test_the_chosen_row_is_always_on_the_screen() -> None:
    async with shown(Numbers(1000)) as (table, pilot):
        for key in ("down",) * 30 + ("up",) * 12 + ("pagedown", "up", "end", "pageup"):
            await pilot.press(key)
            assert table.top_row <= table.cursor_row < table.top_row + table.page_rows


@pytest.mark.parametrize("top", [None, 2938])
async def test_a_longer_source_begins_with_the_chosen_row_on_the_screen(top: int | None) -> None:
    async with shown(Numbers(5)) as (table, pilot):
        table.show(Numbers(5000), 2955, top)
        await pilot.pause()

        assert table.cursor_row == 2955
        assert any(line.split()[:1] == ["2955"] for line in lines(table))
        if top is not None:
            assert table.top_row == top


async def test_clicks_choose_sort_and_open() -> None:
    async with shown(Numbers(100)) as (table, pilot):
        await pilot.click(VirtualTable, offset=(3, 5))
        assert table.cursor_row == 4
        await pilot.click(VirtualTable, offset=(12, 0))
        await pilot.click(VirtualTable, offset=(3, 7), times=2)
        await pilot.pause()

        assert isinstance(pilot.app, TableApp)
        assert ("header", 1) in pilot.app.messages
        assert ("opened", 6) in pilot.app.messages


async def test_a_theme_change_redraws_rows_that_were_drawn_before() -> None:
    async with shown(Numbers(100)) as (table, pilot):
        before = [segment.style for segment in table.render_line(3)]
        pilot.app.theme = "textual-light"
        await pilot.pause()

        assert [segment.style for segment in table.render_line(3)] != before


async def test_wide_letters_keep_the_columns_aligned() -> None:
    rows = [
        (Cell("日本語のプロセス"), Cell("1", "")),
        (Cell("ascii"), Cell("2", "")),
        (Cell("naïve ☕"), Cell("3", "")),
    ]
    source = ListedRows((TableColumn("NAME"), TableColumn("X")), rows)
    async with shown(source) as (table, _):
        strips = [table.render_line(y) for y in range(1, 4)]

        assert {strip.cell_length for strip in strips} == {60}
        starts = [strip.crop(0, 1 + 16 + 2).cell_length for strip in strips]
        assert starts == [19, 19, 19]
        assert [strip.crop(19, 20).text for strip in strips] == ["1", "2", "3"]


async def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    source = ListedRows((TableColumn("A"), TableColumn("B")), [(Cell("x" * 80), Cell("end"))])
    async with shown(source, width=40) as (table, _):
        line = lines(table)[1]
        assert "…" in line
        assert "end" in line


@pytest.mark.parametrize("width", [20, 40, 80, 200])
async def test_columns_of_high_rank_leave_first(width: int) -> None:
    columns = (
        TableColumn("KEEP", rank=0),
        TableColumn("SECOND", rank=1),
        TableColumn("FIRST", rank=5),
        TableColumn("LAST"),
    )
    source = ListedRows(columns, [tuple(Cell("z" * 12) for _ in columns)])
    async with shown(source, width=width) as (table, _):
        titles = lines(table)[0].split()
        assert "KEEP" in titles
        assert ("FIRST" in titles) <= ("SECOND" in titles)
        if width >= 80:
            assert titles == ["KEEP", "SECOND", "FIRST", "LAST"]


async def test_no_rows_say_why() -> None:
    source = ListedRows((TableColumn("A"),), [])
    async with shown(source) as (table, pilot):
        table.show(source, empty_text="nothing here\nBackspace goes back")
        await pilot.press("down", "end", "pagedown")
        await pilot.pause()

        text = "\n".join(lines(table))
        assert "nothing here" in text
        assert "Backspace goes back" in text
        assert table.cursor_row == 0


async def test_the_chosen_row_has_a_sign_and_not_a_colour_alone() -> None:
    async with shown(Numbers(5)) as (table, pilot):
        await pilot.press("down")

        assert [table.render_line(y).text[0] for y in range(4)] == [" ", " ", "▸", " "]
