"""How far reading a capture has come, in numbers and in words. Loads nothing."""

from __future__ import annotations

from dataclasses import dataclass

_KILO = 1000
_MINUTE, _HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class ReadingProgress:
    """How far reading has come.

    Attributes:
        read: bytes of the unpacked stream that are indexed.
        total: of how many in all, 0 where nobody knows.
        events: indexed.
        seconds: since reading began.
        what: what is being done, where that is not reading one capture; else empty.
    """

    read: int = 0
    total: int = 0
    events: int = 0
    seconds: float = 0.0
    what: str = ""

    @property
    def share(self) -> float | None:
        """0 to 1; None where it is not known."""
        return min(self.read / self.total, 1.0) if self.total else None

    @property
    def seconds_left(self) -> float | None:
        """How long it will take if it goes on like this; None while nobody can tell."""
        if not self.total or not self.read or self.seconds <= 0:
            return None
        return self.seconds * max(self.total - self.read, 0) / self.read

    def words(self) -> list[str]:
        """Bytes, events, events a second and time left, as far as they are known."""
        said = [
            f"{bytes_text(self.read)} of {bytes_text(self.total)}" if self.total else bytes_text(self.read)
        ]
        if self.what:
            said.insert(0, self.what)
        if self.events:
            said.append(f"{count_text(self.events)} events")
            if self.seconds > 0:
                said.append(f"{count_text(self.events / self.seconds)}/s")
        if self.seconds_left is not None:
            said.append(f"{duration_left(self.seconds_left)} left")
        return said


def percent(share: float) -> str:
    """A share of a whole: ``12 %``; never ``100 %`` for what is not complete."""
    return f"{min(int(share * 100), 99) if share < 1 else 100} %"


def count_text(count: float) -> str:
    """A number in three figures or so: ``850``, ``12.3 k``, ``1.2 M``."""
    return _short(count, ("", " k", " M", " G"))


def bytes_text(count: float) -> str:
    """An amount of bytes: ``850 B``, ``12.3 kB``, ``1.2 GB``."""
    return _short(count, (" B", " kB", " MB", " GB", " TB"))


def duration_left(seconds: float) -> str:
    """A time to wait, without false precision: ``4 s``, ``2 min 10 s``, ``1 h 5 min``."""
    whole = max(1, round(seconds))
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE // 10 * 10} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"


def _short(count: float, units: tuple[str, ...]) -> str:
    value = float(count)
    for unit in units:
        if value < _KILO or unit == units[-1]:
            break
        value /= _KILO
    if unit == units[0]:
        return f"{value:.0f}{unit}"
    return f"{value:.1f}{unit}" if value < _KILO // 10 else f"{value:.0f}{unit}"
