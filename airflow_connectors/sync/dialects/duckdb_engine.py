"""
What SQLAlchemy has to know to speak with DuckDB.

The dialects on PyPI are not used: duckdb-engine 0.17 does not quote the words that DuckDB 2 has reserved
and leaves its transactions to clash; duckdb-sqlalchemy 1.5 refuses DuckDB 2.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

import duckdb
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.base import PGCompiler
from sqlalchemy.engine import URL, default
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.sql.compiler import GenericTypeCompiler, IdentifierPreparer
from sqlalchemy.types import TypeEngine

BUSY_SECONDS = 30
TYPES: dict[str, type[TypeEngine[Any]]] = {
    "BIGINT": sa.BigInteger,
    "BOOLEAN": sa.Boolean,
    "DOUBLE": sa.Double,
    "FLOAT": sa.Float,
    "HUGEINT": sa.BigInteger,
    "INTEGER": sa.Integer,
    "JSON": sa.JSON,
    "SMALLINT": sa.SmallInteger,
    "TIMESTAMP WITH TIME ZONE": sa.TIMESTAMP,
    "TIMESTAMP": sa.TIMESTAMP,
    "TINYINT": sa.SmallInteger,
}


@cache
def turn(_path: str) -> Lock:
    """Whose turn it is to write. Within a process DuckDB lets all begin, and then fails those that meet."""
    return Lock()


class Cursor:
    """A statement's answer, fetched at once: DuckDB's own cursors are connections of their own."""

    description: Sequence[Any] | None = None
    rowcount = -1
    arraysize = 1

    def __init__(self, driver: duckdb.DuckDBPyConnection) -> None:
        self._driver = driver
        self._rows: list[Any] = []

    def execute(self, statement: str, params: Sequence[Any] = ()) -> None:
        self._driver.execute(statement, params)
        self._take(statement)

    def executemany(self, statement: str, params: Sequence[Sequence[Any]]) -> None:
        self._driver.executemany(statement, params)
        self.description, self.rowcount, self._rows = None, -1, []

    def _take(self, statement: str) -> None:
        found = self._driver.description or []
        self._rows = self._driver.fetchall() if found else []
        is_change = re.match(r"\s*(INSERT|UPDATE|DELETE)\b", statement, re.IGNORECASE)
        if is_change and [column[0] for column in found] == ["Count"]:
            self.description, self.rowcount = None, self._rows[0][0]
        else:
            self.description, self.rowcount = found or None, len(self._rows)

    def fetchone(self) -> Any:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> list[Any]:
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[Any]:
        taken, self._rows = self._rows, []
        return taken

    def close(self) -> None:
        self._rows = []


class Session:
    """A connection, and its turn to write while a transaction is open."""

    def __init__(self, path: str, config: dict[str, Any]) -> None:
        self.driver = _opened(path, config)
        self.driver.execute("SET TimeZone = 'UTC'")
        self._turn = turn(path if path == ":memory:" else str(Path(path).resolve()))
        self._is_open = False

    def begin(self) -> None:
        if not self._turn.acquire(timeout=BUSY_SECONDS):
            message = f"another run of this process has been writing to it for {BUSY_SECONDS} s; try again"
            raise duckdb.OperationalError(message)
        self._is_open = True
        self.driver.execute("BEGIN TRANSACTION")

    def commit(self) -> None:
        self._end("COMMIT")

    def rollback(self) -> None:
        self._end("ROLLBACK")

    def _end(self, how: str) -> None:
        if not self._is_open:
            return
        try:
            self.driver.execute(how)
        finally:
            self._is_open = False
            self._turn.release()

    def cursor(self) -> Cursor:
        return Cursor(self.driver)

    def close(self) -> None:
        self.rollback()
        self.driver.close()


def _opened(path: str, config: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    """Open the file. One process at a time may; wait a little for it, as SQLite does."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return duckdb.connect(path, config=config)
        except duckdb.IOException as error:
            if "lock" not in str(error):
                raise
            if time.monotonic() > until:
                message = f"{error}; one process at a time may open it: give its tasks a pool of one slot"
                raise duckdb.IOException(message) from error
            time.sleep(0.1)


class Preparer(IdentifierPreparer):
    """Quotes every name: what DuckDB reserves grows with its versions."""

    def _requires_quotes(self, value: str) -> bool:
        return True


class Types(GenericTypeCompiler):
    """Types as DuckDB spells them."""

    def visit_datetime(self, type_: sa.DateTime, **_given: Any) -> str:
        return "TIMESTAMP WITH TIME ZONE" if type_.timezone else "TIMESTAMP"

    def visit_JSON(self, type_: sa.JSON, **_given: Any) -> str:  # noqa: N802 - SQLAlchemy's name
        return "JSON"


class DuckDBSQL(default.DefaultDialect):
    """SQLAlchemy's view of DuckDB, as far as destinations need it."""

    name = "duckdb"
    driver = "duckdb"
    statement_compiler = PGCompiler
    type_compiler_cls = Types
    preparer = Preparer
    supports_statement_cache = True
    supports_native_boolean = True
    supports_schemas = True
    supports_sane_rowcount = True
    max_identifier_length = 255
    default_schema_name = "main"

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        return duckdb

    def create_connect_args(self, url: URL) -> Any:
        return [url.database or ":memory:", {**url.query}], {}

    def connect(self, *args: Any, **_given: Any) -> Any:
        return Session(*args)

    def initialize(self, connection: sa.Connection) -> None:
        """Nothing has to be asked of it."""

    def do_begin(self, dbapi_connection: Any) -> None:
        dbapi_connection.begin()

    # DuckDB has no savepoints. What a load cannot store it finds before it touches the database; anything
    # else that fails there ends the transaction.
    def do_savepoint(self, connection: sa.Connection, name: str) -> None:
        """Nothing: see above."""

    def do_rollback_to_savepoint(self, connection: sa.Connection, name: str) -> None:
        """Nothing: see above."""

    def do_release_savepoint(self, connection: sa.Connection, name: str) -> None:
        """Nothing: see above."""

    def get_schema_names(self, connection: sa.Connection, **_given: Any) -> list[str]:
        query = "SELECT schema_name FROM duckdb_schemas() WHERE database_name = current_database()"
        return [row[0] for row in connection.exec_driver_sql(query)]

    def get_table_names(
        self, connection: sa.Connection, schema: str | None = None, **_given: Any
    ) -> list[str]:
        query = (
            "SELECT table_name FROM duckdb_tables() "
            "WHERE database_name = current_database() AND NOT temporary AND schema_name = ?"
        )
        return [row[0] for row in connection.exec_driver_sql(query, (schema or self.default_schema_name,))]

    def has_table(
        self, connection: sa.Connection, table_name: str, schema: str | None = None, **_given: Any
    ) -> bool:
        return table_name in self.get_table_names(connection, schema)

    def get_columns(
        self, connection: sa.Connection, table_name: str, schema: str | None = None, **_given: Any
    ) -> list[ReflectedColumn]:
        query = (
            "SELECT column_name, data_type, is_nullable, column_default FROM duckdb_columns() "
            "WHERE database_name = current_database() AND schema_name = ? AND table_name = ? "
            "ORDER BY column_index"
        )
        place = (schema or self.default_schema_name, table_name)
        return [
            {"name": name, "type": _type(spelled), "nullable": nullable, "default": default_}
            for name, spelled, nullable, default_ in connection.exec_driver_sql(query, place)
        ]


def _type(spelled: str) -> TypeEngine[Any]:
    return sa.Numeric() if spelled.startswith("DECIMAL") else TYPES.get(spelled, sa.Text)()
