"""The story in the real capture: every hop of it is the first candidate."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hopscope.conversation.transfers import RECEIVE
from hopscope.protocols.message import REQUEST
from hopscope.store.build import open_store
from hopscope.store.store import Store
from hopscope.trail import Candidate, absence, causes, effects, index_of, peers
from paths import SHARED, needs_shared

pytestmark = [needs_shared, pytest.mark.shared]

Hop = Callable[[Store, int], list[Candidate]]
WAYS: dict[str, Hop] = {"peer": peers, "cause": causes, "effect": effects}


@pytest.fixture(scope="module")
def store() -> Store:
    return open_store(SHARED / "kubernetes-dns.scap")


def first(store: Store, way: str, number: int) -> int | None:
    found = WAYS[way](store, store.row_of(number))
    return found[0].number if found else None


STORY = [
    # the query: one call, two datagrams; the receiver goes to work after the second
    ("peer", 10036, 10049),
    ("peer", 10035, 10049),
    ("peer", 10043, 10036),
    ("peer", 10049, 10036),
    ("peer", 10032, 10049),
    # to etcd and back
    ("effect", 10049, 10097),
    ("effect", 10043, 10097),
    ("cause", 10097, 10049),
    ("peer", 10097, 10117),
    ("peer", 10117, 10097),
    ("effect", 10097, 10167),
    ("cause", 10167, 10097),
    ("effect", 10117, 10158),
    ("cause", 10158, 10117),
    ("peer", 10158, 10167),
    ("peer", 10167, 10158),
    ("effect", 10167, 10169),
    ("cause", 10169, 10167),
    ("cause", 10173, 10167),
    ("peer", 10169, 10199),
    ("peer", 10199, 10169),
    ("peer", 10207, 10173),
    ("cause", 10199, 10036),
    ("effect", 10036, 10199),
    # the next two names
    ("cause", 10232, 10207),
    ("peer", 10232, 10248),
    ("peer", 10242, 10232),
    ("effect", 10248, 10274),
    ("peer", 10274, 10305),
    ("effect", 10305, 10332),
    ("peer", 10345, 10332),
    ("effect", 10345, 10350),
    ("peer", 10350, 10380),
    ("peer", 10418, 10408),
    ("effect", 10418, 10479),
    ("peer", 10479, 10496),
    ("effect", 10496, 10517),
    ("peer", 10524, 10517),
    ("effect", 10524, 10526),
    ("peer", 10526, 10553),
    # forwarded, without an answer
    ("peer", 10593, 10617),
    ("effect", 10593, 10664),
    ("effect", 10620, 10703),
    ("cause", 10664, 10593),
    ("cause", 10703, 10620),
    ("cause", 58216, 10664),
    ("effect", 58216, 58230),
    ("cause", 58278, 10703),
    ("effect", 58278, 58292),
    ("cause", 104209, 58230),
    ("effect", 104209, 104217),
    ("effect", 104221, 104234),
    ("cause", 104217, 10593),
    ("cause", 104234, 10620),
    ("peer", 104217, 104278),
    ("peer", 104278, 104217),
    ("peer", 104290, 104234),
    # the name as typed
    ("cause", 104324, 104290),
    ("peer", 104324, 104326),
    ("effect", 104310, 104406),
    ("effect", 104326, 104406),
    ("cause", 104406, 104326),
    ("peer", 104406, 104435),
    ("effect", 104435, 104500),
    ("peer", 104457, 104500),
    ("peer", 104500, 104457),
    ("cause", 104472, 104457),
    ("peer", 104495, 104472),
    ("peer", 104505, 104493),
    # the page
    ("cause", 107992, 104495),
    ("effect", 104495, 107992),
    ("peer", 107992, 108005),
    ("peer", 108005, 107992),
    ("peer", 108006, 108015),
    ("peer", 108015, 108006),
    ("effect", 108015, 108024),
    ("cause", 108024, 108015),
    ("cause", 108026, 108015),
    ("peer", 108024, 108069),
    ("peer", 108026, 108069),
    ("peer", 108069, 108024),
    ("effect", 108006, 108069),
    ("cause", 108069, 108006),
]


@pytest.mark.parametrize(("way", "number", "expected"), STORY)
def test_the_story_is_walked_by_first_candidates(store: Store, way: str, number: int, expected: int) -> None:
    assert first(store, way, number) == expected


def test_both_datagrams_of_one_call_are_its_peers(store: Store) -> None:
    found = peers(store, store.row_of(10036))
    assert [one.number for one in found[:2]] == [10049, 10043]


def test_both_parts_of_the_page_are_peers_of_the_one_receive(store: Store) -> None:
    found = peers(store, store.row_of(108069))
    assert {one.number for one in found} == {108024, 108026}


@pytest.mark.parametrize("number", [10664, 10703, 58230, 104327])
def test_a_query_to_outside_has_no_peer_and_says_what_was_looked_for(store: Store, number: int) -> None:
    row = store.row_of(number)
    assert peers(store, row) == []
    assert absence(store, row).startswith("the other end 8.8.8.8:53 belongs to no process")
    assert "no answer came back" in absence(store, row)


def test_evidence_is_said_in_words(store: Store) -> None:
    words = effects(store, store.row_of(10049))[0].evidence
    assert "9 of 9 DNS labels in the path in reverse order" in words
    assert any(reason.startswith("same process, 1.4 ms later") for reason in words)


def test_scores_fall_and_lists_are_short(store: Store) -> None:
    for _, number, _ in STORY:
        for hop in WAYS.values():
            found = hop(store, store.row_of(number))
            scores = [one.score for one in found]
            assert scores == sorted(scores, reverse=True)
            assert all(0 < score < 1 for score in scores)
            assert len(found) <= 20
            assert all(one.evidence for one in found)


def test_requests_of_a_busy_server_lead_to_the_right_key(store: Store) -> None:
    """An API server with many threads asks etcd for each object by name; the name says which is right."""
    index = index_of(store)
    asked = right = back = 0
    for message in range(len(index.transfers)):
        said = index.decoded(message)
        if said is None or index.transfers.direction[message] != RECEIVE or said.kind != REQUEST:
            continue
        # /api/v1/namespaces/NAMESPACE/KIND/NAME
        if len(said.labels) != 6 or (said.labels[0], said.labels[2]) != ("api", "namespaces"):
            continue
        row = int(index.transfers.row[message])
        effect = effects(store, row)[0].row
        asked += 1
        right += said.labels[5].encode() in (store.payload(effect) or b"")[:200]
        back += causes(store, effect)[0].row == row
    assert asked >= 20
    assert right == asked
    assert back == asked
