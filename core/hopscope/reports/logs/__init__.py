"""The logs that a capture can be read as, one a file."""

from __future__ import annotations

from hopscope.reports.entries import Log
from hopscope.reports.logs import commands, exits, files, http, memcached, syslog

LOGS: dict[str, Log] = {
    one.name: one for one in (http.LOG, memcached.LOG, syslog.LOG, files.LOG, commands.LOG, exits.LOG)
}
"""All of them by name."""
