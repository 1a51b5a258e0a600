"""What is worked out about an object and kept as long as it: in the object, not in a table beside it.

What is kept refers to the object more often than not. In a table, even one with weak keys, that would keep
the object alive for ever; in the object it makes a cycle, which is found.
"""

from __future__ import annotations

from typing import Any


def attached(owner: object, name: str) -> dict[Any, Any]:
    """The dictionary of this name that belongs to an object, empty at first."""
    kept: dict[Any, Any] = vars(owner).setdefault(f"_attached {name}", {})
    return kept
