"""A unit's rows into one of the tables they belong to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from .batch import Batch, joined, latest, parted, united
from .listing import Listing
from .load import load
from .partition import PartitionRun
from .run import Run
from .snapshot import Snapshot
from .spare import drop_outdated, without
from .tables import Tables
from .unit import Unit
from .verdict import Summary
from .write import Written, delete_elements, delete_staged, identity_of, written_since


@dataclass(frozen=True)
class TableWrite:
    """Writes what a unit holds for one table, and counts it in `summary`."""

    run: Run
    unit: Unit
    tables: Tables
    summary: Summary

    def fit(self) -> None:
        """Create and alter before rows are written: DDL on a connection apart would wait for them."""
        kinds = united(batch for part in self._all for batch in self._of(part))
        # A listing that is not of records brings nothing that the table has not.
        if kinds and self.run.listing is Listing.RECORDS:
            self.tables.fit(self.run.conn, kinds, self.run.intaker.shaping.all_fields[self.tables.name].given)

    def refuse(self) -> None:
        """Refuse the partitions of which a complete reading shows suspiciously little."""
        for part in self._parts(is_staged=False):
            if part.is_snapshot and not self.tables.parent:
                Snapshot(self.run, part, self.tables).shrinks_to(sum(len(b.rows) for b in self._of(part)))

    def snapshots(self) -> None:
        """What is, or was, too large for one unit goes through a staging table of its own."""
        for part in self._parts(is_staged=True) if self.tables.target is not None else ():
            snapshot = Snapshot(self.run, part, self.tables)
            snapshot.collect()
            rows = joined(self._of(part), identity_of(self.tables))
            self._load(rows if self.tables.parent else parted(rows)[0])
            if part.is_finished:
                self._count(snapshot.publish())
            self.tables.stage = None

    def rows(self) -> None:
        """What is complete as it stands is written at once."""
        if self.tables.target is None:
            return
        parts = [part for part in self._parts(is_staged=False) if not part.is_refused]
        self.tables.stage_temporarily(self.run.conn)
        self._write([batch for part in parts for batch in self._of(part)])
        for part in parts:
            if part.is_snapshot:
                self._count(Written(deleted=Snapshot(self.run, part, self.tables).delete_absent()))
        self.tables.drop_stage(self.run.conn)

    def _write(self, batches: Sequence[Batch]) -> None:
        """Write the rows of living records, after deleting those of dead ones."""
        living, dead = parted(joined(batches, identity_of(self.tables)))
        if self.tables.parent:
            living, dead = latest(living, dead, len(self.tables.parent))
            living, dead = without(living, self.unit.spared), without(dead, self.unit.spared)
            self._write_living(living)
            self._delete(dead, delete_elements)
            return
        self._delete(dead, delete_staged)
        written = self._write_living(living)
        repeated = sum(len(batch.rows) for batch in batches) - len(living.rows) - len(dead.rows)
        self._count(replace(written, unchanged=written.unchanged + repeated))

    def _delete(self, dead: Batch, delete: Callable[..., int]) -> None:
        conn, staging = self.run.conn, self.tables.staging
        if dead.rows:
            conn.execute(staging.delete())
            self._load(dead)
            deleted = delete(conn, self.tables, hard=self.run.options.removes_rows)
            self._count(Written(deleted=deleted))
            conn.execute(staging.delete())

    def _write_living(self, living: Batch) -> Written:
        self._load(living)
        if self.run.listing is not Listing.RECORDS:
            return Written()
        began = datetime.now(UTC)
        written = self.run.write_staged(self.tables, is_unique=True)
        self._measure_lateness(began)
        return written

    def _measure_lateness(self, began: datetime) -> None:
        late = self.unit.late
        for row in written_since(self.run.conn, self.tables, began) & late.keys() if late else ():
            key, seconds = late[row]
            self.unit.parts[key].lateness = max(self.unit.parts[key].lateness, seconds)
            self.summary.lateness = max(self.summary.lateness, seconds)

    def _load(self, batch: Batch) -> None:
        """Stage rows; those that the destination refuses join the rejects."""
        run = self.run
        for number, reject in load(run.conn, run.destination.dialect, self.tables, batch):
            part = self._part_of(batch, number)
            part.watch.rejected += 1
            self.unit.rejects.append((part.key, reject))
        if run.options.is_backfill and not self.tables.parent:
            self._spare(drop_outdated(run, self.tables))

    def _spare(self, numbers: set[int]) -> None:
        """Note rows that stay as they are, because something newer is there: their elements stay too."""
        self.unit.spared |= numbers
        self._count(Written(unchanged=len(numbers)))

    def _part_of(self, batch: Batch, number: int) -> PartitionRun:
        """The partition that a row was read from."""
        first = next(iter(self.unit.parts.values()))
        names = self.run.intaker.shaping.all_fields[self.tables.name].names
        columns = [names.get(name) for name in self.run.stream.partition_fields]
        if not columns or not set(columns) <= set(batch.columns):
            return first
        place = tuple(batch.rows[number][batch.columns.index(column)] for column in columns)
        return self.unit.parts[self.run.key(place if len(place) > 1 else place[0])]

    @property
    def _all(self) -> Iterable[PartitionRun]:
        return self.unit.parts.values()

    def _of(self, part: PartitionRun) -> list[Batch]:
        return self.unit.of(part, self.tables.name)

    def _parts(self, *, is_staged: bool) -> list[PartitionRun]:
        return [part for part in self._all if (part.is_staged or part.is_underway) is is_staged]

    def _count(self, written: Written) -> None:
        if self.tables.parent:  # elements are rows of their own, but no records
            return
        self.summary.new += written.new
        self.summary.changed += written.changed
        self.summary.unchanged += written.unchanged
        self.summary.deleted += written.deleted
