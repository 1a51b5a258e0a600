"""Messages to the system log, as sysdig 0.29.3 shows what was written to ``/dev/log``."""

from __future__ import annotations

SOCKET = "/dev/log"
"""A descriptor whose name contains this leads to the system log."""

SEVERITIES = ("emerg", "alert", "crit", "err", "warn", "notice", "info", "debug")
"""Names of the severities 0 to 7 (RFC 3164), as the reference abbreviates them."""

_MOST_DIGITS = 15


def syslog_text(data: bytes) -> str | None:
    """``syslog sev=NAME msg=TEXT`` for a message ``<priority>text``, None for other bytes.

    The first byte is not looked at and the text ends at a NUL, as in the reference.
    """
    end = data.find(b">", 1, _MOST_DIGITS + 2)
    digits = data[1:end] if end >= 0 else data[1 : _MOST_DIGITS + 1]
    if not digits.isdigit() or len(data) < len(digits) + 2:
        return None
    message = data[len(digits) + 2 :].partition(b"\0")[0]
    return f"syslog sev={SEVERITIES[int(digits) & 7]} msg={message.decode('utf-8', 'surrogateescape')}"
