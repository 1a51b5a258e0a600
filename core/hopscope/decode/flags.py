"""Numbers that stand for names: bit sets and enumerations.

The tables lie in ``flags.tsv`` in the order in which they are matched; the order decides what is
printed where entries overlap.
"""

from __future__ import annotations

from functools import cache, lru_cache

from .event_table import read_rows

FlagTable = tuple[tuple[str, int], ...]


@cache
def flag_tables() -> dict[str, FlagTable]:
    """Every table by name, as ``(symbol, value)`` in the order of matching."""
    return {name: tuple(_entry(token) for token in tokens.split()) for name, tokens in read_rows("flags.tsv")}


def _entry(token: str) -> tuple[str, int]:
    symbol, _, value = token.rpartition("=")
    return symbol, int(value)


@lru_cache(maxsize=1 << 14)
def flag_text(table: str, value: int, unknown: frozenset[str] = frozenset()) -> str:
    """The names of the bits of a value, joined by ``|``; empty where no entry fits.

    The table is walked in order. An entry equal to the whole value ends the walk. An entry whose bits
    are all there is taken and its bits are removed, so that later entries cannot take them again. An
    entry of value 0 fits the value 0 only. Bits without a name are not mentioned.

    Args:
        table: name of a flag table; an unknown name has no entries.
        value: as stored, without sign.
        unknown: symbols to pass over, for a reference that did not have them.
    """
    found, rest = [], value
    for symbol, bits in flag_tables().get(table, ()):
        if symbol in unknown:
            continue
        if bits == value:
            found.append(symbol)
            break
        if bits and rest and rest & bits == bits:
            found.append(symbol)
            rest &= ~bits
    return "|".join(found)


@lru_cache(maxsize=1 << 14)
def enumeration_text(
    table: str, value: int, unknown: frozenset[str] = frozenset(), all_aliases: bool = False
) -> str:
    """The entry of a table that is equal to the value; empty where there is none.

    Args:
        table: name of a flag table; an unknown name has no entries.
        value: as stored, without sign.
        unknown: symbols to pass over.
        all_aliases: every equal entry, joined by ``|``, and not only the first.
    """
    entries = flag_tables().get(table, ())
    found = [symbol for symbol, number in entries if number == value and symbol not in unknown]
    return "|".join(found if all_aliases else found[:1])
