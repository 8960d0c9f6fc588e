"""A stream's table and its staging table, created and widened as the records demand."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from airflow_connectors.core import TransientError

from .destination import Destination
from .dialects import Dialect
from .kinds import Kind, widened
from .names import (
    DELETED_AT,
    OURS,
    ROW_HASH,
    SEQUENCE,
    SYNCED_AT,
    VALID_FROM,
    VALID_TO,
    WIDENING,
    digest,
    fitted,
)
from .options import Write
from .registry import Registry

Kinds = dict[str, Kind]


@dataclass
class Tables:
    """
    The tables of one stream in one destination.

    `kinds` are the columns that records fill, in the table's order. `write` decides what a row is: the record
    with its key, one version of it, or one version with the time for which it was valid. `given` are the
    fields that the columns belong to. `parent` are the columns that name the record that a row was part of.
    """

    destination: Destination
    name: str
    keys: tuple[str, ...]
    write: Write = Write.MERGE
    kinds: Kinds = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    parent: tuple[str, ...] = ()
    target: sa.Table | None = None
    stage: sa.Table | None = None
    is_temporary: bool = True
    passing: tuple[sa.Table, str] | None = None
    emptied: list[sa.Table] = field(default_factory=list)

    @property
    def dialect(self) -> Dialect:
        return self.destination.dialect

    def open(self, conn: Connection) -> None:
        """Learn what is there already."""
        self.passing = None
        found = self._found(conn, self.destination.table(self.name))
        self.given = Registry(self.destination).read(conn, self.name)
        if found is not None:
            self.kinds = found
            self.target = self._described()

    def fit(self, conn: Connection, kinds: Mapping[str, Kind], fields: Mapping[str, str]) -> None:
        """
        Make the tables hold values of these kinds: create, add columns, widen. `fields` are what they are of.

        Raises TransientError where another run has just given a column to another field.

        Comes before anything that a transaction does to the table's rows: MySQL alters on a connection apart,
        which would wait for it.
        """
        if self.target is not None and all(self.kinds.get(column) is kind for column, kind in kinds.items()):
            return
        # Another run of the stream may have been here in the meantime, with other partitions.
        self.dialect.lock(conn, self.destination.schema)
        self.open(conn)
        self._register(conn, {column: fields[column] for column in kinds})
        needed = {c: widened(self.kinds[c], kind) if c in self.kinds else kind for c, kind in kinds.items()}
        before, self.kinds, self.passing = self.target, {**self.kinds, **needed}, None
        self.target = self._described()
        if before is None:
            self.dialect.create(conn, self.target)
        else:
            self.dialect.alter(conn, before, self.target)
        if self.stage is not None and not self.is_temporary:
            self._alter_stage(conn, self.stage)

    def _register(self, conn: Connection, fields: Mapping[str, str]) -> None:
        for column, name in fields.items():
            if self.given.get(column, name) != name:
                message = (
                    f"{self.name}: another run has given the column {column!r} to {self.given[column]!r}"
                )
                raise TransientError(f"{message}; the next run will give {name!r} another one")
        Registry(self.destination).write(
            conn, self.name, {column: name for column, name in fields.items() if column not in self.given}
        )
        self.given |= fields

    def _alter_stage(self, conn: Connection, before: sa.Table) -> None:
        self.stage = sa.Table(before.name, sa.MetaData(), *self._staged_columns(), schema=before.schema)
        self.dialect.alter(conn, before, self.stage)

    @property
    def staging(self) -> sa.Table:
        """The staging table. Raises LookupError where there is none."""
        if self.stage is None:
            raise LookupError(f"{self.name} has no staging table")
        return self.stage

    def stage_temporarily(self, conn: Connection) -> None:
        """A staging table that ends with the connection."""
        self.passing = self.passing or self._passing(conn)
        self.is_temporary, (self.stage, ddl) = True, self.passing
        conn.exec_driver_sql(ddl)

    def _passing(self, conn: Connection) -> tuple[sa.Table, str]:
        """Made once, because statements on the same table object need not be compiled again."""
        name, schema = fitted(f"_stage_{self.name}"), self.dialect.temporary_schema(self.destination.schema)
        columns = self._staged_columns()
        table = sa.Table(name, sa.MetaData(), *columns, schema=schema, prefixes=["TEMPORARY"])
        return table, str(sa.schema.CreateTable(table).compile(conn))

    def stage_durably(self, conn: Connection, suffix: str) -> None:
        """A staging table that outlives the run, for what must be complete before it may be seen."""
        name = self._durable_name(suffix)
        wanted = self.destination.table(name, *self._staged_columns())
        self.is_temporary, self.stage = False, wanted
        found = self._found(conn, wanted)
        if found is None:
            self.dialect.create(conn, wanted)
        elif found != self.kinds:  # what an interrupted run left may be older than the table's last columns
            self.dialect.alter(conn, self.destination.table(name, *self._staged_columns(found)), wanted)

    def looking_up(self, conn: Connection) -> AbstractContextManager[None]:
        """For statements that look up what is staged: of a unit little is, of a snapshot it may be all."""
        return self.dialect.few(conn) if self.is_temporary else nullcontext()

    def has_durable_stage(self, conn: Connection, suffix: str) -> bool:
        blank = self.destination.table(self._durable_name(suffix))
        return sa.inspect(conn).has_table(blank.name, schema=blank.schema)

    def drop_durable_stage(self, conn: Connection, suffix: str) -> None:
        """Drop what a given-up run had staged, in a transaction that has not touched it."""
        with self.dialect.ddl(conn) as own:
            self.destination.table(self._durable_name(suffix)).drop(own, checkfirst=True)
        self.stage = None

    def _durable_name(self, suffix: str) -> str:
        return fitted(f"_stage_{suffix}_{self.name}")

    def drop_stage(self, conn: Connection) -> None:
        """Be done with the staging table in the transaction of its rows. What may be left, `sweep` drops."""
        if self.stage is not None and self.is_temporary:
            self.dialect.drop_temporary(conn, self.stage)
        elif self.stage is not None and not self.dialect.drop(conn, self.stage):
            self.emptied.append(self.stage)
        self.stage = None

    def sweep(self, conn: Connection) -> None:
        """Drop emptied staging tables, after the transaction that emptied them."""
        while self.emptied:
            with conn.begin(), self.dialect.ddl(conn) as own:
                self.emptied.pop().drop(own, checkfirst=True)

    def _found(self, conn: Connection, place: sa.Table) -> Kinds | None:
        """The columns for records that a table has; None if there is no such table."""
        inspector = sa.inspect(conn)
        if not inspector.has_table(place.name, schema=place.schema):
            return None
        found = inspector.get_columns(place.name, schema=place.schema)
        return {
            column["name"]: self.dialect.kind(column["type"])
            for column in found
            if column["name"] not in OURS and not column["name"].startswith(WIDENING)
        }

    def _described(self) -> sa.Table:
        moment = self.dialect.types[Kind.TIMESTAMP]
        columns: list[sa.schema.SchemaItem] = [
            *self._columns(self.kinds),
            sa.Column(SYNCED_AT, moment),
            sa.Column(ROW_HASH, sa.BigInteger),
        ]
        if self.write is Write.SCD2:
            columns += [sa.Column(VALID_FROM, moment, nullable=False), sa.Column(VALID_TO, moment)]
        else:
            columns.append(sa.Column(DELETED_AT, moment))
        return self.destination.table(self.name, *columns, *self._identity())

    def _identity(self) -> list[sa.schema.SchemaItem]:
        """What tells rows apart: the primary key, or with it or without one the hash."""
        if self.keys and self.write is Write.SCD2:
            return [sa.PrimaryKeyConstraint(*self.keys, VALID_FROM)]
        if self.keys and self.write is not Write.APPEND:
            return [sa.PrimaryKeyConstraint(*self.keys)]
        if not self.dialect.has_indexes:
            return []
        name = f"_once_{digest(f'{self.destination.schema}.{self.name}')}"
        return [sa.Index(name, *self.keys, ROW_HASH, unique=self.write is not Write.SCD2)]

    def _staged_columns(self, kinds: Kinds | None = None) -> list[sa.schema.SchemaItem]:
        columns = self._columns(self.kinds if kinds is None else kinds)
        marks = [sa.Column(name, sa.BigInteger, autoincrement=False) for name in (ROW_HASH, SEQUENCE)]
        identity = sa.PrimaryKeyConstraint(*(self.keys or (ROW_HASH,)), SEQUENCE)
        is_keyed = self.dialect.has_keyed_stages or (self.parent and self.dialect.has_indexes)
        return [*columns, *marks, *([identity] if is_keyed else [])]

    def _columns(self, kinds: Kinds) -> list[sa.Column[Any]]:
        return [
            sa.Column(name, self._type(name, kind), nullable=name not in self.keys, autoincrement=False)
            for name, kind in kinds.items()
        ]

    def _type(self, name: str, kind: Kind) -> sa.types.TypeEngine[Any]:
        if name in self.keys:
            return self.dialect.key_type(kind, len(self.keys))
        return self.dialect.types[kind]
