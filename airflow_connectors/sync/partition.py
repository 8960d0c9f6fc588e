"""One partition's window: read, committed unit by unit, and judged."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from airflow_connectors.core import Order, Page, RejectedError, Request, Window, read

from .ahead import ahead
from .batch import sift
from .commit import Commit, Position
from .ledger import Key, Resume, State
from .run import Run
from .unit import Unit
from .watch import Watch

log = logging.getLogger(__name__)

NEVER = timedelta(0)


@dataclass
class PartitionRun:
    """The run of one partition, from its claim to its last commit."""

    run: Run
    partition: str | None
    state: State = field(init=False)
    watch: Watch = field(init=False)
    unit: Unit = field(init=False)
    commit: Commit = field(init=False)

    @property
    def key(self) -> Key:
        return Key(self.run.connection, self.run.summary.table, self.partition or "")

    def execute(self) -> None:
        """Read the window and commit it. A page token that the service has forgotten begins it again."""
        self.state = self._claim()
        resume = self._resumable()
        try:
            self._execute(resume)
        except RejectedError as error:
            if not resume or self.watch.first_page:
                raise
            log.warning(
                "%s: the page token of an interrupted run is refused (%s); beginning again", self.key, error
            )
            self.commit.discard()
            self._execute(None)

    def _claim(self) -> State:
        """Take an epoch and what the last run left; a table that was dropped begins anew."""
        if self.run.options.is_backfill:
            return State(epoch=0)
        with self.run.conn.begin():
            state = self.run.ledger.claim(self.run.conn, self.key)
        if self.run.tables.target is None and (state.cursor or state.etag or state.resume):
            log.warning("%s: there is a state but no table; reading from the beginning", self.key)
            return State(epoch=state.epoch)
        return state

    def _resumable(self) -> Resume | None:
        """The interrupted window, if a run of this kind can go on with it and nothing of it has been lost."""
        resume, is_snapshot = self.state.resume, self.run.options.is_snapshot_of(self.run.stream)
        if resume is None:
            return None
        commit = Commit(self.run, self.key, self.partition, self.state)
        if resume.is_snapshot == is_snapshot and (commit.has_stage or not is_snapshot):
            return resume
        log.warning("%s: an interrupted run of another kind is given up", self.key)
        commit.discard()
        return None

    def _execute(self, resume: Resume | None) -> None:
        window = resume.window if resume else self._window()
        self.watch = Watch(self.run.stream, window)
        if resume:
            self.watch.highest, self.watch.read = resume.highest, resume.read
            log.info(
                "%s: going on where an interrupted run left off, after %d records", self.key, resume.read
            )
        self.commit = Commit(self.run, self.key, self.partition, self.state, resume)
        self.unit = Unit(self.run.tables)
        with closing(self._pages(window, resume)) as pages:
            for page in pages:
                if page.is_unmodified:
                    log.info("%s: unchanged since the last run", self.key)
                    self.run.summary.pages += 1
                    return
                self._take(page)
        self._finish(is_whole=resume is None)

    def _window(self) -> Window:
        """From the cursor, less its lookback, to now, less the service's lag."""
        options, cursor = self.run.options, self.run.stream.cursor
        lookback, lag = (cursor.lookback, cursor.lag) if cursor else (NEVER, NEVER)
        until = options.until or datetime.now(UTC) - lag
        if options.is_backfill or options.is_snapshot_of(self.run.stream):
            return Window(options.since, until)
        return Window(self.state.cursor - lookback if self.state.cursor else None, until)

    def _pages(self, window: Window, resume: Resume | None) -> Generator[Page]:
        stream = self.run.stream
        first = resume.request if resume else stream.first(window, self.partition)
        is_known = not resume and not self.run.options.full_refresh and self.state.etag_for == first.dump()
        etag = self.state.etag if is_known else None
        return ahead(
            read(
                stream,
                self.run.client.send,
                window,
                self.partition,
                resume=first if resume else None,
                etag=etag,
            )
        )

    def _take(self, page: Page) -> None:
        """Collect a page, and commit where the unit is full or would have to change its columns."""
        sifted = sift(self.run.stream, page)
        prepared = self.unit.prepare(sifted.records)
        if self.unit.widens(prepared):
            self._commit(next_=page.request)
            prepared = self.unit.prepare(sifted.records)
        self.watch.see(page, sifted.positions)
        self.unit.add(page, prepared, sifted.rejects)
        self.commit.guard(self.unit.rejects)
        self.run.progress.saw(len(page.heads))
        self.run.progress.total = self.watch.total
        if self.unit.size >= self.run.options.commit_bytes and page.next:
            self._commit(next_=page.next)

    def _finish(self, *, is_whole: bool) -> None:
        self.watch.judge(self.run.summary, is_whole=is_whole)
        self._commit(next_=None)

    def _commit(self, next_: Request | None) -> None:
        self.commit.write(self.unit, self._position(next_))
        self.unit = Unit(self.run.tables)

    def _position(self, next_: Request | None) -> Position:
        """What the next run is to know once this unit is written."""
        watch, first = self.watch, self.watch.first_page
        # What a snapshot has read so far is staged, not written: its cursor waits for the end.
        underway = None if self.commit.is_snapshot else watch.reliable
        cursor = max(filter(None, (self.state.cursor, underway if next_ else watch.furthest)), default=None)
        if next_:
            return Position(cursor, self._resume(next_))
        if first and self._proves_unchanged(first):
            return Position(cursor, None, first.etag, first.request.dump())
        return Position(cursor, None)

    def _resume(self, next_: Request) -> Resume:
        watch, before = self.watch, self.commit.resumed
        return Resume(
            next=next_.dump(),
            since=watch.window.since,
            until=watch.window.until,
            highest=watch.highest,
            read=watch.read,
            rejected=self.run.summary.rejected + (before.rejected if before else 0),
            is_snapshot=self.commit.is_snapshot,
        )

    def _proves_unchanged(self, first: Page) -> bool:
        """Whether "page 1 is unmodified" will mean that nothing is: it is all, or all news would be on it."""
        stream = self.run.stream
        if not first.etag or stream.follow:
            return False
        is_news_first = stream.order is Order.NEWEST_FIRST and bool(
            stream.cursor and not stream.cursor.lookback
        )
        # A full page is not all for long: what comes next lands on page 2 and may leave page 1 as it is.
        is_full = bool(stream.pages.size and len(first.heads) >= stream.pages.size[1])
        return is_news_first or (first.next is None and not is_full)
