"""Every way services say "later", in seconds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from airflow_connectors.core import (
    DataError,
    RateLimited,
    RejectedError,
    TransientError,
    UnreachableError,
    get,
    post,
)
from airflow_connectors.core.limits import ATTEMPTS, RateLimit, backoff, retry_after

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "9"}, 9),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "Sat, 21 Nov 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Sat, 21 Nov 2026 11:00:00 GMT"}, 0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) + 60)}, 60),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "45"}, 45),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-11-21T12:01:00Z"}, 60),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "7"}, 7),
        ({"x-ratelimit-remaining": "12", "x-ratelimit-reset": "45"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_hints_are_read_in_every_dialect(headers, seconds):
    assert retry_after(headers, NOW) == seconds


def test_what_the_service_asks_for_is_what_is_waited():
    assert backoff(get("/"), 1, RateLimited("", retry_after=9)) == 9


def test_waits_grow_and_end():
    waits = [backoff(get("/"), attempt, TransientError("")) for attempt in range(1, ATTEMPTS + 1)]
    assert waits[-1] is None
    assert all(0.5 * 2 ** (n - 1) <= wait <= 2 ** (n - 1) for n, wait in enumerate(waits[:-1], start=1))


@pytest.mark.parametrize("error", [RejectedError(""), DataError("")])
def test_what_will_not_change_is_not_tried_again(error):
    assert backoff(get("/"), 1, error) is None


def test_a_write_is_repeated_only_where_nothing_happened():
    assert backoff(post("/"), 1, TransientError("")) is None
    assert backoff(post("/"), 1, UnreachableError("")) is not None
    assert backoff(post("/", idempotent=True), 1, TransientError("")) is not None


def test_a_limit_knows_its_pace():
    assert RateLimit(requests=5000, seconds=3600).interval == 0.72
