"""Forgetting what a stream had read, so that the next run begins anew."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from airflow_connectors.core import ConfigError
from airflow_connectors.sync.destination import Destination
from airflow_connectors.sync.ledger import Key, Ledger, Resume
from airflow_connectors.sync.listing import Listing
from airflow_connectors.sync.names import digest


@dataclass(frozen=True)
class Forgotten:
    """The partitions whose state was reset, and the tables that were dropped."""

    keys: Sequence[Key]
    tables: Sequence[str] = ()

    def __str__(self) -> str:
        names = sorted({f"{key.connection}/{key.stream}" for key in self.keys})
        dropped = f"; dropped {', '.join(self.tables)}" if self.tables else ""
        return f"reset {len(self.keys):,} partition(s) of {', '.join(names)}{dropped}"


def reset(
    destination: Destination,
    connection: str,
    table: str = "",
    partition: str | None = None,
    *,
    drop_table: bool = False,
) -> Forgotten:
    """
    Forget the state of a connection's tables, of one table, or of one partition of it.

    A run that is under way ends at its next commit, which writes nothing. With `drop_table` the rows go too.
    Raises ConfigError where there is no such state.
    """
    _require_whole(table, partition, drop_table=drop_table)
    with destination.connect() as conn, conn.begin():
        ledger = Ledger(destination)
        ledger.create(conn)
        found = _found(conn, ledger, connection, table, partition)
        _require_some(conn, ledger, found, "/".join(filter(None, (connection, table, partition))))
        if drop_table:
            _require_alone(conn, ledger, connection, table)
        _forget(conn, ledger, list(found))
        _discard(conn, destination, [key for key, resume in found.items() if resume and resume.is_snapshot])
        return Forgotten(list(found), [_dropped(conn, ledger, destination, table)] if drop_table else ())


def _found(
    conn: Connection, ledger: Ledger, connection: str, table: str, partition: str | None
) -> dict[Key, Resume | None]:
    state = ledger.state.c
    where = [state.connection == connection]
    # A listing of keys or removals has a state of its own, named after the table.
    names = [table, *(f"{table}#{listing.value}" for listing in Listing)]
    where += [state.stream.in_(names)] if table else []
    where += [state.partition == partition] if partition is not None else []
    query = ledger.dialect.locking(
        sa.select(ledger.state).where(*where).order_by(state.stream, state.partition)
    )
    return {
        Key(row.connection, row.stream, row.partition): msgspec.json.decode(row.resume, type=Resume)
        if row.resume
        else None
        for row in conn.execute(query)
    }


def _forget(conn: Connection, ledger: Ledger, keys: Sequence[Key]) -> None:
    # The row and its epoch stay: with a new one, a run from before could take itself for the current one.
    names = list(Key.__match_args__)
    where = [ledger.state.c[name] == sa.bindparam(f"of_{name}") for name in names]
    nothing = dict.fromkeys(("cursor", "resume", "etag", "etag_for", "lateness"))
    values = {**nothing, "epoch": ledger.state.c.epoch + 1, "updated_at": datetime.now(UTC)}
    rows = [{f"of_{name}": getattr(key, name) for name in names} for key in keys]
    conn.execute(ledger.state.update().where(*where).values(values), rows)


def _require_alone(conn: Connection, ledger: Ledger, connection: str, table: str) -> None:
    """Raise ConfigError where other connections have rows in the table too."""
    state = ledger.state.c
    where = (state.stream == table, state.connection != connection)
    others = conn.execute(sa.select(state.connection).where(*where).distinct()).scalars().all()
    if others:
        raise ConfigError(
            f"{table} also has the rows of {', '.join(others)}: reset those too, or keep the table"
        )


def _discard(conn: Connection, destination: Destination, keys: Sequence[Key]) -> None:
    """Drop what interrupted snapshots had staged, also the elements of their records."""
    place, schema = destination.dialect.place, destination.schema
    beginnings = tuple(place(schema, f"_stage_{digest(str(key))}_")[1] for key in keys)
    schema_or_none, _ = place(schema, "")
    names = sa.inspect(conn).get_table_names(schema=schema_or_none) if keys else []
    for name in names:
        if name.startswith(beginnings):
            with destination.dialect.ddl(conn) as own:
                sa.Table(name, sa.MetaData(), schema=schema_or_none).drop(own)


def _dropped(conn: Connection, ledger: Ledger, destination: Destination, name: str) -> str:
    """The name of a table that is no more, and neither is what its columns belonged to."""
    conn.execute(ledger.columns.delete().where(ledger.columns.c.table == name))
    with destination.dialect.ddl(conn) as own:
        destination.table(name).drop(own, checkfirst=True)
    return name


def _require_whole(table: str, partition: str | None, *, drop_table: bool) -> None:
    if drop_table and (not table or partition is not None):
        raise ConfigError("drop_table drops one whole table: name it, and no partition")


def _require_some(conn: Connection, ledger: Ledger, found: Collection[Key], asked: str) -> None:
    """Raise ConfigError, naming what there is a state of."""
    if found:
        return
    state = ledger.state.c
    rows = conn.execute(sa.select(state.connection, state.stream).distinct().limit(20))
    names = ", ".join(sorted(f"{row.connection}/{row.stream}" for row in rows)) or "nothing"
    raise ConfigError(f"there is no state of {asked}; there is of: {names}")
