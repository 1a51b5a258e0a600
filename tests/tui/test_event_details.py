"""What the details of an event say."""

from __future__ import annotations

from pathlib import Path

from fuzz.adversarial import long_name
from hopscope.store.build import open_store
from hopscope_tui.details import event_details
from hopscope_tui.hanging import MOST_CHARACTERS


def test_of_what_no_screen_holds_the_beginning_is_told(tmp_path: Path) -> None:
    """Megabytes of a name would keep the screen from doing anything else."""
    path = tmp_path / "long.scap"
    path.write_bytes(long_name(1_000_000, b"n"))
    text = event_details(open_store(path), 0, hexadecimal=False, width=60).plain

    assert "1,000,002 characters in all" in " ".join(text.split())
    assert MOST_CHARACTERS / 2 < text.count("n") < 2 * MOST_CHARACTERS
