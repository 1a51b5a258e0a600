"""The commands: everything a screen can show, as text and JSON for scripts.

Attributes:
    COMMANDS: the table of commands by name; help and documentation are made from it.
"""

from hopscope.cli.command import Argument, Command, Example, Screen
from hopscope.cli.commands import COMMANDS, OPEN
from hopscope.cli.interrupts import end_by_interrupt
from hopscope.cli.main import INTERRUPTED, main

__all__ = [
    "COMMANDS",
    "INTERRUPTED",
    "OPEN",
    "Argument",
    "Command",
    "Example",
    "Screen",
    "end_by_interrupt",
    "main",
]
