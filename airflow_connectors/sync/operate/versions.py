"""Which of two versions of a record is the newer: the one that was rejected, or the one in the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from airflow_connectors.core import Cursor, dig
from airflow_connectors.sync.kinds import Kind
from airflow_connectors.sync.names import DELETED_AT, SEQUENCE, SYNCED_AT, VALID_FROM, VALID_TO
from airflow_connectors.sync.options import Write
from airflow_connectors.sync.tables import Tables

from .text import as_utc


@dataclass(frozen=True)
class Version:
    """What a table knows of a record: its place in the cursor's order, when it was written, when it ended."""

    position: datetime | None
    written_at: datetime | None
    ended_at: datetime | None

    def is_newer_than(self, position: datetime | None, came_at: datetime) -> bool:
        """
        Whether a record that came then, and stands there by its cursor, is older than this.

        Where cursors are equal or there is none, what was written later is the newer. A record that was
        deleted after it had come is not brought back.
        """
        if self.ended_at is not None:
            return self.ended_at >= came_at
        if position is not None and self.position is not None and position != self.position:
            return self.position > position
        return self.written_at is not None and self.written_at >= came_at


def versions(conn: Connection, tables: Tables, cursor: Cursor | None, column: str) -> dict[int, Version]:
    """The table's version of each staged record that it has, by the record's sequence."""
    target, stage = tables.target, tables.staging
    if target is None or not tables.keys or tables.write is Write.APPEND:
        return {}
    is_history = tables.write is Write.SCD2
    ended = target.c[VALID_TO if is_history else DELETED_AT]
    stands = target.c[column] if column in tables.kinds else None
    query = sa.select(
        stage.c[SEQUENCE].label("number"),
        target.c[SYNCED_AT].label("written_at"),
        ended.label("ended_at"),
        (sa.null() if stands is None else sa.type_coerce(stands, sa.types.NullType())).label("stands"),
    ).where(*(target.c[name] == stage.c[name] for name in tables.keys))
    rows = conn.execute(query.order_by(target.c[VALID_FROM]) if is_history else query).mappings()
    return dict(_found(rows, cursor, tables.kinds.get(column)))


def _found(rows: Any, cursor: Cursor | None, kind: Kind | None) -> Iterator[tuple[int, Version]]:
    """Of several versions the last one counts: of a history, the current one or the one that ended last."""
    for row in rows:
        position = _position(row, cursor, kind) if cursor and row["stands"] is not None else None
        yield row["number"], Version(position, _utc(row["written_at"]), _utc(row["ended_at"]))


def _position(row: Mapping[str, Any], cursor: Cursor, kind: Kind | None) -> datetime:
    """The cursor's value as the driver gives it, as a moment."""
    value = row["stands"]
    if isinstance(value, datetime):
        return as_utc(value)
    if kind is Kind.TIMESTAMP:
        return as_utc(datetime.fromisoformat(value))
    inner = cursor.field.partition(".")[2]
    if kind is Kind.JSON:
        value = msgspec.json.decode(value) if isinstance(value, str | bytes) else value
        value = dig(value, inner, None)
    return cursor.moment(value)


def _utc(moment: datetime | None) -> datetime | None:
    return as_utc(moment) if moment else None
