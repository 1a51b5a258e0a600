"""Several captures on the screen."""

from __future__ import annotations

from pathlib import Path

from core.timeline.lab import MICROSECOND, MILLISECOND, Lab, Machine, connect, exchange
from hopscope.bookmarks import load_bookmarks
from hopscope.errors import CaptureError
from hopscope.store.build import open_store
from hopscope.timeline import Clocks
from hopscope_tui.opening import Opening, Request
from tui.driver import running


def two_hosts(folder: Path) -> list[str]:
    lab = Lab()
    web = Machine(lab, "web", "10.0.0.1", {100: "nginx"})
    db = Machine(lab, "db", "10.0.0.2", {100: "postgres"}, 2_500 * MILLISECOND)
    connect(web, 100, db, 100, 5432, 40000, 80 * MICROSECOND)
    exchange(web, 100, 3, db, 100, 7, b"select name from shop", 80 * MICROSECOND)
    exchange(db, 100, 7, web, 100, 3, b"name | price | soap | 3", 80 * MICROSECOND)
    return [machine.save(folder) for machine in (web, db)]


def together(paths: list[str], view: str, filter_text: str = "") -> Opening:
    return Opening(Request(paths[0], filter_text, view, more=tuple(paths[1:]), clocks=Clocks()))


async def test_two_hosts_stand_in_one_list_and_hops_lead_from_one_to_the_other(tmp_path: Path) -> None:
    paths = two_hosts(tmp_path)
    async with running(together(paths, "events", "evt.type=write and evt.dir=<")) as driver:
        assert "web.scap and 1 more (2 hosts, clocks ± 81.5 µs)" in driver.screen_text
        assert "host        web" in driver.screen_text
        await driver.press("m", "enter", "p")
        assert "postgres" in driver.row
        assert "read" in driver.row
        assert "host        db" in driver.screen_text
        await driver.press("m", "enter")
    marks = [[one.number for one in load_bookmarks(open_store(path), complete=True).list()] for path in paths]
    assert marks == [[6], [4]]


async def test_what_is_known_of_files_and_clocks_can_be_read(tmp_path: Path) -> None:
    async with running(together(two_hosts(tmp_path), "processes")) as driver:
        await driver.press("w")
        shown = driver.screen_text
        assert "db: -2.499999 s" in shown
        assert "web: reference" in shown
        assert "  files  " in shown


def test_a_fault_in_one_of_the_files_is_told(tmp_path: Path) -> None:
    paths = two_hosts(tmp_path)
    Path(paths[1]).write_bytes(b"no capture")
    opening = together(paths, "processes").start()
    while not opening.is_done:
        opening.wait(0, 0.1)
    assert isinstance(opening.error, CaptureError)
