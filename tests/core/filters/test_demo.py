"""Filters over the capture that the project ships, and over captures with next to nothing in them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from builders import process, process_list, section
from hopscope.demo import demo_path
from hopscope.fields import FIELDS, field_value
from hopscope.fields.field import ArgumentForm, Match
from hopscope.filters import compile_filter, complete
from hopscope.filters.quoting import quote_value
from hopscope.store.build import open_store
from hopscope.store.store import Store

ARGUMENTS = {"evt.rawarg": "res", "evt.type.is": "open", "evt.around": "1480000000000000000", "evt.arg": "fd"}


@cache
def demo() -> Store:
    return open_store(demo_path())


def written(name: str) -> str:
    required = FIELDS[name].form is ArgumentForm.REQUIRED
    return f"{name}[{ARGUMENTS.get(name, '0')}]" if required else name


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_a_filter_accepts_the_events_whose_value_it_names(name: str) -> None:
    """Columns decide many events at once; reading the field event by event must say the same."""
    field, store = FIELDS[name], demo()
    if field.match is Match.AROUND:
        pytest.skip("has no value to compare with")
    typed = f"{written(name)} = "
    offered = [
        one.text for one in complete(store, typed, len(typed)) if one.help.endswith(("event", "events"))
    ]
    rows = range(0, len(store), 7)
    values = [field_value(store, row, written(name)) for row in rows]
    exists = compile_filter(f"{written(name)} exists").mask(store)
    assert [bool(exists[row]) for row in rows] == [value is not None for value in values]
    for text in offered[:2]:
        equal = compile_filter(typed + text).mask(store)
        unequal = compile_filter(f"{written(name)} != {text}").mask(store)
        assert equal.any()
        if field.match is Match.ONE:
            assert not (equal & unequal).any()
            assert ((equal | unequal) == exists).all()


@pytest.mark.parametrize(
    "name",
    ["proc.name", "fd.name", "evt.type", "container.name", "user.name", "proc.cmdline", "evt.res", "fd.type"],
)
def test_every_value_of_a_field_finds_exactly_its_events(name: str) -> None:
    store = demo()
    values = [field_value(store, row, name) for row in range(len(store))]
    for value in {one for one in values if one is not None}:
        found = compile_filter(f"{name} = {quote_value(value)}").mask(store)
        assert np.flatnonzero(found).tolist() == [row for row, one in enumerate(values) if one == value]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("fd.sport=80 and evt.is_io_write=true and proc.pname=bash", "fetch"),
        ("fd.sport=53 and evt.type=sendmsg and fd.l4proto=udp", "dnsd"),
        ("container.id!=host and evt.type in (nanosleep, fdatasync) and k8s.pod.name exists", "kvd"),
        ("proc.aname=httpd and evt.is_io_read=true and evt.buffer contains GET", "httpd"),
    ],
)
def test_the_story_can_be_found_by_filters(text: str, name: str) -> None:
    store = demo()
    rows = np.flatnonzero(compile_filter(text).mask(store) & ~store.hidden)
    assert {field_value(store, row, "proc.name") for row in rows.tolist()} == {name}


@pytest.mark.parametrize("entries", [0, 2])
def test_captures_without_events_can_be_asked_everything(tmp_path: Path, entries: int) -> None:
    path = tmp_path / "quiet.scap"
    path.write_bytes(section(process_list([process(1 + i, "init") for i in range(entries)])))
    store = open_store(path)
    assert len(store) == 0
    for name in FIELDS:
        assert compile_filter(f"not {written(name)} exists" if name != "evt.around" else "evt.num=1").mask(
            store
        ).shape == (0,)
        assert [
            one for one in complete(store, f"{written(name)}=", 99) if one.kind == "value" and one.help
        ] == []
