"""What was said on connections: the bytes of both directions put together, and the messages in them."""

from __future__ import annotations

from hopscope.conversation.messages import Messages, messages_of
from hopscope.conversation.streams import Streams, streams_of

__all__ = ["Messages", "Streams", "messages_of", "streams_of"]
