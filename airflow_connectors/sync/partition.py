"""One partition's window: what to read of it, what has been seen, and where it stands."""

from __future__ import annotations

import logging
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from airflow_connectors.core import Order, Page, Place, RejectedError, Request, Span, Stream, Window, read
from airflow_connectors.core.spans import spans_of

from .feed import Sized
from .intake import Intake
from .lateness import FADING, lookback
from .ledger import Key, Position, Resume, State
from .listing import Listing
from .options import Options
from .reading import Reading
from .watch import Watch

log = logging.getLogger(__name__)

NEVER = timedelta(0)


@dataclass(frozen=True)
class Delivery:
    """A page's rows on their way to the destination. `is_again`: the reading has begun anew with it."""

    part: PartitionRun
    intake: Intake
    is_again: bool = False


@dataclass
class PartitionRun:
    """The run of one partition. `read` is called on a reading thread, all else where the commits are made."""

    run: Reading
    partition: Place | None
    state: State
    resumed: Resume | None = None
    watch: Watch = field(init=False)
    next: Request | None = None
    rest: tuple[Span, ...] = ()
    is_finished: bool = False
    is_refused: bool = False
    is_staged: bool = False
    lateness: float = field(init=False)

    def __post_init__(self) -> None:
        self.watch = Watch(self.run.stream, self._window())
        self.lateness = self.state.lateness * FADING
        if resume := self.resumed:
            self.watch.go_on(resume)
            self.is_staged = resume.is_snapshot
            log.info(
                "%s: going on where an interrupted run left off, after %d records", self.key, resume.read
            )

    @property
    def key(self) -> Key:
        return self.run.key(self.partition)

    def read(self) -> Generator[Sized[Delivery]]:
        """Read the window. A page token that the service has forgotten begins it again."""
        window, resume, is_begun = self.watch.window, self.resumed, False
        try:
            for page in self._pages(window, resume):
                is_begun = True
                yield self._delivery(page)
        except RejectedError as error:
            if not resume or is_begun:
                raise
            log.warning(
                "%s: the page token of an interrupted run is refused (%s); beginning again", self.key, error
            )
            pages = self._pages(window, None)
            yield replace(first := self._delivery(next(pages)), item=replace(first.item, is_again=True))
            yield from map(self._delivery, pages)

    def _delivery(self, page: Page) -> Sized[Delivery]:
        return Sized(Delivery(self, self.run.intaker.take(page)), page.size)

    def _pages(self, window: Window, resume: Resume | None) -> Generator[Page]:
        stream = self.run.stream
        first = resume.request if resume else stream.first(window, self.partition)
        is_known = not resume and not self.run.options.full_refresh and self.state.etag_for == first.dump()
        with self.run.sender() as send:
            yield from read(
                stream,
                send,
                window,
                self.partition,
                resume=first if resume else None,
                rest=resume.rest if resume else spans_of(stream, window, is_whole=self.is_snapshot),
                etag=self.state.etag if is_known else None,
            )

    def _window(self) -> Window:
        """From the cursor, less its lookback, to now, less the service's lag; or the interrupted one."""
        if self.resumed:
            return self.resumed.window
        options, now = self.run.options, datetime.now(UTC)
        return window_of(self.run.stream, options, self.state, now, is_whole=self.is_snapshot)

    @property
    def lookback(self) -> timedelta:
        """How far before the cursor the window begins."""
        cursor = self.run.stream.cursor
        return lookback(cursor, self.state.lateness) if cursor else NEVER

    def late(self, intake: Intake) -> dict[int, float]:
        """The rows from before the last run's cursor, by sequence number, and by how many seconds."""
        before = self.state.cursor
        if not before or self.is_snapshot or min(intake.positions, default=before) >= before:
            return {}
        rows = [row for _, batch in intake.batches for row in batch.rows]
        if len(rows) != len(intake.positions):  # shaped or followed: it is not known which is which
            return {}
        pairs = zip(rows, intake.positions, strict=True)
        return {row[-1]: (before - moment).total_seconds() for row, moment in pairs if moment < before}

    @property
    def is_snapshot(self) -> bool:
        """Whether what it reads is all there is, so that what it does not show is gone."""
        if self.run.listing is not Listing.RECORDS:
            return self.run.listing is Listing.KEYS
        return self.run.options.is_snapshot_of(self.run.stream)

    @property
    def scope(self) -> Mapping[str, str]:
        """The fields and values that tell this partition's records from others'."""
        declared = self.run.stream.partition
        return declared.marks(self.partition) if declared else {}

    @property
    def is_underway(self) -> bool:
        """Whether it is a snapshot of which more is to come."""
        return self.is_snapshot and not self.is_finished

    @property
    def has_rejects(self) -> bool:
        return bool(self.watch.rejected)

    def start_over(self) -> None:
        self.resumed, self.is_staged = None, False
        self.watch = Watch(self.run.stream, self.watch.window)

    def see(self, intake: Intake) -> None:
        self.watch.see(intake)
        self.next, self.rest = intake.page.next, intake.page.rest
        if not self.next:
            self.is_finished = True
            self.watch.judge(is_whole=self.resumed is None)

    @property
    def position(self) -> Position:
        """What the next run is to know once what has been seen is written."""
        watch, first = self.watch, self.watch.first
        # What a snapshot has read so far is staged, not written: its cursor waits for the end.
        underway = None if self.is_snapshot else watch.reliable
        reached = watch.furthest if self.is_finished and not self.is_refused else underway
        cursor = max(filter(None, (self.state.cursor, reached)), default=None)
        if self.next:
            return Position(cursor, self._resume(self.next), lateness=self.lateness)
        # What is in doubt must be read again, not be answered by "unmodified".
        if first and not watch.doubts and self._proves_unchanged(first):
            return Position(cursor, None, first.page.etag, first.page.request.dump(), self.lateness)
        return Position(cursor, lateness=self.lateness)

    def _resume(self, next_: Request) -> Resume:
        watch = self.watch
        return Resume(
            next=next_.dump(),
            since=watch.window.since,
            until=watch.window.until,
            highest=watch.highest,
            read=watch.read,
            rejected=watch.rejected,
            is_snapshot=self.is_snapshot,
            is_ordered=watch.is_ordered,
            rest=self.rest,
            lost=watch.lost,
        )

    def _proves_unchanged(self, first: Intake) -> bool:
        """Whether "page 1 is unmodified" will mean that nothing is: it is all, or all news would be on it."""
        stream = self.run.stream
        if not first.page.etag or stream.follow:
            return False
        is_news_first = stream.order is Order.NEWEST_FIRST and bool(
            stream.cursor and not stream.cursor.lookback
        )
        # A full page is not all for long: what comes next lands on page 2 and may leave page 1 as it is.
        is_full = bool(stream.pages.size and first.count >= stream.pages.size[1])
        return is_news_first or (first.page.next is None and not is_full)


def window_of(stream: Stream, options: Options, state: State, now: datetime, *, is_whole: bool) -> Window:
    """What a run that begins now reads of a partition in that state; all of it where `is_whole`."""
    cursor = stream.cursor
    until = options.until or now - (cursor.lag if cursor else NEVER)
    if options.is_backfill or is_whole:
        return Window(options.since, until)
    before = lookback(cursor, state.lateness) if cursor else NEVER
    return Window(state.cursor - before if state.cursor else None, until)
