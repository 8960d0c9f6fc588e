"""What is remembered in the destination: state, the runs' accounts, and rejected records."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from airflow_connectors.core import Request, Span, Window

from .batch import Reject
from .destination import Destination
from .dialects import Dialect
from .errors import Superseded
from .kinds import Kind
from .names import digest
from .registry import Registry
from .verdict import Summary


@dataclass(frozen=True, order=True)
class Key:
    """Whose state it is: one partition of one stream of one connection. `partition` may be empty."""

    connection: str
    stream: str
    partition: str = ""

    def __str__(self) -> str:
        return "/".join(filter(None, (self.connection, self.stream, self.partition)))


@dataclass(frozen=True)
class Resume:
    """
    Where an interrupted window goes on: its bounds, the next page, the highest cursor and the counts so far.

    `rest` are the spans that remain to be read, the first that of the next page; `lost` what cannot be.
    A snapshot's pages wait in a staging table; those of other runs are in the stream's table already.
    """

    next: str
    since: datetime | None
    until: datetime
    highest: datetime | None
    read: int
    rejected: int = 0
    is_snapshot: bool = False
    is_ordered: bool = True
    rest: tuple[Span, ...] = ()
    lost: tuple[Span, ...] = ()

    @property
    def window(self) -> Window:
        return Window(self.since, self.until)

    @property
    def request(self) -> Request:
        return Request.load(self.next)


@dataclass(frozen=True)
class State:
    """What the last run left: the cursor, a window to go on with, and the validator of its first page."""

    epoch: int
    cursor: datetime | None = None
    resume: Resume | None = None
    etag: str | None = None
    etag_for: str | None = None
    lateness: float = 0.0


@dataclass(frozen=True)
class Position:
    """What the next run is to know. Without `resume` the window is finished."""

    cursor: datetime | None
    resume: Resume | None = None
    etag: str | None = None
    etag_for: str | None = None
    lateness: float = 0.0


def state_columns(dialect: Dialect) -> list[sa.schema.SchemaItem]:
    """One row for each partition; what moves is written by the run that holds the epoch."""
    text, moment = dialect.types[Kind.TEXT], dialect.types[Kind.TIMESTAMP]
    return [
        *(sa.Column(name, dialect.name, primary_key=True) for name in ("connection", "stream", "partition")),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        *(sa.Column(name, text) for name in ("cursor", "resume", "etag", "etag_for")),
        sa.Column("lateness", sa.Double),
        sa.Column("updated_at", moment),
    ]


def run_columns(dialect: Dialect) -> list[sa.schema.SchemaItem]:
    """One row for each run of a stream: its summary."""
    text, moment = dialect.types[Kind.TEXT], dialect.types[Kind.TIMESTAMP]
    counts = ("new", "changed", "unchanged", "deleted", "rejected", "pages", "requests")
    return [
        sa.Column("run_id", dialect.name, primary_key=True),
        *(sa.Column(name, dialect.name, nullable=False) for name in ("connection", "stream")),
        *(sa.Column(name, text) for name in ("table_name", "kind", "schema_version")),
        sa.Column("partitions", sa.BigInteger),
        sa.Column("is_shaped", dialect.types[Kind.BOOLEAN]),
        *(sa.Column(name, moment) for name in ("started_at", "finished_at")),
        *(sa.Column(name, sa.BigInteger, nullable=False, default=0) for name in counts),
        *(sa.Column(name, sa.Double) for name in ("waited", "seconds", "lateness", "lookback")),
        *(sa.Column(name, text) for name in ("cursor_from", "cursor_to", "verdict", "reasons", "error")),
    ]


def reject_columns(dialect: Dialect) -> list[sa.schema.SchemaItem]:
    """One row for each record that could not be stored, the schema's version then, and its outcome later."""
    text, moment = dialect.types[Kind.TEXT], dialect.types[Kind.TIMESTAMP]
    names = ("run_id", "partition", "error", "raw", "schema_version", "outcome")
    return [
        sa.Column("reject_id", dialect.name, primary_key=True),
        *(sa.Column(name, dialect.name, nullable=False) for name in ("connection", "stream")),
        *(sa.Column(name, text) for name in names),
        *(sa.Column(name, moment) for name in ("rejected_at", "replayed_at")),
    ]


def lookup(destination: Destination, table: str, *columns: str) -> list[sa.schema.SchemaItem]:
    """An index, in databases that have use for one. SQLite's names are those of the whole database."""
    if not destination.dialect.has_indexes:
        return []
    return [sa.Index(f"_find_{digest(f'{destination.schema}.{table}')}", *columns)]


def _key(row: sa.Row[Any]) -> Key:
    return Key(row.connection, row.stream, row.partition)


def state_of(row: sa.Row[Any]) -> State:
    return State(
        epoch=row.epoch,
        cursor=datetime.fromisoformat(row.cursor) if row.cursor else None,
        resume=msgspec.json.decode(row.resume, type=Resume) if row.resume else None,
        etag=row.etag,
        etag_for=row.etag_for,
        lateness=row.lateness or 0.0,
    )


def _stored(position: Position) -> dict[str, Any]:
    return {
        "cursor": position.cursor.isoformat() if position.cursor else None,
        "resume": msgspec.json.encode(position.resume).decode() if position.resume else None,
        "etag": position.etag,
        "etag_for": position.etag_for,
        "lateness": position.lateness,
        "updated_at": datetime.now(UTC),
    }


class Ledger:
    """The tables of our own. Every write of a run is conditional on the epoch that the run took."""

    def __init__(self, destination: Destination) -> None:
        self.dialect = dialect = destination.dialect
        self.state = destination.table("_sync_state", *state_columns(dialect))
        by_time = lookup(destination, "_sync_runs", "connection", "stream", "started_at")
        by_stream = lookup(destination, "_sync_rejects", "connection", "stream")
        self.runs = destination.table("_sync_runs", *run_columns(dialect), *by_time)
        self.rejects = destination.table("_sync_rejects", *reject_columns(dialect), *by_stream)
        self.columns = Registry(destination).table

    def create(self, conn: Connection) -> None:
        for table in (self.state, self.runs, self.rejects, self.columns):
            self.dialect.create(conn, table)

    def begin(self, conn: Connection, connection: str, summary: Summary) -> None:
        values = {"stream": summary.stream, "table_name": summary.table, "started_at": datetime.now(UTC)}
        conn.execute(self.runs.insert().values(run_id=summary.run_id, connection=connection, **values))

    def claim(self, conn: Connection, keys: Sequence[Key]) -> dict[Key, State]:
        """Take the next epoch of each key, which ends earlier runs of it, and read what they left."""
        names = list(Key.__match_args__)
        first: dict[str, Any] = {**{name: sa.bindparam(name) for name in names}, "epoch": 1}
        # A literal, because PyMySQL sends many rows at once only where nothing else is bound.
        following = self.state.c.epoch + sa.literal_column("1")
        statement = self.dialect.upsert(self.state, first, names, {"epoch": following})
        conn.execute(statement, [vars(key) for key in sorted(keys)])  # sorted, or two runs could deadlock
        # Read apart, because MySQL returns nothing; the rows stay locked until the transaction ends.
        return {
            _key(row): state_of(row) for row in conn.execute(sa.select(self.state).where(self._among(keys)))
        }

    def fence(self, conn: Connection, epochs: Mapping[Key, int]) -> None:
        """Hold newer runs off until the transaction ends. Raises Superseded if one has taken over already."""
        columns = [*(self.state.c[name] for name in Key.__match_args__), self.state.c.epoch]
        query = sa.select(*columns).where(self._among(epochs)).order_by(*columns)
        found = {_key(row): row.epoch for row in conn.execute(self.dialect.locking(query))}
        for key, epoch in epochs.items():
            if found.get(key) != epoch:
                raise Superseded(f"{key}: a newer run has taken over; this one wrote nothing more and stops")

    def hold(self, conn: Connection, keys: Collection[Key]) -> None:
        """Hold off commits of live runs of these keys until the transaction ends, without ending any."""
        conn.execute(self.dialect.locking(sa.select(self.state.c.epoch).where(self._among(keys)))).all()

    def save(self, conn: Connection, positions: Mapping[Key, Position]) -> None:
        """Write positions in the transaction of their rows."""
        where = [self.state.c[name] == sa.bindparam(f"of_{name}") for name in Key.__match_args__]
        changes: dict[str, Any] = {name: sa.bindparam(name) for name in _stored(Position(None))}
        rows = [
            {f"of_{name}": part for name, part in vars(key).items()} | _stored(position)
            for key, position in positions.items()
        ]
        conn.execute(self.state.update().where(*where).values(changes), rows)

    def _among(self, keys: Collection[Key]) -> sa.ColumnElement[bool]:
        """These keys, all of one stream."""
        first = next(iter(keys))
        state = self.state.c
        partitions = [key.partition for key in keys]
        return sa.and_(
            state.connection == first.connection,
            state.stream == first.stream,
            state.partition.in_(partitions),
        )

    def account(self, conn: Connection, summary: Summary, **more: Any) -> None:
        """Bring a run's row up to date."""
        values: Mapping[str, Any] = {
            name: value
            for name, value in summary.as_dict().items()
            if name in self.runs.c and name != "run_id"
        }
        reasons = "; ".join(summary.reasons) or None
        statement = self.runs.update().where(self.runs.c.run_id == summary.run_id)
        conn.execute(statement.values({**values, "reasons": reasons, **more}))

    def reject(
        self, conn: Connection, run_id: str, rejects: Iterable[tuple[Key, Reject]], schema_version: str
    ) -> None:
        """Keep records that cannot be stored, with the reason."""
        same = {"run_id": run_id, "schema_version": schema_version, "rejected_at": datetime.now(UTC)}
        rows = [{"reject_id": str(uuid4()), **vars(key), **vars(reject), **same} for key, reject in rejects]
        if rows:
            conn.execute(self.rejects.insert(), rows)
