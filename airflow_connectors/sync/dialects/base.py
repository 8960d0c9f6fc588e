"""What differs between databases. A new destination is a subclass of this with a bulk load of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.types import TypeEngine

from airflow_connectors.sync.kinds import Kind


class Dialect:
    """One database's types, bulk load and upsert."""

    types: ClassVar[dict[Kind, TypeEngine[Any]]] = {
        Kind.BOOLEAN: sa.Boolean(),
        Kind.INTEGER: sa.BigInteger(),
        Kind.FLOAT: sa.Double(),
        Kind.NUMERIC: sa.Numeric(),
        Kind.TIMESTAMP: sa.DateTime(timezone=True),
        Kind.JSON: sa.JSON(),
        Kind.TEXT: sa.Text(),
    }
    # Of the names that identify a row of state: a few of them together make its primary key.
    name: ClassVar[TypeEngine[Any]] = sa.String(500)
    insert: ClassVar[Any]
    # What the driver raises for a value that the database cannot hold.
    value_errors: tuple[type[Exception], ...] = (sa.exc.DataError,)
    # What the driver raises for anything else.
    errors: tuple[type[Exception], ...] = (sa.exc.DBAPIError,)

    def engine(self, url: URL) -> Engine:
        return sa.create_engine(url)

    def place(self, schema: str, table: str) -> tuple[str | None, str]:
        """The schema and name under which a table is found."""
        return schema, table

    def create_schema(self, conn: Connection, schema: str) -> None:
        conn.execute(sa.schema.CreateSchema(schema, if_not_exists=True))

    @contextmanager
    def ddl(self, conn: Connection) -> Iterator[Connection]:
        """The connection on which tables are created and altered without ending `conn`'s transaction."""
        yield conn

    def create(self, conn: Connection, table: sa.Table) -> None:
        """Create a table unless it is there."""
        with self.ddl(conn) as own:
            table.create(own, checkfirst=True)

    def upsert(
        self, table: sa.Table, values: Mapping[str, Any], keys: Sequence[str], changes: Mapping[str, Any]
    ) -> sa.Insert:
        """Insert a row, or make `changes` to the one that has its `keys`."""
        statement: Any = self.insert(table).values(values)
        found: sa.Insert = statement.on_conflict_do_update(index_elements=list(keys), set_=dict(changes))
        return found

    def locking(self, query: sa.Select[Any]) -> sa.Select[Any]:
        """The query, so that it locks the rows it finds until the transaction ends."""
        return query.with_for_update()

    def lock(self, conn: Connection, schema: str) -> None:
        """Hold off, until the transaction ends, runs that would create or alter tables too."""

    def kind(self, type_: TypeEngine[Any]) -> Kind:
        """The kind of a reflected column."""
        families = (
            (sa.Boolean, Kind.BOOLEAN),
            (sa.JSON, Kind.JSON),
            (sa.Float, Kind.FLOAT),
            (sa.Numeric, Kind.NUMERIC),
            (sa.Integer, Kind.INTEGER),
            (sa.DateTime, Kind.TIMESTAMP),
        )
        return next((kind for family, kind in families if isinstance(type_, family)), Kind.TEXT)

    def add_column(self, conn: Connection, table: sa.Table, column: str, kind: Kind) -> None:
        name, type_ = self.quoted(conn, table, column), self.types[kind].compile(conn.dialect)
        conn.exec_driver_sql(f"ALTER TABLE {name[0]} ADD COLUMN {name[1]} {type_}")

    def widen(self, conn: Connection, table: sa.Table, column: str, kind: Kind) -> None:
        """Change a column's type in place, keeping its values."""
        raise NotImplementedError

    def load(
        self,
        conn: Connection,
        table: sa.Table,
        columns: Sequence[str],
        kinds: Sequence[Kind],
        rows: list[Any],
    ) -> None:
        """Put rows into a table, the fastest way the driver has."""
        raise NotImplementedError

    def quoted(self, conn: Connection, table: sa.Table, column: str) -> tuple[str, str]:
        preparer = conn.dialect.identifier_preparer
        return preparer.format_table(table), preparer.quote(column)
