"""Open a capture by its kept index where there is one, and keep one where that is worth it."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from io import FileIO
from pathlib import Path
from typing import Any

import numpy as np

from hopscope.capture.damage import Damage
from hopscope.capture.limits import unpack_limit
from hopscope.capture.source import Source, open_source
from hopscope.index import folder
from hopscope.index.companion import made_for
from hopscope.index.contents import STREAM, from_sections, to_sections
from hopscope.index.extra import EXTRA, is_fit
from hopscope.index.faults import CacheError, IndexFaultError
from hopscope.index.file import USABLE, IndexFile, size_of, write
from hopscope.index.identity import Identity, digest_of, identify
from hopscope.index.maker import maker
from hopscope.index.typed import made
from hopscope.store.build import Reading, Report, open_store
from hopscope.store.store import Store
from hopscope.text import visible

WORTH_KEEPING = 32 << 20
"""Unpacked bytes from which an index is kept without being asked for; smaller ones open fast without."""

_DAMAGE = ("offset", "lost", "what")

Extra = Callable[[], bytes]
"""Makes what is kept beside the index, when the index itself is encoded; nothing where that is empty."""

Note = Callable[[str], None]
"""Takes one sentence for a person."""


def open_indexed(
    path: str | Path,
    report: Report | None = None,
    reading: Reading | None = None,
    *,
    use_cache: bool = True,
    verify: bool = False,
    smallest: int = WORTH_KEEPING,
    note: Note | None = None,
) -> Store:
    """Open a capture by its index; where none is kept, as :func:`open_store` does, and keep one then.

    Args:
        path: a file, or ``-`` for standard input, of which no index is kept.
        report, reading: as for :func:`open_store`.
        use_cache: False reads the capture and keeps nothing.
        verify: reads the whole capture and the whole index to see whether they belong together.
        smallest: unpacked bytes from which an index is kept.
        note: told in one sentence why no index could be kept.

    Raises:
        CaptureError: when it is no capture, in one sentence.
    """
    identity = identify(path) if use_cache and USABLE else None
    if identity is None:
        return open_store(path, report, reading)
    store = _load(path, identity, verify=verify)
    if store is not None:
        if report:
            report("ready", 1.0)
        return store
    store = open_store(path, report, reading)
    if store.source.size >= smallest:
        try:
            if report:
                report("keeping the index", 1.0)
            save(store, path, identity)
        except CacheError as error:
            if note:
                note(str(error))
    return store


@dataclass(frozen=True, slots=True)
class Original:
    """What an index is kept of.

    Attributes:
        name: for sentences.
        place: path, for lists of what is kept.
        identity: when reading began.
        identify: its identity now.
        digest: a hash of all of its bytes.
    """

    name: str
    place: str
    identity: Identity
    identify: Callable[[], Identity | None]
    digest: Callable[[], str]


def find(path: str | Path, *, verify: bool = False) -> Store | None:
    """The store of a capture by its kept index; None without one that is fit for use.

    Args:
        path: of the capture.
        verify: as for :func:`open_indexed`.
    """
    identity = identify(path)
    return None if identity is None else _load(path, identity, verify=verify)


def save(
    store: Store, path: str | Path, identity: Identity | None = None, *, extra: Extra | None = None
) -> int:
    """Keep the index of a capture.

    Args:
        store: of the capture, completely read.
        path: of the capture.
        identity: of the file when reading began; without it the file must not have changed since.
        extra: makes anything that who shows the capture wants to have at once the next time; without it what
            :func:`hopscope.index.companion.keep_with_indexes` was given does.

    Returns:
        Bytes of the index.

    Raises:
        CacheError: it cannot be kept, in one sentence that says why.
    """
    identity = identity or identify(path)
    name = visible(str(path))
    if identity is None:
        raise CacheError(f"no index of {name} is kept: it is no file, or it has changed")
    if _is_limited(store.source.packed, store.source.size, identity, at_limit=True):
        raise CacheError(f"no index of {name} is kept: it was not unpacked to its end")
    place = os.fsencode(os.path.abspath(path)).decode("utf-8", "replace")
    original = Original(name, place, identity, partial(identify, path), partial(digest_of, path))
    return keep(store, original, extra or partial(made_for, store, str(path)))


def keep(store: Store, original: Original, extra: Extra) -> int:
    """Keep an index of one capture or of several; arguments, result and faults as of :func:`save`."""
    name, identity = original.name, original.identity
    if not USABLE or identity.size != store.source.packed_size:
        raise CacheError(f"no index of {name} is kept: it is no file, or it has changed")
    with ThreadPoolExecutor(1) as beside:  # the other processor reads what was captured meanwhile
        digest = beside.submit(original.digest)
        try:
            sections = to_sections(store)
        except (ValueError, RecursionError) as error:
            raise CacheError(f"no index of {name} is kept: it holds what an index cannot") from error
        beside_it = extra()
        if beside_it:
            sections[EXTRA] = np.frombuffer(beside_it, np.uint8)

        def fill(file: FileIO) -> int:
            size = write(file, sections, lambda: _facts(store, original, digest.result()))
            if original.identify() != identity:
                raise CacheError(f"no index of {name} is kept: it is being written")
            return size

        return folder.replace(identity.key, size_of(sections.values()), fill)


def _facts(store: Store, original: Original, digest: str) -> dict[str, Any]:
    source = store.source
    return {
        "maker": maker(),
        "key": original.identity.key,
        "digest": digest,
        "capture": original.place,
        "events": len(store),
        "content_key": source.content_key(),
        "stream": source.size,
        "packed": source.packed,
        "damage": [[one.offset, one.lost, one.what] for one in source.damage],
    }


def _load(path: str | Path, identity: Identity, *, verify: bool) -> Store | None:
    return load(
        identity,
        lambda file: _source(file, path, identity),
        partial(digest_of, path) if verify else None,
    )


def load(
    identity: Identity, source_of: Callable[[IndexFile], Source], digest: Callable[[], str] | None = None
) -> Store | None:
    """The store of an index; None without one that is fit for use.

    Args:
        identity: of the capture, or of several.
        source_of: finds the bytes of the capture; what it raises as IndexFaultError makes the index unfit.
        digest: with it all of the index and the hash of all bytes are compared.
    """
    place = folder.path_of(identity.key)
    handle = folder.open_own(place) if USABLE else None
    if handle is None:
        return None
    try:
        file = IndexFile(handle)
        if not is_fit(file, identity):
            return None
        if digest is not None:
            file.verify()
            if file.facts.get("digest") != digest():
                return None
        store = from_sections(file, source_of(file))
    except (IndexFaultError, OSError, ValueError):
        return None
    finally:
        os.close(handle)
    folder.mark_used(place)
    return store


def known_key(file: IndexFile) -> str:
    """The content key that an index has of its capture. Raises IndexFaultError where it is none."""
    key = file.facts.get("content_key")
    if not isinstance(key, str) or len(key) != 64 or not key.isalnum():
        raise IndexFaultError("its facts make no sense")
    return key


def _source(file: IndexFile, path: str | Path, identity: Identity) -> Source:
    """The bytes of the capture: of a packed one from the index, of others from the file itself."""
    facts = file.facts
    key, packed = known_key(file), facts.get("packed")
    if not isinstance(packed, bool):
        raise IndexFaultError("its facts make no sense")
    if packed:
        if _is_limited(packed, facts.get("stream"), identity):
            raise IndexFaultError("it holds more than is to be unpacked")
        try:
            damage = [made(Damage, dict(zip(_DAMAGE, one, strict=True))) for one in facts["damage"]]
        except (KeyError, TypeError) as error:
            raise IndexFaultError("its facts make no sense") from error
        data = file.array(STREAM, np.uint8)
        source = Source(visible(str(path)), data, True, identity.size, damage)
    else:
        source = open_source(path)
    if source.size != facts.get("stream"):
        raise IndexFaultError("it belongs to another capture")
    source.known_key = key
    return source


def _is_limited(packed: bool, size: object, identity: Identity, *, at_limit: bool = False) -> bool:
    """True for a packed capture whose stream goes beyond the limit of unpacking, or was cut there."""
    limit = unpack_limit(identity.size) if packed else None
    return limit is not None and (not isinstance(size, int) or size > limit or (at_limit and size == limit))
