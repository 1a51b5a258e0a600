"""Makes filters out of the fields and the values that occur in the captures.

    PYTHONPATH=tests python -m filter_corpus.generate

Writes ``generated.txt``. The same captures and the same table of fields give the same filters; after
that run :mod:`filter_corpus.record_reference`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache

from filter_corpus.corpus import CAPTURES, GENERATED, STORY
from filter_corpus.reference import RefusedError, accepted
from hopscope.fields import FIELDS, FieldType, field_value
from hopscope.fields.field import ArgumentForm
from hopscope.filters.quoting import quote_value
from hopscope.store.build import open_store
from hopscope.store.store import Store

SEED = 29
SAMPLED = 400
"""Events at which a field is looked at."""

SINGLE = 90
"""Filters of one condition, for each capture."""

COMBINATIONS = 40
"""Filters of several conditions, for each capture."""

LEFT_OUT = frozenset(
    {
        "evt.deltatime", "evt.deltatime.s", "evt.deltatime.ns", "evt.latency.quantized", "util.cnt",
        "fd.cip.name", "fd.sip.name", "fd.lip.name", "fd.rip.name", "fd.dev", "fd.dev.major", "fd.dev.minor",
        "group.gid", "evt.latency.human",
    }
)  # fmt: skip
"""Fields whose value in the reference is not the capture's alone: the event printed before, the terminal,
the network, what its memory holds."""

WITH_ARGUMENT = (
    "evt.arg.res", "evt.arg.fd", "evt.arg.name", "evt.arg.flags", "evt.arg[0]", "evt.arg[1]",
    "evt.rawarg.res", "evt.rawarg.size", "evt.rawarg.fd", "proc.aname[1]", "proc.aname[2]",
    "proc.apid[1]", "thread.cgroup.cpu", "thread.cgroup.cpuset", "container.mount.source[0]",
    "k8s.pod.label.app",
)  # fmt: skip

_NETWORK_BITS = (8, 16, 24, 32)
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


@cache
def fields() -> list[str]:
    """The fields to ask for, with arguments where they need one: those that the reference knows too."""
    plain = [name for name, one in FIELDS.items() if one.form is not ArgumentForm.REQUIRED]
    return [name for name in (*plain, *WITH_ARGUMENT) if name not in LEFT_OUT and _is_known(name)]


def _is_known(name: str) -> bool:
    try:
        accepted(CAPTURES["cat_write"], _probe(name))
    except RefusedError as refused:
        return not any(words in str(refused) for words in ("unrecognized field", "wrong parameter type"))
    return True


def _probe(name: str) -> str:
    """A filter that the reference takes where it can compare the field."""
    field = FIELDS.get(name)
    if field is not None and field.type is FieldType.REAL:
        return f"{name}>1"
    return f"{name}=1" if name in _NEVER_EXIST else f"{name} exists"


_NEVER_EXIST = frozenset({"fd.ip", "fd.net", "fd.port", "fd.proto"})


def values_of(store: Store, name: str, choice: random.Random) -> list[object]:
    """Some values that a field has in a capture."""
    rows = choice.sample(range(len(store)), min(SAMPLED, len(store)))
    found: dict[object, None] = {}
    for row in rows:
        value = field_value(store, row, name)
        for one in value if isinstance(value, tuple) else (value,):
            if one is not None:
                found[one] = None
    return list(found)


def _usable(text: str) -> bool:
    return bool(text) and text.isascii() and text.isprintable() and not set(text) & set("|`\\")


def _of_text(name: str, value: str, choice: random.Random) -> Iterator[str]:
    """Conditions on a text that is the value or a part of it."""
    short = value[:60]
    start = choice.randrange(len(short))
    part = short[start : start + choice.randint(1, 8)]
    yield f"{name}={quote_value(value)}" if len(value) <= 100 else f"{name} startswith {quote_value(short)}"
    yield f"{name}!={quote_value(short)}"
    yield f"{name} contains {quote_value(part)}"
    yield f"{name} icontains {quote_value(part.swapcase())}"
    yield f"{name} startswith {quote_value(short[: choice.randint(1, 6)])}"
    yield f"{name} endswith {quote_value(value[-choice.randint(1, 6) :])}"
    yield f"{name} {choice.choice(_COMPARISONS[2:])} {quote_value(short)}"
    if not set(part) & set("[]*?\\"):
        yield f"{name} glob {quote_value(f'*{part}*')}"
    yield f"{name} in ({quote_value(short)}, {quote_value(part)})"
    if value.startswith("/"):
        yield f"{name} pmatch ({quote_value('/'.join(short.split('/')[:2]))})"


def conditions(store: Store, name: str, choice: random.Random) -> list[str]:
    """Conditions that one field can be asked with."""
    values = values_of(store, name, choice)
    kinds = {type(value) for value in values}
    made = [f"{name} exists"]
    plain = FIELDS.get(name)
    if plain is not None and plain.type in (FieldType.ADDRESS, FieldType.NETWORK):
        return _of_addresses(name, plain.type, values, choice)
    if kinds == {bool}:
        return [f"{name}={one}" for one in ("true", "false")]
    if kinds <= {int, float} and values:
        some = [str(int(value)) for value in choice.sample(values, min(4, len(values)))]  # type: ignore[call-overload]
        made += [f"{name}{operator}{some[0]}" for operator in _COMPARISONS]
        if not name.startswith(("evt.rawarg", "proc.apid")):
            made.append(f"{name} in ({', '.join(some)})")
    texts = [value for value in values if isinstance(value, str) and _usable(value)]
    if texts:
        made += _of_text(name, choice.choice(texts), choice)
    raw = [value for value in values if isinstance(value, bytes) and value]
    if raw:
        start = choice.randrange(len(raw[0]))
        part = "".join(f"\\x{byte:02x}" for byte in raw[0][start : start + 3] if byte)
        made.append(f'{name} contains "{part}"')
    return made


def _of_addresses(name: str, kind: FieldType, values: list[object], choice: random.Random) -> list[str]:
    made = []
    for value in values:
        assert isinstance(value, bytes)
        text = ".".join(map(str, value)) if len(value) == 4 else _groups(value)
        if kind is FieldType.NETWORK:
            if len(value) == 16:
                continue
            text += f"/{choice.choice(_NETWORK_BITS)}"
        made += [f"{name}={text}", f"{name}!={text}"]
    return made


def _groups(value: bytes) -> str:
    return ":".join(f"{int.from_bytes(value[i : i + 2]):x}" for i in range(0, 16, 2))


def combination(pool: list[str], choice: random.Random) -> str:
    """Two to four conditions, with brackets where ``and`` and ``or`` meet."""
    parts = [choice.choice(("", "", "not ")) + one for one in choice.sample(pool, choice.randint(2, 4))]
    word, other = choice.choice((("and", "or"), ("or", "and")))
    if len(parts) < 4:
        return f" {word} ".join(parts)
    inner = f"({parts[0]} {other} {parts[1]})"
    return f" {word} ".join([inner, *parts[2:]])


def generated() -> Iterator[str]:
    """The lines of the file."""
    for capture, path in CAPTURES.items():
        if path == STORY or capture == "empty":
            continue
        choice = random.Random(f"{SEED} {capture}")
        store = open_store(path)
        yield f"[generated from {capture}]"
        pool: list[str] = []
        for name in fields():
            possible = conditions(store, name, choice)
            if len(possible) > 1:
                chosen = choice.choice(possible[1:])
                pool.append(chosen)
        yield from choice.sample(pool, min(len(pool), SINGLE))
        yield from (combination(pool, choice) for _ in range(COMBINATIONS))


if __name__ == "__main__":
    head = "# Filters made by generate.py; do not edit."
    GENERATED.write_text("\n".join([head, *generated()]) + "\n", encoding="utf-8")
