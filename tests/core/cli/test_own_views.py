"""Views of a person's own, what is said about those that are wrong, and rows by any field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from commands import Hopscope
from core.views.small_capture import open_small_capture, write_small_capture
from hopscope.fields import field_value
from hopscope.filters import compile_filter
from hopscope.store.store import Store
from hopscope.views import VIEWS, Selection, evaluate, why_not_offered
from hopscope.views.declaration import DeclarationError, declared
from hopscope.views.own import own_views
from hopscope.views.reference import EXAMPLE, adding

COUNTED = 'columns = [{ field = "events", title = "N", aggregation = "count" }]'


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return open_small_capture(Path(tmp_path_factory.mktemp("own")))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a person's views; what was read of others is forgotten before and after."""
    monkeypatch.setenv("HOPSCOPE_CONFIG_DIR", str(tmp_path))
    own_views.cache_clear()
    (tmp_path / "views").mkdir()
    yield tmp_path / "views"
    own_views.cache_clear()


def view(key: str, *columns: str, **more: str) -> str:
    said = "\n".join(f"{name} = '{value}'" for name, value in more.items())
    return f"description = 'x'\nkey = '{key}'\n{said}\ncolumns = [{', '.join(columns)}]"


def rows(store: Store, text: str, selection: Selection | None = None) -> list[tuple[object, ...]]:
    (one,) = declared(text, "mine.toml", "mine")
    return [tuple(row.values()) for row in evaluate(store, one, selection).as_json()]


# --- what a person writes --------------------------------------------------------------------------


def test_the_example_of_the_page_is_a_view(hopscope: Hopscope, folder: Path) -> None:
    assert EXAMPLE in adding()
    (folder / "etc_users.toml").write_text(EXAMPLE, encoding="utf-8")
    capture = folder / "small.scap"
    write_small_capture(capture)

    assert hopscope("views", "--check", str(folder / "etc_users.toml")).status == 0
    assert "etc_users" in hopscope("views").out
    lines = hopscope("view", "etc_users", str(capture)).out.splitlines()
    assert lines[0].split() == ["PROGRAM", "USER", "BYTES", "CALLS", "P95", "FILES"]
    assert lines[1].split()[:4] == ["web", "root", "100", "3"]
    assert hopscope("views", "--show", "etc_users").out == EXAMPLE


def test_what_is_shown_of_a_view_can_be_taken_for_ones_own(hopscope: Hopscope, folder: Path) -> None:
    for name in ("files", "syscalls", "kubernetes_pods", "events"):
        text = hopscope("views", "--show", name).out
        (copy,) = declared(text, "copy.toml", f"my_{name}")
        assert copy.columns == VIEWS[name].columns


def test_a_broken_file_costs_only_itself(hopscope: Hopscope, folder: Path) -> None:
    (folder / "good.toml").write_text(f"description = 'x'\nkey = 'proc.name'\n{COUNTED}", encoding="utf-8")
    (folder / "bad.toml").write_text("key = ", encoding="utf-8")
    (folder.parent / "views.toml").write_text(
        f"[first]\ndescription = 'x'\nkey = 'fd.type'\n{COUNTED}\n"
        f"[second]\ndescription = 'x'\nkey = 'fd.type'\nfilter = 'proc.nme=a'\n{COUNTED}",
        encoding="utf-8",
    )
    done = hopscope("views")

    assert done.status == 0
    assert {"good", "first"} <= set(VIEWS)
    assert not {"bad", "second"} & set(VIEWS)
    assert "bad.toml:1" in done.err
    assert "second" in done.err
    assert "proc.name" in done.err
    assert "of your own cannot be used" in hopscope("view", "nonsense", "x.scap").err.replace("one ", "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("key = ", r"mine.toml:1: this is no TOML"),
        (f"description = 'x'\n{COUNTED}", "key is missing"),
        (view("proc.nme", "{ field = 'proc.pid' }"), r"mine.toml:2: .*no field proc.nme; perhaps proc.name"),
        (view("process", "{ field = 'fd.nmae' }"), r"column 1 \(fd.nmae\): .*perhaps fd.name"),
        (view("process", "{ field = 'calls' }"), "give it an aggregation: "),
        (view("process", "{ field = 'calls', aggregation = 'cuont' }"), "perhaps count is meant"),
        (view("process", "{ field = 'fd.name', aggregation = 'sum' }"), "has no numbers"),
        (view("fd.type", "{ field = 'cpu' }"), "is told of threads"),
        (view("event", "{ field = 'evt.num', aggregation = 'sum' }"), "nothing to add up"),
        (view("process", "{ feild = 'proc.pid' }"), "no key feild; perhaps field is meant"),
        (view("process", "{ field = 'proc.pid', width = 'wide' }"), "width must be a whole number"),
        (view("process", "{ field = 'proc.pid' }", sort="pdi"), "no column pdi; perhaps pid"),
        (view("process", "{ field = 'proc.pid' }", needs="docker"), "is none of containers"),
        (view("process", "{ field = 'proc.pid' }, { field = 'proc.pid' }"), "two columns have the name pid"),
        (view("log:proc.name", "{ field = 'proc.pid' }"), "no numbers to put on a scale"),
    ],
)
def test_mistakes_are_said_with_what_was_expected(text: str, said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        declared(text, "mine.toml", "mine")


def test_names_of_the_program_cannot_be_taken(hopscope: Hopscope, folder: Path) -> None:
    (folder / "procs.toml").write_text(f"description = 'x'\nkey = 'proc.pid'\n{COUNTED}", encoding="utf-8")
    done = hopscope("views", "--check", str(folder / "procs.toml"))
    assert done.status == 2
    assert "there is a view procs already" in done.err


# --- rows by any field -----------------------------------------------------------------------------


def test_rows_stand_for_values_of_a_field(store: Store) -> None:
    text = view(
        "fd.type",
        "{ field = 'fd.type' }",
        "{ field = 'evt.buflen', title = 'moved', aggregation = 'sum' }",
        "{ field = 'proc.pid', title = 'procs', aggregation = 'distinct' }",
        sort="moved",
    )
    found = {kind: (moved, procs) for kind, moved, procs in rows(store, text)}
    assert found["file"] == (100, 1)
    shown = Selection().rows(store)
    for kind, (moved, procs) in found.items():
        mine = shown[compile_filter(f"fd.type={kind}").mask(store)[shown]].tolist()
        assert moved == sum(field_value(store, row, "evt.buflen") or 0 for row in mine)
        assert procs == len({field_value(store, row, "proc.pid") for row in mine})


def test_rows_of_two_fields_stand_for_pairs(store: Store) -> None:
    text = view(
        "proc.name+fd.type", "{ field = 'proc.name', title = 'who' }", "{ field = 'fd.type', title = 'what' }"
    )
    found = {row[:2] for row in rows(store, text)}
    pairs = {("web", "file"), ("worker", "ipv4"), ("db", "ipv4"), ("db", "ipv6")}
    assert pairs <= found


@pytest.mark.parametrize("share", ["p50", "p95"])
def test_percentiles_are_those_of_the_values_one_by_one(store: Store, share: str) -> None:
    column = f"{{ field = 'evt.num', title = 'v', aggregation = '{share}' }}"
    text = view("proc.name", "{ field = 'proc.name', title = 'who' }", column)
    found = {name: value for name, value in rows(store, text)}  # noqa: C416  dict() does not know pairs
    shown = Selection().rows(store)
    for name in ("web", "db", "worker"):
        of_name = shown[compile_filter(f"proc.name={name}").mask(store)[shown]]
        numbers = sorted(store.number[of_name].tolist())
        place = int(np.ceil(len(numbers) * (0.5 if share == "p50" else 0.95))) - 1
        assert found[name] == numbers[place]


def test_going_into_a_row_leaves_what_it_counted(store: Store) -> None:
    for name in VIEWS.builtin():
        result = evaluate(store, name)
        for i in range(len(result)):
            below = result.drill(i)
            if below is not None:
                assert below.rows(store).tolist() == result.event_rows(i).tolist(), (name, i)


def test_a_field_that_is_decoded_can_be_a_key(store: Store) -> None:
    text = view("evt.arg.name", "{ field = 'events', title = 'n', aggregation = 'count' }")
    assert [row[0] for row in rows(store, text)] == [2]


# --- where a view is offered -----------------------------------------------------------------------


def test_views_say_why_they_make_no_sense(store: Store) -> None:
    everything = Selection()
    assert "Mesos" in why_not_offered(store, VIEWS["mesos_tasks"], everything)
    assert "tracers" in why_not_offered(store, VIEWS["traces_list"], everything)
    assert not why_not_offered(store, VIEWS["kubernetes_pods"], everything)
    process = evaluate(store, "processes").drill(0)
    assert process is not None
    assert why_not_offered(store, VIEWS["page_faults"], process)
    assert not why_not_offered(store, VIEWS["files"], process)
