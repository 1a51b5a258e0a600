"""Following one connection, searching in its bytes, saving them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from hopscope.demo import demo_path
from tui.driver import Driver, running
from tui.openings import opening

DEMO = demo_path()


async def follow(screen: Driver, moment: str) -> None:
    await screen.press("7")
    await screen.go_to(moment)
    await screen.press("l")
    assert screen.view == "follow"


def texts(screen: Driver) -> list[str]:
    source = screen.table.source
    return [cells[-1].text for cells in source.cells(0, len(source))]


@pytest.mark.parametrize("moment", ["366", "376"])
async def test_a_stream_is_followed_from_either_end_and_leads_to_its_events(moment: str) -> None:
    async with running(opening(DEMO)) as screen:
        await follow(screen, moment)

        shown = texts(screen)
        assert shown[0].startswith("GET /v1/keys/dns/local/cluster/svc/shop")
        assert "HTTP/1.1 404 Not Found" in shown
        assert "stream" in screen.crumbs
        if moment == "376":
            assert "376" in screen.row, "the event that was asked for is chosen"

        await screen.press("home", "down", "enter")
        assert screen.view == "events"
        await screen.press("ctrl+o")
        assert screen.view == "follow"


async def test_x_goes_through_text_hex_and_what_the_protocol_says() -> None:
    async with running(opening(DEMO)) as screen:
        await follow(screen, "366")
        await screen.press("x")
        assert texts(screen)[0].startswith("000000  47 45 54 20 2f 76 31 2f  6b 65 79")
        await screen.press("x")
        shown = texts(screen)
        assert "Headers" in shown
        assert any("404 Not Found" in text for text in shown)
        assert "    code: 404" in shown, "the body is unfolded"
        await screen.press("x")
        assert texts(screen)[0].startswith("GET /v1")


async def test_echo_has_the_same_forms() -> None:
    async with running(opening(DEMO)) as screen:
        await screen.press("7")
        await screen.go_to("350")
        await screen.press("e", "x", "x")
        shown = texts(screen)
        assert "Question" in "\n".join(shown)
        assert "inventory.shop.svc.cluster.local" in "\n".join(shown)


async def test_searching_finds_bytes_across_lines_and_calls_and_marks_them() -> None:
    async with running(opening(DEMO)) as screen:
        await follow(screen, "366")
        await screen.press("home")
        await screen.find("0x0d0a0d0a")
        source = screen.table.source
        assert texts(screen)[screen.table.cursor_row] == "Accept: */*", "the line that these bytes end"

        await screen.find("SHOP/INVENTORY")
        places = []
        for _ in range(3):
            row = screen.table.cursor_row
            places.append(row)
            cell = source.cells(row, row + 1)[0][-1]
            assert cell.found, "the place is marked"
            begin, end = cell.found[-1]
            assert cell.text[begin:end].lower() in "shop/inventory"
            await screen.press("n")
        assert places == sorted(set(places))
        await screen.press("N")
        assert screen.table.cursor_row == places[-1]

        await screen.press("x")
        await screen.press("n")
        row = screen.table.cursor_row
        cell = screen.table.source.cells(row, row + 1)[0][-1]
        (pairs, end), *_ = cell.found
        assert bytes.fromhex(cell.text[pairs:end].replace(" ", "")).lower() in b"shop/inventory"

        await screen.find("nowhere to be found")
        assert "is nowhere in this view" in screen.message


async def test_a_hit_is_found_where_it_lies_in_two_calls() -> None:
    async with running(opening(DEMO)) as screen:
        await follow(screen, "366")
        await screen.press("home")
        await screen.find("*/*\r\n\r\nGET".replace("\r\n", ""))
        assert "nowhere" in screen.message
        await screen.find("0x2a2f2a0d0a0d0a474554")
        assert texts(screen)[screen.table.cursor_row] == "Accept: */*"
        source = screen.table.source
        marked = [i for i, cells in enumerate(source.cells(0, len(source))) if cells[-1].found]
        assert {texts(screen)[i][:6] for i in marked} == {"Accept", "GET /v"}


async def test_bytes_of_either_side_and_the_text_are_saved_once(tmp_path: Path) -> None:
    async with running(opening(DEMO)) as screen:
        await follow(screen, "366")
        target = tmp_path / "asked.bin"
        await screen.press("E", "down", "enter")
        await screen.type(str(target))
        await screen.press("enter")

        assert target.read_bytes().startswith(b"GET /v1/keys/dns/local/cluster/svc/shop")
        assert b"HTTP/1.1 404" not in target.read_bytes()
        assert stat.S_IMODE(os.stat(target).st_mode) == 0o600
        assert "asked.bin is written, 1.04K" in screen.message


async def test_nothing_is_ever_replaced(tmp_path: Path) -> None:
    target = tmp_path / "there.txt"
    target.write_text("mine")
    async with running(opening(DEMO)) as screen:
        await follow(screen, "366")
        await screen.press("E", "enter")
        await screen.type(str(target))
        screen.send("enter")
        await screen.settle()

        assert target.read_text() == "mine"
        assert "exists already; nothing was written" in screen.message
        await screen.press("E", "escape")
        assert screen.view == "follow"


async def test_a_row_without_a_connection_says_so_and_findings_can_be_saved() -> None:
    async with running(opening(DEMO)) as screen:
        await screen.press("6", "slash")
        await screen.type("fd.name=/etc/resolv.conf")
        await screen.press("enter", "l")
        assert "nothing on this row is about a connection" in screen.message
        await screen.press("V", "E")
        assert "findings.csv" in screen.screen_text
