"""What is wrong in a capture: rules over messages, descriptors and calls, with proof."""

from __future__ import annotations

from hopscope.findings.engine import RULES, findings_of
from hopscope.findings.finding import Finding, Part, Rule

__all__ = ["RULES", "Finding", "Part", "Rule", "findings_of"]
