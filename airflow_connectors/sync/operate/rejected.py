"""Rejected records in the ledger: which are to be settled, and how they were."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from airflow_connectors.sync.ledger import Key, Ledger

from .text import as_utc


@dataclass(frozen=True)
class Rejected:
    """One rejected record: whose it is, when it came, and its text."""

    id: str
    key: Key
    at: datetime
    raw: str


def unsettled(conn: Connection, ledger: Ledger, connection: str, table: str) -> list[str]:
    """The rejects of a stream that are still to be settled, the newest first."""
    rejects = ledger.rejects.c
    where = (rejects.connection == connection, rejects.stream == table, rejects.replayed_at.is_(None))
    query = sa.select(rejects.reject_id).where(*where)
    found = conn.execute(query.order_by(rejects.rejected_at.desc(), rejects.reject_id)).scalars()
    return list(found)


def locked(conn: Connection, ledger: Ledger, ids: Sequence[str]) -> list[Rejected]:
    """These rejects in their order, for this transaction alone; without what another one has settled."""
    rejects = ledger.rejects
    query = sa.select(rejects).where(rejects.c.reject_id.in_(ids), rejects.c.replayed_at.is_(None))
    rows = {row.reject_id: row for row in conn.execute(ledger.dialect.locking(query))}
    return [
        Rejected(id_, Key(row.connection, row.stream, row.partition), as_utc(row.rejected_at), row.raw)
        for id_ in ids
        if (row := rows.get(id_)) is not None
    ]


def settle(conn: Connection, ledger: Ledger, ids: Iterable[str], outcome: str) -> None:
    """Mark rejects as done with."""
    rejects = ledger.rejects
    values = {"replayed_at": datetime.now(UTC), "outcome": outcome}
    if rows := [{"id": id_} for id_ in ids]:
        where = rejects.c.reject_id == sa.bindparam("id")
        conn.execute(rejects.update().where(where).values(values), rows)


def still_bad(conn: Connection, ledger: Ledger, errors: Iterable[tuple[str, str]], version: str) -> None:
    """Note what is wrong with rejects now, and with which columns."""
    rejects = ledger.rejects
    values = {"error": sa.bindparam("now"), "schema_version": version}
    if rows := [{"id": id_, "now": error} for id_, error in errors]:
        where = rejects.c.reject_id == sa.bindparam("id")
        conn.execute(rejects.update().where(where).values(values), rows)
