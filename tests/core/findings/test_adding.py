"""What the documentation says about adding a rule works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

from core.trail.scene import Scene
from hopscope.findings import RULES, Rule, findings_of

PAGE = Path(__file__).parents[3] / "docs" / "findings.md"
ONE, OTHER = 10, 20
MILLISECOND = 1_000_000


def documented() -> Rule:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(code, str(PAGE), "exec"), names)
    rule = names["RULE"]
    assert isinstance(rule, Rule)
    return rule


def test_the_rule_in_the_documentation_finds_what_it_says() -> None:
    scene = Scene({ONE: "app", OTHER: "other"})
    scene.event("nanosleep", ">", ONE, interval=1)
    scene.wait(40 * MILLISECOND)
    interrupted = scene.event("nanosleep", "<", ONE, res=-4)
    scene.call("nanosleep", OTHER, interval=1, res=0)
    (one,) = findings_of(scene.store, rules=[documented()])

    assert (one.rule, one.sentence) == ("interrupted", "1 calls were interrupted by signals")
    assert scene.store.number[list(one.evidence)].tolist() == [interrupted]
    assert one.lost // MILLISECOND == 40


def test_every_rule_has_a_name_of_its_own_and_stands_in_the_documentation() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(f"Rule `{rule.name}`." in text and f"## {rule.title}" in text for rule in RULES)
    assert documented().name not in {rule.name for rule in RULES}
