"""Findings and messages of a selection, and the way through the events behind them."""

from __future__ import annotations

from pathlib import Path
from time import monotonic, sleep

import pytest

from hopscope.demo import demo_path
from hopscope.store.store import Store
from hopscope_tui.own import messages as own_messages
from tui.driver import running
from tui.openings import opening

DEMO = demo_path()


async def test_findings_come_worst_first_and_lead_to_each_event_of_their_evidence() -> None:
    async with running(opening(DEMO)) as screen:
        await screen.press("V")

        assert screen.view == "findings"
        assert screen.row.startswith("8.001s  ▲ high  dns-unanswered  dnsd 2410")
        assert "no answer to DNS A and AAAA" in screen.main.details.text
        assert "4.000s from 0.394689048 s" in screen.main.details.text

        await screen.press("enter")
        assert screen.event == 672
        assert screen.message.startswith("evidence 1 of ")
        await screen.press("full_stop")
        assert screen.event == 684
        await screen.press("comma", "comma")
        assert screen.event == 672
        assert "first event of the evidence" in screen.message

        await screen.press("ctrl+o", "ctrl+o", "ctrl+o")
        assert screen.view == "findings"
        assert screen.row.startswith("8.001s")


async def test_a_step_of_a_finding_leads_to_its_own_events_and_d_to_all_of_them() -> None:
    async with running(opening(DEMO)) as screen:
        await screen.press("V", "down", "down")
        assert "↳ step 2 of 2" in screen.row
        await screen.press("enter")
        assert screen.event == 2260

        await screen.press("ctrl+o", "d")
        assert screen.view == "events"
        numbers = [
            int(screen.main.store.number[screen.main.rows.event_row(i)]) for i in range(len(screen.main.rows))
        ]
        assert {2257, 2260, 3673, 3674} <= set(numbers)
        assert 672 not in numbers, "that is an event of the first step"
        assert "step 2" in screen.crumbs


async def test_findings_and_messages_are_those_of_the_selection() -> None:
    async with running(opening(DEMO)) as screen:
        await screen.press("slash")
        await screen.type("proc.name=httpd")
        await screen.press("enter", "V")
        shown = " ".join(
            cell.text for cells in screen.table.source.cells(0, len(screen.table.source)) for cell in cells
        )
        assert "dns-unanswered" not in shown, "the web server has no part in that"
        await screen.press("backspace", "X")
        rows = screen.table.source.cells(0, len(screen.table.source))
        assert rows
        assert {cells[1].text for cells in rows} == {"httpd 2611"}


async def test_evidence_is_asked_for_before_there_is_any() -> None:
    async with running(opening(DEMO)) as screen:
        await screen.press("full_stop")
        assert "no evidence yet" in screen.message
        await screen.press("V", "V")
        assert "this is it already" in screen.message


async def test_messages_show_request_and_response_in_full_and_lead_to_their_events() -> None:
    async with running(opening(DEMO)) as screen:
        await screen.press("X")
        assert screen.view == "messages"
        await screen.find("kvd")
        assert "GET /v1/keys/dns/local/cluster/svc/shop/local" in screen.row
        assert "✗" in screen.row
        details = screen.main.details.text
        assert "404 Not Found" in details
        assert "Headers" in details
        assert "195.970us" in details

        await screen.press("x")
        assert "47 45 54 20" in screen.main.details.text, "GET in hex"

        await screen.press("enter")
        assert screen.event == 372
        await screen.press("full_stop")
        assert screen.event == 376
        await screen.press("ctrl+o", "ctrl+o")
        assert "GET /v1/keys" in screen.row

        await screen.press("d")
        assert {372, 376} <= {
            int(screen.main.store.number[screen.main.rows.event_row(i)]) for i in range(len(screen.main.rows))
        }


async def test_the_details_can_be_hidden_and_the_legend_explains_the_signs() -> None:
    async with running(opening(DEMO)) as screen:
        await screen.press("X", "space")
        assert not screen.main.details.display
        await screen.press("space", "i")
        assert "nobody answered" in screen.screen_text


async def test_reading_messages_tells_how_far_it_is_and_can_be_stopped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said: list[str] = []

    def slow(store: Store, report: object) -> object:
        assert callable(report)
        began = monotonic()
        while monotonic() - began < 20:
            report(0.25)
            sleep(0.01)
        raise AssertionError("nobody stopped it")

    monkeypatch.setattr(own_messages, "messages_of", slow)
    async with running(opening(DEMO)) as screen:
        before = screen.row
        screen.send("X")
        began = monotonic()
        while "25%" not in screen.message and monotonic() - began < 10:
            await screen.pilot.pause(0.02)
        said.append(screen.message)
        await screen.press("escape")

        assert said == ["reading messages … 25%, Esc stops"]
        assert screen.view == "containers"
        assert screen.row == before
        assert screen.message == "stopped"
        await screen.press("down")
        assert screen.row != before, "the screen goes on"
