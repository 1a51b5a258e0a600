"""A person's own views: ``views.toml`` and the files of ``views/`` in the folder of their settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hopscope.errors import HopscopeError
from hopscope.kept.folders import config_dir
from hopscope.views.catalogue import OWN, VIEWS
from hopscope.views.declaration import DeclarationError, check_references, declared
from hopscope.views.definition import ViewDefinition

LARGEST = 1 << 20
"""Bytes of a file of views; no declaration comes near it."""


@dataclass(frozen=True)
class OwnViews:
    """What was found.

    Attributes:
        views: by name.
        faults: one sentence for each file, or view of one, that cannot be used.
    """

    views: dict[str, ViewDefinition]
    faults: tuple[str, ...]


@cache
def own_views() -> OwnViews:
    """A person's own views, read once; what is broken costs only itself."""
    found: dict[str, ViewDefinition] = {}
    faults: list[str] = []
    for path in _files():
        try:
            views = read_views(path)
        except HopscopeError as error:
            faults.append(str(error))
            continue
        for view in views:
            if view.name in found or any(view.name in one.aliases for one in found.values()):
                faults.append(f"{path}: another of your files declares a view {view.name} already")
            else:
                found[view.name] = view
    for view in list(found.values()):
        try:
            check_references(
                view, lambda name: VIEWS.taken(name) or name in found, [*VIEWS.builtin(), *found]
            )
        except DeclarationError as error:
            faults.append(str(error))
            del found[view.name]
    return OwnViews(found, tuple(faults))


def read_views(path: Path) -> list[ViewDefinition]:
    """The views of one file.

    Raises:
        DeclarationError: the file cannot be read or understood, or names a view that there is already.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise DeclarationError(f"{path}: larger than {LARGEST >> 20} MiB, which no file of views is")
        text = raw.decode("utf-8")
    except OSError as error:
        raise DeclarationError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DeclarationError(f"{path}: is not UTF-8 text (byte {error.start})") from error
    views = declared(text, str(path), path.stem.lower().replace("-", "_"), group=OWN)
    for view in views:
        for name in (view.name, *view.aliases):
            if VIEWS.taken(name):
                raise DeclarationError(f"{path}: view {view.name}: there is a view {name} already; rename it")
    return views


def _files() -> Iterator[Path]:
    folder = config_dir()
    single = folder / "views.toml"
    if single.is_file():
        yield single
    if (folder / "views").is_dir():
        yield from sorted(one for one in (folder / "views").glob("*.toml") if one.is_file())
