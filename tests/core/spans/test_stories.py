"""Links in made systems, compared with what happened in them."""

from __future__ import annotations

import pytest

from stories import STORIES
from stories.scoring import score
from stories.world import Layout

REQUESTS = 40


@pytest.mark.parametrize("layout", ["sysdig", "newest"])
@pytest.mark.parametrize("name", STORIES)
def test_links_are_right_where_payloads_are_recorded(name: str, layout: Layout) -> None:
    for found in score(STORIES[name](11, 4096, 3, REQUESTS, layout)):
        assert found.true >= REQUESTS
        assert found.precision >= 0.99, found.wrong
        assert found.recall >= 0.98, found.wrong


@pytest.mark.parametrize("name", STORIES)
def test_links_are_right_with_few_bytes_and_ten_requests_in_flight(name: str) -> None:
    for found in score(STORIES[name](12, 80, 10, REQUESTS)):
        assert found.true >= REQUESTS
        assert found.precision >= 0.95, found.wrong
        assert found.recall >= 0.90, found.wrong


def test_a_wrong_link_is_told() -> None:
    """The comparison sees what is wrong: with the truth of another seed hardly anything is right."""
    world, other = (STORIES["proxy"](seed, 4096, 5, REQUESTS) for seed in (1, 2))

    for found in score(world, other.store()):
        assert found.recall < 0.5
