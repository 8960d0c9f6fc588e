"""Rows put into a table by the writes themselves, without a service and an engine around them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from airflow_connectors.sync import Destination, Write
from airflow_connectors.sync.kinds import Kind
from airflow_connectors.sync.names import ROW_HASH, SEQUENCE
from airflow_connectors.sync.registry import Registry
from airflow_connectors.sync.tables import Tables
from airflow_connectors.sync.write import Written, append, delete_absent, merge, scd2

KINDS = {"id": Kind.TEXT, "name": Kind.TEXT, "info": Kind.JSON, "size": Kind.INTEGER}
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Warehouse:
    """A destination's table `things`. Every write is a transaction, a minute after the one before."""

    destination: Destination
    how: Write = Write.MERGE
    keys: tuple[str, ...] = ("id",)
    kinds: dict[str, Kind] = field(default_factory=lambda: dict(KINDS))
    now: datetime = BEGINNING

    @contextmanager
    def staged(self, *rows: tuple[Any, ...], is_durable: bool = False) -> Iterator[tuple[Connection, Tables]]:
        """Rows of `id, name, info, size, hash` in a staging table, in a transaction."""
        self.now += timedelta(minutes=1)
        with self.destination.connect() as conn:
            tables = Tables(self.destination, "things", self.keys, self.how)
            with conn.begin():
                self.destination.dialect.create(conn, Registry(self.destination).table)
                tables.open(conn)
                tables.fit(conn, self.kinds, {name: name for name in self.kinds})
                self._stage(conn, tables, rows, is_durable=is_durable)
                yield conn, tables
                tables.drop_stage(conn)
            tables.sweep(conn)

    def _stage(
        self, conn: Connection, tables: Tables, rows: tuple[tuple[Any, ...], ...], *, is_durable: bool
    ) -> None:
        if is_durable:
            tables.stage_durably(conn, "snapshot")
        else:
            tables.stage_temporarily(conn)
        columns = (*self.kinds, ROW_HASH, SEQUENCE)
        kinds = (*self.kinds.values(), Kind.INTEGER, Kind.INTEGER)
        numbered = [(*row, number) for number, row in enumerate(rows)]
        self.destination.dialect.load(conn, tables.staging, columns, kinds, numbered)

    def write(self, *rows: tuple[Any, ...], is_unique: bool = True) -> Written:
        with self.staged(*rows, is_durable=not is_unique) as (conn, tables):
            return self._write(conn, tables, is_unique=is_unique)

    def _write(self, conn: Connection, tables: Tables, *, is_unique: bool) -> Written:
        if self.how is Write.SCD2:
            return scd2(conn, tables.dialect, tables, is_unique=is_unique, now=self.now)
        write = append if self.how is Write.APPEND else merge
        return write(conn, tables.dialect, tables, is_unique=is_unique)

    def show(self, *rows: tuple[Any, ...], hard: bool = False) -> tuple[Written, int]:
        """Write a complete reading; what it does not show is deleted."""
        with self.staged(*rows) as (conn, tables):
            written = self._write(conn, tables, is_unique=True)
            return written, delete_absent(conn, tables, {}, hard=hard, now=self.now)
