"""Rows into a staging table; those that the database cannot hold are set aside one by one."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from sqlalchemy.engine import Connection

from .batch import Batch, Reject, Rows
from .dialects import Dialect
from .tables import Tables


def load(conn: Connection, dialect: Dialect, tables: Tables, batch: Batch) -> Iterator[tuple[int, Reject]]:
    """Put a batch's rows into the staging table. Yields the index of each refused row, and why."""
    if batch.rows:
        yield from _load(conn, dialect, tables, batch, 0)


def _load(
    conn: Connection, dialect: Dialect, tables: Tables, batch: Batch, start: int
) -> Iterator[tuple[int, Reject]]:
    try:
        with conn.begin_nested():
            dialect.load(conn, tables.staging, batch.columns, batch.all_kinds, batch.rows)
    except dialect.value_errors as error:
        if len(batch.rows) == 1:
            yield start, Reject(f"the destination refused it: {error}", _raw(batch))
            return
        middle = len(batch.rows) // 2
        yield from _load(conn, dialect, tables, _part(batch, batch.rows[:middle]), start)
        yield from _load(conn, dialect, tables, _part(batch, batch.rows[middle:]), start + middle)


def _part(batch: Batch, rows: Rows) -> Batch:
    return Batch(batch.kinds, rows)


def _raw(batch: Batch) -> str:
    row = dict(zip(batch.columns, batch.rows[0], strict=True))
    return msgspec.json.encode(
        {n: msgspec.Raw(v) if isinstance(v, bytes) else v for n, v in row.items()}
    ).decode()
