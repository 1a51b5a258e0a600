"""``hopscope index``: keep what is worked out about a capture, so that it opens at once."""

from __future__ import annotations

from hopscope import index
from hopscope.cli.capture import Progress, complain_of_loss
from hopscope.cli.captures import only_capture
from hopscope.cli.command import Request
from hopscope.errors import UsageError
from hopscope.store.build import open_store


def run(request: Request) -> int:
    """Keep an index, or say that a good one is there. Raises CacheError where none can be kept."""
    arguments = request.arguments
    path = only_capture(arguments, "an index is made of")
    if path == "-":
        raise UsageError("standard input has no index; name a file")
    with Progress() as progress:
        store = index.find(path, verify=arguments.verify)
        made = store is None
        if store is None:
            identity = index.identify(path)
            store = open_store(path, progress.report, progress.reading)
            progress.report("keeping the index", 1.0)
            index.save(store, path, identity)
    complain_of_loss(store)
    size = next((one.size for one in index.entries() if one.key == _key(path)), 0)
    said = "indexed" if made else "verified" if arguments.verify else "indexed already"
    request.output.text(f"{store.source.name}: {said}, {len(store):,} events, {size:,} bytes")
    return 0


def _key(path: str) -> str:
    identity = index.identify(path)
    return identity.key if identity else ""
