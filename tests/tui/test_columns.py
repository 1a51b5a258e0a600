"""Columns of views: chosen, moved, remembered; sorting by several of them."""

from __future__ import annotations

import pytest

from hopscope.errors import UsageError
from hopscope.kept import load_remembered
from hopscope.views import evaluate
from hopscope_tui.sources import ViewSource
from tui.driver import Driver, running
from tui.openings import demo


def _titles(screen: Driver) -> list[str]:
    return [column.title for column in screen.table.source.columns if column.title]


async def test_columns_are_hidden_moved_and_remembered_and_come_back() -> None:
    async with running(demo("processes")) as screen:
        own = _titles(screen)
        await screen.press("ctrl+n")
        await screen.press("space", "down", "space", "down", "shift+down", "shift+up", "shift+down")
        await screen.press("enter")
        chosen = _titles(screen)
        assert chosen == [own[3], own[2], *own[4:]]
    assert len(load_remembered().columns["processes"]) == len(own) - 2
    async with running(demo("processes")) as screen:
        assert _titles(screen) == chosen
        await screen.press("1")
        assert _titles(screen) != chosen
        await screen.press("2", "ctrl+n", "u", "enter")
        assert _titles(screen) == own
    assert "processes" not in load_remembered().columns


async def test_events_are_shown_without_the_columns_that_have_signs_of_their_own() -> None:
    async with running(demo("events", "proc.name=fetch")) as screen:
        await screen.press("ctrl+n")
        for _ in range(len(screen.table.source) - 1):
            await screen.press("space", "down")
        await screen.press("space")
        assert "one column has to stay" in screen.screen_text
        await screen.press("enter")
        assert _titles(screen) == ["INFO"]
        await screen.press("down", "t")
        assert screen.view == "events"


async def test_the_sorting_stays_with_its_column() -> None:
    async with running(demo("processes")) as screen:
        titles = _titles(screen)
        await screen.press(str("!@#$%^&*("[titles.index("PID")]))
        order = [cells[0].text for cells in screen.table.source.cells(0, len(screen.table.source))]
        await screen.press("ctrl+n", "down", "down", "down", "down", "space", "enter")
        source = screen.main.source
        assert isinstance(source, ViewSource)
        assert source.sorting is not None
        assert source.columns[source.sorting[0]].title == "PID"
        assert order


async def test_rows_that_are_equal_keep_the_order_of_the_column_before() -> None:
    async with running(demo("events")) as screen:
        titles = _titles(screen)
        await screen.press(str("!@#$%^&*("[titles.index("TID")]), str("!@#$%^&*("[titles.index("PROCESS")]))
        assert "sorted by PROCESS, then TID" in screen.message
        source = screen.main.source
        assert isinstance(source, ViewSource)
        result = source.result
        process, tid, number = (result.column_index(name) for name in ("process", "tid", "number"))
        rows = [
            (str(name).casefold(), -int(str(result.value(i, tid))), int(str(result.value(i, number))))
            for i in range(len(result))
            if (name := result.value(i, process)) is not None
        ]
        assert len(rows) > len(result) // 2
        assert rows == sorted(rows)


def test_a_view_is_sorted_by_several_columns_with_missing_values_last() -> None:
    from hopscope.demo import demo_path
    from hopscope.store.build import open_store

    result = evaluate(open_store(demo_path()), "processes")
    user, pid = result.column_index("user"), result.column_index("pid")

    ordered = result.sort_by([(user, False), (pid, True)])
    rows = [(ordered.value(i, user), ordered.value(i, pid)) for i in range(len(ordered))]

    named = [(str(name), -int(str(number))) for name, number in rows if name is not None]
    assert named == sorted(named)
    assert all(name is None for name, _ in rows[len(named) :])
    assert len({name for name, _ in rows}) < len(rows)
    with pytest.raises(UsageError):
        ordered.sort_by([(99, True)])
