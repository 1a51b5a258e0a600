"""Chains of filters that were saved under a name."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hopscope.errors import UsageError
from hopscope.kept.file import KeptFile
from hopscope.kept.folders import config_dir
from hopscope.text import visible

LONGEST_NAME = 80


class ChainExistsError(UsageError):
    """There is a chain of this name already, and nobody said that it may be replaced."""


@dataclass(frozen=True, slots=True)
class SavedChain:
    """Filters that narrow one another.

    Attributes:
        name: how the person calls it.
        filters: in the order in which they were set, each a filter of its own.
    """

    name: str
    filters: tuple[str, ...]

    @property
    def together(self) -> str:
        """One filter that accepts what passes all of them."""
        return self.filters[0] if len(self.filters) == 1 else " and ".join(f"({one})" for one in self.filters)


class SavedChains:
    """All saved chains, in the order of their names.

    Each change reads the file again under a lock and replaces it, so that two programs lose nothing.

    Attributes:
        notices: sentences for the person, for instance that a damaged file was put aside.
    """

    def __init__(self) -> None:
        self._file = KeptFile(
            config_dir() / "filters.json", "the saved filters", 1, _parse, dict[str, SavedChain]
        )
        self._by_name: dict[str, SavedChain] = {}
        self._removed: list[SavedChain] = []
        self.notices: tuple[str, ...] = ()

    @classmethod
    def load(cls) -> SavedChains:
        """The chains as they lie on the disk. Makes no file. Raises KeptError where they cannot be read."""
        chains = cls()
        chains._take(*chains._file.read())
        return chains

    def __len__(self) -> int:
        return len(self._by_name)

    def list(self) -> tuple[SavedChain, ...]:
        """All chains by name."""
        return tuple(self._by_name[name] for name in sorted(self._by_name, key=lambda one: one.casefold()))

    def named(self, name: str) -> SavedChain:
        """The chain of a name. Raises UsageError where there is none."""
        return _saved(self._by_name, name)

    def save(self, name: str, filters: Sequence[str], *, over: bool = False) -> SavedChain:
        """Keep a chain.

        Args:
            name: how it is to be called.
            filters: its links.
            over: True to replace a chain of the same name.

        Raises:
            ChainExistsError: there is another one of this name and ``over`` is False.
            UsageError: the name cannot be one, or there is nothing to keep.
            KeptError: the file cannot be read or written.
        """
        chain = SavedChain(checked_name(name), tuple(filters))
        if not chain.filters:
            raise UsageError("there is no filter to save")
        with self._changing() as chains:
            earlier = chains.get(chain.name)
            if earlier is not None and earlier != chain and not over:
                raise ChainExistsError(f"there is a chain called {chain.name} already")
            chains[chain.name] = chain
        return chain

    def rename(self, name: str, new: str) -> SavedChain:
        """Call a chain otherwise.

        Raises:
            ChainExistsError: there is one of the new name.
            UsageError: there is none of the old name, or the new one cannot be one.
            KeptError: the file cannot be read or written.
        """
        new = checked_name(new)
        with self._changing() as chains:
            chain = _saved(chains, name)
            if new != name and new in chains:
                raise ChainExistsError(f"there is a chain called {new} already")
            del chains[name]
            chains[new] = replace(chain, name=new)
        return chains[new]

    def remove(self, name: str) -> SavedChain:
        """Delete a chain; :meth:`undo` brings it back. Raises UsageError without one, KeptError."""
        with self._changing() as chains:
            removed = _saved(chains, name)
            del chains[name]
        self._removed.append(removed)
        return removed

    def undo(self) -> SavedChain | None:
        """Bring back the chain removed last; None where nothing is left to bring back.

        Raises:
            ChainExistsError: another one was saved under its name in the meantime.
            KeptError: the file cannot be read or written.
        """
        if not self._removed:
            return None
        chain = self._removed[-1]
        self.save(chain.name, chain.filters)
        return self._removed.pop()

    @contextlib.contextmanager
    def _changing(self) -> Iterator[dict[str, SavedChain]]:
        with self._file.locked():
            found, notice = self._file.read_locked()
            self._take(dict(found), notice)
            yield found
            chains = [{"name": one.name, "filters": list(one.filters)} for one in found.values()]
            self._file.write({"chains": chains})
        self._by_name = found

    def _take(self, found: dict[str, SavedChain], notice: str) -> None:
        self._by_name = found
        if notice:
            self.notices = (*self.notices, notice)


def checked_name(name: str) -> str:
    """A name without blanks around it. Raises UsageError for one that nobody could read or choose."""
    name = name.strip()
    if not name:
        raise UsageError("a chain needs a name")
    if len(name) > LONGEST_NAME:
        raise UsageError(f"a name has at most {LONGEST_NAME} characters")
    if visible(name) != name:
        raise UsageError("a name has no control characters")
    return name


def _saved(chains: Mapping[str, SavedChain], name: str) -> SavedChain:
    if name not in chains:
        near = difflib.get_close_matches(name, list(chains), 1)
        hint = f"; perhaps {visible(near[0])} is meant" if near else ""
        raise UsageError(f"there is no chain called {visible(name)}{hint}")
    return chains[name]


def _parse(stored: Mapping[str, Any]) -> dict[str, SavedChain]:
    chains = stored.get("chains")
    if not isinstance(chains, list):
        raise ValueError("it holds no list of chains")
    found: dict[str, SavedChain] = {}
    for one in chains:
        name, filters = (one.get("name"), one.get("filters")) if isinstance(one, dict) else (None, None)
        if not isinstance(name, str) or not isinstance(filters, list) or not filters:
            raise ValueError("a chain has no name or no filters")
        if not all(isinstance(text, str) for text in filters):
            raise ValueError("a filter is not text")
        found[name] = SavedChain(name, tuple(filters))
    return found
