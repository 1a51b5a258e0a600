"""The tree of curl's whole run in the real capture, and where each row of its story sits."""

from __future__ import annotations

import pytest

from core.spans.telling import told
from hopscope.spans import Trail, links_of, trail_of
from hopscope.store.build import open_store
from paths import SHARED, needs_shared

pytestmark = [needs_shared, pytest.mark.shared]

TREE = """
curl
  curl > 10036-10199
    skydns < 10043-10169
      skydns > 10097-10167
        etcd < 10117-10158
  curl > 10036-10207
    skydns < 10049-10173
  curl > 10232-10380
    skydns < 10242-10350
      skydns > 10274-10345
        etcd < 10305-10332
  curl > 10232-10386
    skydns < 10248-10354
  curl > 10408-10553
    skydns < 10418-10526
      skydns > 10479-10524
        etcd < 10496-10517
  curl > 10408-10563
    skydns < 10434-10530
  curl > 10617-104293
    skydns < 10593-104217
      skydns > 10664-58216
      skydns > 58230-104209 again 10664
      skydns > 104327-104327 again 58230
    skydns < 10620-104234
      skydns > 10703-58278
      skydns > 58292-104221 again 10703
      skydns > 104368-104368 again 58292
  curl > 75921-104278 again 10617
    skydns < 75904-104217
  curl > 75921-104290 again 10617
    skydns < 75923-104234
  curl > 104324-104495
    skydns < 104310-104472
      skydns > 104406-104457
        etcd < 104435-104500
  curl > 104324-104505
    skydns < 104326-104493
  curl > 108006-108069
    nginx < 108015-108026
"""

STORY = {
    10022: "curl",
    10032: "curl > 10036-10199",
    10036: "curl > 10036-10199",
    10049: "skydns < 10049-10173",
    10097: "skydns > 10097-10167",
    10117: "etcd < 10117-10158",
    10158: "etcd < 10117-10158",
    10167: "skydns > 10097-10167",
    10169: "skydns < 10043-10169",
    10199: "curl > 10036-10199",
    10242: "skydns < 10242-10350",
    10345: "skydns > 10274-10345",
    10418: "skydns < 10418-10526",
    10524: "skydns > 10479-10524",
    10664: "skydns > 10664-58216",
    10703: "skydns > 10703-58278",
    58216: "skydns > 10664-58216",
    58278: "skydns > 10703-58278",
    104209: "skydns > 58230-104209 again 10664",
    104221: "skydns > 58292-104221 again 10703",
    104278: "curl > 75921-104278 again 10617",
    104290: "curl > 75921-104290 again 10617",
    104406: "skydns > 104406-104457",
    104457: "skydns > 104406-104457",
    104495: "curl > 104324-104495",
    104505: "curl > 104324-104505",
    104528: "curl",
    107962: "curl",
    107992: "curl > 108006-108069",
    108005: "nginx < 108015-108026",
    108006: "curl > 108006-108069",
    108015: "nginx < 108015-108026",
    108024: "nginx < 108015-108026",
    108026: "nginx < 108015-108026",
    108069: "curl > 108006-108069",
}
"""Events of the story and the rows of the tree that they belong to."""


@pytest.fixture(scope="module")
def trail() -> Trail:
    store = open_store(SHARED / "kubernetes-dns.scap")
    return trail_of(store, store.row_of(10049))


def test_the_whole_run_of_curl_is_one_tree(trail: Trail) -> None:
    assert told(trail) == TREE.strip().splitlines()


@pytest.mark.parametrize("number", [10022, 10036, 10117, 58216, 104457, 107992, 108015, 108543])
def test_it_is_the_same_tree_from_any_of_its_events(trail: Trail, number: int) -> None:
    assert told(trail_of(trail.store, trail.store.row_of(number))) == told(trail)


def test_each_row_of_the_story_sits_on_the_right_span(trail: Trail) -> None:
    lines = told(trail)
    places = {number: trail.place_of_row(trail.store.row_of(number)) for number in STORY}

    assert {number: lines[place].strip() for number, place in places.items()} == STORY


def test_the_page_is_joined_across_the_translated_address(trail: Trail) -> None:
    fetched, served = (trail.nodes[place].span for place in (len(trail) - 2, len(trail) - 1))
    spans = trail.spans
    link = links_of(trail.store).link(served)

    assert spans.descriptor(fetched) == "172.17.0.7:36404->10.3.0.214:80"
    assert spans.descriptor(served) == "172.17.0.7:36404->172.17.0.5:80"
    assert link is not None
    assert link.cause == fetched
    assert not link.doubtful
    assert any("translated from 10.3.0.214:80 to 172.17.0.5:80" in words for words in link.evidence)
    # 238 bytes of header by writev, 612 of body by sendfile, all of them received at once
    assert [int(spans.answer_size[one]) for one in (fetched, served)] == [238 + 612, 238 + 612]
    assert trail.store.number[spans.rows(served)].tolist() == [108015, 108024, 108026]
    assert trail.store.number[spans.rows(fetched)].tolist() == [108006, 108069]


def test_the_two_rounds_to_the_upstream_cost_four_seconds_each(trail: Trail) -> None:
    lines = told(trail)
    rounds = [
        place for place, line in enumerate(lines) if "skydns > 10664" in line or "skydns > 58230" in line
    ]

    assert len(rounds) == 2
    assert all(3.9e9 < trail.stop(place) - trail.start(place) < 4.1e9 for place in rounds)
