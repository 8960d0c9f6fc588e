"""Whether a window's pages are what their declaration promised: in order, complete, within bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise

from airflow_connectors.core import Order, Page, Span, Stream, Window

from .intake import Intake
from .ledger import Resume
from .verdict import Doubt, Verdict


@dataclass
class Watch:
    """
    Looks at every page of one window. `read` counts what the service listed, over all attempts, and
    `rejected` the bad ones among them. `proven` is up to where everything has been read, `missing` what the
    service counted and did not list, `lost` are the spans of which it has more than it returns.
    """

    stream: Stream
    window: Window
    highest: datetime | None = None
    lowest: datetime | None = None
    last: datetime | None = None
    proven: datetime | None = None
    read: int = 0
    total: int | None = None
    missing: int = 0
    lost: tuple[Span, ...] = ()
    rejected: int = 0
    is_ordered: bool = True
    first: Intake | None = None
    doubts: list[Doubt] = field(default_factory=list)

    def go_on(self, resume: Resume) -> None:
        """Take over what an interrupted run had seen of the window."""
        self.highest, self.read, self.rejected = resume.highest, resume.read, resume.rejected
        self.is_ordered, self.lost = resume.is_ordered, resume.lost

    def see(self, intake: Intake) -> None:
        page = intake.page
        self.first = self.first or replace(intake, batches=(), positions=(), rejects=())
        self.read += intake.count
        self.rejected += len(intake.rejects)
        self.missing += page.missing
        self.lost += (page.lost,) if page.lost else ()
        if page.total is not None:
            self.total = max(self.total or 0, page.total)
        self._follow(page, intake.positions)

    def _follow(self, page: Page, positions: Sequence[datetime]) -> None:
        if not positions:
            return
        if page.order is not Order.NONE:
            self._compare(
                page.order, [self.last, *positions] if self.last and not page.is_first else positions
            )
            self.last = positions[-1]
        self.highest = max(filter(None, (self.highest, *positions))).astimezone(UTC)
        self.lowest = min(filter(None, (self.lowest, *positions))).astimezone(UTC)
        # A span that is read by key may hold its oldest records last.
        self.proven = self.highest if page.order is Order.OLDEST_FIRST else self.proven

    def _compare(self, order: Order, positions: Sequence[datetime]) -> None:
        """Whether each follows the one before as declared. A new query begins anew, a little earlier."""
        steps = pairwise(positions if order is Order.OLDEST_FIRST else positions[::-1])
        self.is_ordered &= all(earlier <= later for earlier, later in steps)

    @property
    def reliable(self) -> datetime | None:
        """How far the cursor may move before the window is complete: only where order is proven."""
        return self._bounded(self.proven) if self.is_ordered else None

    @property
    def furthest(self) -> datetime | None:
        """How far the cursor may move once the window is complete: never past its frozen end."""
        return self._bounded(self.highest)

    def _bounded(self, moment: datetime | None) -> datetime | None:
        return min(moment, self.window.until) if moment else None

    def judge(self, *, is_whole: bool) -> None:
        """Doubt a finished window for what does not add up. `is_whole`: it was read in one go."""
        stream, since = self.stream, self.window.since
        if not self.is_ordered:
            reason = f"{stream.name} came out of order, although it is declared {stream.order.value}"
            self._doubt(Verdict.SUSPICIOUS, reason)
        if self.lost:
            self._doubt(Verdict.PARTIAL, self._loss(self.lost))
        if self._has_gap(since):
            reason = f"{stream.name} keeps only its latest records, and some since {since} were gone already"
            self._doubt(Verdict.PARTIAL, reason)
        is_counted = since is None or bool(stream.cursor and stream.cursor.since)
        if is_whole and is_counted and self.missing:
            reason = f"the service counts {self.read + self.missing:,} {stream.name}, {self.read:,} came"
            self._doubt(Verdict.SUSPICIOUS, reason)

    def _loss(self, lost: Sequence[Span]) -> str:
        name, cap, span = self.stream.name, self.stream.cap or 0, lost[0]
        where = f"from {span.since or 'the beginning'} to {span.until}"
        more = f", and so {len(lost) - 1:,} times more" if lost[1:] else ""
        return f"{name} reached the {cap:,} records the service returns at most for one query: {where}{more}"

    def _doubt(self, verdict: Verdict, reason: str) -> None:
        self.doubts.append(Doubt(verdict, reason))

    def _has_gap(self, since: datetime | None) -> bool:
        retention = self.stream.cursor.retention if self.stream.cursor else None
        if not retention or since is None or self.read < retention:
            return False
        return self.lowest is not None and self.lowest > since
