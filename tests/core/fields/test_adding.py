"""What the documentation says about adding a field works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from hopscope.demo import demo_path
from hopscope.errors import HopscopeError
from hopscope.fields import FIELDS
from hopscope.fields.field import Field
from hopscope.filters import compile_filter
from hopscope.store.build import open_store

PAGE = Path(__file__).resolve().parents[3] / "docs" / "fields.md"


def documented() -> Field:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(code, str(PAGE), "exec"), names)
    fields = names["FIELDS"]
    assert isinstance(fields, tuple)
    (field,) = fields
    assert isinstance(field, Field)
    return field


def test_the_field_filters_events(monkeypatch: pytest.MonkeyPatch) -> None:
    field = documented()
    with pytest.raises(HopscopeError):
        compile_filter(f"{field.name}=.conf")
    monkeypatch.setitem(FIELDS, field.name, field)
    store = open_store(demo_path())
    found = compile_filter(f"{field.name}=.conf").mask(store)

    assert found.any()
    assert np.array_equal(found, compile_filter("fd.type=file and fd.name endswith .conf").mask(store))
