"""When to ask again. Pure: reads headers and answers in seconds, sleeps never."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from .errors import ConnectorError, RateLimited, TransientError, UnreachableError
from .request import Request

ATTEMPTS = 5
LONGEST_BACKOFF = 30.0
EPOCH_BEGINS = 1_000_000_000  # a larger number is a moment, a smaller one a duration


@dataclass(frozen=True)
class RateLimit:
    """What a service allows: `requests` in every `seconds`, per credential."""

    requests: int
    seconds: float

    @property
    def interval(self) -> float:
        """Seconds between requests that spread the allowance evenly."""
        return self.seconds / self.requests


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds the service asks us to wait: `Retry-After` in both forms, else an exhausted rate limit."""
    now = now or datetime.now(UTC)
    if hint := headers.get("retry-after"):
        return _seconds(hint, now)
    for prefix in ("x-ratelimit-", "x-rate-limit-", "ratelimit-"):
        if headers.get(f"{prefix}remaining") == "0" and (reset := headers.get(f"{prefix}reset")):
            return _seconds(reset, now)
    return None


def _seconds(hint: str, now: datetime) -> float | None:
    try:
        number = float(hint)
    except ValueError:
        return _seconds_until(hint, now)
    return max(number - now.timestamp(), 0.0) if number > EPOCH_BEGINS else max(number, 0.0)


def _seconds_until(date: str, now: datetime) -> float | None:
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = parse(date)
        except ValueError:
            continue
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max((moment - now).total_seconds(), 0.0)
    return None


def backoff(request: Request, attempt: int, error: ConnectorError) -> float | None:
    """Seconds to wait before the next attempt, or None to give up."""
    if attempt >= ATTEMPTS or not isinstance(error, TransientError):
        return None
    if not request.is_repeatable and not isinstance(error, RateLimited | UnreachableError):
        return None  # The service may have acted: sending it again could act twice.
    if error.retry_after is not None:
        return error.retry_after
    return random.uniform(0.5, 1.0) * min(2.0 ** (attempt - 1), LONGEST_BACKOFF)  # noqa: S311 - jitter
