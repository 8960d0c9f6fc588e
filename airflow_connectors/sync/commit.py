"""One transaction: a unit's rows, the state and the account, or none of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain

from .batch import Batch, joined, parted, united
from .errors import TooManyRejects
from .kinds import Kind
from .listing import Listing
from .load import load
from .partition import PartitionRun
from .run import Run
from .snapshot import Snapshot
from .unit import Unit
from .verdict import Summary
from .write import Written, delete_staged, written_since


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
                self._fence()
                self._fit()
                self._write_snapshots()
                self._write_rows()
                self._require_few()
                self._save()
                self._account()
        except TooManyRejects:
            self._keep_rejects()
            raise
        vars(self.run.summary).update(vars(self.summary))
        self.run.tables.sweep(self.run.conn)

    def guard(self) -> None:
        """Raise TooManyRejects, and keep them, where a unit has more than the run allows."""
        try:
            self._require_few()
        except TooManyRejects:
            self._keep_rejects()
            raise

    def _fence(self) -> None:
        if not self.run.options.is_backfill:
            epochs = {key: part.state.epoch for key, part in self.unit.parts.items()}
            self.run.ledger.fence(self.run.conn, epochs)

    def _save(self) -> None:
        if not self.run.options.is_backfill:
            positions = {key: part.position for key, part in self.unit.parts.items()}
            self.run.ledger.save(self.run.conn, positions)

    def _fit(self) -> None:
        """Create and alter before rows are written: DDL on a connection apart would wait for them."""
        kinds = self._kinds(chain.from_iterable(self.unit.batches.values()))
        if kinds:
            self.run.tables.fit(self.run.conn, kinds)

    def _kinds(self, batches: Iterable[Batch]) -> Mapping[str, Kind]:
        """The columns that the table needs for these rows. A listing that is not of records needs none."""
        return united(batches) if self.run.listing is Listing.RECORDS else {}

    def _write_snapshots(self) -> None:
        """What is, or was, too large for one unit goes through a staging table of its own."""
        for part in self._parts(is_staged=True):
            snapshot, batches = Snapshot(self.run, part), self.unit.batches[part.key]
            if self.run.tables.target is None and not batches:
                continue
            snapshot.collect(self._kinds(batches))
            self._load(parted(joined(batches, self.run.tables.keys))[0])
            if part.is_finished:
                self._count(snapshot.publish())
            self.run.tables.stage = None

    def _write_rows(self) -> None:
        """What is complete as it stands is merged at once."""
        parts = [part for part in self._parts(is_staged=False) if not self._is_refused(part)]
        batches = [batch for part in parts for batch in self.unit.batches[part.key]]
        tables, conn = self.run.tables, self.run.conn
        if tables.target is None:
            return
        tables.stage_temporarily(conn)
        self._merge(batches)
        for part in parts:
            if part.is_snapshot:
                self.summary.deleted += Snapshot(self.run, part).delete_absent()
        tables.drop_stage(conn)

    def _merge(self, batches: Sequence[Batch]) -> None:
        """Write the rows of living records, and then delete those of dead ones."""
        run = self.run
        living, dead = parted(joined(batches, run.tables.keys))
        if dead.rows:
            self._load(dead)
            self.summary.deleted += delete_staged(run.conn, run.tables, hard=run.options.removes_rows)
            run.conn.execute(run.tables.staging.delete())
        self._load(living)
        if run.listing is Listing.RECORDS:
            began = datetime.now(UTC)
            written = run.write_staged(is_unique=True)
            self._measure_lateness(began)
            repeated = sum(len(batch.rows) for batch in batches) - len(living.rows) - len(dead.rows)
            self._count(replace(written, unchanged=written.unchanged + repeated))

    def _measure_lateness(self, began: datetime) -> None:
        late = self.unit.late
        for row in written_since(self.run.conn, self.run.tables, began) & late.keys() if late else ():
            key, seconds = late[row]
            self.unit.parts[key].lateness = max(self.unit.parts[key].lateness, seconds)
            self.summary.lateness = max(self.summary.lateness, seconds)

    def _parts(self, *, is_staged: bool) -> list[PartitionRun]:
        parts = self.unit.parts.values()
        return [part for part in parts if (part.is_staged or part.is_underway) is is_staged]

    def _is_refused(self, part: PartitionRun) -> bool:
        rows = sum(len(batch.rows) for batch in self.unit.batches[part.key])
        return part.is_snapshot and Snapshot(self.run, part).shrinks_to(rows)

    def _load(self, batch: Batch) -> None:
        """Stage rows; those that the destination refuses join the rejects."""
        run = self.run
        for number, reject in load(run.conn, run.destination.dialect, run.tables, batch):
            part = self._part_of(batch, number)
            part.watch.rejected += 1
            self.unit.rejects.append((part.key, reject))

    def _part_of(self, batch: Batch, number: int) -> PartitionRun:
        """The partition that a row was read from."""
        first = next(iter(self.unit.parts.values()))
        column = next(iter(first.scope), None)
        if column is None:
            return first
        partition = batch.rows[number][batch.columns.index(column)]
        return self.unit.parts[replace(first.key, partition=partition)]

    def _count(self, written: Written) -> None:
        self.summary.new += written.new
        self.summary.changed += written.changed
        self.summary.unchanged += written.unchanged
        self.summary.deleted += written.deleted

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
        run.ledger.reject(run.conn, summary.run_id, self.unit.rejects)
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
            self.run.ledger.reject(self.run.conn, self.run.summary.run_id, self.unit.rejects)
        self.run.summary.rejected += len(self.unit.rejects)


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
