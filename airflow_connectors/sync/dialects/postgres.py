"""PostgreSQL: COPY through psycopg 3."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from psycopg import DataError, Error, postgres, sql
from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg.types.numeric import DecimalBinaryDumper
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.types import TypeEngine

from airflow_connectors.sync.kinds import Kind

from .base import Dialect, column_ddl
from .pair import Pair
from .values import Rows, Unstorable

COPIED = {
    Kind.BOOLEAN: "bool",
    Kind.INTEGER: "int8",
    Kind.FLOAT: "float8",
    Kind.NUMERIC: "numeric",
    Kind.TIMESTAMP: "timestamptz",
    Kind.JSON: "jsonb",
    Kind.TEXT: "text",
}
# What the planner would rather do; and JIT, which it starts when it may not.
SCANNING = ("enable_hashjoin", "enable_material", "enable_mergejoin", "enable_seqscan", "jit")


class Jsonb(Dumper):
    """JSON text to `jsonb`, whose binary format has its version before it: PostgreSQL's jsonb_recv."""

    oid = postgres.types["jsonb"].oid
    format = Format.BINARY
    dump: Any = b"\x01".__add__  # one call in C for each value


class Number(DecimalBinaryDumper):
    """Any number to `numeric`, with the digits that it is written with."""

    def dump(self, obj: float | Decimal) -> Any:
        return super().dump(obj if isinstance(obj, Decimal) else Decimal(repr(obj)))


class PostgresDialect(Dialect):
    """COPY for loading, `jsonb` for nested values."""

    types: ClassVar[dict[Kind, TypeEngine[Any]]] = {**Dialect.types, Kind.JSON: JSONB()}
    insert = staticmethod(insert)
    value_errors = (sa.exc.DataError, DataError, UnicodeError, Unstorable)
    errors = (sa.exc.DBAPIError, Error)

    def engine(self, url: URL) -> Engine:
        return sa.create_engine(url.set(drivername="postgresql+psycopg"))

    def lock(self, conn: Connection, schema: str) -> None:
        key = sa.func.hashtextextended(schema, 0)
        conn.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))

    def create_schema(self, conn: Connection, schema: str) -> None:
        # Creating what is there already would need a right on the whole database.
        if not sa.inspect(conn).has_schema(schema):
            super().create_schema(conn, schema)

    def alter(self, conn: Connection, before: sa.Table, after: sa.Table) -> None:
        added, wider = self.changes(conn, before, after)
        clauses = [f"ADD COLUMN {column_ddl(conn, column)}" for column in added]
        clauses += [self._widened(conn, before.c[column.name], column) for column in wider]
        if clauses:
            where = conn.dialect.identifier_preparer.format_table(before)
            conn.exec_driver_sql(f"ALTER TABLE {where} {', '.join(clauses)}")

    def _widened(self, conn: Connection, before: sa.Column[Any], after: sa.Column[Any]) -> str:
        name = conn.dialect.identifier_preparer.quote(after.name)
        type_ = after.type.compile(conn.dialect)
        using = self._as(name, self.kind(before.type), self.kind(after.type), type_)
        return f"ALTER COLUMN {name} TYPE {type_} USING {using}"

    def _as(self, name: str, before: Kind, after: Kind, type_: str) -> str:
        # As ISO 8601 again, which is what came.
        iso = f"""to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
        plain = iso if before is Kind.TIMESTAMP else name
        return f"to_jsonb({plain})" if after is Kind.JSON else f"{plain}::{type_}"

    def load(
        self, conn: Connection, table: sa.Table, columns: Sequence[str], kinds: Sequence[Kind], rows: Rows
    ) -> None:
        where = sql.Identifier(*filter(None, (table.schema, table.name)))
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        driver: Any = conn.connection.driver_connection
        statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(where, names)
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            cursor.adapters.register_dumper(bytes, Jsonb)
            cursor.adapters.register_dumper(Decimal, Number)
            copy.set_types([COPIED[kind] for kind in kinds])
            write_row = copy.write_row
            for row in rows:
                write_row(row)

    def merge(self, conn: Connection, pair: Pair) -> tuple[int, int]:
        # One statement that looks up each staged row once.
        statement: Any = insert(pair.target).from_select(pair.names, pair.rows)
        excluded = statement.excluded
        statement = statement.on_conflict_do_update(
            index_elements=list(pair.identity), set_=pair.changes(excluded), where=pair.is_outdated(excluded)
        )
        # A row that was updated is one that its old version points to.
        is_new = (sa.literal_column("xmax") == 0).label("is_new")
        written = statement.returning(is_new).cte("written")
        query = sa.select(sa.func.count().filter(written.c.is_new), sa.func.count()).select_from(written)
        new, all_ = conn.execute(query).one()
        return new, all_ - new

    def insert_absent(self, conn: Connection, pair: Pair) -> int:
        return self.rows(
            conn, insert(pair.target).from_select(pair.names, pair.rows).on_conflict_do_nothing()
        )

    @contextmanager
    def few(self, conn: Connection) -> Iterator[None]:
        # Its planner takes every lookup for a read from a slow disk, and rather reads the whole table.
        conn.exec_driver_sql("; ".join(f"SET LOCAL {name} = off" for name in SCANNING))
        yield
        conn.exec_driver_sql("; ".join(f"SET LOCAL {name} = DEFAULT" for name in SCANNING))

    def prepare_join(self, conn: Connection, stage: sa.Table, identity: Sequence[str]) -> None:
        preparer = conn.dialect.identifier_preparer
        names = ", ".join(map(preparer.quote, identity))
        conn.exec_driver_sql(f"ANALYZE {preparer.format_table(stage)} ({names})")
