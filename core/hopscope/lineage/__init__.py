"""Who began whom: processes as a tree, with when they lived, what they ran and how they ended."""

from __future__ import annotations

from hopscope.lineage.ends import ends_of
from hopscope.lineage.tree import Lineage, Process, Run, lineage_of

__all__ = ["Lineage", "Process", "Run", "ends_of", "lineage_of"]
