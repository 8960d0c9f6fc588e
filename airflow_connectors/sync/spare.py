"""What a table has newer than what is about to be written: that is left as it is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from airflow_connectors.core import Stream

from .batch import Batch
from .kinds import Kind
from .names import DELETED_AT, SEQUENCE, SYNCED_AT, VALID_TO
from .options import Write
from .run import Run
from .shaping import Shaping
from .tables import Tables

CHUNK = 500
SORTABLE = (Kind.TIMESTAMP, Kind.INTEGER, Kind.FLOAT, Kind.NUMERIC)


def without(batch: Batch, numbers: Collection[int]) -> Batch:
    """The rows of other numbers than these."""
    return replace(batch, rows=[row for row in batch.rows if row[-1] not in numbers]) if numbers else batch


def drop_outdated(run: Run, tables: Tables) -> set[int]:
    """
    Take those rows out of the staging table that were written or deleted since the run began; their numbers.

    What this run read before that may be older than what was seen then, and a live run reads all that is
    newer. A row with a later cursor is newer in any case, also where clocks disagree. An append keeps every
    version, so there none is in another's way.
    """
    target, stage = tables.target, tables.staging
    if target is None or tables.write is Write.APPEND or not tables.keys:
        return set()
    began = sa.literal(run.started_at, tables.dialect.types[Kind.TIMESTAMP])
    ended = target.c[VALID_TO if tables.write is Write.SCD2 else DELETED_AT]
    is_newer = [target.c[SYNCED_AT] >= began, ended >= began]
    cursor = cursor_column(run.stream, run.intaker.shaping, tables.name)
    if tables.kinds.get(cursor) in SORTABLE:
        is_newer.append(sa.and_(ended.is_(None), target.c[cursor] > stage.c[cursor]))
    is_same = [target.c[name] == stage.c[name] for name in tables.keys]
    query = sa.select(stage.c[SEQUENCE]).where(*is_same, sa.or_(*is_newer))
    with tables.looking_up(run.conn):
        found = set(run.conn.execute(query).scalars())
    return unstage(run.conn, tables, found)


def unstage(conn: Connection, tables: Tables, numbers: set[int]) -> set[int]:
    """Take rows out of the staging table again."""
    number, all_ = tables.staging.c[SEQUENCE], sorted(numbers)
    for start in range(0, len(all_), CHUNK):
        conn.execute(tables.staging.delete().where(number.in_(all_[start : start + CHUNK])))
    return numbers


def cursor_column(stream: Stream, shaping: Shaping, table: str) -> str:
    """The column with the cursor, or with the nested value that it is in. Empty if the table has none."""
    cursor, lift = stream.cursor, stream.lift
    if not cursor or stream.follow:
        return ""
    path = cursor.field.removeprefix(f"{lift}.") if lift else cursor.field
    return shaping.all_fields[table].names.get(path.partition(".")[0], "")
