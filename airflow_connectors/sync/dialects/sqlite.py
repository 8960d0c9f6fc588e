"""SQLite: executemany in one transaction that takes the write lock as it begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import DATETIME, insert
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import TypeEngine

from airflow_connectors.sync.kinds import Kind

from .base import Dialect, add_column
from .rebuild import rebuild
from .values import Conversions, Rows, Unstorable, as_iso, as_number, converted

BUSY_SECONDS = 30
CONVERSIONS: Conversions = {
    Kind.TIMESTAMP: as_iso,
    Kind.JSON: bytes.decode,
    Kind.NUMERIC: as_number,
}


# As those of records are stored, so that all sort together.
MOMENT: TypeEngine[Any] = DATETIME(  # type: ignore[no-untyped-call]  # SQLAlchemy's
    storage_format=(
        "%(year)04d-%(month)02d-%(day)02dT%(hour)02d:%(minute)02d:%(second)02d.%(microsecond)06dZ"
    ),
    regexp=r"(\d+)-(\d+)-(\d+)[T ](\d+):(\d+):(\d+)(?:\.(\d{6}))?Z?",
)


class JSONText(sa.JSON):
    """JSON whose numbers stay as they are written: in a column called JSON, SQLite makes floats of them."""


@compiles(JSONText, "sqlite")
def _json_text(*_given: Any, **_more: Any) -> str:
    return "JSON_TEXT"  # https://www.sqlite.org/datatype3.html#determination_of_column_affinity


class SQLiteDialect(Dialect):
    """One writer at a time: a transaction takes the lock as it begins, and so never fails for it later."""

    types: ClassVar[dict[Kind, TypeEngine[Any]]] = {
        **Dialect.types,
        Kind.JSON: JSONText(),
        Kind.TIMESTAMP: MOMENT,
    }
    insert = staticmethod(insert)
    value_errors = (sa.exc.DataError, sa.exc.InterfaceError, UnicodeError, OverflowError, Unstorable)

    def engine(self, url: URL) -> Engine:
        engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS})
        reflecting: Any = engine.dialect
        reflecting.ischema_names = {**reflecting.ischema_names, "JSON_TEXT": JSONText}
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

    def alter(self, conn: Connection, before: sa.Table, after: sa.Table) -> None:
        added, wider = self.changes(conn, before, after)
        if wider:
            rebuild(conn, before, after, self._converted)
            return
        for column in added:
            add_column(conn, before, column)

    def _converted(self, before: sa.Column[Any], after: sa.Column[Any]) -> sa.ColumnElement[Any]:
        was, is_ = self.kind(before.type), self.kind(after.type)
        plain: sa.ColumnElement[Any] = sa.type_coerce(before, sa.Text)
        if was in (Kind.FLOAT, Kind.NUMERIC):
            plain = _exact_text(before)
        if is_ is Kind.TEXT:
            return sa.cast(plain, sa.Text)
        if is_ is not Kind.JSON or was is Kind.JSON:
            return sa.type_coerce(before, after.type)
        if was is Kind.BOOLEAN:
            return sa.case((before.is_(None), None), (before, "true"), else_="false")
        return plain if was in (Kind.FLOAT, Kind.NUMERIC) else sa.func.json_quote(plain)

    def is_staged(self, target: sa.Table, stage: sa.Table, identity: Sequence[str]) -> sa.ColumnElement[bool]:
        # It joins no other table to a DELETE, and EXISTS would scan the stage for each row of the target.
        staged = sa.select(*(stage.c[name] for name in identity))
        return sa.tuple_(*(target.c[name] for name in identity)).in_(staged)

    def is_absent(self, target: sa.Table, stage: sa.Table, identity: Sequence[str]) -> sa.ColumnElement[bool]:
        return ~self.is_staged(target, stage, identity)

    def load(
        self, conn: Connection, table: sa.Table, columns: Sequence[str], kinds: Sequence[Kind], rows: Rows
    ) -> None:
        quote = conn.dialect.identifier_preparer.quote
        names, marks = ", ".join(map(quote, columns)), ", ".join("?" * len(columns))
        where = conn.dialect.identifier_preparer.format_table(table)
        values = list(converted(rows, kinds, CONVERSIONS))
        conn.exec_driver_sql(f"INSERT INTO {where} ({names}) VALUES ({marks})", values)  # noqa: S608 - quoted


def _exact_text(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """A number's shortest text that still is that number: CAST keeps only 15 digits."""
    short = sa.cast(sa.type_coerce(column, sa.Text), sa.Text)
    is_exact = sa.cast(short, sa.REAL) == sa.type_coerce(column, sa.REAL)
    is_whole = sa.func.typeof(column) == "integer"
    return sa.case(
        (sa.or_(column.is_(None), is_whole, is_exact), short), else_=sa.func.printf("%!.17g", column)
    )


def _leave_transactions_to_us(driver: Any, _record: Any) -> None:
    driver.isolation_level = None


def _begin(conn: Connection) -> None:
    conn.exec_driver_sql("BEGIN IMMEDIATE")
