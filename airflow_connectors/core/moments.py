"""
How services write moments, and how a bound is rounded so that nothing falls between two windows.

A lower bound may only ever be too early, an upper one too late: what comes twice vanishes as it is merged.
That also holds where a bound is written without its zone and so means two moments, an hour apart, when the
clocks are put back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import format_datetime, parsedate_to_datetime
from types import MappingProxyType

Format = Callable[[datetime], str | int]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = timedelta(0)
FINEST = timedelta(microseconds=1)
MILLISECOND = timedelta(milliseconds=1)
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=seconds) for seconds in (1, 60, 3600, 86400))
BEGINNING = datetime(1, 1, 1)  # noqa: DTZ001 - of a clock on the wall


def iso(moment: datetime) -> str:
    """`2026-01-31T12:00:00Z`, rounded down to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_ms(moment: datetime) -> str:
    """`2026-01-31T12:00:00.000Z`, rounded down to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_offset(moment: datetime) -> str:
    """`2026-01-31T13:00:00+01:00`, in the zone it is given in and rounded down to the second."""
    return moment.isoformat(timespec="seconds")


def epoch(moment: datetime) -> str:
    """Seconds since 1970, with microseconds."""
    return f"{moment.timestamp():.6f}"


def epoch_s(moment: datetime) -> int:
    """Seconds since 1970, rounded down."""
    return (moment - EPOCH) // SECOND


def epoch_ms(moment: datetime) -> int:
    """Milliseconds since 1970, rounded down."""
    return (moment - EPOCH) // MILLISECOND


def http_date(moment: datetime) -> str:
    """`Sat, 31 Jan 2026 12:00:00 GMT`, as HTTP writes it (RFC 1123)."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def day(moment: datetime) -> str:
    """`2026-01-31`, the day in the zone it is given in."""
    return moment.date().isoformat()


@dataclass(frozen=True)
class Written:
    """A format of strftime, in the cursor's zone: `Written("%Y-%m-%d %H:%M")`."""

    pattern: str

    def __call__(self, moment: datetime) -> str:
        return moment.strftime(self.pattern)

    @property
    def step(self) -> timedelta:
        """The finest difference that it shows."""
        shown = {
            "%f": FINEST,
            "%s": SECOND,
            "%S": SECOND,
            "%T": SECOND,
            "%M": MINUTE,
            "%R": MINUTE,
            "%H": HOUR,
        }
        return min((step for directive, step in shown.items() if directive in self.pattern), default=DAY)


STEPS: Mapping[Format, timedelta] = MappingProxyType({
    iso: SECOND,
    iso_ms: MILLISECOND,
    iso_offset: SECOND,
    epoch: FINEST,
    epoch_s: SECOND,
    epoch_ms: MILLISECOND,
    http_date: SECOND,
    day: DAY,
})  # fmt: skip


def step_of(written: Format) -> timedelta:
    """The finest difference that a format shows; none where that is not known."""
    return written.step if isinstance(written, Written) else STEPS.get(written, NEVER)


def from_iso(value: str) -> datetime:
    return datetime.fromisoformat(value)


def from_epoch(value: str | float) -> datetime:
    return datetime.fromtimestamp(float(value), UTC)


def from_epoch_ms(value: int) -> datetime:
    return datetime.fromtimestamp(int(value) / 1000, UTC)


def from_http_date(value: str) -> datetime:
    """`Sat, 31 Jan 2026 13:00:00 +0100`, also as e-mails write it (RFC 2822)."""
    return parsedate_to_datetime(value)


@dataclass(frozen=True)
class Parsed:
    """The inverse of `Written`; without a zone in it the moment is in the cursor's."""

    pattern: str

    def __call__(self, value: str) -> datetime:
        return datetime.strptime(value, self.pattern)  # noqa: DTZ007 - the cursor knows the zone


@dataclass(frozen=True)
class Clock:
    """The steps in which a service tells moments apart, on a clock in `zone`. Without a step it is exact."""

    step: timedelta = NEVER
    zone: tzinfo = UTC

    def floor(self, moment: datetime) -> datetime:
        """The last step up to a moment."""
        local = moment.astimezone(self.zone)
        if not self.step:
            return local
        past = (local.replace(tzinfo=None) - BEGINNING) % self.step
        return (local - past).replace(fold=local.fold)

    def ceiling(self, moment: datetime) -> datetime:
        """The first step from a moment on."""
        local, floor = moment.astimezone(self.zone), self.floor(moment)
        return floor if floor == local else self.after(floor)

    def after(self, moment: datetime) -> datetime:
        """A step later; a time that the clock leaves out is moved behind the gap."""
        later = (moment + (self.step or FINEST)).replace(fold=moment.fold)
        return later.astimezone(UTC).astimezone(self.zone)

    def before(self, moment: datetime) -> datetime:
        """A step earlier."""
        return self.floor(moment.astimezone(UTC) - (self.step or FINEST))

    def lower(self, moment: datetime, *, is_exclusive: bool) -> datetime:
        """What to ask for to get all from a moment on."""
        floor = self.floor(moment)
        asked = self.before(floor) if is_exclusive else floor
        return asked if asked.fold else asked - repeated(asked)

    def upper(self, moment: datetime, *, is_exclusive: bool) -> datetime:
        """What to ask for to get all up to a moment."""
        asked = self.after(self.floor(moment)) if is_exclusive else self.ceiling(moment)
        return asked + repeated(asked) if asked.fold else asked


def repeated(moment: datetime) -> timedelta:
    """How much the clock is put back around a moment, whose time of day it then shows twice."""
    first, second = (moment.replace(fold=fold).utcoffset() or NEVER for fold in (0, 1))
    return max(first - second, NEVER)
