"""Findings of one rule."""

from __future__ import annotations

from hopscope.findings import Finding, findings_of
from hopscope.store.store import Store


def found(store: Store, rule: str) -> list[Finding]:
    return [one for one in findings_of(store) if one.rule == rule]
