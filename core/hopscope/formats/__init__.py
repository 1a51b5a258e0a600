"""Output formats: events as lines of text or JSON, as ``sysdig -p`` prints them.

A format is parsed once (:mod:`~hopscope.formats.format`), bound to a store (:mod:`~hopscope.formats.printer`)
and then asked for the lines of any event rows. The values of each field are made column by column for a
chunk of events at a time (:mod:`~hopscope.formats.texts`). The formats that have a name are rows of
:mod:`~hopscope.formats.presets`.
"""

from hopscope.formats.format import Format, compile_format
from hopscope.formats.presets import DEFAULT, PRESETS, SHOW_DEFAULT, Preset, format_named
from hopscope.formats.printer import Printer
from hopscope.formats.style import OutputStyle, TimeForm

__all__ = [
    "DEFAULT",
    "PRESETS",
    "SHOW_DEFAULT",
    "Format",
    "OutputStyle",
    "Preset",
    "Printer",
    "TimeForm",
    "compile_format",
    "format_named",
]
