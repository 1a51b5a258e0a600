"""Copies of rows and data, the command behind a view, rows saved to a file."""

from __future__ import annotations

import csv
import json
import shlex
from pathlib import Path

import pytest

from hopscope.cli import main
from hopscope.decode.render import render_line
from hopscope.demo import demo_path
from hopscope_tui.screens.text_panel import TextPanel
from hopscope_tui.sources import ViewSource
from tui.driver import Driver, running
from tui.openings import demo


async def _copied(screen: Driver, what: str) -> str:
    await screen.press("Y")
    await screen.choose(what)
    await screen.press("enter")
    return screen.app.clipboard


async def test_a_row_a_cell_and_the_forms_of_an_event_are_copied() -> None:
    async with running(demo("events", "proc.name=fetch and evt.type=recvfrom and evt.dir=<")) as screen:
        await screen.press("y")
        assert str(screen.event) in screen.app.clipboard
        assert screen.message == "copied the row"
        await screen.press("right", "right")
        assert (await _copied(screen, "cell TIME")).count(".") == 1
        store, row = screen.main.store, screen.main.event_row
        assert await _copied(screen, "as sysdig prints it") == render_line(store, row)
        assert json.loads(await _copied(screen, "event as JSON"))["evt.num"] == screen.event
        assert bytes.fromhex(await _copied(screen, "data in hex")) == store.payload(row)


async def test_rows_that_are_no_events_have_no_data_to_copy() -> None:
    async with running(demo("processes")) as screen:
        await screen.press("Y")
        assert "data" not in screen.screen_text.split("Copy", 1)[1].split("Enter copies")[0]
        await screen.press("escape")


async def test_the_command_prints_the_rows_that_are_shown(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    async with running(demo("processes")) as screen:
        await screen.choose("fetch")
        await screen.press("enter", "K")
        assert isinstance(screen.app.screen, TextPanel)
        assert "nothing happened are left out" in screen.screen_text
        command = screen.app.clipboard
        await screen.press("escape")
        source = screen.main.source
        assert isinstance(source, ViewSource)
        result = source.result
        shown = [row["fd"] for i, row in enumerate(result.as_json()) if result.event_row(i) >= 0]

    words = shlex.split(command)
    assert words[:2] == ["hopscope", "view"]
    assert main([*words[1:], "--json"]) == 0
    printed = json.loads(capsysbinary.readouterr().out)
    assert [row["fd"] for row in printed] == shown


async def test_the_command_for_events_prints_their_lines(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    async with running(demo("processes")) as screen:
        await screen.choose("fetch")
        await screen.press("d", "K")
        command = screen.app.clipboard
        await screen.press("escape")
        count = len(screen.table.source)

    words = shlex.split(command)
    assert words[:2] == ["hopscope", "events"]
    assert main(words[1:]) == 0
    assert len(capsysbinary.readouterr().out.splitlines()) == count


async def test_rows_are_saved_in_the_form_that_the_name_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with running(demo("processes")) as screen:
        await screen.press("E", "enter")
        assert "processes.csv is written" in screen.message
        with open("processes.csv", encoding="utf-8") as file:
            assert len(list(csv.DictReader(file))) == len(screen.table.source)
        assert Path("processes.csv").stat().st_mode & 0o777 == 0o600
        await screen.press("E", "enter")
        assert "exists already; nothing was written" in screen.message
        await screen.press("E")
        await screen.type("rows.pdf")
        await screen.press("enter")
        assert "rows.pdf ends in none of .csv, .json, .md" in screen.message


async def test_lists_that_are_no_views_are_saved_as_the_commands_print_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = {}
    async with running(demo()) as screen:
        for key, name in (("V", "findings"), ("X", "messages"), ("0", "overview"), ("9", "tree")):
            for end in ("csv", "json", "md"):
                await screen.press(key, "E")
                await screen.type(f"{name}.{end}")
                await screen.press("enter")
                assert f"{name}.{end} is written" in screen.message
            rows[name] = len(screen.table.source)

    for name, count in rows.items():
        assert main([name, str(demo_path()), "--json"]) == 0
        printed = json.loads(capsysbinary.readouterr().out)
        assert len(printed) > 1
        assert json.loads(Path(f"{name}.json").read_text()) == printed
        with open(f"{name}.csv", encoding="utf-8") as file:
            saved = list(csv.DictReader(file))
        first = next(iter(printed[0]))
        assert [one[first] for one in saved] == [str(one[first]) for one in printed]
        table = Path(f"{name}.md").read_text().splitlines()
        assert len(table) == count + 2
        assert len({line.replace("\\|", "").count("|") for line in table}) == 1


async def test_open_descriptors_gaps_and_time_are_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with running(demo("events", "proc.name=fetch")) as screen:
        for key, name in (("tilde", "open"), ("Z", "gaps"), ("semicolon", "breakdown")):
            await screen.press("end", key, *(["enter"] if key == "Z" else []), "E", "enter")
            assert f"{name}.csv is written" in screen.message, screen.screen_text
            await screen.press("backspace")
    with open("open.csv", encoding="utf-8") as file:
        assert {"0", "1", "2"} <= {one["fd"] for one in csv.DictReader(file)}
    with open("breakdown.csv", encoding="utf-8") as file:
        assert sum(float(one["share"]) for one in csv.DictReader(file)) == pytest.approx(1, abs=0.01)


async def test_bookmarks_and_what_is_missing_are_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with running(demo("events")) as screen:
        await screen.go_to("343")
        await screen.press("m")
        await screen.type("=asked | here")
        await screen.press("enter", "M", "E", "enter")
        assert "bookmarks.csv is written" in screen.screen_text
        await screen.press("E")
        await screen.type("marks.md")
        await screen.press("enter", "escape", "w", "E")
        await screen.type("capture.md")
        await screen.press("enter", "escape")
        assert "capture.md is written" in screen.message
    with open("bookmarks.csv", encoding="utf-8") as file:
        (mark,) = csv.DictReader(file)
    assert (mark["event"], mark["note"]) == ("343", "'=asked | here")
    assert "=asked \\| here" in Path("marks.md").read_text()
    assert "| shown events | 4,355 |" in Path("capture.md").read_text()
