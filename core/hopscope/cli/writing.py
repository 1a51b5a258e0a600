"""Writing chosen events as a capture of their own, for the commands that have ``-w``."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path

from hopscope.cli.capture import Progress, open_capture
from hopscope.cli.captures import is_timeline, only_capture
from hopscope.cli.output import complain
from hopscope.errors import UsageError
from hopscope.extract import extract
from hopscope.fields.column import Mask
from hopscope.kept.new_file import FORCE, check_target
from hopscope.store.store import Store


def write_chosen(
    arguments: Namespace, printing: Mapping[str, object], choose: Callable[[Store], Mask]
) -> int:
    """Open a capture and write some of its events to ``arguments.write``; returns the exit status.

    Args:
        arguments: of the command, with ``write`` and ``force``.
        printing: options that only print, and whether each was given.
        choose: the events of a store, bool.

    Raises:
        UsageError: options that do not go together.
        ExtractError: the file cannot be written.
    """
    for option, given in {**printing, "--redact": getattr(arguments, "redact", False)}.items():
        if given:
            raise UsageError(f"{option} does not go with -w: it writes events as they were recorded")
    path = only_capture(arguments, "-w writes")
    if is_timeline(arguments):
        raise UsageError("--clock-offset does not go with -w: it writes events as they were recorded")
    sources = () if path == "-" else (path,)
    check_target(Path(arguments.write), sources, force=arguments.force, offer=FORCE)
    store = open_capture(arguments)
    with Progress() as progress:
        made = extract(
            store,
            choose(store),
            arguments.write,
            sources=sources,
            force=arguments.force,
            report=progress.report,
        )
    shown = f"{made.chosen} event{'' if made.chosen == 1 else 's'}"
    complain(f"wrote {shown} and {made.state} that only carry state to {arguments.write}, {made.size} bytes")
    return 0
