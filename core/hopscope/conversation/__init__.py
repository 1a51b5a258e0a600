"""What was said on connections: the bytes of both directions put together, and the messages in them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hopscope.conversation.messages import Messages, messages_of
    from hopscope.conversation.streams import Streams, streams_of

__all__ = ["Messages", "Streams", "messages_of", "streams_of"]

_MODULES = {"messages": ("Messages", "messages_of"), "streams": ("Streams", "streams_of")}


def __getattr__(name: str) -> Any:
    """Load a module when one of its names is asked for: the first view needs addresses and no decoders."""
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
