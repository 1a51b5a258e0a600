"""The table of rules; its rows lie in ``rules.tsv`` beside this file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of credential.

    Attributes:
        name: of the rule.
        shape: what the engine makes of ``words``:
            ``name`` ends of names (regular expressions) whose value is a credential, as in
            ``name=value``, ``--name value``, ``"name": "value"`` and ``name: value`` on a line;
            ``scheme``, ``cookies``, ``header`` names of headers;
            ``option`` programs, then ``|``, then their options; a character behind an option is the one
            after which the credential begins. Programs are parted by spaces or, where they consist of
            several words, by ``;``;
            ``token`` a regular expression with the credential in a group;
            ``block`` the words between the dashes of PEM.
        words: see ``shape``.
        example: a text with such a credential; line ends are written as escapes in the table.
        masked: the same as it is shown.
        meaning: for the documentation.
    """

    name: str
    shape: str
    words: str
    example: str
    masked: str
    meaning: str


@cache
def rules() -> tuple[Rule, ...]:
    """All rules in the order of the table."""
    text = resources.files(__package__).joinpath("rules.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return tuple(
        Rule(name, shape, words, _with_line_ends(example), _with_line_ends(masked), meaning)
        for name, shape, words, example, masked, meaning in rows
    )


def _with_line_ends(text: str) -> str:
    return text.replace("\\r", "\r").replace("\\n", "\n")


def words_of(shape: str) -> list[str]:
    """The words of all rules of a shape."""
    return [word for rule in rules() if rule.shape == shape for word in rule.words.split()]
