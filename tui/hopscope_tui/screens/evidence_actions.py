"""Findings and messages of the selection, and going through the events that prove something."""

from __future__ import annotations

from collections.abc import Sequence

from hopscope_tui.navigator import Place
from hopscope_tui.own.places import FINDINGS, MESSAGES
from hopscope_tui.rows_needed import needs_rows
from hopscope_tui.screens.base import MainBase
from hopscope_tui.sources import Proving


class EvidenceActions(MainBase):
    """Actions around what is wrong and what was said.

    Attributes:
        proof: event rows of what was looked at last, in order.
        proves: what they prove.
        proof_at: place in ``proof`` that one is at.
    """

    proof: Sequence[int] = ()
    proves = ""
    proof_at = 0

    @needs_rows
    def action_own(self, name: str) -> None:
        """A place that is no view of the core, for the selection one looks at; again leaves it."""
        here = self.place.at(self.position())
        if self.place.view == name:
            self.warn("this is it already; Backspace goes back up")
        else:
            self.go(Place(name, self.place.selection, here))

    def open_evidence(self, row: int) -> bool:
        """Go to the first event that proves a row. False where rows of this place prove nothing."""
        if not isinstance(self.rows, Proving):
            return False
        rows, self.proves = self.rows.evidence(row)
        self.proof, self.proof_at = rows, 0
        if rows:
            self._show_proof()
        else:
            self.warn("no event is behind this row")
        return True

    @needs_rows
    def action_next_evidence(self) -> None:
        """To the next event of the evidence."""
        self._step(1)

    @needs_rows
    def action_previous_evidence(self) -> None:
        """To the event of the evidence before."""
        self._step(-1)

    def _step(self, step: int) -> None:
        if not self.proof:
            self.warn("there is no evidence yet; V lists findings, X messages, Enter goes to their events")
        elif not 0 <= self.proof_at + step < len(self.proof):
            end = "last" if step > 0 else "first"
            self.say(f"this is the {end} event of the evidence: {self.proves}", "$tone-quiet")
        else:
            self.proof_at += step
            self._show_proof()

    def _show_proof(self) -> None:
        self.go_to_event(self.proof[self.proof_at], stay=self.place.view not in (FINDINGS, MESSAGES))
        more = f"evidence {self.proof_at + 1} of {len(self.proof)}"
        step = " (. next, , before)" if len(self.proof) > 1 else ""
        self.say(f"{more}{step}: {self.proves}", "$text-success")
