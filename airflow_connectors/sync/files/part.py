"""One partition of a run: its reading, its state, and the files of its window so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from airflow_connectors.sync.batch import Batch
from airflow_connectors.sync.ledger import Key
from airflow_connectors.sync.partition import PartitionRun
from airflow_connectors.sync.write import Written

from . import layout, tail
from .manifest import File
from .publish import publish
from .run import FileRun
from .sheet import Sheet, sheet
from .state import States, Stored, Underway


@dataclass
class FilePart:
    """A partition's window on its way into files."""

    run: FileRun
    reading: PartitionRun
    states: States
    stored: Stored
    underway: Underway

    @property
    def key(self) -> Key:
        return self.reading.key

    def commit(self, batches: Sequence[tuple[str, Sequence[Batch]]]) -> Written:
        """
        Write a unit's rows, by table, and then where to go on. After the last unit the window is listed.

        Raises Superseded if a newer run has claimed the partition; then the rows are listed nowhere.
        """
        written = Written()
        for table, rows in batches:
            fresh = self._fresh(table, rows)
            written = _sum(written, self._write(table, fresh), sum(len(one.rows) for one in rows))
        self._fence()
        if self.reading.is_finished:
            self.stored = publish(self.run, self.reading, self.stored, self.underway)
        self._save()
        return written

    def leave(self) -> None:
        """Be done with a window in which nothing is new."""
        if not self.run.options.is_backfill:
            self.states.save(self.key, replace(self.stored, underway=None))

    def start_over(self) -> None:
        """Forget what the window has written: its page token leads nowhere any more."""
        self.reading.start_over()
        self.underway = self.underway.emptied()

    def _fresh(self, table: str, batches: Sequence[Batch]) -> list[Batch]:
        """The rows that no file shows yet, as far as is remembered."""
        if not self.run.has_tail:
            return list(batches)
        key, found = self.run.key_columns(table), []
        for batch in batches:
            before = {} if self.underway.is_snapshot else self.stored.tail
            fresh = tail.fresh(batch, key, {**before, **self.underway.tail})
            self.underway = replace(self.underway, tail=tail.extended(self.underway.tail, fresh, key))
            found.append(fresh)
        return [batch for batch in found if batch.rows]

    def _write(self, table: str, batches: Sequence[Batch]) -> Sheet | None:
        if not batches:
            return None
        rows = sheet(batches, self.underway.next_number, self.underway.begun)
        self.run.remember_columns(table, rows.kinds)
        file = self._written(table, rows)
        self.underway = self.underway.with_file(table, file, rows.kinds)
        return rows

    def _written(self, table: str, rows: Sheet) -> File:
        content = self.run.format.dump(rows)
        folder = layout.data_folder(self.key.connection, table, self.key.partition, self.underway.name)
        number = len(self.underway.files.get(table, []))
        name = layout.data_name(folder, number, content, self.run.suffix)
        self.run.store.write(name, content)
        return File(name, rows.count, rows.gone, len(content), sha256(content).hexdigest())

    def _fence(self) -> None:
        if not self.run.options.is_backfill:  # which has no state
            self.states.fence(self.key)

    def _save(self) -> None:
        if self.run.options.is_backfill:
            return
        reached = self.underway.numbered_to
        stored = replace(
            self.stored,
            position=self.reading.position,
            underway=None if self.reading.is_finished else self.underway,
            numbered_to=max(filter(None, (self.stored.numbered_to, reached))),
        )
        self.states.save(self.key, stored)


def _sum(before: Written, sheet: Sheet | None, read: int) -> Written:
    count, gone = (sheet.count, sheet.gone) if sheet else (0, 0)
    return Written(
        new=before.new + count - gone,
        unchanged=before.unchanged + read - count,
        deleted=before.deleted + gone,
    )
