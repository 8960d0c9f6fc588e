"""A table made anew with wider columns, for databases that cannot change a type, or not a key's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from airflow_connectors.sync.names import LONGEST, digest

from .base import placed_aside

Convert = Callable[[sa.Column[Any], sa.Column[Any]], sa.ColumnElement[Any]]


def rebuild(conn: Connection, before: sa.Table, after: sa.Table, convert: Convert) -> None:
    """Replace `before` by `after`, with the same rows. `convert` gives a column's value for its new type."""
    aside = placed_aside(before, f"{before.name[: LONGEST - 9]}_{digest(before.name)}")
    preparer = conn.dialect.identifier_preparer
    for index in before.indexes:
        index.drop(conn)
    conn.exec_driver_sql(
        f"ALTER TABLE {preparer.format_table(before)} RENAME TO {preparer.quote(aside.name)}"
    )
    after.create(conn)
    values = [convert(column, after.c[column.name]).label(column.name) for column in aside.columns]
    names = [column.name for column in aside.columns]
    conn.execute(after.insert().from_select(names, sa.select(*values)))
    aside.drop(conn)
