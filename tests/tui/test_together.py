"""Several captures on the screen: first rows of one, all read beside, an index of all the next time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from core.timeline.lab import MILLISECOND, Lab, Machine, connect, exchange
from core.timeline.splitting import save, split
from hopscope.demo import demo_path
from hopscope.progress import ReadingProgress
from hopscope.store.build import open_store
from hopscope.store.store import Store
from hopscope.timeline import Clocks, open_timeline_indexed
from hopscope_tui.kept_view import find_view, make_view
from hopscope_tui.opening import FirstView, Opening, Order, Request, State
from hopscope_tui.reading_together import read_together
from tui.driver import running

BESIDE = """
import sys, threading
import hopscope_tui.forking
hopscope_tui.forking._WORTH_LOOKING = 0
from hopscope.timeline import Clocks
from hopscope_tui.opening import Opening, Request
opening = Opening(Request(sys.argv[1], more=tuple(sys.argv[2:]), clocks=Clocks())).start()
print(opening._fork.waits, "numpy" in sys.modules)
next(one for one in threading.enumerate() if one.name == "open-capture").join()
opening.check()
store = opening.opened.store
print(opening.opened.title.name, opening.opened.title.events, store.members.runs, opening.state.name)
print(store.payload(store.row_of(354)), len(store.members.own_number))
"""


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOPSCOPE_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def ring(tmp_path: Path) -> list[str]:
    """The demo in two files."""
    whole = open_store(demo_path())
    return save(tmp_path, split(whole, [len(whole) // 2]))


def beside(paths: Sequence[str]) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", BESIDE, *paths], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")
def test_another_process_reads_them_and_an_index_of_all_serves_the_next_time(ring: list[str]) -> None:
    read = beside(ring)
    name = Path(ring[0]).name
    assert read[:2] == ["False False", f"{name} and 1 more 4355 1 WHOLE"]
    whole = open_timeline_indexed(ring, smallest=0)
    assert read[2] == f"{whole.payload(whole.row_of(354))!r} {len(whole)}"

    assert beside(ring) == ["True False", *read[1:]]


class Heard:
    """A listener that writes down what it is told."""

    def __init__(self) -> None:
        self.firsts: list[FirstView] = []
        self.said: list[str] = []
        self.shares: list[float] = []
        self.store: Store | None = None
        self.orders: list[Order] = []

    def order(self, *, wait: bool) -> Order | None:
        return self.orders.pop() if self.orders else None

    def progress(self, progress: ReadingProgress, state: State) -> None:
        self.said.append(progress.what)
        self.shares.append(progress.share or 0.0)

    def first(self, view: FirstView) -> None:
        self.firsts.append(view)

    def together(self, store: Store, files: Sequence[int]) -> None:
        self.store = store

    def note(self, note: str) -> None:
        self.said.append(note)

    def view_to_keep(self) -> bytes:
        assert self.store is not None
        return make_view(self.store, "front.scap")


def test_first_rows_come_from_the_first_file_and_progress_counts_all(
    ring: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hopscope_tui.reading_together._TOLD", 0.0)
    heard = Heard()
    read_together(Request(ring[0], more=(ring[1],)), heard)

    part, whole = heard.firsts
    assert part.title.name == whole.title.name == f"{Path(ring[0]).name} and 1 more"
    assert 0 < part.title.events < whole.title.events == 4355
    assert heard.shares == sorted(heard.shares)
    assert f"reading {ring[1]} (2 of 2)" in heard.said


def test_who_stops_gets_the_captures_that_were_read(ring: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hopscope_tui.reading_together.WORTH_KEEPING", 0)
    request = Request(ring[0], more=(ring[1],))
    heard = Heard()
    heard.orders.append(Order.STOP)
    read_together(request, heard)

    assert heard.store is not None
    assert len(heard.store) == len(open_store(ring[0]))
    assert "stopped; 1 of 2 captures are here, open them again for all" in heard.said
    assert find_view(request) is None


def test_the_first_view_of_several_hosts_is_kept_with_its_title(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = Lab()
    front = Machine(lab, "front", "10.0.0.1", {100: "curl"}, 3 * MILLISECOND)
    back = Machine(lab, "back", "10.0.0.2", {100: "app"})
    connect(front, 100, back, 100, 80, 40000, 80_000)
    exchange(front, 100, 3, back, 100, 7, b"how are you today?", 80_000)
    request = Request(front.save(tmp_path), more=(back.save(tmp_path),), clocks=Clocks())
    assert find_view(request) is None
    monkeypatch.setattr("hopscope_tui.reading_together.WORTH_KEEPING", 0)
    heard = Heard()
    read_together(request, heard)

    kept = find_view(request)
    assert kept is not None
    assert kept == heard.firsts[-1]
    assert kept.title.name == "front.scap and 1 more (2 hosts)"
    assert find_view(Request(request.path, more=request.more, clocks=Clocks(correct=False))) is None


async def test_the_screen_shows_them(ring: list[str]) -> None:
    async with running(Opening(Request(ring[0], more=(ring[1],)))) as screen:
        assert "and 1 more" in screen.lines[0]
        assert "4,355 events" in screen.lines[0]
