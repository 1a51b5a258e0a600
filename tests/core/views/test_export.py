"""Rows of views as CSV, JSON and Markdown."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from builders import process
from hopscope.decode.capture_writer import CaptureWriter
from hopscope.demo import demo_path
from hopscope.store.build import open_store
from hopscope.store.store import Store
from hopscope.views import evaluate
from hopscope.views.export import ExportForm, exported

HOSTILE = "=1+1|[a](b)\x1b]52;c;x\x07"


@pytest.fixture(scope="module")
def demo() -> Store:
    return open_store(demo_path())


@pytest.fixture
def hostile(tmp_path: Path) -> Store:
    stream = io.BytesIO()
    with CaptureWriter(stream) as writer:
        writer.process(process(10, HOSTILE))
        writer.event("close", ">", ts=1_700_000_000_000_000_000, tid=10, fd=3)
    path = tmp_path / "hostile.scap"
    path.write_bytes(stream.getvalue())
    return open_store(path)


def test_csv_has_the_raw_values_of_every_row_in_the_order_that_is_shown(demo: Store) -> None:
    result = evaluate(demo, "processes")
    result = result.sort(result.column_index("pid"), True)

    rows = list(csv.DictReader(io.StringIO("".join(exported(result, ExportForm.CSV)))))

    assert [int(row["pid"]) for row in rows] == [one["pid"] for one in result.as_json()]
    assert list(rows[0]) == [column.name for column in result.columns]
    assert [float(row["file_bytes"]) for row in rows] == [one["file_bytes"] for one in result.as_json()]


def test_json_is_what_the_view_says_as_json(demo: Store) -> None:
    result = evaluate(demo, "connections")

    assert json.loads("".join(exported(result, ExportForm.JSON))) == result.as_json()
    assert len(json.loads("".join(exported(result, ExportForm.JSON, 3)))) == 3


def test_markdown_is_a_table_with_a_line_a_row(demo: Store) -> None:
    result = evaluate(demo, "files")

    lines = "".join(exported(result, ExportForm.MARKDOWN)).splitlines()

    assert len(lines) == len(result) + 2
    assert {line.replace("\\|", "").count("|") for line in lines} == {len(result.columns) + 1}


def test_text_of_a_capture_is_no_formula_no_markup_and_no_escape_sequence(hostile: Store) -> None:
    result = evaluate(hostile, "processes")

    table = "".join(exported(result, ExportForm.CSV))
    name = next(csv.DictReader(io.StringIO(table)))["command"]
    document = "".join(exported(result, ExportForm.MARKDOWN))

    assert name.startswith("'=1+1|[a](b)\\x1b]52")
    assert "\x1b" not in table + document
    assert r"\|\[a\](b)\\x1b\]52" in document
