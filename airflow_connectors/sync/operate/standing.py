"""Where the streams of a destination stand, and what their runs did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from airflow_connectors.sync.destination import Destination
from airflow_connectors.sync.extent import RunKind
from airflow_connectors.sync.ledger import Ledger, Resume

from .looking import has_table, looking
from .text import as_utc

Row = Mapping[str, Any]
ASIDE = (RunKind.BACKFILL.value, RunKind.REPLAY.value)


@dataclass(frozen=True)
class Standing:
    """
    The state of one partition: how far it is read, and what the last run of its stream came to.

    `age` is the time since its cursor. `interrupted` says where an unfinished window goes on.
    """

    connection: str
    table: str
    partition: str
    cursor: datetime | None
    age: timedelta | None
    interrupted: str
    epoch: int
    updated_at: datetime | None
    last_run: str
    last_run_at: datetime | None
    verdict: str


def standings(destination: Destination, connection: str = "", table: str = "") -> list[Standing]:
    """The state of every partition, of one connection or table if it is named."""
    with looking(destination) as conn:
        ledger = Ledger(destination)
        if conn is None or not has_table(conn, ledger.state):
            return []
        state = ledger.state
        query = sa.select(state).where(*_named(state, connection=connection, stream=table))
        last = last_runs(conn, ledger)
        found = conn.execute(query.order_by(state.c.connection, state.c.stream, state.c.partition)).mappings()
        return [_standing(dict(row), last.get((row["connection"], row["stream"]), {})) for row in found]


def runs(destination: Destination, connection: str = "", table: str = "", *, most: int = 20) -> list[Row]:
    """The latest runs, the newest first."""
    with looking(destination) as conn:
        ledger = Ledger(destination)
        if conn is None or not has_table(conn, ledger.runs):
            return []
        where = _named(ledger.runs, connection=connection, table_name=table)
        query = sa.select(ledger.runs).where(*where).order_by(ledger.runs.c.started_at.desc()).limit(most)
        return [dict(row) for row in conn.execute(query).mappings()]


def last_runs(conn: Connection, ledger: Ledger) -> dict[tuple[str, str], Row]:
    """The latest run into each connection's table, without those that leave its state alone."""
    runs = ledger.runs
    is_live = sa.or_(runs.c.kind.is_(None), runs.c.kind.not_in(ASIDE))
    latest = (
        sa.select(runs.c.connection, runs.c.table_name, sa.func.max(runs.c.started_at).label("at"))
        .where(is_live)
        .group_by(runs.c.connection, runs.c.table_name)
        .subquery("latest")
    )
    same = [runs.c[name] == latest.c[name] for name in ("connection", "table_name")]
    query = sa.select(runs).join(latest, sa.and_(*same, runs.c.started_at == latest.c.at))
    found = conn.execute(query).mappings()
    return {(row["connection"], row["table_name"]): dict(row) for row in found}


def _named(table: sa.Table, **values: str) -> Sequence[sa.ColumnElement[bool]]:
    return [table.c[name] == value for name, value in values.items() if value]


def _standing(row: Row, last: Row) -> Standing:
    cursor = datetime.fromisoformat(row["cursor"]) if row["cursor"] else None
    resume = msgspec.json.decode(row["resume"], type=Resume) if row["resume"] else None
    return Standing(
        connection=row["connection"],
        table=row["stream"],
        partition=row["partition"],
        cursor=cursor,
        age=datetime.now(UTC) - cursor if cursor else None,
        interrupted=f"after {resume.read:,} records, at {resume.request}" if resume else "",
        epoch=row["epoch"],
        updated_at=as_utc(row["updated_at"]) if row["updated_at"] else None,
        last_run=last.get("kind") or "",
        last_run_at=as_utc(last["started_at"]) if last else None,
        verdict=last.get("verdict") or ("running or killed" if last else ""),
    )
