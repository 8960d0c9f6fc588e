"""How MySQL widens columns: every step ends by itself, so that a crash in between costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.types import TypeEngine

from airflow_connectors.sync.kinds import Kind
from airflow_connectors.sync.names import WIDENING, digest

from .base import column_ddl, placed_aside
from .values import require_exact

Columns = Sequence[sa.Column[Any]]


@dataclass(frozen=True)
class Alteration:
    """One table's change, on a connection that commits each statement."""

    conn: Connection
    before: sa.Table
    after: sa.Table
    kind: Callable[[TypeEngine[Any]], Kind]

    def execute(self, added: Columns, wider: Columns) -> None:
        rewritten = [column for column in wider if self._is_rewritten(column)]
        plain = [column for column in wider if column not in rewritten]
        for column in plain:
            require_exact(self.conn, self.before.c[column.name], self.kind(column.type))
        clauses = [f"ADD COLUMN {column_ddl(self.conn, column)}" for column in added]
        self._alter([*clauses, *(f"MODIFY COLUMN {self._definition(column)}" for column in plain)])
        for column in rewritten:
            self._rewrite(column)

    def _is_rewritten(self, column: sa.Column[Any]) -> bool:
        """Whether MySQL's own conversion would give something else."""
        was = self.kind(self.before.c[column.name].type)
        return was is Kind.TIMESTAMP or self.kind(column.type) is Kind.JSON

    def _rewrite(self, column: sa.Column[Any]) -> None:
        """Fill a new column that then takes the old one's name and place."""
        wide = sa.Column(f"{WIDENING}{digest(column.name)}", column.type)
        both = placed_aside(self.before, self.before.name)
        both.append_column(wide)
        self._run(f"LOCK TABLES {self._table} WRITE")
        try:
            if wide.name in self._found():
                self._alter([f"DROP COLUMN {self._quote(wide.name)}"])
            self._alter([f"ADD COLUMN {column_ddl(self.conn, wide)}"])
            self.conn.execute(both.update().values({wide.name: self._value(column, both)}))
            self._alter(self._replacement(column, wide))
        finally:
            self._run("UNLOCK TABLES")

    def _replacement(self, column: sa.Column[Any], wide: sa.Column[Any]) -> list[str]:
        keys = ", ".join(self._quote(key.name) for key in self.after.primary_key)
        name = self._quote(column.name)
        clauses = [f"DROP COLUMN {name}", f"CHANGE {self._quote(wide.name)} {self._definition(column)}"]
        return [*clauses, "DROP PRIMARY KEY", f"ADD PRIMARY KEY ({keys})"] if column.primary_key else clauses

    def _value(self, column: sa.Column[Any], table: sa.Table) -> sa.ColumnElement[Any]:
        old = table.c[column.name]
        was = self.kind(old.type)
        plain = sa.func.date_format(old, "%Y-%m-%dT%H:%i:%s.%fZ") if was is Kind.TIMESTAMP else old
        if self.kind(column.type) is not Kind.JSON:
            return plain
        if was is Kind.BOOLEAN:
            return sa.case((old.is_(None), None), (old, "true"), else_="false")
        return sa.func.json_quote(plain) if was in (Kind.TEXT, Kind.TIMESTAMP) else sa.cast(plain, sa.CHAR)

    def _definition(self, column: sa.Column[Any]) -> str:
        return f"{column_ddl(self.conn, column)} {'NULL' if column.nullable else 'NOT NULL'}"

    def _found(self) -> set[str]:
        found = sa.inspect(self.conn).get_columns(self.before.name, schema=self.before.schema)
        return {column["name"] for column in found}

    def _alter(self, clauses: Sequence[str]) -> None:
        if clauses:
            self._run(f"ALTER TABLE {self._table} {', '.join(clauses)}")

    def _run(self, statement: str) -> None:
        self.conn.exec_driver_sql(statement)

    def _quote(self, name: str) -> str:
        return self.conn.dialect.identifier_preparer.quote(name)

    @property
    def _table(self) -> str:
        return self.conn.dialect.identifier_preparer.format_table(self.before)
