"""What is worked out about an object and kept as long as it: in the object, not in a table beside it.

What is kept refers to the object more often than not. In a table, even one with weak keys, that would keep
the object alive for ever; in the object it makes a cycle, which is found, or ends with :func:`detach`.
"""

from __future__ import annotations

from typing import Any

_PREFIX = "_attached "


def attached(owner: object, name: str) -> dict[Any, Any]:
    """The dictionary of this name that belongs to an object, empty at first."""
    kept: dict[Any, Any] = vars(owner).setdefault(_PREFIX + name, {})
    return kept


def detach(owner: object) -> None:
    """Let go of all that was worked out about an object that nobody will ask for much any more.

    Who still asks works it out again.
    """
    for name in [one for one in vars(owner) if one.startswith(_PREFIX)]:
        vars(owner).pop(name, None)
