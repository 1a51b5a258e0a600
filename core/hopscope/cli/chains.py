"""``hopscope chains``: the chains of filters that were saved under a name."""

from __future__ import annotations

from hopscope.cli.command import Request
from hopscope.cli.output import complain, json_document
from hopscope.cli.table import Heading, print_table
from hopscope.errors import UsageError
from hopscope.filters import compile_filter
from hopscope.kept.chains import SavedChain, SavedChains
from hopscope.text import visible

_TAKES = {"list": 0, "show": 1, "delete": 1, "save": 2}
"""How many words each action takes at least."""


def run(request: Request) -> int:
    """List, show, save or delete chains.

    Raises:
        UsageError: there is no chain of that name, or words are missing or too many.
        ChainExistsError: there is another one of the name, and no ``--force``.
        KeptError: the file cannot be read or written.
    """
    arguments = request.arguments
    words: list[str] = arguments.words
    _check(arguments.action, words, force=arguments.force)
    chains = SavedChains.load()
    for notice in chains.notices:
        complain(notice)
    if arguments.action == "list":
        _list(request, chains)
    elif arguments.action == "show":
        _show(request, chains.named(words[0]))
    elif arguments.action == "delete":
        _say(request, chains.remove(words[0]), "deleted")
    else:
        for text in words[1:]:
            compile_filter(text)
        _say(request, chains.save(words[0], words[1:], over=arguments.force), "saved")
    return 0


def _check(action: str, words: list[str], *, force: bool) -> None:
    takes = _TAKES[action]
    if len(words) < takes:
        what = "a name and its filters" if action == "save" else "the name of a chain"
        raise UsageError(f"{action} needs {what}; see: hopscope chains --help")
    if len(words) > takes and action != "save":
        raise UsageError(f"{action} takes {'one name' if takes else 'no name'}")
    if force and action != "save":
        raise UsageError("--force goes with save")


def _list(request: Request, chains: SavedChains) -> None:
    found = chains.list()
    if request.arguments.json:
        request.output.text(json_document([_plain(one) for one in found]))
    elif found:
        headings = (Heading("NAME"), Heading("FILTER"))
        print_table(request.output, headings, [(visible(one.name), visible(one.together)) for one in found])
    else:
        request.output.text("no chain is saved; S on the screen saves one, and so does hopscope chains save")


def _show(request: Request, chain: SavedChain) -> None:
    if request.arguments.json:
        request.output.text(json_document(_plain(chain)))
    else:
        request.output.text("\n".join(visible(text) for text in chain.filters))


def _say(request: Request, chain: SavedChain, done: str) -> None:
    if request.arguments.json:
        request.output.text(json_document({done: _plain(chain)}))
    else:
        request.output.text(f"{visible(chain.name)} is {done}: {visible(chain.together)}")


def _plain(chain: SavedChain) -> dict[str, object]:
    return {"name": chain.name, "filters": list(chain.filters), "filter": chain.together}
