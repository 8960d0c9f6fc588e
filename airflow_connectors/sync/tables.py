"""A stream's table and its staging table, created and widened as the records demand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from .destination import Destination
from .kinds import Kind, widened
from .names import DELETED_AT, LONGEST, OURS, ROW_HASH, SEQUENCE, SYNCED_AT, folded


@dataclass
class Tables:
    """
    The tables of one stream in one destination.

    `kinds` are the columns that records fill, in the table's order. `is_history` keeps every version of a
    record, so that the key does not identify a row.
    """

    destination: Destination
    name: str
    keys: tuple[str, ...]
    is_history: bool = False
    kinds: dict[str, Kind] = field(default_factory=dict)
    target: sa.Table | None = None
    stage: sa.Table | None = None
    stage_name: str = ""

    @property
    def staging(self) -> sa.Table:
        """The staging table in use. Raises LookupError if none is open."""
        if self.stage is None:
            raise LookupError(f"{self.name} has no staging table")
        return self.stage

    def open(self, conn: Connection) -> None:
        """Learn what is there already."""
        blank = self.destination.table(self.name)
        inspector = sa.inspect(conn)
        if not inspector.has_table(blank.name, schema=blank.schema):
            return
        dialect = self.destination.dialect
        found = inspector.get_columns(blank.name, schema=blank.schema)
        self.kinds = {
            column["name"]: dialect.kind(column["type"]) for column in found if column["name"] not in OURS
        }
        self.target = self._described()

    def fit(self, conn: Connection, kinds: Mapping[str, Kind]) -> None:
        """Make the tables hold values of these kinds: create, add columns, widen."""
        if self.target is not None and all(self.kinds.get(column) is kind for column, kind in kinds.items()):
            return
        # Another run of the stream may have been here in the meantime, with other partitions.
        self.destination.dialect.lock(conn, self.destination.schema)
        self.open(conn)
        needed = {c: widened(self.kinds[c], kind) if c in self.kinds else kind for c, kind in kinds.items()}
        added = {column: kind for column, kind in needed.items() if column not in self.kinds}
        wider = {c: kind for c, kind in needed.items() if c in self.kinds and self.kinds[c] is not kind}
        self.kinds.update(needed)
        if self.target is None:
            self.target = self._described()
            self.target.create(conn)
        else:
            self._alter(conn, added, wider)

    def _alter(self, conn: Connection, added: Mapping[str, Kind], wider: Mapping[str, Kind]) -> None:
        dialect = self.destination.dialect
        for table in (table for table in (self.target, self.stage) if table is not None):
            for column, kind in added.items():
                dialect.add_column(conn, table, column, kind)
            for column, kind in wider.items():
                dialect.widen(conn, table, column, kind)
        self.target = self._described()
        if self.stage is not None:
            self.stage = self.destination.table(self.stage_name, *self._staged_columns())

    def stage_temporarily(self, conn: Connection) -> None:
        """A staging table that ends with the connection."""
        name = f"_stage_{self.name}"[:LONGEST]
        self.stage = sa.Table(name, sa.MetaData(), *self._staged_columns(), prefixes=["TEMPORARY"])
        self.stage.create(conn)

    def stage_durably(self, conn: Connection, suffix: str) -> None:
        """A staging table that outlives the run, for what must be complete before it may be seen."""
        self.stage_name = self._durable_name(suffix)
        self.stage = self.destination.table(self.stage_name, *self._staged_columns())
        self.stage.create(conn, checkfirst=True)

    def has_durable_stage(self, conn: Connection, suffix: str) -> bool:
        blank = self.destination.table(self._durable_name(suffix))
        return sa.inspect(conn).has_table(blank.name, schema=blank.schema)

    def drop_durable_stage(self, conn: Connection, suffix: str) -> None:
        self.destination.table(self._durable_name(suffix)).drop(conn, checkfirst=True)
        self.stage = None

    def _durable_name(self, suffix: str) -> str:
        return f"_stage_{suffix}_{self.name}"[:LONGEST]

    def drop_stage(self, conn: Connection) -> None:
        if self.stage is not None:
            self.stage.drop(conn)
        self.stage = None

    def _described(self) -> sa.Table:
        columns: list[sa.schema.SchemaItem] = [
            *self._columns(),
            sa.Column(SYNCED_AT, self.destination.dialect.types[Kind.TIMESTAMP]),
            sa.Column(ROW_HASH, sa.BigInteger),
            sa.Column(DELETED_AT, self.destination.dialect.types[Kind.TIMESTAMP]),
        ]
        keys = [] if self.is_history else [sa.PrimaryKeyConstraint(*self.keys)]
        return self.destination.table(self.name, *columns, *keys)

    def _staged_columns(self) -> list[sa.schema.SchemaItem]:
        return [*self._columns(), sa.Column(ROW_HASH, sa.BigInteger), sa.Column(SEQUENCE, sa.BigInteger)]

    def _columns(self) -> list[sa.schema.SchemaItem]:
        types = self.destination.dialect.types
        return [
            sa.Column(name, types[kind], nullable=name not in self.keys, autoincrement=False)
            for name, kind in self.kinds.items()
        ]


def key_columns(keys: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(folded, keys))
