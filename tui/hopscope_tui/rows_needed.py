"""Actions that need the rows of the place one goes to wait until they are there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Concatenate, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")


class HasRows(Protocol):
    """A screen that fills its table in the background."""

    waiting_actions: list[Callable[[], None]]

    @property
    def is_busy(self) -> bool:
        """True while it is not known yet what the chosen row will be."""


S = TypeVar("S", bound=HasRows)


def needs_rows(action: Callable[Concatenate[S, P], None]) -> Callable[Concatenate[S, P], None]:
    """While a view is being filled, wait for it.

    So keys that are typed ahead mean what they would have meant to a slower hand.
    """

    def run(self: S, /, *args: P.args, **kwargs: P.kwargs) -> None:
        if self.is_busy:
            self.waiting_actions.append(partial(run, self, *args, **kwargs))
            return
        action(self, *args, **kwargs)

    update_wrapper(run, action)
    return run
