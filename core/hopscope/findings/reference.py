"""The documentation of the rules, made from them."""

from __future__ import annotations

from collections.abc import Iterator

from hopscope.findings.engine import RULES, SEVERITIES
from hopscope.views.text import format_duration

_HEADER = """\
# Findings

{note}

`hopscope findings CAPTURE [FILTER]` prints what rules find wrong in a capture, worst first by the time
lost, each with the process, its pod or container, and the numbers of the events that prove it. `--json`
gives all events (the first thousand of each finding), the steps of a finding, and two times: `elapsed_ns`,
how long the process waited for it, and `lost_ns`, the same without what an earlier rule of this page has
counted for the same process already. So a name that was looked up through a search list does not count again
the seconds that a query without an answer took.

`severity` follows from the time lost: {severities}.
What costs no time that the capture shows, such as a process that was killed, stands at the end. With a filter
only findings that one of the events which pass it, or the other half of its call, belongs to are printed;
events of those who waited for it belong to a finding too.
"""

_ADDING = """\
## How to add a finding

A finding comes from a rule: a file in `core/hopscope/findings/rules/` with a function that gives findings
and a `RULE` that says what they are. This one is complete:

```python
\"\"\"Calls that a signal interrupted.\"\"\"

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hopscope.findings.case import Case
from hopscope.findings.finding import Finding, Rule

EINTR = -4


def _find(case: Case) -> Iterator[Finding]:
    store = case.store
    rows = np.flatnonzero(store.result == EINTR)
    for process in np.unique(store.process[rows]).tolist():
        own = rows[store.process[rows] == process]
        stops = store.time[own]
        yield Finding(
            f"{len(own)} calls were interrupted by signals",
            row=int(own[0]),
            evidence=tuple(own[:8].tolist()),
            rows=own,
            spans=np.stack([stops - store.latency[own], stops], axis=1),
        )


RULE = Rule(
    name="interrupted",
    title="Calls that were interrupted by a signal",
    evidence="the calls that ended with EINTR",
    lost="in these calls",
    find=_find,
)
```

- `case` has the events (`case.store`), messages, streams, and words for people: `case.who(row)` is
  `curl 22369 in client`. Requests with what they led to are in `hopscope.spans`, what threads waited for in
  `hopscope.waits`. Work on columns; a loop over all events takes minutes on a large capture.
- The sentence says what is wrong in one line, without the process: that of `row` stands beside it.
- `evidence` is what a person looks at first, `rows` all events that the finding stands for: a filter finds
  it by any of them.
- `spans` is the time that was lost, in ns; leave it out where the capture does not show any. `waiting` names
  other processes that waited as well.
- Name the rule in `RULES` of `core/hopscope/findings/engine.py`, at the place where it may claim time: what
  explains most comes first. `make docs` takes it into this page.
- Its test makes a capture with `Scene` (`tests/core/trail/scene.py`), asserts sentence, evidence by event
  number and time lost, and shows what the rule must not find.
"""


def findings_page(note: str) -> str:
    """The page on all rules, in Markdown."""
    return "\n".join([_HEADER.format(note=note, severities=_severities()), *_rules()])


def _severities() -> str:
    return ", ".join(
        f"`{word}` from {format_duration(least)} on" if least else f"`{word}` below"
        for least, word in SEVERITIES
    )


def _rules() -> Iterator[str]:
    for rule in RULES:
        yield f"## {rule.title}\n"
        yield f"Rule `{rule.name}`.\n"
        yield f"- Evidence: {rule.evidence}."
        yield f"- Time lost: {rule.lost}.\n"
    yield _ADDING
