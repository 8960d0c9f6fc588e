"""A commit unit: the pages whose rows, state and account are written in one transaction."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy.engine import Connection

from airflow_connectors.core import Page, Record

from .batch import Batch, Reject, batch, joined
from .dialects import Dialect
from .kinds import Kind
from .tables import Tables


@dataclass
class Unit:
    """Collects rows; `size` is the bytes of the service's JSON they came in."""

    tables: Tables
    batches: list[Batch] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    kinds: dict[str, Kind] = field(default_factory=dict)
    size: int = 0
    pages: int = 0

    @property
    def known(self) -> dict[str, Kind]:
        """The columns of the table and of the rows collected so far."""
        return {**self.tables.kinds, **self.kinds}

    def prepare(self, records: list[Record]) -> Batch | None:
        """The records as rows that fit this unit and the table."""
        # The clock numbers them: it goes on where an interrupted run stopped.
        return batch(records, self.known, time.time_ns()) if records else None

    def widens(self, prepared: Batch | None) -> bool:
        """Whether rows collected so far would be in the way of these: they were made for narrower columns."""
        known = self.known
        return bool(
            prepared
            and self.batches
            and any(known.get(c, kind) is not kind for c, kind in prepared.kinds.items())
        )

    def add(self, page: Page, prepared: Batch | None, rejects: list[Reject]) -> None:
        if prepared:
            self.batches.append(prepared)
            self.kinds.update(prepared.kinds)
        self.rejects += rejects
        self.size += page.size
        self.pages += 1

    def load(self, conn: Connection, dialect: Dialect) -> None:
        """Put the rows into the staging table; what the database cannot hold joins the rejects."""
        for rows in joined(self.batches):
            self._load(conn, dialect, rows.columns, rows.rows)

    def _load(self, conn: Connection, dialect: Dialect, columns: tuple[str, ...], rows: list[Any]) -> None:
        if self.tables.stage is None:
            raise LookupError(f"{self.tables.name} has no staging table")
        try:
            with conn.begin_nested():
                dialect.load(conn, self.tables.stage, columns, rows)
        except dialect.value_errors as error:
            if len(rows) == 1:
                raw = msgspec.json.encode(dict(zip(columns, rows[0], strict=True))).decode()
                self.rejects.append(Reject(f"the destination refused it: {error}", raw))
                return
            middle = len(rows) // 2
            self._load(conn, dialect, columns, rows[:middle])
            self._load(conn, dialect, columns, rows[middle:])
