"""One bookmark, and its form in a file."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A marked event.

    Attributes:
        number: ``evt.num`` of the event; a capture has at most one bookmark for each.
        note: what the person wrote, possibly empty.
        time_ns: when the event happened, in ns since the epoch.
        label: the event in a few words, for lists that have no capture at hand.
        created: when the mark was set, ISO 8601 in UTC.
    """

    number: int
    note: str = ""
    time_ns: int = 0
    label: str = ""
    created: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The bookmark as it is written to files and exports."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: object) -> Bookmark:
        """The bookmark from its stored form. Raises ValueError where that is something else."""
        if not isinstance(stored, dict):
            raise ValueError("a bookmark is not an object")
        number = stored.get("number")
        if not isinstance(number, int) or isinstance(number, bool):
            raise ValueError("a bookmark has no event number")
        time_ns = stored.get("time_ns", 0)
        if not isinstance(time_ns, int):
            raise ValueError("a bookmark's time is not a number")
        texts = {}
        for name in ("note", "label", "created"):
            text = stored.get(name, "")
            if not isinstance(text, str):
                raise ValueError(f"a bookmark's {name} is not text")
            texts[name] = text
        return cls(number=number, time_ns=time_ns, **texts)


def storable(text: str) -> str:
    """The text without lone surrogates, which stand for odd bytes of a capture and have no UTF-8 form."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def timestamp() -> str:
    """The present moment as bookmarks keep it: ISO 8601, UTC, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")
