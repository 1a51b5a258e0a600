"""All views by name: those that come with the program, and a person's own.

A declaration is read when its view is asked for, so that a screen begins with the one it shows.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from importlib.resources import files
from typing import NamedTuple

from hopscope.views.declaration import DeclarationError, declared
from hopscope.views.definition import ViewDefinition

_FOLDER = files("hopscope.views") / "builtin"
_CATALOGUE = "catalogue.toml"
OWN = "Your own"
"""Heading of a person's own views that name none."""


class Tab(NamedTuple):
    """A view that has a tab on the screen."""

    name: str
    title: str


class Views(Mapping[str, ViewDefinition]):
    """Views by name, in the order in which a picker lists them."""

    @cached_property
    def _listed(self) -> dict[str, object]:
        return tomllib.loads((_FOLDER / _CATALOGUE).read_text(encoding="utf-8"))

    @cached_property
    def _groups(self) -> dict[str, str]:
        """Heading of each view that comes with the program."""
        groups = self._listed["groups"]
        assert isinstance(groups, dict)
        return {name: group for group, names in groups.items() for name in names}

    @cached_property
    def tabs(self) -> tuple[Tab, ...]:
        """The views that have tabs, with the words on them."""
        tabs = self._listed["tabs"]
        assert isinstance(tabs, dict)
        return tuple(Tab(name, title) for name, title in tabs.items())

    def __init__(self) -> None:
        self._read: dict[str, ViewDefinition] = {}

    def _builtin(self, name: str) -> ViewDefinition:
        if name not in self._read:
            origin = f"{name}.toml"
            view = declared(source_of(name), origin, name, group=self._groups[name])[0]
            self._read[name] = replace(view, origin="")
        return self._read[name]

    @property
    def own(self) -> dict[str, ViewDefinition]:
        """A person's own views."""
        from hopscope.views.own import own_views  # noqa: PLC0415  not for the first view

        return own_views().views

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong with a person's own views, one sentence each."""
        from hopscope.views.own import own_views  # noqa: PLC0415  not for the first view

        return own_views().faults

    def find(self, name: str) -> ViewDefinition | None:
        """The view of this name or alias in small letters, None where there is none."""
        if name in self._groups:
            return self._builtin(name)
        alias = self._aliases.get(name)
        if alias is not None:
            return self._builtin(alias)
        return next((one for one in self.own.values() if name in (one.name, *one.aliases)), None)

    @cached_property
    def _aliases(self) -> dict[str, str]:
        return {alias: name for name in self._groups for alias in self._builtin(name).aliases}

    def taken(self, name: str) -> bool:
        """True for the name or alias of a view that comes with the program."""
        return name in self._groups or name in self._aliases

    def builtin(self) -> dict[str, ViewDefinition]:
        """Those that come with the program."""
        return {name: self._builtin(name) for name in self._groups}

    def __getitem__(self, name: str) -> ViewDefinition:
        if name in self._groups:
            return self._builtin(name)
        return self.own[name]

    def __iter__(self) -> Iterator[str]:
        return iter((*self._groups, *self.own))

    def __len__(self) -> int:
        return len(self._groups) + len(self.own)


def source_of(name: str) -> str:
    """The declaration of a view that comes with the program, as it is written."""
    try:
        return (_FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    except OSError as error:
        raise DeclarationError(f"the declaration of {name} is missing: {error.strerror}") from error


VIEWS = Views()
"""All views."""
