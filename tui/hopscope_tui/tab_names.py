"""What tabs are called: short, and each another name."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence

from rich.cells import cell_len

from hopscope.text import visible

_CUT = "…"
_END, _WHOLE = 6, 10
"""The share of a cut name that is its end."""


def distinct_names(paths: Sequence[str]) -> list[str]:
    """Names of files without control characters, with as many folders before each as tell it from the others.

    The same file twice gets a number: ``a.scap``, ``a.scap (2)``.
    """
    parts = [os.path.abspath(path).split(os.sep) if path != "-" else ["standard input"] for path in paths]
    lengths = [1] * len(parts)
    while True:
        names = [os.sep.join(one[-length:]) for one, length in zip(parts, lengths, strict=True)]
        counts = Counter(names)
        alike = [
            i
            for i, name in enumerate(names)
            if lengths[i] < len(parts[i])
            and len({tuple(parts[j]) for j, other in enumerate(names) if other == name}) > 1
        ]
        if not alike:
            break
        for i in alike:
            lengths[i] += 1
    seen: Counter[str] = Counter()
    out = []
    for name in names:
        seen[name] += 1
        number = f" ({seen[name]})" if counts[name] > 1 and seen[name] > 1 else ""
        out.append(visible(name) + number)
    return out


def without_common_ending(names: Sequence[str]) -> list[str]:
    """The names without the ending that all of them have, as ``.scap`` or ``.scap.gz``."""
    while len(names) > 1:
        endings = {os.path.splitext(name)[1] for name in names}
        if len(endings) > 1 or endings == {""}:
            break
        names = [os.path.splitext(name)[0] for name in names]
    return list(names)


def shortened(text: str, cells: int) -> str:
    """A name in at most so many cells, cut before its end, where files of a series differ."""
    if cell_len(text) <= cells:
        return text
    if cells < 2:
        return _CUT[:cells]
    end = _head(text[::-1], cells * _END // _WHOLE)[::-1]
    return _head(text, cells - 1 - cell_len(end)) + _CUT + end


def _head(text: str, cells: int) -> str:
    taken = 0
    for i, one in enumerate(text):
        taken += cell_len(one)
        if taken > cells:
            return text[:i]
    return text
