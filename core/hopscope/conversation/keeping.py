"""What is worked out for a store and refers to it: kept for the stores that were asked for last."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from hopscope.store.store import Store

MOST_STORES = 2
"""So many stores keep what was worked out; the one that was asked for longest ago goes first."""


class _OfStore(Protocol):
    """Refers to its store, so that the store's id cannot be used again while this is kept."""

    store: Store


P = ParamSpec("P")
Value = TypeVar("Value", bound=_OfStore)


def kept_for_store(build: Callable[Concatenate[Store, P], Value]) -> Callable[Concatenate[Store, P], Value]:
    """The function with a memory; any thread may ask, and the work is done once.

    Arguments behind the store say how to do the work, not what it gives. A function among them is told how
    far the work is, also where another thread does it.
    """
    known: OrderedDict[int, Value] = OrderedDict()
    building = threading.Lock()
    heard: list[Callable[..., None]] = []

    def told_by(own: Callable[..., None]) -> Callable[..., None]:
        def tell(*share: Any) -> None:
            for one in [*heard]:
                if one is not own:
                    # Whoever waits and wants to stop cannot stop the work of another one.
                    with contextlib.suppress(Exception):
                        one(*share)
            own(*share)

        return tell

    def kept(store: Store, /, *args: P.args, **kwargs: P.kwargs) -> Value:
        reports = [one for one in (*args, *kwargs.values()) if callable(one)]
        heard.extend(reports)
        try:
            with building:
                found = known.pop(id(store), None)
                if found is None:
                    told: list[Any] = [told_by(one) if callable(one) else one for one in args]
                    named: dict[str, Any] = {
                        name: told_by(one) if callable(one) else one for name, one in kwargs.items()
                    }
                    found = build(store, *told, **named)
                known[id(store)] = found
                while len(known) > MOST_STORES:
                    known.popitem(last=False)
                return found
        finally:
            for one in reports:
                heard.remove(one)

    update_wrapper(kept, build)
    kept.heard = heard  # type: ignore[attr-defined]  # tests see who waits
    return kept
