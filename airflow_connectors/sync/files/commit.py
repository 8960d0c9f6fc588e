"""A unit into files: each partition for itself, its rows first, then its state."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

import msgspec

from airflow_connectors.sync.errors import TooManyRejects
from airflow_connectors.sync.ledger import Key
from airflow_connectors.sync.listing import Listing
from airflow_connectors.sync.unit import Unit
from airflow_connectors.sync.write import Written

from . import layout
from .part import FilePart
from .run import FileRun


@dataclass(frozen=True)
class Commit:
    """Writes a unit and counts it."""

    run: FileRun
    unit: Unit
    parts: Mapping[Key, FilePart]

    def write(self) -> None:
        """Commit several partitions at a time. The first error is raised when all are done."""
        self._keep_rejects()
        with ThreadPoolExecutor(max(1, self.run.options.concurrency)) as pool:
            commits = {key: pool.submit(self._commit, key) for key in self.unit.parts}
        self.run.summary.pages += self.unit.pages
        for key, commit in commits.items():
            if commit.exception() is None:
                self._account(self.parts[key], commit.result())
        for commit in commits.values():
            commit.result()

    def guard(self) -> None:
        """Raise TooManyRejects, and keep them, where a unit has more than the run allows."""
        rejects, allowed = self.unit.rejects, self.run.options.max_rejects
        found = self.run.summary.rejected + len(rejects)
        if found > allowed:
            key, last = rejects[-1]
            self._keep_rejects()
            message = (
                f"{key}: {found} bad records, {allowed} allowed (max_rejects); "
                f"the last: {last.error}; they are in _sync/rejects, the cursor stays before them"
            )
            raise TooManyRejects(message)

    def _keep_rejects(self) -> None:
        run, rejects = self.run, self.unit.rejects
        if rejects:
            lines = [msgspec.json.encode({**vars(key), **vars(reject)}) for key, reject in rejects]
            number = next(run.reject_numbers)
            name = layout.rejects(run.connection, run.summary.table, run.summary.run_id, number)
            run.store.write(name, b"\n".join([*lines, b""]))
            run.summary.rejected += len(rejects)

    def _commit(self, key: Key) -> Written:
        tables = [table for of, table in self.unit.batches if of == key]
        return self.parts[key].commit([(table, self.unit.batches[key, table]) for table in tables])

    def _account(self, part: FilePart, written: Written) -> None:
        summary, reading = self.run.summary, part.reading
        summary.new += written.new
        summary.unchanged += written.unchanged
        summary.deleted += written.deleted
        if self.run.listing is Listing.RECORDS:
            summary.lookback = max(summary.lookback, reading.lookback.total_seconds())
            summary.moved(_text(reading.state.cursor), _text(reading.position.cursor))
            self.run.reached += filter(None, [reading.position.cursor])
        for doubt in reading.watch.doubts if reading.is_finished else ():
            summary.doubt(doubt)


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
