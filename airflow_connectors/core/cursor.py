"""Which field tells newer records from older ones, how to ask for the newer, and how far to trust it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from .errors import ConfigError, DataError
from .moments import NEVER, Clock, Format, from_iso, iso, step_of
from .paths import dig
from .request import Request


class Order(StrEnum):
    """How a stream's records follow each other over its pages."""

    OLDEST_FIRST = "oldest first"
    NEWEST_FIRST = "newest first"
    NONE = "in no order"


@dataclass(frozen=True)
class Param:
    """A query parameter that takes a moment: `Param("since", iso)`."""

    name: str
    format: Format = iso

    def __call__(self, request: Request, moment: datetime) -> Request:
        return request.with_params(**{self.name: self.format(moment)})


Bound = Callable[[Request, datetime], Request]
Key = tuple[Any, ...]
After = Callable[[Request, Key], Request]


@dataclass(frozen=True)
class Window:
    """The span a run reads: from `since`, or from the beginning, to a moment frozen as the run began."""

    since: datetime | None
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Span(Window):
    """
    What one query reads: a window, or a part of one. `read` is how many records it has listed so far.

    With `after` it is read in the order of the primary key, from behind that key; an empty one is the
    beginning. `is_open` asks for no upper bound, whatever `until` is.
    """

    read: int = 0
    after: Key | None = None
    is_open: bool = False


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """
    The field that orders records by newness.

    Without `since` the service cannot filter: a feed that is newest first is read until older records
    appear. `lookback` is read again in every run, because records may change or appear late without
    moving their cursor. `lag` keeps the state that far behind the clock, for services that index late.
    `retention` is how many records a feed keeps: what fell out of it between two runs is lost.

    `precision` is the step in which the service tells moments apart, such as a minute; where it is not
    given, that of the bounds' format. Bounds are rounded to it so that nothing is left out, and asked for one
    step wider where the service leaves the bound itself out (`is_since_exclusive`, `is_until_exclusive`).
    `zone` is that of moments which are written without one, in bounds and in records; None is the account's
    own, which the hook finds out.

    `after` turns a query into one for records in the order of their primary key and beyond the given one;
    where more records than the service returns share one moment, they are read that way.
    """

    field: str
    since: Bound | None = None
    until: Bound | None = None
    after: After | None = None
    order: Order = Order.NONE
    lookback: timedelta = NEVER
    lag: timedelta = NEVER
    retention: int | None = None
    parse: Callable[[Any], datetime] = from_iso
    precision: timedelta | None = None
    is_since_exclusive: bool = False
    is_until_exclusive: bool = False
    zone: tzinfo | None = UTC

    def of(self, record: Any) -> datetime:
        """The record's position, in UTC. Raises DataError naming the field and the value."""
        return self.moment(dig(record, self.field, None))

    def moment(self, value: Any) -> datetime:
        """A value of the field as a moment in UTC. Raises DataError naming the field and the value."""
        try:
            moment = self.parse(value)
        except (TypeError, ValueError, OverflowError) as error:
            message = f"cursor field {self.field!r} holds {value!r:.60}, which is not a time"
            raise DataError(message) from error
        return (moment if moment.tzinfo else moment.replace(tzinfo=self._known_zone)).astimezone(UTC)

    def bounded(self, request: Request, window: Window) -> Request:
        """Ask for the records of a window, as far as the service can."""
        if self.since and window.since:
            clock = self._clock(self.since)
            request = self.since(request, clock.lower(window.since, is_exclusive=self.is_since_exclusive))
        span = window if isinstance(window, Span) else Span(window.since, window.until)
        if self.until and not span.is_open:
            clock = self._clock(self.until)
            request = self.until(request, clock.upper(window.until, is_exclusive=self.is_until_exclusive))
        return self.after(request, span.after) if self.after and span.after is not None else request

    @property
    def clock(self) -> Clock:
        """The steps that both bounds can tell apart."""
        return max(map(self._clock, (self.since, self.until)), key=lambda clock: clock.step)

    def _clock(self, bound: Bound | None) -> Clock:
        known = step_of(bound.format) if isinstance(bound, Param) else NEVER
        return Clock(known if self.precision is None else self.precision, self._known_zone)

    @property
    def _known_zone(self) -> tzinfo:
        if self.zone is None:
            raise ConfigError(
                f"cursor field {self.field!r}: the account's time zone is to be asked of its hook"
            )
        return self.zone
