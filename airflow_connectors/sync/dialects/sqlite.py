"""SQLite: executemany in one transaction that takes the write lock as it begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import URL, Connection, Engine

from airflow_connectors.sync.batch import as_text
from airflow_connectors.sync.kinds import Kind

from .base import Dialect

BUSY_SECONDS = 30


class SQLiteDialect(Dialect):
    """One writer at a time: a transaction takes the lock as it begins, and so never fails for it later."""

    insert = staticmethod(insert)
    value_errors = (sa.exc.DataError, sa.exc.InterfaceError)

    def engine(self, url: URL) -> Engine:
        engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS})
        sa.event.listen(engine, "connect", _leave_transactions_to_us)
        sa.event.listen(engine, "begin", _begin)
        return engine

    def place(self, schema: str, table: str) -> tuple[str | None, str]:
        # SQLite has no schemas: they become part of the name.
        return None, f"{schema}__{table}"

    def create_schema(self, conn: Connection, schema: str) -> None:
        """Nothing to create."""

    def locking(self, query: sa.Select[Any]) -> sa.Select[Any]:
        return query  # a transaction has the whole database to itself

    def widen(self, conn: Connection, table: sa.Table, column: str, kind: Kind) -> None:
        # SQLite cannot change a type: a new column takes the values and then the name.
        where, name = self.quoted(conn, table, column)
        wide = self.quoted(conn, table, f"{column}__wide")[1]
        value = f"CAST({name} AS TEXT)" if kind is Kind.TEXT else name
        value = f"json_quote({name})" if kind is Kind.JSON else value
        self.add_column(conn, table, f"{column}__wide", kind)
        conn.exec_driver_sql(f"UPDATE {where} SET {wide} = {value} WHERE {name} IS NOT NULL")  # noqa: S608 - quoted
        conn.exec_driver_sql(f"ALTER TABLE {where} DROP COLUMN {name}")
        conn.exec_driver_sql(f"ALTER TABLE {where} RENAME COLUMN {wide} TO {name}")

    def load(
        self,
        conn: Connection,
        table: sa.Table,
        columns: Sequence[str],
        kinds: Sequence[Kind],
        rows: list[Any],
    ) -> None:
        values = [
            [as_text(v) if isinstance(v, bytes | datetime) else v for v in column]
            for column in zip(*rows, strict=True)
        ]
        rows = list(zip(*values, strict=True))
        quote = conn.dialect.identifier_preparer.quote
        names, marks = ", ".join(map(quote, columns)), ", ".join("?" * len(columns))
        where = conn.dialect.identifier_preparer.format_table(table)
        conn.exec_driver_sql(f"INSERT INTO {where} ({names}) VALUES ({marks})", rows)  # noqa: S608 - quoted


def _leave_transactions_to_us(driver: Any, _record: Any) -> None:
    driver.isolation_level = None


def _begin(conn: Connection) -> None:
    conn.exec_driver_sql("BEGIN IMMEDIATE")
