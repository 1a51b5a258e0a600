"""What there was at a moment, as the tools of a running machine list it; one list a file."""

from __future__ import annotations

from hopscope.reports.state import containers, files, logins, processes, sockets
from hopscope.reports.state.listing import Listing

LISTINGS: dict[str, Listing] = {
    one.name: one
    for one in (processes.LISTING, files.LISTING, sockets.LISTING, containers.LISTING, logins.LISTING)
}
"""All of them by name."""
