"""PostgreSQL: COPY through psycopg 3."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from psycopg import DataError, Error
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.types import TypeEngine

from airflow_connectors.sync.kinds import Kind

from .base import Dialect


class PostgresDialect(Dialect):
    """COPY for loading, `jsonb` for nested values."""

    types: ClassVar[dict[Kind, TypeEngine[Any]]] = {**Dialect.types, Kind.JSON: JSONB()}
    insert = staticmethod(insert)
    value_errors = (sa.exc.DataError, DataError)
    errors = (sa.exc.DBAPIError, Error)

    def engine(self, url: URL) -> Engine:
        return sa.create_engine(url.set(drivername="postgresql+psycopg"))

    def lock(self, conn: Connection, schema: str) -> None:
        key = sa.func.hashtextextended(schema, 0)
        conn.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))

    def widen(self, conn: Connection, table: sa.Table, column: str, kind: Kind) -> None:
        name, type_ = self.quoted(conn, table, column), self.types[kind].compile(conn.dialect)
        using = self._as(name[1], self.kind(table.c[column].type), kind, type_)
        conn.exec_driver_sql(f"ALTER TABLE {name[0]} ALTER COLUMN {name[1]} TYPE {type_} USING {using}")

    def _as(self, name: str, before: Kind, after: Kind, type_: str) -> str:
        if after is Kind.JSON:
            return f"to_jsonb({name})"
        if before is Kind.TIMESTAMP:  # as ISO 8601 again, which is what came
            return f"""to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
        return f"{name}::{type_}"

    def load(
        self,
        conn: Connection,
        table: sa.Table,
        columns: Sequence[str],
        kinds: Sequence[Kind],
        rows: list[Any],
    ) -> None:
        preparer = conn.dialect.identifier_preparer
        names = ", ".join(map(preparer.quote, columns))
        statement = f"COPY {preparer.format_table(table)} ({names}) FROM STDIN (FORMAT BINARY)"
        driver: Any = conn.connection.driver_connection
        places = {number: MADE[kind] for number, kind in enumerate(kinds) if kind in MADE}
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types([COPIED[kind] for kind in kinds])
            for row in _made(rows, places) if places else rows:
                copy.write_row(row)


COPIED = {
    Kind.BOOLEAN: "bool",
    Kind.INTEGER: "int8",
    Kind.FLOAT: "float8",
    Kind.NUMERIC: "numeric",
    Kind.TIMESTAMP: "timestamptz",
    Kind.JSON: "bytea",
    Kind.TEXT: "text",
}


def _jsonb(value: bytes) -> bytes:
    return b"\x01" + value  # the version of the binary format


def _numeric(value: float) -> Decimal:
    return Decimal(repr(value))


MADE: dict[Kind, Callable[[Any], Any]] = {Kind.JSON: _jsonb, Kind.NUMERIC: _numeric}


def _made(rows: list[Any], places: dict[int, Callable[[Any], Any]]) -> Iterator[Any]:
    columns: list[Any] = list(zip(*rows, strict=True))
    for place, make in places.items():
        columns[place] = [None if value is None else make(value) for value in columns[place]]
    return zip(*columns, strict=True)
