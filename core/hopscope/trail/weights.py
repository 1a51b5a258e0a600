"""How much each kind of evidence counts. One table, so that a score can be explained and argued about.

A weight is the share of the doubt that the reason takes away when it holds in full: 1 would be proof.
A doubt is the factor by which a score shrinks.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    # who is at the other end
    "same tuple": 0.60,
    "client end equal": 0.50,
    "service translated": 0.15,
    "server end equal": 0.25,
    "same kernel addresses": 0.60,
    "one kernel address equal": 0.40,
    "bytes pair them": 0.40,
    "same pipe": 0.60,
    "same eventfd": 0.60,
    "ports fit": 0.20,
    "inferred socket": 0.10,
    "answer came back": 0.60,
    "other machine": 0.01,
    # the same bytes
    "stream offsets": 0.50,
    "payload equal": 0.70,
    "size equal": 0.30,
    "whole share": 0.10,
    # opening and closing
    "opened it": 0.70,
    "nearest in time": 0.10,
    "end of stream": 0.50,
    "closed at the end": 0.60,
    "first use": 0.30,
    # cause and effect
    "thread's next": 0.45,
    "same thread": 0.15,
    "same process": 0.10,
    "thread woke up": 0.15,
    "thread woken": 0.20,
    "process's next": 0.30,
    "soon": 0.30,
    "response on the connection": 0.60,
    "next on the connection": 0.20,
    "transaction id": 0.60,
    "same bytes": 0.80,
    "same question": 0.60,
    "labels": 0.80,
    "labels in text": 0.55,
    "address answered": 0.85,
    "host name": 0.55,
    "words": 0.40,
    "address in text": 0.60,
    "resolver file": 0.40,
    "nested answer": 0.75,
    "asked again": 0.80,
    "gave up": 0.50,
}
"""Reason to weight, 0 to 1."""

DOUBTS: dict[str, float] = {
    "no overlap in time": 0.60,
    "end on the same machine": 0.50,
    "another in between": 0.50,
    "alignment unsure": 0.80,
    "no address in common": 0.80,
    "server's push": 0.40,
    "by way of another answer": 0.75,
    "better explained": 0.70,
    "file": 0.60,
    "unrelated file": 0.20,
    "sends nothing": 0.60,
    "only opens": 0.90,
    "only wakes": 0.60,
    "another of a batch": 0.95,
    "later part": 0.97,
    "other transaction": 0.40,
}
"""What speaks against a candidate, as a factor."""
