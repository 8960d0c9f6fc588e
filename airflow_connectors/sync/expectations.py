"""What people know of a stream and a run cannot tell: how much there has to be, and how fresh it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from airflow_connectors.core import ConfigError, Stream

from .verdict import Doubt, Verdict

HALF = 0.5


class Anomalies(StrEnum):
    """What is done about a run that is unlike those before: note it, doubt the run, or do not look."""

    WARN = "warn"
    FAIL = "fail"
    IGNORE = "ignore"


@dataclass(frozen=True, kw_only=True)
class Expect:
    """
    What has to be so after a run; otherwise its verdict is not complete, and its reasons say why.

    `min_records` is how many records each run must bring, `min_rows` how many rows the table must have that
    are not deleted. `max_age` is how old the newest record of the stream may be, by its cursor. `max_shrink`
    is the share of a partition's rows that a complete reading may remove at once; where it would remove more,
    nothing is changed. A stream whose recent runs all brought records is expected to bring some again, unless
    it `may_be_empty`.
    """

    min_records: int = 0
    min_rows: int = 0
    max_age: timedelta | None = None
    max_shrink: float = HALF
    may_be_empty: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.max_shrink <= 1:
            raise ConfigError(f"max_shrink={self.max_shrink} is no share: give one from 0 to 1, such as 0.5")
        if self.max_age is not None and self.max_age <= timedelta(0):
            raise ConfigError(
                f"max_age={self.max_age} is not a time that anything can be old: give a longer one"
            )

    def check(self, stream: Stream) -> None:
        """Raise ConfigError for what this stream can never fulfil, before anything is read."""
        if self.max_age is not None and not stream.cursor:
            message = (
                f"{stream.name} has no cursor, so max_age cannot be told: expect min_rows or min_records"
            )
            raise ConfigError(message)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What there is at the end of a run. `rows` and `newest` are None where nobody asked for them."""

    stream: str
    records: int
    rows: int | None = None
    newest: datetime | None = None
    now: datetime


def unmet(expect: Expect, found: Found) -> Iterator[Doubt]:
    """Why a run is not what was expected of it."""
    if found.records < expect.min_records:
        reason = f"{found.stream}: {found.records:,} records came, min_records={expect.min_records:,}"
        yield Doubt(Verdict.SUSPICIOUS, reason)
    if found.rows is not None and found.rows < expect.min_rows:
        reason = f"{found.stream}: the table has {found.rows:,} rows, min_rows={expect.min_rows:,}"
        yield Doubt(Verdict.PARTIAL, reason)


def too_old(expect: Expect, found: Found) -> Iterator[Doubt]:
    """Why what there is is not as fresh as expected."""
    if expect.max_age is None:
        return
    if found.newest is None:
        yield Doubt(Verdict.SUSPICIOUS, f"{found.stream}: there is no record yet, max_age={expect.max_age}")
        return
    age = found.now - found.newest
    if age > expect.max_age:
        seconds = timedelta(seconds=int(age.total_seconds()))
        reason = f"{found.stream}: the newest record is {seconds} old, max_age={expect.max_age}"
        yield Doubt(Verdict.SUSPICIOUS, reason)
