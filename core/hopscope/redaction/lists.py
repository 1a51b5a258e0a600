"""Lists of arguments, of variables, and values on their way to JSON: their borders are known."""

from __future__ import annotations

import os.path
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from hopscope.redaction.engine import MASK, is_secret_name, option_pattern, redact
from hopscope.redaction.rules import rules


def redact_arguments(program: str, arguments: Sequence[str]) -> list[str]:
    """Each argument masked by itself, by its name, or by the option before it."""
    options = _options_of(program, arguments)
    masked, before = [], ""
    for argument in arguments:
        masked.append(_argument(before, argument, options))
        before = argument
    return masked


def _argument(before: str, argument: str, options: re.Pattern[str] | None) -> str:
    if (
        before.startswith("-")
        and "=" not in before
        and not argument.startswith("-")
        and is_secret_name(before)
    ):
        return MASK if argument else argument
    if options is not None:
        for said in (argument, f"{before} {argument}"):
            found = options.fullmatch(said.replace("\n", " ").replace("\t", " "))
            if found is not None and found.start("secret") >= len(said) - len(argument):
                return argument[: found.start("secret") - (len(said) - len(argument))] + MASK
    return redact_variable(argument)


def redact_environment(variables: Sequence[str]) -> list[str]:
    """Each variable masked by its name, or where its value looks like a credential."""
    return [redact_variable(variable) for variable in variables]


def redact_variable(variable: str) -> str:
    """``NAME=value`` with all of the value masked where the name tells; other texts as :func:`redact`."""
    name, equals, value = variable.partition("=")
    if equals and value and not any(one.isspace() for one in name) and is_secret_name(name):
        return f"{name}={MASK}"
    return redact(variable)


def redact_value(value: Any) -> Any:
    """A text, or whatever holds texts, masked; what stands under a telling key wholly so."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {redact_value(key): _under(key, one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [redact_value(one) for one in value]
    return value


def _under(key: object, value: Any) -> Any:
    if isinstance(value, str) and value and isinstance(key, str) and is_secret_name(key):
        return MASK
    return redact_value(value)


def _options_of(program: str, arguments: Sequence[str]) -> re.Pattern[str] | None:
    name = os.path.basename(program)
    names = [name, *(f"{name} {' '.join(arguments[:count])}" for count in (1, 2))]
    return next((found for name in names if (found := _options().get(name)) is not None), None)


@cache
def _options() -> dict[str, re.Pattern[str]]:
    """Options by program; a credential may hold blanks here."""
    found = {}
    for rule in rules():
        if rule.shape == "option":
            programs, _, options = rule.words.partition(" | ")
            pattern = re.compile(option_pattern(options.split()).replace(r"\S++)", r".+)"), re.ASCII)
            for program in programs.split(";" if ";" in programs else " "):
                found[program.strip()] = pattern
    return found
