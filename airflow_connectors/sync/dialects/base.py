"""What differs between databases. A new destination is a subclass of this with a bulk load of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.types import TypeEngine

from airflow_connectors.sync.kinds import Kind

from .pair import Pair
from .values import Rows, Unstorable


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
    # Whether a lookup of a few rows in a large table takes an index.
    has_indexes: ClassVar[bool] = True
    # Whether staged rows have to be indexed, because the database runs EXISTS for each row of a large table.
    has_keyed_stages: ClassVar[bool] = False
    # What the driver raises for a value that the database cannot hold.
    value_errors: tuple[type[Exception], ...] = (sa.exc.DataError, UnicodeError, Unstorable)
    # What the driver raises for anything else.
    errors: tuple[type[Exception], ...] = (sa.exc.DBAPIError,)

    def engine(self, url: URL) -> Engine:
        return sa.create_engine(url)

    def place(self, schema: str, table: str) -> tuple[str | None, str]:
        """The schema and name under which a table is found."""
        return schema, table

    def temporary_schema(self, schema: str) -> str | None:
        """The schema that a temporary table is said to be in."""
        return None

    def key_type(self, kind: Kind, keys: int) -> TypeEngine[Any]:
        """The type of a column that is one of so many in a primary key."""
        return self.types[kind]

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

    def drop(self, conn: Connection, table: sa.Table) -> bool:
        """
        Drop a table, if it is there. Whether it is gone.

        Where dropping would end the transaction, the table is emptied and is to be dropped after it.
        """
        table.drop(conn, checkfirst=True)
        return True

    def drop_temporary(self, conn: Connection, table: sa.Table) -> None:
        table.drop(conn)

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

    def alter(self, conn: Connection, before: sa.Table, after: sa.Table) -> None:
        """Give a table the columns and the wider types of `after`, keeping its rows."""
        raise NotImplementedError

    def changes(
        self, conn: Connection, before: sa.Table, after: sa.Table
    ) -> tuple[list[sa.Column[Any]], list[sa.Column[Any]]]:
        """The columns of `after` that are new, and those whose type is another one."""

        def spelled(column: sa.Column[Any]) -> str:
            return column.type.compile(conn.dialect)

        added = [column for column in after.columns if column.name not in before.c]
        common = [column for column in after.columns if column.name in before.c]
        return added, [column for column in common if spelled(column) != spelled(before.c[column.name])]

    def load(
        self, conn: Connection, table: sa.Table, columns: Sequence[str], kinds: Sequence[Kind], rows: Rows
    ) -> None:
        """
        Put rows, of which there are some, into a table, the fastest way the driver has.

        Values are of their column's kind: `bool`, `int` of 64 bits, `float` or `int`, for NUMERIC also
        `Decimal`, aware `datetime`, `str`, JSON as the bytes of its text, and None anywhere.
        """
        raise NotImplementedError

    def rows(self, conn: Connection, statement: sa.UpdateBase) -> int:
        """Execute a statement that writes; how many rows it wrote."""
        # SQLAlchemy keeps the count of an INSERT only when asked to.
        return conn.execute(statement, execution_options={"preserve_rowcount": True}).rowcount

    def merge(self, conn: Connection, pair: Pair) -> tuple[int, int]:
        """Insert what is new, update what is outdated; how many rows each. The identity is a primary key."""
        return self.update_and_insert(conn, pair)

    def update_and_insert(self, conn: Connection, pair: Pair) -> tuple[int, int]:
        """As `merge`, for any identity."""
        other = pair.source.c
        update = pair.target.update().values(pair.changes(other)).where(pair.is_same, pair.is_outdated(other))
        changed = self.rows(conn, update)
        return self.insert_absent(conn, pair), changed

    def insert_absent(self, conn: Connection, pair: Pair) -> int:
        """Insert what the target has not; how many rows. The identity has an index that is unique."""
        return self.rows(conn, pair.insert_absent())

    def is_staged(self, target: sa.Table, stage: sa.Table, identity: Sequence[str]) -> sa.ColumnElement[bool]:
        """Whether a row of the target is staged, for an UPDATE or DELETE of the target."""
        return sa.and_(*(target.c[name] == stage.c[name] for name in identity))

    def is_absent(self, target: sa.Table, stage: sa.Table, identity: Sequence[str]) -> sa.ColumnElement[bool]:
        """Whether a row of the target is not staged."""
        return ~sa.exists().where(*(target.c[name] == stage.c[name] for name in identity))

    @contextmanager
    def few(self, _conn: Connection) -> Iterator[None]:
        """For statements in which a few staged rows meet a large table: it is not to be scanned."""
        yield

    def prepare_join(self, conn: Connection, stage: sa.Table, identity: Sequence[str]) -> None:
        """Tell the database of a staging table what it must know to join it as a whole."""


def column_ddl(conn: Connection, column: sa.Column[Any]) -> str:
    """A column as CREATE TABLE spells it: name and type."""
    return f"{conn.dialect.identifier_preparer.quote(column.name)} {column.type.compile(conn.dialect)}"


def add_column(conn: Connection, table: sa.Table, column: sa.Column[Any]) -> None:
    where = conn.dialect.identifier_preparer.format_table(table)
    conn.exec_driver_sql(f"ALTER TABLE {where} ADD COLUMN {column_ddl(conn, column)}")


def placed_aside(table: sa.Table, name: str) -> sa.Table:
    """The same columns under another name."""
    columns = [sa.Column(column.name, column.type) for column in table.columns]
    return sa.Table(name, sa.MetaData(), *columns, schema=table.schema)
