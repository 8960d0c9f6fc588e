"""Which field tells newer records from older ones, how to ask for the newer, and how far to trust it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from .errors import DataError
from .paths import dig
from .request import Request

NEVER = timedelta(0)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Order(StrEnum):
    """How a stream's records follow each other over its pages."""

    OLDEST_FIRST = "oldest first"
    NEWEST_FIRST = "newest first"
    NONE = "in no order"


def iso(moment: datetime) -> str:
    """`2026-01-31T12:00:00Z`, rounded down to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def epoch(moment: datetime) -> str:
    """Seconds since 1970, with microseconds."""
    return f"{moment.timestamp():.6f}"


def epoch_ms(moment: datetime) -> int:
    """Milliseconds since 1970, rounded down."""
    return int(moment.timestamp() * 1000)


def from_iso(value: str) -> datetime:
    return datetime.fromisoformat(value)


def from_epoch(value: str | float) -> datetime:
    return datetime.fromtimestamp(float(value), UTC)


def from_epoch_ms(value: int) -> datetime:
    return datetime.fromtimestamp(int(value) / 1000, UTC)


@dataclass(frozen=True)
class Param:
    """A query parameter that takes a moment: `Param("since", iso)`."""

    name: str
    format: Callable[[datetime], str | int] = iso

    def __call__(self, request: Request, moment: datetime) -> Request:
        return request.with_params(**{self.name: self.format(moment)})


Bound = Callable[[Request, datetime], Request]


@dataclass(frozen=True)
class Window:
    """The span a run reads: from `since`, or from the beginning, to a moment frozen as the run began."""

    since: datetime | None
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """
    The field that orders records by newness.

    Without `since` the service cannot filter: a feed that is newest first is read until older records
    appear. `lookback` is read again in every run, because records may change or appear late without
    moving their cursor. `lag` keeps the state that far behind the clock, for services that index late.
    `retention` is how many records a feed keeps: what fell out of it between two runs is lost.
    """

    field: str
    since: Bound | None = None
    until: Bound | None = None
    order: Order = Order.NONE
    lookback: timedelta = NEVER
    lag: timedelta = NEVER
    retention: int | None = None
    parse: Callable[[Any], datetime] = from_iso

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
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)

    def bounded(self, request: Request, window: Window) -> Request:
        """Ask for the records of a window, as far as the service can."""
        if self.since and window.since:
            request = self.since(request, window.since)
        return self.until(request, window.until) if self.until else request
