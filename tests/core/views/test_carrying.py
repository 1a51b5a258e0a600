"""What was chosen in the beginning of a capture is found again in more of it."""

from __future__ import annotations

import pytest

from hopscope.capture.growing import open_growing
from hopscope.demo import demo_path
from hopscope.store.builder import StoreBuilder
from hopscope.store.store import Store
from hopscope.store.tables import NONE
from hopscope.views import VIEWS, Selection, evaluate
from hopscope.views.carrying import carry_key, carry_selection
from hopscope.views.connections import connections
from hopscope.views.keys import GROUPINGS

PARTS = (1, 3, 5)


@pytest.fixture(scope="module")
def stores() -> list[Store]:
    """Stores of more and more of one capture; the last one is whole."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hopscope.store.stretches.STRETCH", 50_000)
        builder = StoreBuilder(open_growing(demo_path()))
        made = []
        while builder.advance():
            made.append(builder.store())
        builder.close()
    assert len(made) > max(PARTS) + 1
    return made


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("view", [one.name for one in VIEWS.values() if one.key in GROUPINGS])
def test_every_row_of_a_view_leads_to_the_same_events(stores: list[Store], view: str, part: int) -> None:
    old, new = stores[part], stores[-1]
    result = evaluate(old, view, Selection())
    assert len(result)
    again = evaluate(new, view, Selection())
    for row in range(len(result)):
        chosen = result.drill(row)
        assert chosen is not None
        before = result.event_rows(row)
        after = carry_selection(chosen, old, new).rows(new)
        # a socket that turns out to speak with many is divided
        kept = before[:1] if view == "connections" else before
        assert set(kept.tolist()) <= set(after.tolist()), result.text(row, len(result.columns) - 1)
        key = carry_key(result.key(row), old, new)
        found = again.find_key(key)
        if len(before):
            assert found is not None
            assert set(kept.tolist()) <= set(again.event_rows(found).tolist())


@pytest.mark.parametrize("part", PARTS)
def test_a_connection_stays_the_same_connection(stores: list[Store], part: int) -> None:
    old, new = stores[part], stores[-1]
    for code, one in enumerate(connections(old).list):
        carried = carry_key(("connection", code), old, new)
        assert isinstance(carried, tuple)
        assert carried[1] != NONE
        there = connections(new).list[carried[1]]
        assert (there.process, there.l4) == (one.process, one.l4)
        if one.remote is not None:
            assert (there.local, there.remote) == (one.local, one.remote)


def test_filters_and_events_stay_what_they_are(stores: list[Store]) -> None:
    old, new = stores[3], stores[-1]
    chosen = Selection().with_filter("evt.type=read")
    carried = carry_selection(chosen, old, new)

    assert carried.filter_text == "evt.type=read"
    assert carried.rows(new)[: len(chosen.rows(old))].tolist() == chosen.rows(old).tolist()
    assert carry_key(("event", 12), old, new) == ("event", 12)
    assert carry_key(None, old, new) is None
