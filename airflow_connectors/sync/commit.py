"""One transaction: a unit's rows, the state and the account, or none of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from .errors import TooManyRejects
from .listing import Listing
from .run import Run
from .schema import schema_version
from .tablewrite import TableWrite
from .unit import Unit
from .verdict import Summary


@dataclass
class Commit:
    """Writes a unit. What belongs to an unfinished snapshot is staged until that is complete."""

    run: Run
    unit: Unit
    summary: Summary = field(init=False)

    def __post_init__(self) -> None:
        self.summary = replace(self.run.summary, reasons=list(self.run.summary.reasons))

    def write(self) -> None:
        """Raises Superseded if a newer run has taken over; then nothing of the unit is written."""
        try:
            with self.run.conn.begin():
                self._write_rows()
                self._require_few()
                self._save()
                self._account()
        except TooManyRejects:
            self._keep_rejects()
            raise
        vars(self.run.summary).update(vars(self.summary))
        for tables in self.run.targets.values():
            tables.sweep(self.run.conn)

    def guard(self) -> None:
        """Raise TooManyRejects, and keep them, where a unit has more than the run allows."""
        try:
            self._require_few()
        except TooManyRejects:
            self._keep_rejects()
            raise

    def _fence(self) -> None:
        if self.run.options.is_backfill:
            self.run.ledger.hold(self.run.conn, list(self.unit.parts))
        else:
            epochs = {key: part.state.epoch for key, part in self.unit.parts.items()}
            self.run.ledger.fence(self.run.conn, epochs)

    def _save(self) -> None:
        if not self.run.options.is_backfill:
            positions = {key: part.position for key, part in self.unit.parts.items()}
            self.run.ledger.save(self.run.conn, positions)

    def _write_rows(self) -> None:
        """Every table in turn, records before their elements."""
        run = self.run
        writes = [TableWrite(run, self.unit, tables, self.summary) for tables in run.targets.values()]
        for write in writes:
            write.fit()
        self._fence()
        for write in writes:
            write.refuse()
        for write in writes:
            write.snapshots()
            write.rows()

    def _account(self) -> None:
        run, summary = self.run, self.summary
        for part in self.unit.parts.values():
            if run.listing is Listing.RECORDS:
                summary.lookback = max(summary.lookback, part.lookback.total_seconds())
                summary.moved(_text(part.state.cursor), _text(part.position.cursor))
            for doubt in part.watch.doubts if part.is_finished else ():
                summary.doubt(doubt)
        summary.pages += self.unit.pages
        summary.rejected += len(self.unit.rejects)
        run.ledger.reject(run.conn, summary.run_id, self.unit.rejects, schema_version(run.targets))
        run.ledger.account(run.conn, run.settle(summary))

    def _require_few(self) -> None:
        rejects = self.unit.rejects
        allowed, found = self.run.options.max_rejects, self.run.summary.rejected + len(rejects)
        if found > allowed:
            key, last = rejects[-1]
            message = (
                f"{key}: {found} bad records, {allowed} allowed (max_rejects); "
                f"the last: {last.error}; they are in _sync_rejects, the cursor stays before them"
            )
            raise TooManyRejects(message)

    def _keep_rejects(self) -> None:
        """Write down the rejects of a unit that is not committed."""
        with self.run.conn.begin():
            version = schema_version(self.run.targets)
            self.run.ledger.reject(self.run.conn, self.run.summary.run_id, self.unit.rejects, version)
        self.run.summary.rejected += len(self.unit.rejects)


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
