"""Which field each column belongs to, remembered in the destination, because it never changes."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from .destination import Destination
from .kinds import Kind


class Registry:
    """The table `_sync_columns`."""

    def __init__(self, destination: Destination) -> None:
        dialect = destination.dialect
        self.table = destination.table(
            "_sync_columns",
            sa.Column("table", dialect.name, primary_key=True),
            sa.Column("column", dialect.name, primary_key=True),
            sa.Column("field", dialect.types[Kind.TEXT], nullable=False),
        )

    def read(self, conn: Connection, table: str) -> dict[str, str]:
        """The fields of a table by column."""
        columns = self.table.c
        query = sa.select(columns.column, columns.field).where(columns.table == table)
        return {row.column: row.field for row in conn.execute(query)}

    def write(self, conn: Connection, table: str, fields: Mapping[str, str]) -> None:
        rows = [{"table": table, "column": column, "field": field} for column, field in fields.items()]
        if rows:
            conn.execute(self.table.insert(), rows)
