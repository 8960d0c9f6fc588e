"""From the staging table to the stream's table: what differs is written, and everything is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from .dialects import Dialect
from .dialects.pair import Pair
from .kinds import Kind
from .names import DELETED_AT, ROW_HASH, SEQUENCE, SYNCED_AT, VALID_FROM, VALID_TO
from .options import Write
from .tables import Tables


@dataclass(frozen=True)
class Written:
    """How many of the staged records were new, changed and unchanged, and how many rows are gone."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0


def merge(conn: Connection, dialect: Dialect, tables: Tables, *, is_unique: bool) -> Written:
    """
    Insert what is new and update what differs. A record that was deleted and is back has changed.

    `is_unique`: each record is staged once. Otherwise the one that was staged last counts.
    """
    pair = _pair(conn, tables, {SYNCED_AT: _moment(tables, None)}, is_unique=is_unique)
    new, changed = dialect.merge(conn, pair) if tables.keys else dialect.update_and_insert(conn, pair)
    return Written(new, changed, _rows_in(conn, pair.source) - new - changed)


def append(conn: Connection, dialect: Dialect, tables: Tables, *, is_unique: bool) -> Written:
    """Insert the versions of records that are not there yet."""
    pair = _pair(conn, tables, {SYNCED_AT: _moment(tables, None)}, is_unique=is_unique)
    new = dialect.insert_absent(conn, pair)
    return Written(new=new, unchanged=_rows_in(conn, pair.source) - new)


def scd2(conn: Connection, dialect: Dialect, tables: Tables, *, is_unique: bool, now: datetime) -> Written:
    """
    End the current version of what differs, and begin one of it and of what is new.

    `now` is later than that of any write before. A record that was deleted and is back has changed.
    """
    moment = _moment(tables, now)
    pair = _pair(conn, tables, {SYNCED_AT: moment, VALID_FROM: moment}, is_unique=is_unique)
    with tables.looking_up(conn):
        new, changed = _begin_versions(conn, dialect, pair, moment)
    return Written(new, changed, _rows_in(conn, pair.source) - new - changed)


def _begin_versions(
    conn: Connection, dialect: Dialect, pair: Pair, moment: sa.ColumnElement[datetime]
) -> tuple[int, int]:
    """How many records are new, and how many others have a new version."""
    target, is_current = pair.target, pair.target.c[VALID_TO].is_(None)
    ended = (
        target.update()
        .values({VALID_TO: moment})
        .where(pair.is_same, is_current, pair.differs(pair.source.c))
    )
    dialect.rows(conn, ended)
    known = sa.and_(sa.exists().where(pair.is_same), ~sa.exists().where(pair.is_same, is_current))
    changed = _rows_in(conn, pair.source, known)
    return dialect.rows(conn, pair.insert_absent(is_current)) - changed, changed


def delete_absent(
    conn: Connection, tables: Tables, scope: Mapping[str, str], *, hard: bool, now: datetime | None = None
) -> int:
    """
    Mark or remove the rows of a scope that a complete reading did not show; how many they were.

    Of a history nothing is removed: the current versions end.
    """
    dialect, target, stage = tables.dialect, target_of(tables), tables.staging
    dialect.prepare_join(conn, stage, identity_of(tables))
    is_absent = dialect.is_absent(target, stage, identity_of(tables))
    return _delete(conn, tables, sa.and_(_live(tables, scope), is_absent), hard=hard, now=now)


def delete_staged(conn: Connection, tables: Tables, *, hard: bool, now: datetime | None = None) -> int:
    """Mark or remove the rows whose keys are staged; how many they were."""
    is_staged = tables.dialect.is_staged(target_of(tables), tables.staging, identity_of(tables))
    with tables.looking_up(conn):
        return _delete(conn, tables, sa.and_(_live(tables, {}), is_staged), hard=hard, now=now)


def delete_elements(conn: Connection, tables: Tables, *, hard: bool) -> int:
    """
    Mark or remove elements beyond those that their parents have now; how many they were.

    For each parent a dead row is staged, whose place is -1 less the number of its elements.
    """
    target, stage = target_of(tables), tables.staging
    newer, place = stage.alias("newer"), tables.keys[-1]
    is_latest: sa.ColumnElement[bool] = sa.true()
    if not tables.is_temporary:  # a snapshot may have brought a parent twice
        same = [newer.c[name] == stage.c[name] for name in tables.parent]
        is_newer = sa.and_(newer.c[ROW_HASH].is_(None), newer.c[SEQUENCE] > stage.c[SEQUENCE])
        is_latest = ~sa.exists().where(*same, is_newer)
    is_of_parent = sa.and_(*(target.c[name] == stage.c[name] for name in tables.parent))
    is_beyond = target.c[place] >= -1 - stage.c[place]
    is_gone = sa.exists().where(stage.c[ROW_HASH].is_(None), is_of_parent, is_beyond, is_latest)
    return _delete(conn, tables, sa.and_(_live(tables, {}), is_gone), hard=hard, now=None)


def delete_orphans(conn: Connection, tables: Tables, parents: Tables, *, hard: bool) -> int:
    """Mark or remove the elements of records that are deleted; how many they were."""
    target, parent = target_of(tables), target_of(parents)
    pairs = zip(tables.parent, parents.keys, strict=True)
    is_whole = sa.exists().where(
        _live(parents, {}), *(target.c[ours] == parent.c[theirs] for ours, theirs in pairs)
    )
    return _delete(conn, tables, sa.and_(_live(tables, {}), ~is_whole), hard=hard, now=None)


def _delete(
    conn: Connection, tables: Tables, where: sa.ColumnElement[bool], *, hard: bool, now: datetime | None
) -> int:
    target = target_of(tables)
    if hard and tables.write is not Write.SCD2:
        return tables.dialect.rows(conn, target.delete().where(where))
    mark = VALID_TO if tables.write is Write.SCD2 else DELETED_AT
    return tables.dialect.rows(conn, target.update().where(where).values({mark: _moment(tables, now)}))


def written_since(conn: Connection, tables: Tables, moment: datetime) -> set[int]:
    """The sequence numbers of the staged rows that a write since then has put into the table."""
    target, stage = target_of(tables), tables.staging
    is_same = [target.c[name] == stage.c[name] for name in identity_of(tables)]
    is_written = target.c[SYNCED_AT] >= _moment(tables, moment)
    with tables.looking_up(conn):
        return set(conn.execute(sa.select(stage.c[SEQUENCE]).where(*is_same, is_written)).scalars())


def live_rows(conn: Connection, tables: Tables, scope: Mapping[str, str]) -> int:
    """Rows of a scope that are not deleted."""
    if tables.target is None:
        return 0
    return _rows_in(conn, tables.target, _live(tables, scope))


def staged_rows(conn: Connection, tables: Tables) -> int:
    """Distinct records in the staging table."""
    identities = sa.select(*(tables.staging.c[name] for name in identity_of(tables))).distinct()
    return _rows_in(conn, identities.subquery("identities"))


def target_of(tables: Tables) -> sa.Table:
    if tables.target is None:
        raise LookupError(f"{tables.name} has no table yet")
    return tables.target


def identity_of(tables: Tables) -> Sequence[str]:
    """What makes two rows the same: the key, the content, or both where every version is a row."""
    if tables.write is Write.APPEND:
        return (*tables.keys, ROW_HASH)
    return tables.keys or (ROW_HASH,)


def _pair(
    conn: Connection, tables: Tables, marks: Mapping[str, sa.ColumnElement[Any]], *, is_unique: bool
) -> Pair:
    is_bare = is_unique or not (tables.parent or _has_repeats(conn, tables))
    source = tables.staging if is_bare else _latest(tables)
    return Pair(target_of(tables), source, identity_of(tables), [*tables.kinds, ROW_HASH], marks)


def _has_repeats(conn: Connection, tables: Tables) -> bool:
    """Whether numbered pages, which shift while they are read, have brought a record twice."""
    keys = [tables.staging.c[name] for name in identity_of(tables)]
    query = sa.select(sa.literal(1)).group_by(*keys).having(sa.func.count() > 1).limit(1)
    return conn.execute(query.select_from(tables.staging)).first() is not None


def _latest(tables: Tables) -> sa.Subquery:
    """The staged records, each once: the last one read is the newest."""
    stage = tables.staging
    keys = [stage.c[name] for name in identity_of(tables)]
    rank = sa.func.row_number().over(partition_by=keys, order_by=stage.c[SEQUENCE].desc())
    is_living = stage.c[ROW_HASH].is_not(None)
    ranked = sa.select(stage, rank.label("_rank")).where(is_living).subquery("ranked")
    columns = [ranked.c[column.name] for column in stage.columns]
    return sa.select(*columns).where(ranked.c["_rank"] == 1).subquery("latest")


def _live(tables: Tables, scope: Mapping[str, str]) -> sa.ColumnElement[bool]:
    target = target_of(tables)
    ended = target.c[VALID_TO if tables.write is Write.SCD2 else DELETED_AT]
    return sa.and_(ended.is_(None), *(target.c[name] == value for name, value in scope.items()))


def _moment(tables: Tables, moment: datetime | None) -> sa.ColumnElement[datetime]:
    return sa.literal(moment or datetime.now(UTC), tables.dialect.types[Kind.TIMESTAMP])


def _rows_in(conn: Connection, place: sa.FromClause, *where: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.count()).select_from(place).where(*where)
    return int(conn.execute(query).scalar_one())
