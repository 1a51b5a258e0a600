"""Breakdowns of made captures, in few words."""

from __future__ import annotations

from core.trail.scene import Scene
from hopscope.store.store import Store
from hopscope.waits import Breakdown, breakdown_of, waits_of
from hopscope.waits.kinds import NAMES

MILLISECOND = 1_000_000


def process_of(store: Store, pid: int) -> int:
    """Life of the main thread with this number."""
    return int(store.threads.life[(store.threads.tid == pid).nonzero()[0][0]])


def breakdown(scene: Scene | Store, pid: int) -> Breakdown:
    """Where the time of a process went."""
    store = scene if isinstance(scene, Store) else scene.store
    return breakdown_of(store, waits_of(store).line_of_process(process_of(store, pid)))


def told(scene: Scene | Store, pid: int) -> dict[str, float]:
    """What is was about and ms, without what takes less than half a millisecond."""
    found = breakdown(scene, pid)
    assert sum(part.elapsed for part in found.parts) == found.elapsed
    return {
        part.what: round(part.elapsed / MILLISECOND) for part in found.parts if part.elapsed > MILLISECOND / 2
    }


def kinds(scene: Scene, pid: int) -> dict[str, float]:
    """The same by the kind of stretch."""
    found: dict[str, float] = {}
    for part in breakdown(scene, pid).parts:
        found[NAMES[part.kind]] = found.get(NAMES[part.kind], 0) + part.elapsed / MILLISECOND
    return {kind: round(spent) for kind, spent in found.items() if spent > 0.5}
