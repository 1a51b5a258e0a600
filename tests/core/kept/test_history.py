"""The history of filters: what survives, who may read it, what two programs do to each other."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from hopscope.kept import FilterHistory, KeptError
from hopscope.kept import history as limits


@pytest.fixture(autouse=True)
def state_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOPSCOPE_STATE_DIR", str(tmp_path / "state"))
    return tmp_path / "state"


def test_lines_survive_a_restart_each_once_the_last_typed_at_the_end() -> None:
    for line in ("proc.name=a", "fd.num=3", " proc.name=a ", ""):
        FilterHistory.load().add(line)

    assert FilterHistory.load().lines == ("fd.num=3", "proc.name=a")


def test_looking_makes_no_file(state_dir: Path) -> None:
    assert FilterHistory.load().lines == ()
    assert not state_dir.exists()


def test_a_line_can_be_forgotten() -> None:
    history = FilterHistory.load()
    history.add("a")
    history.add("b")
    history.remove("a")

    assert history.lines == FilterHistory.load().lines == ("b",)


def test_two_programs_keep_each_others_lines() -> None:
    one, other = FilterHistory.load(), FilterHistory.load()
    one.add("one")
    other.add("other")
    one.add("again")

    assert one.lines == ("one", "other", "again")


def test_many_writers_at_once_lose_nothing(state_dir: Path) -> None:
    script = (
        "import sys; from hopscope.kept import FilterHistory\n"
        "history = FilterHistory.load()\n"
        "[history.add(f'evt.num={sys.argv[1]}{i:02}') for i in range(20)]"
    )
    writers = [subprocess.Popen([sys.executable, "-c", script, str(start)]) for start in (1, 2, 3)]

    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    expected = {f"evt.num={start}{i:02}" for start in (1, 2, 3) for i in range(20)}
    assert set(FilterHistory.load().lines) == expected


def test_the_oldest_lines_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_LINES", 3)
    history = FilterHistory.load()
    for i in range(5):
        history.add(f"evt.num={i}")
    assert list(history.lines) == ["evt.num=2", "evt.num=3", "evt.num=4"]

    monkeypatch.setattr(limits, "MOST_BYTES", 20)
    history.add("evt.num=5")
    assert list(history.lines) == ["evt.num=4", "evt.num=5"]


def test_an_endless_line_is_not_kept() -> None:
    history = FilterHistory.load()
    history.add("x" * (limits.LONGEST_LINE + 1))

    assert history.lines == ()


def test_a_damaged_file_is_put_aside_and_never_overwritten(state_dir: Path) -> None:
    state_dir.mkdir()
    (state_dir / "filter-history.json").write_bytes(b'{"version": 1, "filters": [7]}')

    history = FilterHistory.load()
    history.add("evt.num=1")

    (aside,) = state_dir.glob("*damaged*")
    assert aside.read_bytes() == b'{"version": 1, "filters": [7]}'
    assert str(aside) in history.notices[0]
    assert FilterHistory.load().lines == ("evt.num=1",)


def test_a_file_of_a_newer_version_is_left_alone(state_dir: Path) -> None:
    state_dir.mkdir()
    (state_dir / "filter-history.json").write_text('{"version": 99}')

    with pytest.raises(KeptError, match="newer hopscope"):
        FilterHistory.load()
    assert json.loads((state_dir / "filter-history.json").read_text()) == {"version": 99}


@pytest.mark.skipif(os.name != "posix", reason="file modes and links are a matter of POSIX systems")
def test_only_the_owner_reads_it_and_a_link_stays_a_link(state_dir: Path, tmp_path: Path) -> None:
    state_dir.mkdir(mode=0o700)
    elsewhere = tmp_path / "elsewhere.json"
    (state_dir / "filter-history.json").symlink_to(elsewhere)
    FilterHistory.load().add("evt.num=1")

    assert (state_dir / "filter-history.json").is_symlink()
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o600


def test_xdg_state_home_is_honoured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform in ("win32", "darwin"):
        pytest.skip("XDG folders are a matter of Linux")
    monkeypatch.delenv("HOPSCOPE_STATE_DIR")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg"))
    FilterHistory.load().add("evt.num=1")

    assert (tmp_path / "xdg" / "hopscope" / "filter-history.json").is_file()
