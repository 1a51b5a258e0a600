"""Any text and any tree on any store: an answer or an error with a place, never a fault, never for long."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import write_capture
from hopscope.capture.lists import DescriptorEntry, ProcessEntry
from hopscope.capture.source import Source
from hopscope.decode.capture_writer import CaptureWriter
from hopscope.errors import FilterError
from hopscope.fields import FIELDS
from hopscope.fields.evt_args import param_names
from hopscope.fields.field import ArgumentForm
from hopscope.filters import compile_filter, complete
from hopscope.filters.filter import Filter
from hopscope.filters.operators import OPERATORS, Operand
from hopscope.filters.parser import parse
from hopscope.filters.transformers import TRANSFORMERS
from hopscope.filters.tree import And, Check, FieldName, Node, Not, Or, Value
from hopscope.filters.writing import write
from hopscope.store.build import build_store
from hopscope.store.store import Store
from small_store import SmallStore
from strategies import EventSample, addresses, descriptors, events, processes
from strategies import texts as stored_texts

words = st.one_of(
    st.sampled_from(
        [
            *OPERATORS,
            *FIELDS,
            *TRANSFORMERS,
            "==",
            "and",
            "or",
            "not",
            "val",
            "(",
            ")",
            "[",
            "]",
            ",",
            '"',
            "'",
        ]
    ),
    st.sampled_from(
        ["\\", "\\x4", "\0", " ", "\t", "=", "<", "-1", "0x10", "1ms", "10.0.0.0/8", "::1", "é", "\udcff"]
    ),
    st.text(max_size=5),
)
texts = st.one_of(
    st.text(max_size=80),
    st.lists(words, max_size=30).map(" ".join),
    st.lists(words, max_size=30).map("".join),
)


@settings(max_examples=300)
@given(texts)
def test_any_text_is_taken_or_refused_at_a_place(text: str) -> None:
    ready = taken(text)
    if ready is not None:
        assert parse(write(ready.tree)) == ready.tree


def taken(text: str) -> Filter | None:
    """The filter of a text; None for a text that is refused at a place and with a reason."""
    try:
        return compile_filter(text)
    except FilterError as wrong:
        error = wrong
    assert 0 <= error.position <= len(text)
    assert str(error)
    return None


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        "(" * 100_000 + "proc.name=a" + ")" * 100_000,
        "not " * 100_000 + "proc.name=a",
        "tolower(" * 100_000 + "proc.name",
        "proc.name=val(" * 50_000,
        " and ".join(["proc.name=a"] * 5_000),
        " or ".join(["(proc.name=a and not evt.num=1)"] * 3_000),
        f"proc.name in ({', '.join(map(str, range(50_000)))})",
        "proc.name=" + "a" * 1_000_000,
        '"' * 100_001,
        "proc.name=\"" + "\\" * 100_001,
        "[" * 100_000,
        "a." * 100_000,
        "proc.aname[" + "9" * 100_000 + "]=a",
        "evt.num=" + "9" * 100_000,
        "evt.arg" + ".x" * 50_000 + "=1",
    ],
    ids=lambda text: f"{text[:12]}{len(text)}",
)  # fmt: skip
def test_long_and_deep_texts_are_decided_soon(text: str, small: Store) -> None:
    begun = time.process_time()
    ready = taken(text)
    if ready is not None:
        ready.mask(small)
    assert time.process_time() - begun < 10


@st.composite
def values(draw: st.DrawFn) -> str:
    """Values that fit some type, and some that fit none."""
    address = draw(addresses())
    dotted = ".".join(map(str, address)) if len(address) == 4 else address.hex(":", 2)
    value: str = draw(
        st.one_of(
            st.integers(-(1 << 70), 1 << 70).map(str),
            st.integers(0, 1 << 40).map(hex),
            st.sampled_from([dotted, f"{dotted}/{draw(st.integers(0, 8 * len(address)))}"]),
            st.sampled_from(
                ["true", "false", "open", "read", "http", "SUCCESS", "", "*", "[a-", ".*", "(a|b)+"]
            ),
            st.sampled_from(["00ff", "nan", "1e5", "-0.5"]),
            stored_texts,
        )
    )
    return value


@st.composite
def operands(draw: st.DrawFn) -> FieldName:
    """Fields with any argument, perhaps with functions around."""
    field = FIELDS[draw(st.sampled_from(sorted(FIELDS)))]
    argument = None
    if field.form is ArgumentForm.REQUIRED or (field.form is ArgumentForm.OPTIONAL and draw(st.booleans())):
        argument = draw(
            st.one_of(
                st.integers(0, 12).map(str),
                st.sampled_from(sorted(param_names())),
                st.sampled_from(["open", "switch", "src", "cpu", "/*", "app", "1480000000000000000"]),
                stored_texts,
            )
        )
    functions = (
        draw(st.lists(st.sampled_from(sorted(TRANSFORMERS)), max_size=2)) if draw(st.booleans()) else []
    )
    return FieldName(field.name, argument, transformers=tuple(functions))


@st.composite
def checks(draw: st.DrawFn) -> Check:
    operator = OPERATORS[draw(st.sampled_from(sorted(OPERATORS)))]
    if operator.operand is Operand.NOTHING:
        given_values: tuple[Value | FieldName, ...] = ()
    elif operator.operand is Operand.LIST:
        given_values = tuple(map(Value, draw(st.lists(values(), max_size=4))))
    elif draw(st.integers(0, 4)) == 0:
        given_values = (draw(operands()),)
    else:
        given_values = (Value(draw(values())),)
    return Check(draw(operands()), operator.name, given_values)


def pairs(child: st.SearchStrategy[Node]) -> st.SearchStrategy[tuple[Node, ...]]:
    return st.lists(child, min_size=2, max_size=4).map(tuple)


trees: st.SearchStrategy[Node] = st.recursive(
    checks(),
    lambda child: st.one_of(st.builds(Not, child), st.builds(And, pairs(child)), st.builds(Or, pairs(child))),
    max_leaves=6,
)


@st.composite
def stores(draw: st.DrawFn) -> Store:
    """Stores of captures with any processes, descriptors and events, some of them on a few threads only."""
    few = draw(st.booleans())
    newest = draw(st.booleans())
    listed: list[ProcessEntry] = draw(st.lists(processes, max_size=4))
    held: list[list[DescriptorEntry]] = [draw(st.lists(descriptors(), max_size=4)) for _ in listed]
    samples: list[EventSample] = draw(st.lists(events(newest), max_size=20))

    def fill(writer: CaptureWriter) -> None:
        for i, one in enumerate(listed):
            entry = one._replace(tid=i + 1, pid=1 + i // 2, ptid=i) if few else one
            writer.process(entry)
            writer.descriptors(entry.tid, held[i])
        for sample in samples:
            writer.event(
                sample.kind.name,
                sample.kind.direction,
                ts=sample.ts,
                tid=sample.tid % 4 if few else sample.tid,
                cpu=sample.cpu,
                code=sample.kind.code,
                **sample.keywords(),  # type: ignore[arg-type]
            )

    content = write_capture(fill, layout="newest" if newest else "sysdig")
    return build_store(Source("made", np.frombuffer(content, np.uint8)))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(stores(), st.lists(trees, min_size=1, max_size=8))
def test_any_tree_is_decided_on_any_store(store: Store, chosen: list[Node]) -> None:
    for tree in chosen:
        text = write(tree)
        try:
            ready = Filter(text, tree)
        except FilterError:
            continue
        mask = ready.mask(store)
        assert mask.dtype == np.bool_
        assert mask.shape == (len(store),)
        half = np.zeros(len(store), dtype=np.bool_)
        half[::2] = True
        assert (ready.mask(store, half) == (mask & half)).all()


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(stores())
def test_every_field_has_an_answer_on_any_store(store: Store) -> None:
    for name, field in FIELDS.items():
        if field.form is not ArgumentForm.REQUIRED:
            there = compile_filter(f"{name} exists").mask(store)
            missing = compile_filter(f"not {name} exists").mask(store)
            assert (there ^ missing).all()


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(stores(), texts, st.integers(0, 80))
def test_completion_never_fails(store: Store, text: str, cursor: int) -> None:
    for one in complete(store, text, min(cursor, len(text))):
        assert 0 <= one.start <= one.stop <= len(text)


@pytest.fixture(scope="module")
def small() -> Store:
    return SmallStore()
