"""One transaction: a unit's rows, the state and the account, or none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from .batch import Reject
from .errors import TooManyRejects
from .ledger import Key, Resume, State
from .names import digest, folded
from .options import Write
from .run import Run
from .unit import Unit
from .verdict import Summary, Verdict
from .write import Written, append, delete_absent, live_rows, merge, staged_rows

FEW = 10  # a table this small may shrink by any share


@dataclass(frozen=True)
class Position:
    """What the next run is to know. Without `resume` the window is finished."""

    cursor: datetime | None
    resume: Resume | None
    etag: str | None = None
    etag_for: str | None = None


@dataclass
class Commit:
    """Writes the units of one partition. A snapshot is staged until it is complete and only then shown."""

    run: Run
    key: Key
    partition: str | None
    state: State
    resumed: Resume | None = None

    def __post_init__(self) -> None:
        self.is_durable = bool(self.resumed and self.resumed.is_snapshot)
        self.is_refused = False

    @property
    def is_snapshot(self) -> bool:
        return self.run.options.is_snapshot_of(self.run.stream)

    @property
    def scope(self) -> dict[str, str]:
        """The columns and values that tell this partition's rows from others'."""
        partition = self.run.stream.partition
        return {folded(f"_{partition.name}"): self.partition} if partition and self.partition else {}

    def write(self, unit: Unit, position: Position) -> None:
        """Raises Superseded if a newer run has taken over; then nothing of the unit is written."""
        summary = replace(self.run.summary, reasons=list(self.run.summary.reasons))
        try:
            with self.run.conn.begin():
                self._save(position)  # first, because it locks the state and so holds newer runs off
                self._write_rows(unit, summary, is_last=position.resume is None)
                self._require_few(unit.rejects)
                self._account(unit, position, summary)
        except TooManyRejects:
            self._keep(unit.rejects)
            raise
        vars(self.run.summary).update(vars(summary))

    def guard(self, rejects: Sequence[Reject]) -> None:
        """Raise TooManyRejects, and keep them, where a unit has more than the run allows."""
        try:
            self._require_few(rejects)
        except TooManyRejects:
            self._keep(rejects)
            raise

    def _save(self, position: Position) -> None:
        if self.run.options.is_backfill:
            return
        state = State(self.state.epoch, position.cursor, position.resume, position.etag, position.etag_for)
        self.run.ledger.save(self.run.conn, self.key, state)

    def _account(self, unit: Unit, position: Position, summary: Summary) -> None:
        run = self.run
        if summary.verdict is not Verdict.COMPLETE:
            # What is in doubt must be read again, not be answered by "unmodified".
            cursor = self.state.cursor if self.is_refused else position.cursor
            position = replace(position, cursor=cursor, etag=None, etag_for=None)
            self._save(position)
        summary.pages += unit.pages
        summary.rejected += len(unit.rejects)
        summary.moved(_text(self.state.cursor), _text(position.cursor))
        run.ledger.reject(run.conn, self.key, summary.run_id, unit.rejects)
        run.ledger.account(run.conn, run.settle(summary))

    def _require_few(self, rejects: Sequence[Reject]) -> None:
        allowed, found = self.run.options.max_rejects, self.run.summary.rejected + len(rejects)
        if found > allowed:
            message = (
                f"{self.key}: {found} bad records, {allowed} allowed (max_rejects); "
                f"the last: {rejects[-1].error}; they are in _sync_rejects, the cursor stays before them"
            )
            raise TooManyRejects(message)

    def _keep(self, rejects: Sequence[Reject]) -> None:
        """Write down the rejects of a unit that is not committed."""
        with self.run.conn.begin():
            self.run.ledger.reject(self.run.conn, self.key, self.run.summary.run_id, rejects)
        self.run.summary.rejected += len(rejects)

    def _write_rows(self, unit: Unit, summary: Summary, *, is_last: bool) -> None:
        tables, conn = self.run.tables, self.run.conn
        if self.is_durable and tables.target is not None:
            self._open_stage()  # before it is fitted, because an interrupted run may have left it
        if unit.kinds:
            tables.fit(conn, unit.kinds)
        if tables.target is None:
            return
        self.is_durable = self.is_durable or (self.is_snapshot and not is_last)
        if tables.stage is None:
            self._open_stage()
        unit.load(conn, self.run.destination.dialect)
        if is_last or not self.is_snapshot:
            _add(summary, self._publish(summary, has_rejects=self._has_rejects(unit)))
            tables.drop_stage(conn)

    def _has_rejects(self, unit: Unit) -> bool:
        before = self.resumed.rejected if self.resumed else 0
        return bool(unit.rejects or self.run.summary.rejected or before)

    def _open_stage(self) -> None:
        if self.is_durable:
            self.run.tables.stage_durably(self.run.conn, self.stage_suffix)
        else:
            self.run.tables.stage_temporarily(self.run.conn)

    def _publish(self, summary: Summary, *, has_rejects: bool) -> Written:
        run = self.run
        if self.is_snapshot and self._shrinks(summary):
            return Written()
        write = append if run.options.write is Write.APPEND else merge
        written = write(run.conn, run.destination.dialect, run.tables)
        if not self.is_snapshot:
            return written
        if has_rejects:
            summary.doubt(Verdict.PARTIAL, "records were rejected, so what seems deleted was kept")
            return written
        hard = run.options.removes_rows
        return replace(written, deleted=delete_absent(run.conn, run.tables, self.scope, hard=hard))

    def _shrinks(self, summary: Summary) -> bool:
        """Whether a complete reading shows so little that it is more likely wrong than true."""
        before, now = (
            live_rows(self.run.conn, self.run.tables, self.scope),
            staged_rows(self.run.conn, self.run.tables),
        )
        if self.run.options.allow_shrink or before < FEW or now * 2 >= before:
            return False
        reason = (
            f"{self.key} shrank from {before:,} to {now:,} records, so nothing was changed; "
            "if that is right, run once with allow_shrink=True"
        )
        summary.doubt(Verdict.SUSPICIOUS, reason)
        self.is_refused = True
        return True

    @property
    def has_stage(self) -> bool:
        """Whether what an interrupted snapshot had staged is still there."""
        with self.run.conn.begin():
            return self.run.tables.has_durable_stage(self.run.conn, self.stage_suffix)

    def discard(self) -> None:
        """Forget what an interrupted snapshot had staged."""
        with self.run.conn.begin():
            self.run.tables.drop_durable_stage(self.run.conn, self.stage_suffix)

    @property
    def stage_suffix(self) -> str:
        return digest(str(self.key))


def _add(summary: Summary, written: Written) -> None:
    summary.new += written.new
    summary.changed += written.changed
    summary.unchanged += written.unchanged
    summary.deleted += written.deleted


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
