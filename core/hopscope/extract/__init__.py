"""A part of a capture as a capture of its own: chosen events, and what else shows them as they were."""

from __future__ import annotations

from hopscope.extract.needed import Needed, needed_for
from hopscope.extract.writing import Extracted, extract

__all__ = ["Extracted", "Needed", "extract", "needed_for"]
