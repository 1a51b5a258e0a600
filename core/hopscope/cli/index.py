"""``hopscope index``: keep what is worked out about a capture, so that it opens at once."""

from __future__ import annotations

from hopscope import index
from hopscope.cli.capture import Progress, complain_of_loss
from hopscope.cli.command import Request
from hopscope.errors import UsageError
from hopscope.store.build import open_store


def run(request: Request) -> int:
    """Keep an index of each capture, or say that a good one is there.

    Raises CacheError where none can be kept.
    """
    arguments = request.arguments
    if "-" in arguments.captures:
        raise UsageError("standard input has no index; name a file")
    for path in arguments.captures:
        request.output.text(_indexed(path, verify=arguments.verify))
    return 0


def _indexed(path: str, *, verify: bool) -> str:
    """Keep an index of one capture; return what is to be said about it."""
    with Progress() as progress:
        store = index.find(path, verify=verify)
        made = store is None
        if store is None:
            identity = index.identify(path)
            store = open_store(path, progress.report, progress.reading)
            progress.report("keeping the index", 1.0)
            index.save(store, path, identity)
    complain_of_loss(store)
    size = next((one.size for one in index.entries() if one.key == _key(path)), 0)
    said = "indexed" if made else "verified" if verify else "indexed already"
    return f"{store.source.name}: {said}, {len(store):,} events, {size:,} bytes"


def _key(path: str) -> str:
    identity = index.identify(path)
    return identity.key if identity else ""
