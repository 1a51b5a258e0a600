"""Credentials in stored parameters, masked before they are rendered: borders of texts are known there."""

from __future__ import annotations

from hopscope.redaction import redact_bytes
from hopscope.redaction.lists import redact_arguments, redact_environment

from .event_table import EVENTS, Param
from .moment import EventMoment
from .render_params import Rendered, Renderer
from .values import decode_text_list

_BEYOND = 4096
"""Bytes that are looked at behind a cut, so that a credential is known that begins before it."""

_TEXTS = frozenset({"BYTEBUF", "CHARBUF", "FSPATH", "FSRELPATH"})


def masking(param: Param, render: Renderer, most: int | None = None) -> Renderer:
    """A renderer that masks what looks like a credential first; the same one where there can be none.

    Buffers keep their length. Cutting long ones and printing line ends as dots come afterwards.

    Args:
        param: the parameter.
        render: what is done with its bytes.
        most: bytes of a buffer beyond which it is cut anyway; None where all of it is printed.
    """
    if param.type not in _TEXTS:
        return render
    stop = None if most is None or param.type != "BYTEBUF" else most + _BEYOND
    if param.type == "BYTEBUF" and param.name == "args":
        return lambda event, raw: render(event, _arguments(event, raw[:stop]))
    if param.type == "BYTEBUF" and param.name == "env":
        return lambda event, raw: render(event, _joined(redact_environment(decode_text_list(raw[:stop]))))

    def render_masked(event: EventMoment, raw: bytes) -> Rendered:
        return render(event, redact_bytes(raw[:stop]))

    return render_masked


def _arguments(event: EventMoment, raw: bytes) -> bytes:
    place = EVENTS[event.code].param_index.get("exe", len(event.raws))
    program = event.raws[place].partition(b"\0")[0] if place < len(event.raws) else b""
    name = program.decode("utf-8", "surrogateescape")
    return _joined(redact_arguments(name, decode_text_list(raw)))


def _joined(texts: list[str]) -> bytes:
    return b"".join(text.encode("utf-8", "surrogateescape") + b"\0" for text in texts)
