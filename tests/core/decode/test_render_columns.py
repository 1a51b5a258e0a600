"""Many events at once are rendered as each of them is alone."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from hopscope.decode.payload import BufferForm
from hopscope.decode.render import decoded_args, render_args, render_info
from hopscope.decode.render_columns import MOST_KEPT, Style, _Texts, many_events
from hopscope.demo import demo_path
from hopscope.store.build import open_store
from hopscope.store.store import Store
from hopscope.text import visible
from paths import SHARED, needs_shared


def check(store: Store, form: BufferForm = BufferForm.CUT) -> None:
    rows = np.arange(len(store), dtype=np.int64)
    many = many_events(store, Style(form))
    for part in np.array_split(rows, 3):
        assert many.info(store, part) == [render_info(store, row, None, form) for row in part.tolist()]


@pytest.fixture(scope="module")
def demo() -> Store:
    return open_store(demo_path())


@pytest.mark.parametrize("form", BufferForm)
def test_the_demo(demo: Store, form: BufferForm) -> None:
    check(demo, form)


@needs_shared
@pytest.mark.shared
@pytest.mark.parametrize("name", ["lab-calls-2024", "lab-calls-2026", "run_as_user_0_container"])
def test_real_captures(name: str) -> None:
    check(open_store(SHARED / f"{name}.scap"))


def test_arguments_alone(demo: Store) -> None:
    rows = np.arange(0, len(demo), 7, dtype=np.int64)
    many = many_events(demo, Style())
    assert many.args(demo, rows) == [render_args(demo, row) for row in rows.tolist()]
    for name in ("fd", "res", "name", "data", "next", "flags", "ID"):
        alone = []
        for row in rows.tolist():
            found = [one for one in decoded_args(demo, row) if one.name == name]
            alone.append(found[0].resolved or found[0].text if found else None)
        assert many.argument(demo, rows, name) == alone
    seconds = [decoded_args(demo, row)[1:2] for row in rows.tolist()]
    assert many.argument(demo, rows, 1) == [
        one[0].resolved or one[0].text if one else None for one in seconds
    ]
    assert many.argument(demo, rows, 99) == [None] * len(rows)


@pytest.mark.parametrize("seed", range(6))
def test_damaged_captures(tmp_path: Path, seed: int) -> None:
    """Lengths and numbers that make no sense are told in the same way."""
    chance = random.Random(seed)
    content = bytearray(demo_path().read_bytes())
    for _ in range(400):
        content[chance.randrange(len(content) // 10, len(content))] = chance.choice((0, 1, 255))
    path = tmp_path / "damaged.scap"
    path.write_bytes(content)

    store = open_store(path)
    if (store.descriptors.fd >> 31).any():
        # Such numbers share their key with others: which one is found depends on what was asked before.
        many_events(store, Style()).info(store, np.arange(len(store), dtype=np.int64))
    else:
        check(store)


def test_a_terminal_gets_visible_text_only(demo: Store) -> None:
    rows = np.arange(0, len(demo), 5, dtype=np.int64)
    safe, plain = many_events(demo, Style(safe=True)), many_events(demo, Style())

    assert safe.info(demo, rows) == [visible(text) for text in plain.info(demo, rows)]


def test_kept_texts_are_limited() -> None:
    texts = _Texts(str)
    for value in range(MOST_KEPT + 10):
        assert texts[value] == str(value)

    assert len(texts) == 10
