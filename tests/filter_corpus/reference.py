"""Asks the installed sysdig which events of a capture a filter accepts."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


class RefusedError(Exception):
    """The reference does not take the filter; it says why."""


def accepted(capture: Path, text: str) -> list[int]:
    """The numbers of the events that ``sysdig -d`` prints.

    Raises:
        RefusedError: it ended with an error, at once or at the first event it compared.
    """
    command = ["sysdig", "-r", str(capture), "-d", "-p", "*%evt.num", text]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=120, env={**os.environ, "TZ": "UTC"}
    )
    if done.returncode:
        raise RefusedError(done.stderr.strip())
    return [int(line) for line in done.stdout.split()]
