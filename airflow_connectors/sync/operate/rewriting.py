"""Rows of rejects into their tables, except where those have something newer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from airflow_connectors.sync.batch import Batch
from airflow_connectors.sync.load import load
from airflow_connectors.sync.spare import cursor_column, unstage
from airflow_connectors.sync.tablewrite import TableWrite

from .rereading import SPREAD
from .versions import Version, versions


@dataclass(frozen=True)
class Origin:
    """When a reject came, and its place in the cursor's order if it has one."""

    came_at: datetime
    position: datetime | None


@dataclass(frozen=True)
class RejectWrite(TableWrite):
    """
    Writes the rows of rejects, as any others, for one table.

    `origins` are the rejects by number. `refused` gets the errors of those that the database refuses.
    """

    origins: dict[int, Origin] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)

    def _load(self, batch: Batch) -> None:
        """Stage rows, without those that are older than what the table has."""
        run, tables = self.run, self.tables
        for index, reject in load(run.conn, tables.dialect, tables, batch):
            self.refused[batch.rows[index][-1] // SPREAD] = reject.error
        if not tables.parent and batch.rows:
            self.unit.spared.update(unstage(run.conn, tables, self._outdated()))

    def _outdated(self) -> set[int]:
        run = self.run
        column = cursor_column(run.stream, run.intaker.shaping, self.tables.name)
        known = versions(run.conn, self.tables, run.stream.cursor, column)
        return {number for number, version in known.items() if self._is_outdated(number, version)}

    def _is_outdated(self, number: int, version: Version) -> bool:
        origin = self.origins[number // SPREAD]
        return version.is_newer_than(origin.position, origin.came_at)
