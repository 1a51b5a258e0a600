"""``hopscope chisel``: what a person types behind ``sysdig -c``, answered by the command of the table."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from hopscope.capture.limits import AUTOMATIC
from hopscope.cli.chisel_table import Chisel, chisel_named, command_lines
from hopscope.cli.command import Request
from hopscope.cli.main import run_words
from hopscope.errors import UsageError
from hopscope.filters.filter import fault


def run(request: Request) -> int:
    """Run the answer to a chisel.

    Raises:
        UsageError: there is no such chisel, no answer to it, or its arguments do not fit.
    """
    arguments = request.arguments
    chisel = chisel_named(arguments.name)
    given, condition = split_words(chisel, arguments.words)
    status = 0
    for words in command_lines(chisel, arguments.capture, given, condition):
        line = [*words, *_passed_on(request)]
        if arguments.show:
            request.output.lines([shlex.join(["hopscope", *line])])
        else:
            status = max(status, run_words(line, request.output, request.screen))
    return status


def _passed_on(request: Request) -> list[str]:
    """Options that hold for every command."""
    arguments = request.arguments
    flags = [("--json", arguments.json), ("--redact", arguments.redact), ("--no-cache", not arguments.cache)]
    words = [flag for flag, given in flags if given]
    if arguments.unpack_limit != AUTOMATIC:
        words.append(f"--unpack-limit={arguments.unpack_limit or 'none'}")
    return words


def split_words(chisel: Chisel, words: Sequence[str]) -> tuple[list[str], str]:
    """The arguments of a chisel and the filter behind them.

    As in sysdig, one word may hold all arguments, required ones always come first, and what can be a filter
    is one unless the chisel's own argument is.

    Raises:
        UsageError: too few or too many arguments.
    """
    rest = list(words)
    given: list[str] = []
    most = len(chisel.arguments)
    while rest and len(given) < most:
        argument = chisel.arguments[len(given)]
        if argument.condition:
            word = rest.pop(0)
            given.append(" ".join(_parts(word)) if word[:1] in ("'", '"') else word)
        elif argument.optional and fault(" ".join(rest)) is None:
            break
        else:
            given += _parts(rest.pop(0))
    if len(given) > most:
        raise UsageError(f"{chisel.name} takes no more than this: {chisel.usage}")
    if len(given) < chisel.required:
        raise UsageError(f"{chisel.name} needs more: {chisel.usage}")
    return given, " ".join(rest)


def _parts(word: str) -> list[str]:
    try:
        return shlex.split(word)
    except ValueError:
        raise UsageError(f"a quote in {word!r} is not closed") from None
