"""The tree of processes, and what a process had open at a moment."""

from __future__ import annotations

from tui.driver import running
from tui.openings import demo


async def test_the_tree_tells_parents_life_times_and_ends_and_leads_on() -> None:
    async with running(demo()) as screen:
        await screen.press("9")
        assert screen.view == "tree"
        await screen.choose("5203")
        assert "exit 0" in screen.row
        assert "parent      sh 5201" in screen.screen_text
        await screen.press("enter")
        assert screen.view == "descriptors"
        assert "wc 5203" in screen.crumbs
        await screen.press("backspace")
        assert screen.view == "tree"
        assert "wc" in screen.row


async def test_what_was_open_at_an_event_is_listed_as_it_was_then() -> None:
    async with running(demo("events", "proc.name=fetch and evt.type=recvfrom and evt.dir=<")) as screen:
        store, row = screen.main.store, screen.main.event_row
        await screen.press("tilde")
        assert screen.view == "open"
        table = store.descriptors
        held = (
            (table.table == store.threads.table[store.thread[row]])
            & (table.first <= row)
            & (table.stop > row)
        )
        assert len(screen.table.source) == held.sum()
        await screen.choose(table.name[int(store.descriptor[row])])
        await screen.press("enter")
        assert screen.view == "events"
        assert len(screen.table.source) > 1
        await screen.press("backspace", "backspace")
        assert screen.main.event_row == row


async def test_the_end_of_a_process_leaves_nothing_open() -> None:
    async with running(demo("events", "evt.type=procexit")) as screen:
        await screen.press("tilde")
        assert screen.view in ("open", "events")
        assert screen.message == "" or "no process" in screen.message
