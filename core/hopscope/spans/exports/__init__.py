"""Trails for other programs and for reports: plain data, OpenTelemetry, Chrome's trace events, Markdown."""

from __future__ import annotations

from hopscope.spans.exports.chrome import chrome_object
from hopscope.spans.exports.otlp import otlp_object
from hopscope.spans.exports.plain import trail_object
from hopscope.spans.exports.report import trail_markdown

__all__ = ["chrome_object", "otlp_object", "trail_markdown", "trail_object"]
