"""Records what the installed sysdig accepts for every filter of the corpus.

    PYTHONPATH=tests python -m filter_corpus.record_reference [--all]

Writes ``answers.tsv``. Filters that are in it already keep their answers unless ``--all`` is given, so
that a filter is added by a line in ``by_hand.txt`` and a run of this script. Needs sysdig 0.29.3 and the
captures in ``../shared/captures``; takes about five minutes for all.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from filter_corpus.corpus import ANSWERS, CAPTURES, REFUSED, answer, answers, entries
from filter_corpus.reference import RefusedError, accepted


def _ask(text: str, capture: str) -> str:
    try:
        return answer(accepted(CAPTURES[capture], text))
    except RefusedError:
        return REFUSED


def main() -> None:
    """Ask for what is missing and write the answers in the order of the corpus."""
    known = answers() if ANSWERS.exists() and "--all" not in sys.argv else {}
    texts = [entry.text for entry in entries()]
    missing = [(text, capture) for text in texts for capture in CAPTURES if (text, capture) not in known]
    with ThreadPoolExecutor(2) as pool:
        found = dict(zip(missing, pool.map(lambda pair: _ask(*pair), missing), strict=True))
    everything = known | found
    lines = ["\t".join([*CAPTURES, "filter"])]
    lines += ["\t".join([*(everything[text, capture] for capture in CAPTURES), text]) for text in texts]
    ANSWERS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"asked {len(found)} questions, {len(lines) - 1} filters stand in {ANSWERS.name}")


if __name__ == "__main__":
    main()
