"""DuckDB: Arrow tables, taken over by column. One process at a time may write to a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import duckdb
import pyarrow as pa  # type: ignore[import-untyped] # it ships no types
import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.types import TypeEngine

from airflow_connectors.sync.kinds import Kind

from .base import Dialect, add_column
from .rebuild import rebuild
from .values import Conversions, Rows, Unstorable, as_double, columns_of, require_exact

registry.register("duckdb", f"{__package__}.duckdb_engine", "DuckDBSQL")

ARROW = {
    Kind.BOOLEAN: pa.bool_(),
    Kind.INTEGER: pa.int64(),
    Kind.FLOAT: pa.float64(),
    Kind.NUMERIC: pa.float64(),
    Kind.TIMESTAMP: pa.timestamp("us", tz="UTC"),
    Kind.JSON: pa.string(),
    Kind.TEXT: pa.string(),
}
CONVERSIONS: Conversions = {Kind.NUMERIC: as_double}
LOADED = "_loaded"  # the name under which a connection sees the Arrow table


class DuckDBDialect(Dialect):
    """Columns are scanned, not looked up: it has no use for indexes."""

    types: ClassVar[dict[Kind, TypeEngine[Any]]] = {
        **Dialect.types,
        # A DECIMAL has a fixed number of places, and JSON's numbers have not.
        Kind.NUMERIC: sa.Double(),
    }
    insert = staticmethod(insert)
    has_indexes = False
    value_errors = (pa.ArrowException, OverflowError, UnicodeError, Unstorable)
    errors = (sa.exc.DBAPIError, duckdb.Error)

    def engine(self, url: URL) -> Engine:
        # Without a pool, because an open connection keeps other processes from the file. With numbered
        # parameters, because DuckDB 1 does not count question marks from left to right.
        return sa.create_engine(url, poolclass=sa.NullPool, paramstyle="numeric_dollar")

    def locking(self, query: sa.Select[Any]) -> sa.Select[Any]:
        return query  # a transaction has the whole database to itself

    def alter(self, conn: Connection, before: sa.Table, after: sa.Table) -> None:
        added, wider = self.changes(conn, before, after)
        for column in wider:
            require_exact(conn, before.c[column.name], self.kind(column.type))
        if wider:
            rebuild(conn, before, after, self._converted)
            return
        for column in added:
            add_column(conn, before, column)

    def _converted(self, before: sa.Column[Any], after: sa.Column[Any]) -> sa.ColumnElement[Any]:
        is_text = self.kind(after.type) in (Kind.TEXT, Kind.JSON)
        is_moment = self.kind(before.type) is Kind.TIMESTAMP and is_text
        plain = sa.func.strftime(before, "%Y-%m-%dT%H:%M:%S.%fZ") if is_moment else before
        if self.kind(after.type) is Kind.JSON and self.kind(before.type) is not Kind.JSON:
            return sa.func.to_json(plain)
        return sa.cast(plain, after.type)

    def load(
        self, conn: Connection, table: sa.Table, columns: Sequence[str], kinds: Sequence[Kind], rows: Rows
    ) -> None:
        values = columns_of(rows, kinds, CONVERSIONS)
        arrays = [pa.array(found, ARROW[kind]) for found, kind in zip(values, kinds, strict=True)]
        loaded = pa.table(arrays, names=[str(number) for number in range(len(columns))])
        preparer = conn.dialect.identifier_preparer
        names = ", ".join(map(preparer.quote, columns))
        driver: Any = conn.connection.driver_connection
        driver.driver.register(LOADED, loaded)
        try:
            where = preparer.format_table(table)
            conn.exec_driver_sql(f"INSERT INTO {where} ({names}) SELECT * FROM {LOADED}")  # noqa: S608 - quoted
        finally:
            driver.driver.unregister(LOADED)
