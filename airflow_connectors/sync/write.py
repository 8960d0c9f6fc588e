"""From the staging table to the stream's table: what differs is written, and everything is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from .dialects import Dialect
from .names import DELETED_AT, ROW_HASH, SEQUENCE, SYNCED_AT
from .tables import Tables


@dataclass(frozen=True)
class Written:
    """How many of the staged records were new, changed and unchanged, and how many rows are gone."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0


def merge(conn: Connection, dialect: Dialect, tables: Tables) -> Written:
    """Insert what is new and update what differs, by primary key."""
    target, latest = _target(tables), _latest(tables)
    on = _same_key(tables, target, latest)
    total = _count(conn, sa.select(sa.func.count()).select_from(latest))
    known = _count(conn, sa.select(sa.func.count()).select_from(latest.join(target, on)))
    columns = [*tables.kinds, ROW_HASH]
    source = sa.select(*(latest.c[name] for name in columns), _now().label(SYNCED_AT))
    statement = dialect.insert(target).from_select(
        [*columns, SYNCED_AT], source.where(latest.c[ROW_HASH].is_not(None))
    )
    excluded = statement.excluded
    changes = {name: excluded[name] for name in (*columns, SYNCED_AT)}
    differs = sa.or_(target.c[ROW_HASH] != excluded[ROW_HASH], target.c[DELETED_AT].is_not(None))
    statement = statement.on_conflict_do_update(
        index_elements=list(tables.keys), set_={**changes, DELETED_AT: None}, where=differs
    )
    written = _rows(conn, statement)
    return Written(total - known, written - (total - known), total - written)


def append(conn: Connection, dialect: Dialect, tables: Tables) -> Written:
    """Insert the versions of records that are not there yet."""
    target, latest = _target(tables), _latest(tables)
    total = _count(conn, sa.select(sa.func.count()).select_from(latest))
    on = sa.and_(_same_key(tables, target, latest), target.c[ROW_HASH] == latest.c[ROW_HASH])
    columns = [*tables.kinds, ROW_HASH]
    source = sa.select(*(latest.c[name] for name in columns), _now().label(SYNCED_AT))
    source = source.where(~sa.exists().where(on))
    written = _rows(conn, dialect.insert(target).from_select([*columns, SYNCED_AT], source))
    return Written(new=written, unchanged=total - written)


def delete_absent(conn: Connection, tables: Tables, scope: Mapping[str, str], *, hard: bool) -> int:
    """Mark or remove the rows of a scope that a complete reading did not show; how many they were."""
    target, latest = _target(tables), _latest(tables)
    absent = sa.and_(_live(target, scope), ~sa.exists().where(_same_key(tables, target, latest)))
    if hard:
        return conn.execute(target.delete().where(absent)).rowcount
    return conn.execute(target.update().where(absent).values({DELETED_AT: _now()})).rowcount


def live_rows(conn: Connection, tables: Tables, scope: Mapping[str, str]) -> int:
    """Rows of a scope that are not marked as deleted."""
    if tables.target is None:
        return 0
    return _count(
        conn, sa.select(sa.func.count()).select_from(tables.target).where(_live(tables.target, scope))
    )


def staged_rows(conn: Connection, tables: Tables) -> int:
    """Distinct records in the staging table."""
    return _count(conn, sa.select(sa.func.count()).select_from(_latest(tables)))


def _target(tables: Tables) -> sa.Table:
    if tables.target is None:
        raise LookupError(f"{tables.name} has no table yet")
    return tables.target


def _latest(tables: Tables) -> sa.Subquery:
    """The staged records, each once: numbered pages repeat some, and the last one read is the newest."""
    stage = tables.stage
    if stage is None:
        raise LookupError(f"{tables.name} has no staging table")
    keys = [stage.c[name] for name in tables.keys]
    rank = sa.func.row_number().over(partition_by=keys, order_by=stage.c[SEQUENCE].desc())
    ranked = sa.select(stage, rank.label("_rank")).subquery("ranked")
    return sa.select(ranked).where(ranked.c["_rank"] == 1).subquery("latest")


def _same_key(tables: Tables, target: sa.Table, latest: sa.Subquery) -> sa.ColumnElement[bool]:
    return sa.and_(*(target.c[name] == latest.c[name] for name in tables.keys))


def _live(target: sa.Table, scope: Mapping[str, str]) -> sa.ColumnElement[bool]:
    return sa.and_(
        target.c[DELETED_AT].is_(None), *(target.c[name] == value for name, value in scope.items())
    )


def _now() -> sa.ColumnElement[datetime]:
    return sa.literal(datetime.now(UTC), sa.DateTime(timezone=True))


def _rows(conn: Connection, statement: sa.Insert) -> int:
    # SQLAlchemy keeps the count of an INSERT only when asked to.
    return conn.execute(statement, execution_options={"preserve_rowcount": True}).rowcount


def _count(conn: Connection, query: sa.Select[Any]) -> int:
    return int(conn.execute(query).scalar_one())
