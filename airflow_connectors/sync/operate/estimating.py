"""How many requests a run will take, and how long: told from the service's own count, or from runs before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from airflow_connectors.core import Page, RateLimit, Stream
from airflow_connectors.sync.history import Account, latency

from .text import as_utc, lasting

MEANT = 1.5  # a window so many times as long as usual is said to be so


@dataclass(frozen=True)
class Estimate:
    """A number of requests and how it is known; `is_least` where it may be more."""

    requests: int
    basis: str
    is_least: bool = False

    def __str__(self) -> str:
        sign = "at least" if self.is_least else "about"
        return f"{sign} {self.requests:,} ({self.basis})"


def counted(stream: Stream, page: Page, partitions: int) -> Estimate:
    """From a first page: the total that the service gives, or the pages it lets us foresee."""
    pages, is_least = _pages(stream, page)
    basis = "counted by the service" if not is_least else "the service does not say how many pages follow"
    if partitions > 1:
        basis = f"{basis}, for the first of {partitions:,} partitions"
    return Estimate(pages * partitions, basis, is_least or bool(stream.follow))


def _pages(stream: Stream, page: Page) -> tuple[int, bool]:
    size = stream.pages.size[1] if stream.pages.size else page.count
    if not page.next:
        return 1, False
    if page.total is not None and size:
        return max(1, -(-page.total // size)), False
    expected = len(list(page.expected))
    return 2 + expected, not expected


def from_runs(runs: Sequence[Account], partitions: int, window: timedelta | None) -> Estimate:
    """What runs of that kind took, for as many partitions, and a window as long as this one."""
    share = median(run["requests"] / max(run["partitions"] or 1, 1) for run in runs)
    times = _times(runs, window)
    basis = f"median of {len(runs)} runs" if len(runs) > 1 else "as the last run"
    if times > MEANT:
        basis = f"{basis}, for a window {times:,.1f} times as long"
    return Estimate(max(partitions, round(share * partitions * times)), basis)


def _times(runs: Sequence[Account], window: timedelta | None) -> float:
    """How many times as long as usual the window is; shorter ones still take a request."""
    usual = [length for run in runs if (length := _length(run)) > 0]
    if window is None or not usual:
        return 1.0
    return max(1.0, window.total_seconds() / median(usual))


def _length(run: Account) -> float:
    if not run["cursor_from"] or not run["started_at"]:
        return 0.0
    since = datetime.fromisoformat(run["cursor_from"])
    return (as_utc(run["started_at"]) - since).total_seconds()


def seconds(estimate: Estimate, runs: Sequence[Account], limit: RateLimit | None) -> float | None:
    """The time, from what requests have taken so far, and from what the service allows."""
    took = [latency(run) for run in runs if run["requests"]]
    paced = max(0.0, estimate.requests / limit.requests - 1) * limit.seconds if limit else 0.0
    if not took:
        return paced or None
    return max(estimate.requests * median(took), paced)


def quota(estimate: Estimate, limit: RateLimit) -> str:
    share = estimate.requests / limit.requests
    return f"{estimate.requests:,} of {limit.requests:,} requests per {lasting(limit.seconds)} ({share:.1%})"


def from_rows(rows: int, size: int, partitions: int) -> Estimate:
    """As many pages as the rows that are there would fill."""
    return Estimate(max(partitions, -(-rows // size)), f"{rows:,} rows in the table, {size:,} a page")


def least(partitions: int) -> Estimate:
    return Estimate(partitions, "no run to judge by; a probe may tell", is_least=True)
