"""Whether two stores of one capture say the same."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from hopscope.decode.event_table import EVENTS
from hopscope.decode.render import render_line
from hopscope.filters import compile_filter
from hopscope.store.store import Store
from hopscope.trail import causes, effects, peers
from hopscope.views import VIEWS, Selection, evaluate

FILTERS = (
    "proc.name contains a", "fd.type=ipv4 or fd.type=file", "evt.type=read and evt.dir=<", "fd.port=53",
    "fd.name contains /",
)  # fmt: skip


def assert_same(one: Any, other: Any, name: str = "store") -> None:
    """Equal in every attribute, dtype and element, look-ups included."""
    alike = any(isinstance(one, kind) and isinstance(other, kind) for kind in (tuple, list))
    assert type(one) is type(other) or alike, name
    if is_dataclass(one):
        for field in fields(one):
            counts = field.name == "_scans"  # how often was asked for something is no part of a store
            if not counts and (field.name not in ("name", "known_key") or name != "store.source"):
                assert_same(getattr(one, field.name), getattr(other, field.name), f"{name}.{field.name}")
    elif isinstance(one, np.ndarray):
        assert one.dtype == other.dtype, name
        assert one.shape == other.shape, name
        assert np.array_equal(one, other), name
    elif hasattr(one, "__dict__") and not isinstance(one, type):
        assert_same(vars(one), vars(other), name)
    elif isinstance(one, dict):
        assert list(one) == list(other), name
        for key, value in one.items():
            assert_same(value, other[key], f"{name}[{key!r}]")
    elif isinstance(one, list | tuple):
        assert len(one) == len(other), name
        for place, (left, right) in enumerate(zip(one, other, strict=True)):
            assert_same(left, right, f"{name}[{place}]")
    else:
        assert one == other, name


def answers(store: Store, sample: int = 40) -> dict[str, Any]:
    """What a store answers to questions of every kind, about a sample of its events where it has many."""
    rows = np.linspace(0, len(store) - 1, min(sample, len(store)), dtype=np.int64).tolist()
    moved = np.flatnonzero(store.size > 0)[:: max(1, int((store.size > 0).sum()) // 20)].tolist()
    found: dict[str, Any] = {"info": {**store.info(), "capture": ""}}
    found["heard"] = (store.heard_states[0].tolist(), store.heard_states[1])
    found["lines"] = [render_line(store, row) for row in rows]
    for text in FILTERS:
        found[text] = compile_filter(text).mask(store).tolist()
    for hop in (peers, causes, effects):
        found[hop.__name__] = [hop(store, row) for row in moved]
    for name in VIEWS:
        result = evaluate(store, name, Selection())
        columns = range(len(result.columns))
        found[name] = [[result.text(i, j) for j in columns] for i in range(min(len(result), 200))]
    found["params"] = [store.raw_params(row) for row in rows]
    found["spans"] = [column.tolist() for column in store.payload_spans()]
    for code in store.columns.codes:
        for param in EVENTS[code].params:
            some, values = store.fixed_param(code, param.name)
            found[f"{code} {param.name}"] = (some[:50].tolist(), values[:50].tolist())
    return found
