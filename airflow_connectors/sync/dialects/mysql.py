"""MySQL and MariaDB: LOAD DATA through PyMySQL; DDL on a connection apart, because it commits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha1
from tempfile import NamedTemporaryFile
from typing import Any, ClassVar

import pymysql
import sqlalchemy as sa
from sqlalchemy.dialects.mysql import DATETIME, LONGTEXT, TINYINT, insert
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import TypeEngine

from airflow_connectors.sync.errors import DestinationError
from airflow_connectors.sync.kinds import Kind

from .alteration import Alteration
from .base import Dialect
from .infile import FORMAT, infile
from .values import Rows, Unstorable

LOCK_SECONDS = 60
INDEX_BYTES = 3072  # https://dev.mysql.com/doc/refman/8.4/en/innodb-limits.html
CHARACTER_BYTES = 4
MARK_BYTES = 8  # of the hash or the moment that a version's key has besides
SETTINGS = (
    # Lookups are lookups: by itself it would read a large table to make a set of it.
    "SET optimizer_switch = 'materialization=off', time_zone = '+00:00', "
    "lock_wait_timeout = 60, innodb_lock_wait_timeout = 60, "
    "sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"
)


class ExactText(LONGTEXT):
    """Text that is equal only where it is the same: case, accents and trailing spaces count."""


class ExactName(sa.String):
    """As ExactText, and short enough for a primary key."""


@compiles(ExactText, "mysql", "mariadb")
def _exact_text(_type: ExactText, compiler: Any, **_given: Any) -> str:
    return f"LONGTEXT CHARACTER SET utf8mb4 COLLATE {_collation(compiler)}"


@compiles(ExactName, "mysql", "mariadb")
def _exact_name(type_: ExactName, compiler: Any, **_given: Any) -> str:
    return f"VARCHAR({type_.length}) CHARACTER SET utf8mb4 COLLATE {_collation(compiler)}"


def _collation(compiler: Any) -> str:
    # utf8mb4_bin, which both have, takes "a" and "a " for equal.
    return "utf8mb4_nopad_bin" if compiler.dialect.is_mariadb else "utf8mb4_0900_bin"


class Moment(sa.TypeDecorator[datetime]):
    """A moment in UTC, to the microsecond: the type has no zone."""

    impl = DATETIME(fsp=6)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value and value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value and value.replace(tzinfo=UTC)


class MySQLDialect(Dialect):
    """A schema is a database of that name. Text is compared exactly, moments are stored in UTC."""

    types: ClassVar[dict[Kind, TypeEngine[Any]]] = {
        **Dialect.types,
        # A DECIMAL has a fixed number of places, and JSON's numbers have not.
        Kind.NUMERIC: sa.Double(),
        Kind.TIMESTAMP: Moment(),
        Kind.TEXT: ExactText(),
    }
    has_keyed_stages = True
    name = ExactName(255)  # three of them just fit an index
    value_errors = (sa.exc.DataError, UnicodeError, Unstorable)
    errors = (sa.exc.DBAPIError, pymysql.Error)

    def engine(self, url: URL) -> Engine:
        url = url.set(drivername=f"{url.get_backend_name()}+pymysql").update_query_dict(
            {"charset": "utf8mb4"}
        )
        given = {"local_infile": True, "init_command": SETTINGS}
        engine = sa.create_engine(url, connect_args=given, isolation_level="READ COMMITTED")
        sa.event.listen(engine, "commit", _unlock)
        sa.event.listen(engine, "rollback", _unlock)
        return engine

    def temporary_schema(self, schema: str) -> str | None:
        return schema

    def key_type(self, kind: Kind, keys: int) -> TypeEngine[Any]:
        if kind is Kind.JSON:
            raise DestinationError(
                "MySQL cannot have objects or arrays in a primary key: declare another one"
            )
        return (
            ExactName((INDEX_BYTES - MARK_BYTES) // CHARACTER_BYTES // keys)
            if kind is Kind.TEXT
            else self.types[kind]
        )

    def create_schema(self, conn: Connection, schema: str) -> None:
        with self.ddl(conn) as own:
            super().create_schema(own, schema)

    @contextmanager
    def ddl(self, conn: Connection) -> Iterator[Connection]:
        # DDL commits what came before it on its connection:
        # https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html
        with conn.engine.connect() as own:
            yield own.execution_options(isolation_level="AUTOCOMMIT")

    def drop(self, conn: Connection, table: sa.Table) -> bool:
        conn.execute(table.delete())
        return False

    def drop_temporary(self, conn: Connection, table: sa.Table) -> None:
        # Without the word it would commit.
        where = conn.dialect.identifier_preparer.format_table(table)
        conn.exec_driver_sql(f"DROP TEMPORARY TABLE IF EXISTS {where}")

    def upsert(
        self, table: sa.Table, values: Mapping[str, Any], keys: Sequence[str], changes: Mapping[str, Any]
    ) -> sa.Insert:
        return insert(table).values(values).on_duplicate_key_update(changes)

    def lock(self, conn: Connection, schema: str) -> None:
        name = f"airflow_connectors_{sha1(schema.encode(), usedforsecurity=False).hexdigest()}"
        conn.info["is_locked"] = True
        if conn.execute(sa.select(sa.func.get_lock(name, LOCK_SECONDS))).scalar_one() != 1:
            message = (
                f"schema {schema}: another run has been altering its tables for {LOCK_SECONDS} s; try again"
            )
            raise DestinationError(message)

    def kind(self, type_: TypeEngine[Any]) -> Kind:
        if isinstance(type_, TINYINT) and type_.display_width == 1:
            return Kind.BOOLEAN
        # MariaDB's JSON: https://mariadb.com/kb/en/json-data-type/
        if isinstance(type_, LONGTEXT) and type_.collation == "utf8mb4_bin":
            return Kind.JSON
        if isinstance(type_, Moment):
            return Kind.TIMESTAMP
        return super().kind(type_)

    def alter(self, conn: Connection, before: sa.Table, after: sa.Table) -> None:
        with self.ddl(conn) as own:
            added, wider = self.changes(own, before, after)
            Alteration(own, before, after, self.kind).execute(added, wider)

    def load(
        self, conn: Connection, table: sa.Table, columns: Sequence[str], kinds: Sequence[Kind], rows: Rows
    ) -> None:
        _require_short(table, columns, rows)
        preparer = conn.dialect.identifier_preparer
        names = ", ".join(map(preparer.quote, columns))
        with NamedTemporaryFile("w", encoding="utf-8", newline="") as file:
            file.write(infile(rows, kinds))
            file.flush()
            what = f"LOCAL INFILE '{file.name}' INTO TABLE {preparer.format_table(table)} {FORMAT} ({names})"
            conn.exec_driver_sql(f"LOAD DATA {what}")
        warning = conn.exec_driver_sql("SHOW WARNINGS LIMIT 1").first()
        if warning:  # LOCAL makes of errors warnings, and of the values something else
            raise Unstorable(f"MySQL {warning[1]}: {warning[2]}")


def _require_short(table: sa.Table, columns: Sequence[str], rows: Rows) -> None:
    """Raises Unstorable for a text that a key column has no room for."""
    for number, name in enumerate(columns):
        type_ = table.c[name].type
        if (
            isinstance(type_, ExactName)
            and type_.length
            and any(len(row[number]) > type_.length for row in rows)
        ):
            message = (
                f"MySQL: column {name} is part of the primary key and holds {type_.length} characters at most"
            )
            raise Unstorable(message)


def _unlock(conn: Connection) -> None:
    if not conn.invalidated and conn.info.pop("is_locked", False):
        conn.exec_driver_sql("DO RELEASE_ALL_LOCKS()")
