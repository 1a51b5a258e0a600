"""Messages to the system log, as sysdig 0.29.3 shows what was written to ``/dev/log``."""

from __future__ import annotations

from typing import NamedTuple

SOCKET = "/dev/log"
"""A descriptor whose name contains this leads to the system log."""

SEVERITIES = ("emerg", "alert", "crit", "err", "warn", "notice", "info", "debug")
"""Names of the severities 0 to 7 (RFC 3164), as the reference abbreviates them."""

FACILITIES = (
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "clock", "authpriv", "ftp",
    "ntp", "logaudit", "logalert", "cron", *(f"local{number}" for number in range(8)),
)  # fmt: skip
"""Names of the facilities 0 to 23 (RFC 3164), as the reference abbreviates them."""

_MOST_DIGITS = 15


class SyslogMessage(NamedTuple):
    """A message to the system log.

    Attributes:
        facility, severity: the two parts of its priority (RFC 3164).
        text: what was logged, up to the first NUL.
    """

    facility: int
    severity: int
    text: str


def syslog_message(data: bytes) -> SyslogMessage | None:
    """The message in ``<priority>text``, None for other bytes.

    The first byte is not looked at and the text ends at a NUL, as in the reference.
    """
    end = data.find(b">", 1, _MOST_DIGITS + 2)
    digits = data[1:end] if end >= 0 else data[1 : _MOST_DIGITS + 1]
    if not digits.isdigit() or len(data) < len(digits) + 2:
        return None
    message = data[len(digits) + 2 :].partition(b"\0")[0]
    priority = int(digits)
    return SyslogMessage(priority >> 3, priority & 7, message.decode("utf-8", "surrogateescape"))


def syslog_text(data: bytes) -> str | None:
    """``syslog sev=NAME msg=TEXT`` for a message ``<priority>text``, None for other bytes."""
    found = syslog_message(data)
    return None if found is None else f"syslog sev={SEVERITIES[found.severity]} msg={found.text}"
