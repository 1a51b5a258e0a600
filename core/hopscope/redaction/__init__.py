"""Values that look like credentials, masked in what is shown and exported.

Captures hold secrets: passwords in command lines and environments, tokens and cookies in payload. With
``--redact`` whatever is shown goes through the functions here that begin with ``shown``; they give the
true values while redaction is off. Filters, hops and the index always work on the true values.

The rules are rows of ``rules.tsv`` with one engine for all (:mod:`hopscope.redaction.engine`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_redacting = False


def set_redacting(redacting: bool) -> None:
    """Switch it on or off for this process; processes forked from it follow."""
    global _redacting  # noqa: PLW0603  one switch for whatever is shown
    _redacting = redacting


def is_redacting() -> bool:
    """True while credentials are masked."""
    return _redacting


def redact(text: str) -> str:
    """The text with everything in it that looks like a credential masked; twice does no harm."""
    from hopscope.redaction.engine import redact  # noqa: PLC0415  loaded where it is needed

    return redact(text)


def redact_bytes(data: bytes) -> bytes:
    """The same for recorded bytes. As many bytes as before, so that sizes and offsets stay true."""
    from hopscope.redaction.engine import redact_bytes  # noqa: PLC0415  loaded where it is needed

    return redact_bytes(data)


def shown(text: str, most: int | None = None) -> str:
    """A text as it may be shown now.

    Args:
        text: from the capture.
        most: characters from the beginning to keep. Cutting before would leave the beginning of a
            credential that is no longer known as one.
    """
    if not _redacting:
        return text[:most]
    return redact(text if most is None else text[: most + _BEYOND])[:most]


def shown_labels(text: str) -> str:
    """Labels ``name:value, name:value`` as they may be shown now."""
    if not _redacting:
        return text
    from hopscope.redaction.lists import redact_variable  # noqa: PLC0415  loaded where it is needed

    masked = (redact_variable(one.replace(":", "=", 1)).replace("=", ":", 1) for one in text.split(", "))
    return ", ".join(masked)


def shown_bytes(data: bytes, most: int | None = None) -> bytes:
    """Recorded bytes as they may be shown now; arguments as for :func:`shown`."""
    if not _redacting:
        return data[:most]
    return redact_bytes(data if most is None else data[: most + _BEYOND])[:most]


_BEYOND = 4096
"""What is looked at beyond a cut; no rule needs more to know a credential by its beginning."""


def shown_arguments(program: str, arguments: Sequence[str]) -> Sequence[str]:
    """The arguments of a program as they may be shown now.

    Args:
        program: name or path of the program, without which ``-p`` says nothing.
        arguments: those behind the program's own name.
    """
    if not _redacting:
        return arguments
    from hopscope.redaction.lists import redact_arguments  # noqa: PLC0415  loaded where it is needed

    return redact_arguments(program, arguments)


def shown_environment(variables: Sequence[str]) -> Sequence[str]:
    """Variables, each ``NAME=value``, as they may be shown now."""
    if not _redacting:
        return variables
    from hopscope.redaction.lists import redact_environment  # noqa: PLC0415  loaded where it is needed

    return redact_environment(variables)


def shown_value(value: Any) -> Any:
    """What becomes JSON, as it may be shown now: texts in it masked, also by the name that they have."""
    if not _redacting:
        return value
    from hopscope.redaction.lists import redact_value  # noqa: PLC0415  loaded where it is needed

    return redact_value(value)


__all__ = [
    "is_redacting",
    "redact",
    "redact_bytes",
    "set_redacting",
    "shown",
    "shown_arguments",
    "shown_bytes",
    "shown_environment",
    "shown_value",
]
