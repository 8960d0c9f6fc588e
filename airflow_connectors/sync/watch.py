"""Whether a window's pages are what their declaration promised: in order, complete, within bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise

from airflow_connectors.core import Order, Stream, Window

from .intake import Intake
from .verdict import Doubt, Verdict


@dataclass
class Watch:
    """
    Looks at every page of one window. `read` counts what the service listed, over all attempts, and
    `rejected` the bad ones among them.
    """

    stream: Stream
    window: Window
    highest: datetime | None = None
    lowest: datetime | None = None
    last: datetime | None = None
    read: int = 0
    total: int | None = None
    rejected: int = 0
    is_ordered: bool = True
    first: Intake | None = None
    doubts: list[Doubt] = field(default_factory=list)

    def see(self, intake: Intake) -> None:
        self.first = self.first or replace(intake, batches=(), positions=(), rejects=())
        self.read += intake.count
        self.rejected += len(intake.rejects)
        self.total = intake.page.total if intake.page.total is not None else self.total
        self._follow(intake.positions)

    def _follow(self, positions: Sequence[datetime]) -> None:
        if not positions:
            return
        steps = pairwise([self.last, *positions] if self.last else positions)
        if self.stream.order is Order.OLDEST_FIRST:
            self.is_ordered &= all(earlier <= later for earlier, later in steps)
        if self.stream.order is Order.NEWEST_FIRST:
            self.is_ordered &= all(earlier >= later for earlier, later in steps)
        self.last = positions[-1]
        self.highest = max(filter(None, (self.highest, *positions))).astimezone(UTC)
        self.lowest = min(filter(None, (self.lowest, *positions))).astimezone(UTC)

    @property
    def reliable(self) -> datetime | None:
        """How far the cursor may move before the window is complete: only where order is proven."""
        if self.stream.order is Order.OLDEST_FIRST and self.is_ordered:
            return self.furthest
        return None

    @property
    def furthest(self) -> datetime | None:
        """How far the cursor may move once the window is complete: never past its frozen end."""
        return min(self.highest, self.window.until) if self.highest else None

    def judge(self, *, is_whole: bool) -> None:
        """Doubt a finished window for what does not add up. `is_whole`: it was read in one go."""
        stream, since = self.stream, self.window.since
        if not self.is_ordered:
            reason = f"{stream.name} came out of order, although it is declared {stream.order.value}"
            self._doubt(Verdict.SUSPICIOUS, reason)
        if stream.cap and self.read >= stream.cap:
            reason = f"{stream.name} reached the {stream.cap:,} records the service returns at most"
            self._doubt(Verdict.PARTIAL, reason)
        if self._has_gap(since):
            reason = f"{stream.name} keeps only its latest records, and some since {since} were gone already"
            self._doubt(Verdict.PARTIAL, reason)
        is_counted = since is None or bool(stream.cursor and stream.cursor.since)
        if is_whole and is_counted and self.total is not None and self.read < self.total:
            reason = f"the service counts {self.total:,} {stream.name}, {self.read:,} came"
            self._doubt(Verdict.SUSPICIOUS, reason)

    def _doubt(self, verdict: Verdict, reason: str) -> None:
        self.doubts.append(Doubt(verdict, reason))

    def _has_gap(self, since: datetime | None) -> bool:
        retention = self.stream.cursor.retention if self.stream.cursor else None
        if not retention or since is None or self.read < retention:
            return False
        return self.lowest is not None and self.lowest > since
