"""What a thread can be doing, as small numbers, and the words for it."""

from __future__ import annotations

CPU, CALL, OUTSIDE, QUEUE, WAIT, UNKNOWN = range(6)

WORKING = (CPU, CALL, OUTSIDE)
"""Kinds that count as work, as far as the capture tells."""

NAMES = ("cpu", "call", "outside", "queue", "wait", "unknown")
"""One word for each kind, for JSON."""

WORDS = (
    "on a CPU",
    "in calls that do not wait",
    "outside of recorded calls",
    "ready, but without a CPU (run queue)",
    "waiting",
    "nothing known",
)

MEANINGS = (
    "running, as switch events prove",
    "in a call that does its own work; no switch events tell whether on a CPU",
    "between two calls; no switch events tell whether on a CPU, and calls may have been left out",
    "switched away from its CPU although it did not wait, or just made and not yet run",
    "in a call, waiting for something",
    "before its first event, switched away outside of any call, or events were dropped",
)
