"""Saved chains: nothing is overwritten or lost without asking."""

from __future__ import annotations

from pathlib import Path

import pytest

from hopscope.errors import UsageError
from hopscope.kept import ChainExistsError, SavedChains


@pytest.fixture(autouse=True)
def config_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOPSCOPE_CONFIG_DIR", str(tmp_path / "config"))
    return tmp_path / "config"


def names() -> list[str]:
    return [chain.name for chain in SavedChains.load().list()]


def test_chains_survive_a_restart_in_the_order_of_their_names() -> None:
    SavedChains.load().save(" dns ", ["fd.sport=53", "proc.name=skydns"])
    SavedChains.load().save("Api", ["fd.sport=443"])

    assert names() == ["Api", "dns"]
    assert SavedChains.load().list()[1].filters == ("fd.sport=53", "proc.name=skydns")


def test_a_chain_is_only_replaced_when_that_is_said() -> None:
    chains = SavedChains.load()
    chains.save("dns", ["fd.sport=53"])
    with pytest.raises(ChainExistsError, match="dns"):
        SavedChains.load().save("dns", ["fd.cport=53"])
    assert SavedChains.load().list()[0].filters == ("fd.sport=53",)

    chains.save("dns", ["fd.sport=53"])
    chains.save("dns", ["fd.cport=53"], over=True)
    assert SavedChains.load().list()[0].filters == ("fd.cport=53",)


def test_rename_keeps_the_filters_and_never_takes_a_taken_name() -> None:
    chains = SavedChains.load()
    chains.save("a", ["evt.num=1"])
    chains.save("b", ["evt.num=2"])
    with pytest.raises(ChainExistsError):
        chains.rename("a", "b")
    chains.rename("a", "a")
    chains.rename("a", "c")

    assert {chain.name: chain.filters for chain in SavedChains.load().list()} == {
        "b": ("evt.num=2",),
        "c": ("evt.num=1",),
    }


def test_what_is_deleted_comes_back_but_not_over_another_one() -> None:
    chains = SavedChains.load()
    chains.save("a", ["evt.num=1"])
    chains.remove("a")
    assert names() == []
    chains.undo()
    assert names() == ["a"]
    assert chains.undo() is None

    chains.remove("a")
    SavedChains.load().save("a", ["evt.num=9"])
    with pytest.raises(ChainExistsError):
        chains.undo()
    assert SavedChains.load().list()[0].filters == ("evt.num=9",)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\x1b[31mb", "a\u202eb", "two\nlines"])
def test_a_name_can_be_read_and_chosen(name: str) -> None:
    with pytest.raises(UsageError):
        SavedChains.load().save(name, ["evt.num=1"])
    assert names() == []


def test_an_empty_chain_is_not_saved_and_a_missing_one_not_changed() -> None:
    with pytest.raises(UsageError, match="no filter"):
        SavedChains.load().save("a", [])
    with pytest.raises(UsageError, match="no chain"):
        SavedChains.load().remove("a")
    with pytest.raises(UsageError, match="no chain"):
        SavedChains.load().rename("a", "b")


def test_two_programs_keep_each_others_chains() -> None:
    one, other = SavedChains.load(), SavedChains.load()
    one.save("one", ["evt.num=1"])
    other.save("other", ["evt.num=2"])

    assert names() == ["one", "other"]
    assert [chain.name for chain in other.list()] == ["one", "other"]


@pytest.mark.parametrize(
    "content",
    ["[]", '{"version": 1, "chains": [{"name": "a", "filters": []}]}', '{"version": 1, "chains": 3}'],
)
def test_a_damaged_file_is_put_aside(config_dir: Path, content: str) -> None:
    config_dir.mkdir()
    (config_dir / "filters.json").write_text(content)

    chains = SavedChains.load()
    chains.save("a", ["evt.num=1"])

    (aside,) = config_dir.glob("*damaged*")
    assert aside.read_text() == content
    assert str(aside) in chains.notices[0]
    assert names() == ["a"]
