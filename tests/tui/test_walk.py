"""The walk that the program is for, with keystrokes only, from the first screen on."""

from __future__ import annotations

from pathlib import Path

from hopscope.demo import demo_path
from paths import SHARED, needs_shared
from tui.driver import Driver, running
from tui.openings import demo, opening


@needs_shared
async def test_the_walk_through_a_slow_name_look_up() -> None:
    """Container, process, socket; then from end to end and from cause to effect until the answer is back."""
    async with running(opening(SHARED / "kubernetes-dns.scap")) as screen:
        await screen.read_all()
        await screen.choose("k8s_client.")
        await screen.press("enter")
        assert screen.view == "processes"
        await screen.choose("curl backend")
        await screen.press("enter")
        assert screen.view == "descriptors"
        await screen.choose("46162->10.0.2.15:53")
        await screen.press("enter")
        assert (
            screen.crumbs == "all > container client > curl 22369 > 172.17.0.7:46162->10.0.2.15:53/udp 1/13"
        )

        await screen.choose("<  connect")
        passed = [screen.event]
        for key, expected in zip("pfpfpfp", STORY, strict=True):
            await screen.hop(key)
            assert screen.event == expected
            passed.append(screen.event)
        await _bookmark_and_go_back(screen, passed)


STORY = (10049, 10097, 10117, 10158, 10167, 10169, 10199)
"""A query arrives and is passed on to a store; its answer comes back the same way."""


async def test_the_same_walk_through_the_demo() -> None:
    """The demo tells the same story in small, with its own names."""
    async with running(demo()) as screen:
        await screen.choose("checkout")
        await screen.press("enter")
        await screen.choose("fetch")
        await screen.press("enter")
        await screen.choose("10.244.0.17:40112->10.96.0.10:53")
        await screen.press("enter")
        assert "container checkout > fetch 5120 > 10.244.0.17:40112->10.96.0.10:53/udp" in screen.crumbs

        await screen.choose("<  connect")
        passed = [screen.event]
        for key, process, call in DEMO_STORY:
            await screen.hop(key)
            assert f"{process} " in screen.crumbs, screen.message
            assert call in screen.row
            passed.append(screen.event)
        assert "container checkout > fetch 5120 > 10.244.0.17:40112" in screen.crumbs
        await _bookmark_and_go_back(screen, passed)


DEMO_STORY = (
    ("p", "dnsd", "<  recvmsg"),
    ("f", "dnsd", "<  write"),
    ("p", "kvd", "<  read"),
    ("f", "kvd", "<  write"),
    ("p", "dnsd", "<  read"),
    ("f", "dnsd", "<  sendmsg"),
    ("p", "fetch", "<  recvfrom"),
)
"""Key, the process one arrives in, and the call there."""


async def test_a_walk_behind_a_translated_address() -> None:
    """The web server sees another address than the client connected to."""
    async with running(demo()) as screen:
        await screen.press("4")
        await screen.choose("10.96.12.80")
        await screen.press("enter")
        await screen.choose("<  sendto")
        await screen.hop("p")

        assert "container inventory > httpd" in screen.crumbs
        await screen.hop("p")
        assert "container checkout > fetch" in screen.crumbs


async def test_it_all_works_from_a_copy_under_another_name(tmp_path: Path) -> None:
    """Bookmarks belong to the content of a capture."""
    async with running(demo()) as screen:
        await screen.go_to("343")
        await screen.press("m", "enter")

    copy = tmp_path / "other name.scap"
    copy.write_bytes(demo_path().read_bytes())
    async with running(opening(copy)) as screen:
        assert "1 bookmark" in screen.lines[0]
        await screen.press("M")
        assert "343" in screen.row


async def _bookmark_and_go_back(screen: Driver, passed: list[int]) -> None:
    """Bookmark the end, then go the whole way back by the jump list, forth again, and to the bookmark."""
    await screen.press("m")
    await screen.type("the answer")
    await screen.press("enter")
    assert "1 bookmark" in screen.lines[0]

    went = []
    for _ in passed[1:]:
        await screen.press("ctrl+o")
        went.append(screen.event)
    assert went == passed[-2::-1]
    for expected in passed[1:]:
        await screen.press("right_square_bracket")
        assert screen.event == expected

    await screen.press("home", "M")
    assert "the answer" in screen.row
    await screen.press("enter")
    assert screen.event == passed[-1]
