"""Made captures of whole systems at work, with the truth about who asked whom for whose sake.

Each story is a function of a seed, a snap length and how many requests are in flight at a time. Threads are
generators that make calls while a common clock runs; every call is written down as the recorder would.
"""

from __future__ import annotations

from collections.abc import Callable

from stories.gateway import gateway_story
from stories.pool import pool_story
from stories.prefork import prefork_story
from stories.proxy import proxy_story
from stories.routines import routines_story
from stories.workers import workers_story
from stories.world import World

Story = Callable[..., World]
"""Seed, snap length, requests in flight, requests in all, layout."""

STORIES: dict[str, Story] = {
    "proxy": proxy_story,
    "pool": pool_story,
    "prefork": prefork_story,
    "workers": workers_story,
    "gateway": gateway_story,
    "routines": routines_story,
}
"""All of them by name."""
